//! Leases are compared across nodes: a node whose clock is not the database's claims nothing. Where a node is alone, what is due
//! follows a clock that is set back.

use crate::app::App;
use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::limits;
use watchbell_store::{StoreError, ping, set_back};

/// How often the clocks are compared.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A clock that is slewed, or asked by two threads at once, was not set back.
const SET_BACK_MIN: SignedDuration = SignedDuration::from_secs(2);

/// What the last comparison found.
#[derive(Debug, Default)]
pub(super) struct ClockCheck {
    last: Option<(Timestamp, bool)>,
    latest: Option<Timestamp>,
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

impl ClockCheck {
    /// Moves what is due when the clock is earlier than it was: at the last round, or when something was written by the last run.
    pub(super) async fn follow_set_back(&mut self, app: &App, now: Timestamp) -> Result<(), StoreError> {
        if app.db.is_postgres() {
            return Ok(());
        }
        let latest = match self.latest {
            Some(latest) => latest,
            None => set_back::last_written(&app.db).await?.unwrap_or(now),
        };
        let by = latest.duration_since(now);
        if by >= SET_BACK_MIN {
            let jobs = set_back::follow(&app.db, by, now).await?;
            tracing::error!(seconds = by.as_secs(), jobs, "the clock was set back; what is due was moved with it");
        }
        self.latest = Some(now);
        Ok(())
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
