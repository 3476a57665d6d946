//! The one wait of the stand-ins that has an end.

use std::{future::Future, time::Duration};

/// Waits for something, but not longer than this.
#[expect(clippy::disallowed_methods, reason = "the stand-ins' one wait with a deadline")]
pub(super) async fn within<F: Future>(patience: Duration, work: F) -> Option<F::Output> {
    tokio::time::timeout(patience, work).await.ok()
}
