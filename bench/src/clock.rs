//! The clock of the benchmark: the one place where it reads time and waits.

use jiff::Timestamp;
use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Now, as the server reads it.
#[expect(clippy::disallowed_methods, reason = "what is planned on the server is due at a time of the wall")]
pub fn wall() -> Timestamp {
    Timestamp::now()
}

/// Waits.
#[expect(clippy::disallowed_methods, reason = "a load generator sends at times")]
pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}
