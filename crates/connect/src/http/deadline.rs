//! The one place where `connect` waits for the network with a deadline.

use std::{future::Future, time::Duration};

/// The deadline passed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {} s", .0.as_secs())]
pub struct Late(pub Duration);

/// Runs a piece of network work, and drops it when its deadline has passed.
#[expect(clippy::disallowed_methods, reason = "THE deadline of the network")]
pub async fn within<F: Future>(deadline: Duration, work: F) -> Result<F::Output, Late> {
    tokio::time::timeout(deadline, work).await.map_err(|_| Late(deadline))
}
