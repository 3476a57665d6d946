//! Before the network is touched: a message that is still wanted moves to SENDING; one that is not ends here, or waits for a summary.

use super::LISTED_COUNT;
use super::catching_up::drop_repeated;
use super::standing::{Standing, free_standings};
use crate::args;
use crate::bundles::Bundling;
use crate::changes;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, NewJob};
use crate::room::Place;
use crate::value::Rows;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::ids::{AlertId, JobId, NotificationId, OrgId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};

sql! {
    STOP {
        sqlite: "UPDATE notification SET state = v.state, reason = v.reason
            FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS id, value ->> 2 AS state, value ->> 3 AS reason FROM jsonb_each($1)) AS v
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
        postgres: "UPDATE notification SET state = v.state, reason = v.reason
            FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS v (org_id, id, state, reason)
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
    }
    START {
        sqlite: "UPDATE notification SET state = 'SENDING', reason = NULL, due_at = min(due_at, v.at)
            FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS id, value ->> 2 AS at FROM jsonb_each($1)) AS v
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
        postgres: "UPDATE notification SET state = 'SENDING', reason = NULL, due_at = least(due_at, v.at)
            FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (org_id, id, at)
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
    }
    THERE {
        sqlite: "SELECT n.id FROM jsonb_each($1) AS v CROSS JOIN notification AS n ON n.org_id = v.value ->> 0 AND n.id = v.value ->> 1",
        postgres: "SELECT n.id FROM UNNEST($1::bigint[], $2::bigint[]) AS v (org_id, id) JOIN notification n ON n.org_id = v.org_id AND n.id = v.id",
    }
    /// What a summary stands for that is not wanted any more when it is sent.
    DROP_MEMBERS {
        both: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED'
            AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.org_id = notification.org_id AND a.id = notification.alert_id AND a.status = 'PENDING'
                AND (a.first_pass <= notification.pass OR a.pass <= notification.pass))"
    }
}

/// A message that this node has to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSend {
    /// Its job, leased.
    pub job: Job,
    /// Where it takes a place: its channel's.
    pub place: Place,
}

/// How long a message that somebody is changing waits, in seconds.
const HELD_S: i64 = 1;
/// How long a message that cannot be begun waits for the next try, in seconds.
const POSTPONED_S: i64 = 60;

/// Moves the notifications of claimed jobs to SENDING; those that are no longer wanted end here. Returns what is to be sent.
/// One that cannot be begun (a row that cannot be read) is put off by itself; its neighbours go on.
pub async fn begin(db: &Db, claimed: Vec<Job>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    let mut conflicts = 0;
    loop {
        match begin_all(db, claimed.clone(), now).await {
            Err(StoreError::Conflict(_)) if conflicts < 2 => conflicts += 1,
            Err(error) if !error.is_transient() => return begin_one_by_one(db, claimed, now).await,
            done => return done,
        }
    }
}

async fn begin_all(db: &Db, claimed: Vec<Job>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    db.write(move |tx| Box::pin(begin_in(tx, claimed, now))).await
}

async fn begin_in(tx: &mut Tx, claimed: Vec<Job>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    let standings = free_standings(tx, &claimed).await?;
    let held = held_elsewhere(tx, &claimed, &standings).await?;
    let mut fates = Fates::default();
    for job in claimed {
        match standings.get(&job.id) {
            None if held.contains(&job.subject) => fates.later.push(job),
            None => fates.over.push(job),
            // It took so long to get here that another node has it now.
            Some(standing) if !standing.is_held => {}
            Some(standing) => decide(tx, job, standing, &mut fates, now).await?,
        }
    }
    drop_repeated(tx, &mut fates, now).await?;
    hold_back(tx, &mut fates, now).await?;
    write(tx, fates, now).await
}

/// What becomes of messages, in the order in which they were claimed.
#[derive(Default)]
pub(super) struct Fates<'s> {
    /// Begun now.
    start: Vec<(Job, &'s Standing)>,
    /// As `start`, but a summary may stand for them.
    pub(super) fresh: Vec<(Job, &'s Standing)>,
    /// Begun before, and cut off: whether they were sent is not known.
    again: Vec<(Job, &'s Standing)>,
    /// Not wanted any more, or held back; with the reason.
    pub(super) stopped: Vec<(Job, NotificationState, &'static str)>,
    /// Somebody else is changing them.
    later: Vec<Job>,
    /// Nothing is left to do.
    over: Vec<Job>,
    summaries: Vec<NewJob>,
}

async fn decide<'s>(
    tx: &mut Tx,
    job: Job,
    standing: &'s Standing,
    fates: &mut Fates<'s>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let state = NotificationState::parse(&standing.state);
    let is_summary = standing.purpose == Purpose::Summary.as_str();
    let wanted = standing.is_wanted() && (!is_summary || stands_for_any(tx, &job).await?);
    // A page that lost its first lease to a crash is late already: it is not held back once more.
    let is_fresh = job.generation == 1 && job.payload == "{}" && standing.may_be_bundled();
    match state {
        Some(NotificationState::Planned | NotificationState::Sending) if !wanted => {
            fates.stopped.push((job, NotificationState::Cancelled, "somebody has the alert"));
        }
        Some(NotificationState::Planned) if is_fresh => fates.fresh.push((job, standing)),
        Some(NotificationState::Planned) => fates.start.push((job, standing)),
        Some(NotificationState::Sending) => {
            possibly_twice(tx, &job, standing, now).await?;
            fates.again.push((job, standing));
        }
        _ => fates.over.push(job),
    }
    Ok(())
}

/// Messages that somebody else is changing: a person with an open transaction keeps nobody else's message waiting.
async fn held_elsewhere(
    tx: &mut Tx,
    claimed: &[Job],
    free: &BTreeMap<JobId, Standing>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut rows = Rows::default();
    for job in claimed.iter().filter(|job| !free.contains_key(&job.id)) {
        rows.push(args![job.org, job.subject]);
    }
    let there: Vec<(i64,)> = tx.all_many(THERE, rows).await?;
    Ok(there.into_iter().map(|(id,)| id).collect())
}

async fn write(tx: &mut Tx, fates: Fates<'_>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    let (mut started, mut stopped) = (Rows::default(), Rows::default());
    fates.start.iter().for_each(|(job, _)| started.push(args![job.org, job.subject, now]));
    fates.stopped.iter().for_each(|(job, state, why)| stopped.push(args![job.org, job.subject, state.as_str(), *why]));
    tx.exec_many(START, started).await?;
    tx.exec_many(STOP, stopped).await?;
    let over: Vec<&Job> = fates.stopped.iter().map(|(job, ..)| job).chain(&fates.over).collect();
    jobs::finish_many(tx, &over, now).await?;
    let soon = now.saturating_add(SignedDuration::from_secs(HELD_S)).unwrap_or(now);
    for job in &fates.later {
        jobs::put_off(tx, job, soon, "somebody is changing the message").await?;
    }
    // All at once: they are written in the order of their keys, as other nodes do it.
    jobs::ask(tx, fates.summaries).await?;
    let to_send = |(job, standing): (Job, &Standing)| ToSend { job, place: Place::of_message(&standing.channel) };
    Ok(fates.start.into_iter().chain(fates.again).map(to_send).collect())
}

async fn begin_one_by_one(db: &Db, claimed: Vec<Job>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    let mut sends = Vec::new();
    for job in claimed {
        match begin_all(db, vec![job.clone()], now).await {
            Ok(begun) => sends.extend(begun),
            Err(error) => {
                tracing::error!(notification = job.subject, %error, "a message cannot be begun; it is tried again in a minute");
                let (at, text) =
                    (now.saturating_add(SignedDuration::from_secs(POSTPONED_S)).unwrap_or(now), error.to_string());
                db.write(move |tx| Box::pin(async move { jobs::retry(tx, &job, at, &text).await })).await?;
            }
        }
    }
    Ok(sends)
}

/// A send that a crash cut off is done again: a second message is better than none, and the timeline says so.
async fn possibly_twice(tx: &mut Tx, job: &Job, standing: &Standing, now: Timestamp) -> Result<(), StoreError> {
    let Some(alert) = standing.alert_id.map(AlertId) else { return Ok(()) };
    let entry = Entry::PossiblyTwice { notification: NotificationId(standing.id) };
    changes::log(tx, job.org, &Actor::System, now, vec![(alert, entry)]).await
}

/// Leaves out of a summary what is not wanted any more; whether anything is left.
async fn stands_for_any(tx: &mut Tx, job: &Job) -> Result<bool, StoreError> {
    tx.exec(DROP_MEMBERS, args![job.org, job.subject]).await?;
    let count: Option<(i64,)> = tx.one(LISTED_COUNT, args![job.org, job.subject]).await?;
    Ok(count.is_some_and(|(count,)| count > 0))
}

/// Of the fresh pages, those that a summary will stand for are held back; the others start.
async fn hold_back<'s>(tx: &mut Tx, fates: &mut Fates<'s>, now: Timestamp) -> Result<(), StoreError> {
    let mut by_org: BTreeMap<OrgId, Vec<(Job, &'s Standing)>> = BTreeMap::new();
    for (job, standing) in std::mem::take(&mut fates.fresh) {
        by_org.entry(job.org).or_default().push((job, standing));
    }
    for (org, fresh) in by_org {
        let pages: Vec<_> = fresh.iter().filter_map(|(_, standing)| standing.candidate()).collect();
        let mut bundling = Bundling::load(tx, org, &pages, now).await?;
        for (job, standing) in fresh {
            match standing.candidate().and_then(|page| bundling.holds_back(page)) {
                Some(why) => fates.stopped.push((job, NotificationState::Suppressed, why)),
                None => fates.start.push((job, standing)),
            }
        }
        fates.summaries.extend(bundling.summaries(org, now));
    }
    Ok(())
}
