//! The one place of the stand-ins that reads the time and waits for it; a test may move it forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The time of a stand-in: the machine's, plus an offset. Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Where it stands before the offset; none: it runs as the machine's does.
    stands_at: Option<Timestamp>,
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands still until it is moved: what a test sees of it does not hang on how long the test takes.
    pub fn standing_at(at: Timestamp) -> Self {
        Self { stands_at: Some(at), ..Self::default() }
    }

    /// The time now, with the offset.
    #[expect(clippy::disallowed_methods, reason = "the stand-ins' one reading of the clock")]
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms.load(Ordering::SeqCst));
        self.stands_at.unwrap_or_else(Timestamp::now).saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward (or back, when negative).
    pub fn advance(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(0);
        self.offset_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

/// Waits, in real time: a stand-in is slow on purpose.
#[expect(clippy::disallowed_methods, reason = "the stand-ins' one place that waits")]
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// What a future gives within a time; none when it takes longer.
#[expect(clippy::disallowed_methods, reason = "the stand-ins' one place that limits waiting")]
pub async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, work).await.ok()
}
