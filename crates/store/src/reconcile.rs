//! Watching ourselves: an open alert without its next step, or a message without its job, is found and woken.
//! Jobs are written with what they follow from, so this finds nothing unless a person edited rows or a rule has a fault.

use crate::bundles;
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use jiff::{SignedDuration, Timestamp};

sql! {
    /// That a pending alert is not resolved is said because SQLite does not infer it, and reads all alerts otherwise.
    SLEEPING_ALERTS {
        both: "SELECT a.id FROM alert a WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED' AND a.next_step_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = a.org_id AND j.kind = 'escalate' AND j.subject_id = a.id AND j.gave_up_at IS NULL) ORDER BY a.id LIMIT $3"
    }
    /// Hand-overs, snoozes and time-outs of an accept.
    SLEEPING_WAKES {
        both: "SELECT a.id FROM alert a WHERE a.org_id = $1 AND a.wake_at IS NOT NULL AND a.wake_at < $2 AND a.status <> 'RESOLVED'
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = a.org_id AND j.kind = 'escalate' AND j.subject_id = a.id AND j.gave_up_at IS NULL) ORDER BY a.id LIMIT $3"
    }
    SLEEPING_MESSAGES {
        both: "SELECT n.id FROM notification n WHERE n.org_id = $1 AND n.state IN ('PLANNED', 'SENDING') AND n.due_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'notify' AND j.subject_id = n.id AND j.gave_up_at IS NULL) ORDER BY n.id LIMIT $3"
    }
    /// Pages that wait for a summary which nothing would make.
    SLEEPING_BUNDLES {
        both: "SELECT DISTINCT n.source_id, n.contact_id FROM notification n WHERE n.org_id = $1 AND n.state = 'SUPPRESSED' AND n.summary_id IS NULL AND n.planned_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'summarize' AND j.subject_id = n.contact_id AND j.once_key = 'summary:' || n.source_id || ':' || n.contact_id AND j.gave_up_at IS NULL)
            ORDER BY n.source_id, n.contact_id LIMIT $3"
    }
}

/// How late a step may be before it counts as lost, in seconds.
const LATE_S: i64 = 60;
/// Woken at once.
const WOKEN_MAX: i64 = 500;

/// Wakes what nothing would wake; how many there were.
pub async fn wake_sleepers(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<usize, StoreError> {
    let late = now - SignedDuration::from_secs(LATE_S);
    let mut alerts: Vec<(i64,)> = tx.all(SLEEPING_ALERTS, crate::args![scope.org, late, WOKEN_MAX]).await?;
    alerts.extend(tx.all::<(i64,)>(SLEEPING_WAKES, crate::args![scope.org, late, WOKEN_MAX]).await?);
    let messages: Vec<(i64,)> = tx.all(SLEEPING_MESSAGES, crate::args![scope.org, late, WOKEN_MAX]).await?;
    let bundles: Vec<(i64, i64)> = tx.all(SLEEPING_BUNDLES, crate::args![scope.org, late, WOKEN_MAX]).await?;
    let escalate = |(id,): &(i64,)| NewJob::new(scope.org, JobKind::Escalate, *id, now).once(format!("escalate:{id}"));
    let notify = |(id,): &(i64,)| NewJob::new(scope.org, JobKind::Notify, *id, now);
    let summarize = |(source, contact): &(i64, i64)| bundles::summary_job(scope.org, *source, *contact, now);
    let found: Vec<NewJob> =
        alerts.iter().map(escalate).chain(messages.iter().map(notify)).chain(bundles.iter().map(summarize)).collect();
    let count = found.len();
    jobs::ask(tx, found).await?;
    Ok(count)
}
