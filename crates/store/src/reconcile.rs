//! What nothing would wake, or far too late: an open alert without its next step, or a message without its job, is found and woken.
//! Jobs are written with what they follow from, so this finds nothing unless a person edited rows or a rule has a fault.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::value::timestamp;
use crate::{alerts, bundles, escalations, recipients};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchbell_core::alert::{Alert, Priority};
use watchbell_core::auditor::Finding;
use watchbell_core::escalation;
use watchbell_core::ids::AlertId;
use watchbell_core::notify::{self, Purpose};

/// A job counts where it runs by the time that something is due, or by now: one that was put off further is as good as none.
/// `$3`: now.
macro_rules! no_job {
    ($kind:literal, $of:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = ",
            $of,
            ".org_id AND j.kind = '",
            $kind,
            "' AND j.subject_id = ",
            $of,
            ".id AND j.gave_up_at IS NULL
            AND j.visible_at <= CASE WHEN ",
            $of,
            ".due_at > $3 THEN ",
            $of,
            ".due_at ELSE $3 END + 120000000)"
        )
    };
}

sql! {
    /// That a pending alert is not resolved is said because SQLite does not infer it, and reads all alerts otherwise. One statement sees
    /// one moment: an alert and its job are written together. When it is due is `Alert::due_at`, but for what the next statement finds.
    SLEEPING_ALERTS {
        both: concat!("SELECT a.id, a.due_at FROM (SELECT id, org_id, CASE WHEN snoozed_until IS NOT NULL THEN snoozed_until
                WHEN raise_at IS NOT NULL AND priority = 'LOW' AND (next_step_at IS NULL OR raise_at < next_step_at) THEN raise_at
                ELSE next_step_at END AS due_at FROM alert WHERE org_id = $1 AND status = 'PENDING' AND status <> 'RESOLVED'
                AND (next_step_at IS NOT NULL OR snoozed_until IS NOT NULL OR (raise_at IS NOT NULL AND priority = 'LOW'))) AS a
            WHERE ", no_job!("escalate", "a"), " ORDER BY a.id LIMIT $2")
    }
    /// Hand-overs, snoozes and time-outs of an accept.
    SLEEPING_WAKES {
        both: concat!("SELECT a.id, a.due_at FROM (SELECT id, org_id, wake_at AS due_at FROM alert WHERE org_id = $1 AND wake_at IS NOT NULL AND wake_at < $4 AND status <> 'RESOLVED') AS a
            WHERE ", no_job!("escalate", "a"), " ORDER BY a.id LIMIT $2")
    }
    /// Accepted alerts that their policy looks after, and that nothing would: the conditions are those of `escalation::watch_at`.
    UNWATCHED {
        sqlite: "SELECT a.id FROM alert a JOIN escalation_policy_version v ON v.org_id = a.org_id AND v.policy_id = a.policy_id AND v.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'ACCEPTED' AND a.status <> 'RESOLVED' AND a.wake_at IS NULL AND a.snoozed_until IS NULL
            AND (v.after_accept ->> 'timeout_s' > 0 OR (v.after_accept ->> 'ask_after_s' > 0 AND a.accepted_by IS NOT NULL AND coalesce(a.progress ->> 'touched', 0) = 0
                AND (a.progress ->> 'asked_at' IS NULL OR v.after_accept ->> 'page_after_s' > 0))) ORDER BY a.id LIMIT $2",
        postgres: "SELECT a.id FROM alert a JOIN escalation_policy_version v ON v.org_id = a.org_id AND v.policy_id = a.policy_id AND v.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'ACCEPTED' AND a.status <> 'RESOLVED' AND a.wake_at IS NULL AND a.snoozed_until IS NULL
            AND (CAST(CAST(v.after_accept AS JSON) ->> 'timeout_s' AS BIGINT) > 0 OR (CAST(CAST(v.after_accept AS JSON) ->> 'ask_after_s' AS BIGINT) > 0
                AND a.accepted_by IS NOT NULL AND coalesce(CAST(a.progress AS JSON) ->> 'touched', 'false') = 'false'
                AND (CAST(a.progress AS JSON) ->> 'asked_at' IS NULL OR CAST(CAST(v.after_accept AS JSON) ->> 'page_after_s' AS BIGINT) > 0))) ORDER BY a.id LIMIT $2",
    }
    /// With whether there is a job, which then comes too late.
    SLEEPING_MESSAGES {
        both: concat!("SELECT n.id, n.due_at, n.channel, n.purpose, (SELECT a.priority FROM alert a WHERE a.org_id = n.org_id AND a.id = n.alert_id) AS priority, EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'notify' AND j.subject_id = n.id AND j.gave_up_at IS NULL)
            FROM notification n WHERE n.org_id = $1 AND n.state IN ('PLANNED', 'SENDING') AND n.due_at < $4 AND ", no_job!("notify", "n"), " ORDER BY n.id LIMIT $2")
    }
    /// Pages that wait for a summary which nothing would make.
    SLEEPING_BUNDLES {
        both: "SELECT DISTINCT n.source_id, n.contact_id, n.channel FROM notification n WHERE n.org_id = $1 AND n.state = 'SUPPRESSED' AND n.summary_id IS NULL AND n.planned_at < $2
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'summarize' AND j.subject_id = n.contact_id AND j.once_key = 'summary:' || n.source_id || ':' || n.contact_id || ':' || n.channel AND j.gave_up_at IS NULL)
            ORDER BY n.source_id, n.contact_id, n.channel LIMIT $3"
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
    unwatched: Vec<i64>,
    messages: Vec<(i64, i64, String, String, Option<String>, bool)>,
    bundles: Vec<(i64, i64, String)>,
}

impl Sleepers {
    /// What is to be said of them.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let alerts: BTreeSet<i64> =
            self.alerts.iter().map(|(id, _)| *id).chain(self.unwatched.iter().copied()).collect();
        if let Some(first) = alerts.first() {
            found.push(Finding::AlertsAsleep { count: alerts.len(), first: AlertId(*first) });
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
    let (org, max) = (scope.org, WOKEN_MAX);
    let mut alerts: Vec<(i64, i64)> = db.all(SLEEPING_ALERTS, crate::args![org, max, now]).await?;
    alerts.extend(db.all::<(i64, i64)>(SLEEPING_WAKES, crate::args![org, max, now, WHENEVER]).await?);
    let unwatched: Vec<(i64,)> = db.all(UNWATCHED, crate::args![org, max]).await?;
    Ok(Sleepers {
        alerts,
        unwatched: unwatched.into_iter().map(|(id,)| id).collect(),
        messages: db.all(SLEEPING_MESSAGES, crate::args![org, max, now, WHENEVER]).await?,
        bundles: db.all(SLEEPING_BUNDLES, crate::args![org, late, max]).await?,
    })
}

/// Wakes them, each at its time. One that was settled meanwhile is woken for nothing.
pub async fn wake(tx: &mut Tx, scope: &Scope, sleepers: &Sleepers, now: Timestamp) -> Result<(), StoreError> {
    let at = |due: i64| timestamp(due).max(now);
    let watched = look_after(tx, scope, sleepers.unwatched.clone()).await?;
    let escalate = |(id, due): &(i64, i64)| {
        NewJob::new(scope.org, JobKind::Escalate, *id, at(*due)).once(format!("escalate:{id}"))
    };
    let (late, gone): (Vec<_>, Vec<_>) = sleepers.messages.iter().partition(|(.., has_job)| *has_job);
    let send = |(id, due, channel, purpose, priority, _): &(i64, i64, String, String, Option<String>, bool)| {
        let purpose = Purpose::parse(purpose).unwrap_or(Purpose::Page);
        let priority = priority.as_deref().and_then(Priority::parse).unwrap_or(Priority::High);
        NewJob::send(scope.org, *id, channel, notify::rank(purpose, priority, true), at(*due))
    };
    let summarize = |(source, contact, channel): &(i64, i64, String)| {
        bundles::summary_job(scope.org, (*source, *contact, bundles::channel_of(channel)), now)
    };
    let alerts = sleepers.alerts.iter().map(escalate).chain(watched);
    let found = alerts.chain(gone.into_iter().map(send)).chain(sleepers.bundles.iter().map(summarize));
    jobs::ask(tx, found.collect()).await?;
    for (id, due, ..) in late {
        jobs::bring_forward(tx, scope.org, JobKind::Notify, *id, at(*due)).await?;
    }
    Ok(())
}

/// Has accepted alerts looked after again, as their policies say; the jobs that do it.
async fn look_after(tx: &mut Tx, scope: &Scope, ids: Vec<i64>) -> Result<Vec<NewJob>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let locked: Vec<Alert> = alerts::lock(tx, scope.org, ids).await?.into_iter().map(|(alert, _)| alert).collect();
    let policies = recipients::policies(tx, scope.org, &locked.iter().collect::<Vec<_>>()).await?;
    let watched = |alert: &Alert| {
        let policy = policies.get(&(alert.escalation.policy, alert.escalation.version))?;
        let at = escalation::watch_at(alert, policy).filter(|_| alert.escalation.wake_at.is_none())?;
        let mut after = Alert { version: alert.version + 1, ..alert.clone() };
        after.escalation.wake_at = Some(at);
        Some(after)
    };
    let changed: Vec<(&Alert, Alert)> =
        locked.iter().filter_map(|alert| watched(alert).map(|after| (alert, after))).collect();
    alerts::update(tx, scope.org, &changed.iter().map(|(before, after)| (*before, after)).collect::<Vec<_>>()).await?;
    Ok(changed.iter().filter_map(|(_, alert)| escalations::next_step(scope.org, alert)).collect())
}
