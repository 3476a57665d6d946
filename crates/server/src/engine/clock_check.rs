//! Leases are compared across nodes: a node whose clock is not the database's claims nothing.

use crate::app::App;
use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::limits;
use watchbell_store::{StoreError, ping};

/// How often the clocks are compared.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What the last comparison found.
#[derive(Debug, Default)]
pub(super) struct ClockCheck {
    last: Option<(Timestamp, bool)>,
}

impl ClockCheck {
    /// Whether this node may not claim. Compared at start and each minute, where nodes share a database.
    pub(super) async fn is_apart(&mut self, app: &App, now: Timestamp) -> Result<bool, StoreError> {
        if !app.db.is_postgres() || !matches!(app.clock, Clock::System) {
            return Ok(false);
        }
        if let Some((at, apart)) = self.last
            && now.duration_since(at).abs() < EVERY
        {
            return Ok(apart);
        }
        let apart = apart_ms(app).await? > limits::CLOCK_SKEW_MS_MAX;
        if apart {
            tracing::error!(
                "the clocks of this node and of the database differ by more than a second: nothing is done here until they agree"
            );
        }
        self.last = Some((now, apart));
        Ok(apart)
    }
}

/// How far this node's clock and the database's are apart, in milliseconds, less the time that asking took.
pub(crate) async fn apart_ms(app: &App) -> Result<i64, StoreError> {
    let before = app.clock.now();
    let there = ping::database_now(&app.db).await?;
    let after = app.clock.now();
    let outside =
        |there: Timestamp| if there < before { before.duration_since(there) } else { there.duration_since(after) };
    let apart = there.map_or(SignedDuration::ZERO, outside).max(SignedDuration::ZERO);
    Ok(i64::try_from(apart.as_millis()).unwrap_or(i64::MAX))
}
