//! Product time. The one home of the system clock: everything else is told what time it is, so that tests can move it.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::sync::watch;

/// The clock of the app. Cheap to clone; times are cut to microseconds, as they are stored.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// A test's: stands still until it is moved.
    Manual(Arc<watch::Sender<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Clock::Manual(Arc::new(watch::Sender::new(cut(start))))
    }

    /// Now, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => cut(system_now()),
            Clock::Manual(time) => *time.borrow(),
        }
    }

    /// Moves a manual clock forward; does nothing to the machine's.
    pub fn advance(&self, by: SignedDuration) {
        if let Clock::Manual(time) = self {
            time.send_modify(|now| *now = cut(now.saturating_add(by).unwrap_or(Timestamp::MAX)));
        }
    }

    /// Returns when it is `at` or later.
    pub async fn sleep_until(&self, at: Timestamp) {
        match self {
            Clock::System => sleep_for(at.duration_since(self.now())).await,
            Clock::Manual(time) => {
                let mut moved = time.subscribe();
                // The sender lives in `self`: it cannot be gone while we wait.
                let _ = moved.wait_for(|now| *now >= at).await;
            }
        }
    }
}

fn cut(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

#[expect(clippy::disallowed_methods, reason = "the home of the system clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "the home of sleeping")]
async fn sleep_for(duration: SignedDuration) {
    if let Ok(duration) = std::time::Duration::try_from(duration) {
        tokio::time::sleep(duration).await;
    }
}
