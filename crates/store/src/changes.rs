//! Writing what the pure rules decided: alert rows, timeline, cancelled pages, responders and jobs, in one transaction.

use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::value::Rows;
use crate::{alert_actions, alerts, recipients};
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Change, Status, TicketNews, Work, WriteBackOrder};
use watchbell_core::escalation;
use watchbell_core::ids::{AlertId, OrgId};
use watchbell_core::limits::REPEATS_TOLD_EVERY_MIN;
use watchbell_core::timeline::{Actor, Entry};

/// A message `n` that rings until somebody ends it: a call that nobody told the end of, a push until it is acknowledged.
macro_rules! rings {
    () => {
        "n.state = 'SENT' AND n.ended_at IS NULL AND n.provider_id IS NOT NULL AND n.channel IN ('VOICE', 'PUSHOVER')"
    };
}
pub(crate) use rings;

/// A summary `n` of which nobody is to be told any more.
macro_rules! summary_is_over {
    () => {
        "n.purpose = 'SUMMARY' AND NOT EXISTS (SELECT 1 FROM notification o JOIN alert oa ON oa.org_id = o.org_id AND oa.id = o.alert_id
            WHERE o.org_id = n.org_id AND o.summary_id = n.id AND oa.status = 'PENDING')"
    };
}
pub(crate) use summary_is_over;

macro_rules! ringing {
    ($among:literal) => {
        concat!(
            "SELECT n.id FROM notification n WHERE n.org_id = $1 AND n.alert_id ", $among, " AND n.purpose = 'PAGE' AND ", rings!(),
            " UNION ALL SELECT n.id FROM notification n WHERE n.org_id = $1 AND n.id IN (SELECT m.summary_id FROM notification m
                WHERE m.org_id = $1 AND m.alert_id ", $among, " AND m.summary_id IS NOT NULL) AND ", rings!(), " AND ", summary_is_over!()
        )
    };
}

sql! {
    LOG {
        sqlite: "INSERT INTO alert_log (org_id, alert_id, at, actor, entry) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM jsonb_each($1)",
        postgres: "INSERT INTO alert_log (org_id, alert_id, at, actor, entry) SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])",
    }
    /// Those that wait for a summary too; a summary that is made already leaves out what is over when it is sent.
    CANCEL_PAGES {
        sqlite: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND alert_id IN (SELECT value FROM json_each($2))
            AND (state = 'PLANNED' OR (state = 'SUPPRESSED' AND summary_id IS NULL)) AND purpose = 'PAGE' RETURNING id",
        postgres: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND alert_id = ANY($2)
            AND (state = 'PLANNED' OR (state = 'SUPPRESSED' AND summary_id IS NULL)) AND purpose = 'PAGE' RETURNING id",
    }
    CANCEL_PAGES_OF {
        both: "UPDATE notification SET state = 'CANCELLED', reason = 'accepted by this person' WHERE org_id = $1 AND alert_id = $2 AND user_id = $3
            AND (state = 'PLANNED' OR (state = 'SUPPRESSED' AND summary_id IS NULL)) AND purpose = 'PAGE' RETURNING id"
    }
    /// Phones that ring, and pushes that ring until somebody acknowledges them: for these alerts, or for summaries that are over.
    RINGING {
        sqlite: ringing!("IN (SELECT value FROM json_each($2))"),
        postgres: ringing!("= ANY($2)"),
    }
    FORGET_ESCALATIONS {
        sqlite: "DELETE FROM job WHERE org_id = $1 AND kind = 'escalate' AND subject_id IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM job WHERE org_id = $1 AND kind = 'escalate' AND subject_id = ANY($2)",
    }
    RESPOND {
        both: "INSERT INTO alert_responder (org_id, alert_id, user_id, status, added_at, accepted_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (org_id, alert_id, user_id) DO UPDATE SET status = CASE WHEN alert_responder.status = 'ACCEPTED' THEN 'ACCEPTED' ELSE excluded.status END,
            accepted_at = coalesce(alert_responder.accepted_at, excluded.accepted_at)"
    }
    UNRESPOND { both: "DELETE FROM alert_responder WHERE org_id = $1 AND alert_id = $2 AND user_id = $3" }
}

/// Saves changes of existing alerts, each with the alert as it was read. Errors: `Conflict` when one was changed meanwhile.
pub(crate) async fn save(
    tx: &mut Tx,
    org: OrgId,
    mut changes: Vec<(Alert, Change)>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (before, change) in &mut changes {
        if alerts::finds_group_taken(tx, org, before, &change.alert).await? {
            change.alert.group_key = None;
        }
    }
    watch(tx, org, &mut changes).await?;
    let changed: Vec<(&Alert, &Alert)> = changes
        .iter()
        .filter(|(before, change)| change.is_change(before))
        .map(|(before, change)| (before, &change.alert))
        .collect();
    alerts::update(tx, org, &changed).await?;
    let entries = changes
        .iter()
        .flat_map(|(_, change)| change.entries.iter().map(|entry| (change.alert.id, entry.clone())))
        .collect();
    log(tx, org, actor, now, entries).await?;
    let stopped: Vec<i64> =
        changes.iter().filter(|(_, change)| change.cancel_pages).map(|(_, change)| change.alert.id.0).collect();
    stop(tx, org, stopped.clone()).await?;
    take_back(tx, org, stopped, now).await?;
    for (_, change) in &changes {
        stop_one(tx, org, change).await?;
        respond(tx, org, change, actor, now).await?;
    }
    let mut work: Vec<NewJob> = changes
        .iter()
        .flat_map(|(_, change)| change.work.iter().map(|work| job_of(org, &change.alert, work, now, actor)))
        .flatten()
        .collect();
    work.extend(alert_actions::of_changes(tx, org, &changes, actor, now).await?);
    jobs::ask(tx, work).await
}

/// Writes timeline entries.
pub(crate) async fn log(
    tx: &mut Tx,
    org: OrgId,
    actor: &Actor,
    now: Timestamp,
    entries: Vec<(AlertId, Entry)>,
) -> Result<(), StoreError> {
    let actor = to_json(actor)?;
    let mut rows = Rows::default();
    for (alert, entry) in entries {
        rows.push(crate::args![org, alert, now, &actor, to_json(&entry)?]);
    }
    tx.exec_many(LOG, rows).await.map(|_| ())
}

/// Stop means stop: planned pages are cancelled with their jobs, and nothing wakes the escalation.
async fn stop(tx: &mut Tx, org: OrgId, alerts: Vec<i64>) -> Result<(), StoreError> {
    if alerts.is_empty() {
        return Ok(());
    }
    let cancelled: Vec<(i64,)> = tx.all(CANCEL_PAGES, crate::args![org, alerts.clone()]).await?;
    jobs::forget_pages(tx, org, cancelled.into_iter().map(|(id,)| id).collect()).await?;
    tx.exec(FORGET_ESCALATIONS, crate::args![org, alerts]).await.map(|_| ())
}

/// Stop means stop: a phone that rings for it is hung up, a push that rings until it is acknowledged ends.
async fn take_back(tx: &mut Tx, org: OrgId, alerts: Vec<i64>, now: Timestamp) -> Result<(), StoreError> {
    if alerts.is_empty() {
        return Ok(());
    }
    let ringing: Vec<(i64,)> = tx.all(RINGING, crate::args![org, alerts]).await?;
    jobs::ask(tx, ringing.into_iter().map(|(id,)| take_back_job(org, id, now)).collect()).await
}

/// Takes a message back that rings.
pub(crate) fn take_back_job(org: OrgId, notification: i64, now: Timestamp) -> NewJob {
    NewJob::new(org, JobKind::TakeBack, notification, now).once(format!("take_back:{notification}"))
}

/// The pages of one of several who have to accept are cancelled; the others' go on.
async fn stop_one(tx: &mut Tx, org: OrgId, change: &Change) -> Result<(), StoreError> {
    let Some(user) = change.cancel_pages_of else { return Ok(()) };
    let cancelled: Vec<(i64,)> = tx.all(CANCEL_PAGES_OF, crate::args![org, change.alert.id, user]).await?;
    jobs::forget_pages(tx, org, cancelled.into_iter().map(|(id,)| id).collect()).await
}

/// Plans when accepted alerts are looked after, where their policies say so.
async fn watch(tx: &mut Tx, org: OrgId, changes: &mut [(Alert, Change)]) -> Result<(), StoreError> {
    let is_accepted =
        |change: &Change| change.alert.status == Status::Accepted && change.entries.contains(&Entry::Accepted);
    let accepted: Vec<&Alert> =
        changes.iter().filter(|(_, change)| is_accepted(change)).map(|(_, change)| &change.alert).collect();
    if accepted.is_empty() {
        return Ok(());
    }
    let policies = recipients::policies(tx, org, &accepted).await?;
    for (before, change) in changes.iter_mut().filter(|(_, change)| is_accepted(change)) {
        let escalation = &change.alert.escalation;
        let policy = policies.get(&(escalation.policy, escalation.version));
        let Some(at) = policy.and_then(|policy| escalation::watch_at(&change.alert, policy)) else { continue };
        change.alert.escalation.wake_at = Some(at);
        change.alert.version = before.version + 1;
        change.work.push(Work::Escalate { at });
    }
    Ok(())
}

async fn respond(tx: &mut Tx, org: OrgId, change: &Change, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    let alert = change.alert.id;
    for entry in &change.entries {
        let (user, status, accepted_at) = match (entry, actor.user()) {
            (Entry::Accepted | Entry::AcceptedPartly { .. }, Some(user)) => (user, "ACCEPTED", Some(now)),
            (Entry::ResponderAdded { user } | Entry::ReassignedToUser { user }, _) => (*user, "PENDING", None),
            (Entry::ResponderRemoved { user }, _) => {
                tx.exec(UNRESPOND, crate::args![org, alert, *user]).await?;
                continue;
            }
            _ => continue,
        };
        tx.exec(RESPOND, crate::args![org, alert, user, status, now, accepted_at]).await?;
    }
    Ok(())
}

/// The job that does a piece of work; `None` where there is nothing to write to.
fn job_of(org: OrgId, alert: &Alert, work: &Work, now: Timestamp, actor: &Actor) -> Option<NewJob> {
    let id = alert.id.0;
    match work {
        Work::Escalate { at } => Some(NewJob::new(org, JobKind::Escalate, id, *at).once(format!("escalate:{id}"))),
        Work::Tell { update } => Some(NewJob::new(org, JobKind::Tell, id, now).with((update, actor))),
        Work::WriteBack(news) => write_back(org, alert, WriteBackOrder::new(news.clone(), actor.clone(), now), now),
    }
}

/// Writes news of an alert to its ticket, in order; `None` where it has none.
pub(crate) fn write_back(org: OrgId, alert: &Alert, order: WriteBackOrder, now: Timestamp) -> Option<NewJob> {
    let ticket = alert.content.ticket.as_ref()?;
    let lane = format!("ticket:{}:{}", alert.source, ticket.id);
    if order.news == TicketNews::Repeated {
        // In no lane, where it would hold the others back while it waits for more of its kind.
        let at = now.saturating_add(jiff::SignedDuration::from_mins(REPEATS_TOLD_EVERY_MIN)).unwrap_or(now);
        let job = NewJob::new(org, JobKind::WriteBack, alert.id.0, at).with(&order);
        return Some(job.once(format!("write:{}:repeated", alert.id)));
    }
    let job = NewJob::new(org, JobKind::WriteBack, alert.id.0, now).in_lane(lane).with(&order);
    // Who presses a button twice orders once; two comments are two, and nobody's words take the place of another's.
    Some(match order.news.once() {
        Some(word) => job.once(format!("write:{}:{word}:{}", alert.id, alert.version)),
        None => job,
    })
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::BadData(Box::new(error)))
}
