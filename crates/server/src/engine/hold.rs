//! Pages that are held back: after a restore nothing is done here until an operator says so.

use crate::app::App;
use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use watchbell_store::hold::{self, Hold};
use watchbell_store::{StoreError, doors};

/// How long an answer counts: an operator elsewhere ends the hold, and this node goes on within that time.
const COUNTS: SignedDuration = SignedDuration::from_secs(1);

/// What the last look found.
#[derive(Debug, Default)]
pub(super) struct HoldCheck {
    last: Option<(Timestamp, bool)>,
}

impl HoldCheck {
    /// Whether nothing may be done now. Looked at each second; at each round by a clock that tests move.
    pub(super) async fn is_held(&mut self, app: &App, now: Timestamp) -> Result<bool, StoreError> {
        if let (Clock::System, Some((at, held))) = (&app.clock, self.last)
            && now.duration_since(at).abs() < COUNTS
        {
            return Ok(held);
        }
        let hold = look(app).await?;
        let before = self.last.is_some_and(|(_, held)| held);
        match &hold {
            Some(hold) if !before => tracing::error!(
                reason = hold.reason,
                "PAGING IS HELD BACK: nobody is notified until somebody resumes it, on the pages or by `watchbell resume`"
            ),
            None if before => tracing::warn!("paging goes on"),
            Some(_) | None => {}
        }
        metrics::gauge!("watchbell_paging_held").set(if hold.is_some() { 1.0 } else { 0.0 });
        self.last = Some((now, hold.is_some()));
        Ok(hold.is_some())
    }
}

/// Why pages are held back, if they are.
pub(crate) async fn look(app: &App) -> Result<Option<Hold>, StoreError> {
    hold::get(&app.db, &doors::system(doors::ORGANIZATION)).await
}
