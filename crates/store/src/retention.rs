//! Deleting what is older than its retention, in small chunks.

use crate::db::Tx;
use crate::deliveries::turn;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::{events, heard};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use watchbell_core::ids::SourceId;
use watchbell_core::limits;

sql! {
    KEPT { both: "SELECT value FROM setting WHERE org_id = $1 AND name = $2" }
    /// Numbers grow with time: only the first rows are looked at, or each look would read the whole table while nothing is old.
    OLD_EVENTS {
        both: "DELETE FROM event WHERE org_id = $1 AND id IN (SELECT id FROM (SELECT id, received_at FROM event ORDER BY id LIMIT $3) AS oldest WHERE received_at < $2)"
    }
    OLD_ALERTS { both: "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE org_id = $1 AND status = 'RESOLVED' AND report_time < $2 ORDER BY report_time, id LIMIT $3)" }
    OLD_NOTIFICATIONS {
        both: "DELETE FROM notification WHERE org_id = $1 AND id IN (SELECT id FROM (SELECT id, planned_at FROM notification ORDER BY id LIMIT $3) AS oldest WHERE planned_at < $2)"
    }
    OLD_JOBS { both: "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE org_id = $1 AND gave_up_at < $2 AND gave_up_at IS NOT NULL ORDER BY gave_up_at, id LIMIT $3)" }
    OLD_AUDIT { both: "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE org_id = $1 AND at < $2 ORDER BY at, id LIMIT $3)" }
    OLD_TICKETS { both: "DELETE FROM ticket WHERE org_id = $1 AND (source_id, ticket_id) IN (SELECT source_id, ticket_id FROM ticket WHERE org_id = $1 AND seen_at < $2 ORDER BY source_id, ticket_id LIMIT $3)" }
    OLD_SESSIONS { both: "DELETE FROM session WHERE org_id = $1 AND expires_at < $2" }
    OLD_ATTEMPTS { both: "DELETE FROM login_attempt WHERE org_id = $1 AND last_at < $2" }
    CROWDED_SOURCES { both: "SELECT source_id FROM event WHERE org_id = $1 AND alert_id IS NULL AND verdict <> 'WAITING' GROUP BY source_id HAVING count(*) > $2 ORDER BY source_id LIMIT 20" }
    /// Gives freed pages back to the file system, a few at a time.
    SHRINK { sqlite: "PRAGMA incremental_vacuum(500)", postgres: "SELECT 1" }
}

/// The setting that says how long things are kept: [`Kept`] as JSON.
pub const SETTING: &str = "retention";

/// How long things are kept, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Resolved alerts, their messages, tickets that nothing follows.
    pub alerts_days: i64,
    /// Bodies of events.
    pub events_days: i64,
    /// Who changed what.
    pub audit_days: i64,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            alerts_days: limits::ALERTS_KEPT_DAYS,
            events_days: limits::EVENTS_KEPT_DAYS,
            audit_days: limits::AUDIT_KEPT_DAYS,
        }
    }
}

/// Whatever the setting says, in days: a century.
const DAYS_MAX: i64 = 36_500;

/// As people set it; the defaults where they did not, or where a newer version wrote something else.
async fn kept(tx: &mut Tx, scope: &Scope) -> Result<Kept, StoreError> {
    let row: Option<(Option<String>,)> = tx.one(KEPT, crate::args![scope.org, SETTING]).await?;
    Ok(row.and_then(|(text,)| text).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Deletes one chunk of each kind. `true`: there may be more.
pub async fn clean_up(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<bool, StoreError> {
    let chunk = limits::CLEAN_UP_ROWS_MAX;
    let kept = kept(tx, scope).await?;
    let before = |days: i64| {
        now.saturating_sub(SignedDuration::from_hours(24 * days.clamp(1, DAYS_MAX))).unwrap_or(Timestamp::MIN)
    };
    let mut more = false;
    for (sql, days, chunk) in [
        (OLD_EVENTS, kept.events_days, chunk),
        (OLD_NOTIFICATIONS, kept.alerts_days, chunk),
        // An alert takes its log and its last events with it: few at a time.
        (OLD_ALERTS, kept.alerts_days, chunk / 25),
        (OLD_JOBS, kept.alerts_days, chunk),
        (OLD_TICKETS, kept.alerts_days, chunk),
        (OLD_AUDIT, kept.audit_days, chunk),
    ] {
        more |= tx.exec(sql, crate::args![scope.org, before(days), chunk]).await? >= chunk as u64;
    }
    tx.exec(OLD_SESSIONS, crate::args![scope.org, now]).await?;
    more |= turn::forget_old(tx, scope.org, chunk, now).await? >= chunk as u64;
    more |= heard::forget_old(tx, scope.org, chunk, now).await? >= chunk as u64;
    tx.exec(OLD_ATTEMPTS, crate::args![scope.org, before(1)]).await?;
    let crowded: Vec<(i64,)> = tx.all(CROWDED_SOURCES, crate::args![scope.org, limits::SOURCE_RING_MAX]).await?;
    for (source,) in crowded {
        more |= events::trim_ring(tx, scope, SourceId(source)).await?;
    }
    tx.exec(SHRINK, Vec::new()).await?;
    Ok(more)
}
