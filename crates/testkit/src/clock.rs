//! Waiting for a condition, with a deadline that says what was missing. Tests never wait for a time.

use std::time::Duration;

/// How long a condition may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(20);

/// Returns once `is_so` is; panics with `what` otherwise.
#[expect(clippy::disallowed_methods, reason = "the home of waiting in tests")]
#[allow(clippy::panic, reason = "a test fails here")]
pub async fn wait_until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, wait).await.is_err() {
        panic!("waited {PATIENCE:?} in vain: {what}");
    }
}

/// Waits a little: for stand-ins of clients that send now and then, and for a process that starts.
#[expect(clippy::disallowed_methods, reason = "the home of waiting in tests")]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the home of the clock in tests")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since its start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
