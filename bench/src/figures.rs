//! Many measured durations as a few figures.

use std::time::Duration;

/// Durations in microseconds, in the order in which they came.
#[derive(Debug, Default, Clone)]
pub struct Durations {
    micros: Vec<u32>,
}

impl Durations {
    /// Adds one.
    pub fn push(&mut self, duration: Duration) {
        self.micros.push(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Self) {
        self.micros.extend(other.micros);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.micros.len()
    }

    /// The one that so many per thousand are not longer than, in milliseconds; 0 of none.
    pub fn per_mille(&self, share: usize) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = (sorted.len() * share).div_ceil(1_000).saturating_sub(1).min(last);
        sorted.get(at).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }

    /// Median, 99th percentile and longest, in milliseconds.
    pub fn summary(&self) -> String {
        format!(
            "p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            self.per_mille(500),
            self.per_mille(990),
            self.per_mille(1_000)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut durations = Durations::default();
        assert!(durations.per_mille(500).abs() < f64::EPSILON);
        (1..=1_000).rev().for_each(|ms| durations.push(Duration::from_millis(ms)));
        for (share, ms) in [(1, 1.0), (500, 500.0), (990, 990.0), (1_000, 1_000.0)] {
            assert!((durations.per_mille(share) - ms).abs() < f64::EPSILON, "{share}");
        }
    }
}
