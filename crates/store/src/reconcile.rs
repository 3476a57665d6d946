//! What nothing would wake: an open alert without its next step, or a message without its job, is found and woken.
//! Jobs are written with what they follow from, so this finds nothing unless a person edited rows or a rule has a fault.

use crate::bundles;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::auditor::Finding;
use watchbell_core::ids::AlertId;

sql! {
    /// That a pending alert is not resolved is said because SQLite does not infer it, and reads all alerts otherwise. One statement sees
    /// one moment: an alert and its job are written together. When it is due is `Alert::due_at`, but for what the next statement finds.
    SLEEPING_ALERTS {
        both: "SELECT a.id, CASE WHEN a.snoozed_until IS NOT NULL THEN a.snoozed_until
                WHEN a.raise_at IS NOT NULL AND a.priority = 'LOW' AND (a.next_step_at IS NULL OR a.raise_at < a.next_step_at) THEN a.raise_at
                ELSE a.next_step_at END FROM alert a WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED'
            AND (a.next_step_at IS NOT NULL OR (a.raise_at IS NOT NULL AND a.priority = 'LOW'))
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = a.org_id AND j.kind = 'escalate' AND j.subject_id = a.id AND j.gave_up_at IS NULL) ORDER BY a.id LIMIT $2"
    }
    /// Hand-overs, snoozes and time-outs of an accept.
    SLEEPING_WAKES {
        both: "SELECT a.id, a.wake_at FROM alert a WHERE a.org_id = $1 AND a.wake_at IS NOT NULL AND a.wake_at < $2 AND a.status <> 'RESOLVED'
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = a.org_id AND j.kind = 'escalate' AND j.subject_id = a.id AND j.gave_up_at IS NULL) ORDER BY a.id LIMIT $3"
    }
    SLEEPING_MESSAGES {
        both: "SELECT n.id, n.due_at FROM notification n WHERE n.org_id = $1 AND n.state IN ('PLANNED', 'SENDING') AND n.due_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'notify' AND j.subject_id = n.id AND j.gave_up_at IS NULL) ORDER BY n.id LIMIT $3"
    }
    /// Pages that wait for a summary which nothing would make.
    SLEEPING_BUNDLES {
        both: "SELECT DISTINCT n.source_id, n.contact_id FROM notification n WHERE n.org_id = $1 AND n.state = 'SUPPRESSED' AND n.summary_id IS NULL AND n.planned_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'summarize' AND j.subject_id = n.contact_id AND j.once_key = 'summary:' || n.source_id || ':' || n.contact_id AND j.gave_up_at IS NULL)
            ORDER BY n.source_id, n.contact_id LIMIT $3"
    }
}

/// How old a held-back page has to be before its summary counts as lost, in seconds.
const LATE_S: i64 = 60;
/// However far ahead: a bound, because the partial indexes are read by it.
const WHENEVER: i64 = i64::MAX;
/// Woken at once.
const WOKEN_MAX: i64 = 500;

/// What nothing would wake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sleepers {
    alerts: Vec<(i64, i64)>,
    messages: Vec<(i64, i64)>,
    bundles: Vec<(i64, i64)>,
}

impl Sleepers {
    /// What is to be said of them.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some((first, _)) = self.alerts.first() {
            found.push(Finding::AlertsAsleep { count: self.alerts.len(), first: AlertId(*first) });
        }
        if !self.messages.is_empty() {
            found.push(Finding::MessagesAsleep { count: self.messages.len() });
        }
        if !self.bundles.is_empty() {
            found.push(Finding::SummariesAsleep { count: self.bundles.len() });
        }
        found
    }
}

/// Looks for them, beside the writer.
pub async fn find_sleepers(db: &Db, scope: &Scope, now: Timestamp) -> Result<Sleepers, StoreError> {
    let late = now - SignedDuration::from_secs(LATE_S);
    let mut alerts: Vec<(i64, i64)> = db.all(SLEEPING_ALERTS, crate::args![scope.org, WOKEN_MAX]).await?;
    alerts.extend(db.all::<(i64, i64)>(SLEEPING_WAKES, crate::args![scope.org, WHENEVER, WOKEN_MAX]).await?);
    Ok(Sleepers {
        alerts,
        messages: db.all(SLEEPING_MESSAGES, crate::args![scope.org, WHENEVER, WOKEN_MAX]).await?,
        bundles: db.all(SLEEPING_BUNDLES, crate::args![scope.org, late, WOKEN_MAX]).await?,
    })
}

/// Wakes them, each at its time. One that was settled meanwhile is woken for nothing.
pub async fn wake(tx: &mut Tx, scope: &Scope, sleepers: &Sleepers, now: Timestamp) -> Result<(), StoreError> {
    let at = |due: i64| timestamp(due).max(now);
    let escalate = |(id, due): &(i64, i64)| {
        NewJob::new(scope.org, JobKind::Escalate, *id, at(*due)).once(format!("escalate:{id}"))
    };
    let notify = |(id, due): &(i64, i64)| NewJob::new(scope.org, JobKind::Notify, *id, at(*due));
    let summarize = |(source, contact): &(i64, i64)| bundles::summary_job(scope.org, *source, *contact, now);
    let alerts = sleepers.alerts.iter().map(escalate);
    let found = alerts.chain(sleepers.messages.iter().map(notify)).chain(sleepers.bundles.iter().map(summarize));
    jobs::ask(tx, found.collect()).await
}
