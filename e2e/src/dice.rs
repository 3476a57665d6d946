//! Chance that can be repeated: a run prints its seed, and `WATCHBELL_TEST_SEED` throws the same dice again.

use std::time::Duration;
use watchbell_testkit::environment::setting;

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
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()));
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
