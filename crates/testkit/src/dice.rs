//! Chance that can be repeated: a run prints its seed, and `WATCHBELL_TEST_SEED` throws the same dice again.

use crate::environment::setting;
use std::time::Duration;

/// SplitMix64, by Sebastiano Vigna (public domain): small, and good enough to choose moments.
#[derive(Debug)]
pub struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// The seed of the setting, or another one in each run.
    pub fn new() -> Self {
        let given = setting("WATCHBELL_TEST_SEED").and_then(|seed| seed.parse().ok());
        Self::of(given.unwrap_or_else(|| u64::from(std::process::id())))
    }

    /// The dice of a seed.
    pub fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// What to set to repeat this run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A duration between the two, in milliseconds.
    pub fn moment(&mut self, from_ms: u64, to_ms: u64) -> Duration {
        Duration::from_millis(from_ms + self.next() % (to_ms - from_ms + 1))
    }

    /// A number below another.
    pub fn below(&mut self, max: u64) -> u64 {
        self.next() % max.max(1)
    }

    /// One of several, which are not none.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap_or_default()]
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}
