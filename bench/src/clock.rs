//! The clock of the benchmark: the one place where it reads time and waits.

use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Waits.
#[expect(clippy::disallowed_methods, reason = "a load generator sends at times")]
pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}
