//! Stepping escalations that are due: the next levels start, their notifications and jobs are written, in one transaction.

use crate::bundles::{Bundling, Candidate};
use crate::db::{Db, Tx};
use crate::deliveries::ToSend;
use crate::error::StoreError;
use crate::jobs::{self, Job, JobKind, NewJob};
use crate::notifications::{self, NewNotification};
use crate::room::{Place, Room};
use crate::value::Rows;
use crate::{alert_actions, alerts, changes, doors, holds, outlooks, recipients, rosters, turns};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::alert::{Alert, TicketNews, Update, WriteBackOrder};
use watchbell_core::alert_action::Trigger;
use watchbell_core::escalation::{self, Advance, AfterAccept, Level, Policy, Roster};
use watchbell_core::hold::Holds;
use watchbell_core::ids::{AlertId, JobId, NotificationId, OrgId, PolicyId, UserId};
use watchbell_core::limits;
use watchbell_core::notify::{self, NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};

/// What a batch of steps did.
#[derive(Debug, Default)]
pub struct Stepped {
    /// How many escalations were looked at; fewer than the limit: nothing more is due.
    pub jobs: usize,
    /// Sends whose jobs were born leased by this node: it must do them now.
    pub sends: Vec<ToSend>,
    /// Alerts that changed, for live pages.
    pub alerts: Vec<(OrgId, i64)>,
    /// Whether work was asked for that is due at once.
    pub is_due: bool,
}

/// How long an escalation that cannot be stepped waits for the next try, in seconds: its alert stays open and visible meanwhile.
const POSTPONED_S: i64 = 60;

pub use crate::hand_overs::schedule_changed;

/// Steps what is due. As many of the messages that go out at once as there is room for are leased to the caller.
/// An escalation that cannot be stepped (a row that cannot be read) is put off by itself; its neighbours go on.
pub async fn step_due(db: &Db, now: Timestamp, room: &Room) -> Result<Stepped, StoreError> {
    match step(db, None, now, room).await {
        Err(error) if !error.is_transient() => step_one_by_one(db, now, room).await,
        done => done,
    }
}

/// Steps one escalation, or all that are due.
async fn step(db: &Db, only: Option<Job>, now: Timestamp, room: &Room) -> Result<Stepped, StoreError> {
    let room = room.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let due = match only {
                Some(job) => vec![job],
                None => jobs::due_escalations(tx, now, limits::ESCALATION_BATCH_MAX).await?,
            };
            step_batch(tx, due, now, room).await
        })
    })
    .await
}

async fn step_one_by_one(db: &Db, now: Timestamp, room: &Room) -> Result<Stepped, StoreError> {
    let (mut all, mut room) = (Stepped::default(), room.clone());
    let due = db.write(move |tx| Box::pin(jobs::due_escalations(tx, now, limits::ESCALATION_BATCH_MAX))).await?;
    for job in due {
        match step(db, Some(job.clone()), now, &room).await {
            Ok(one) => {
                all.jobs += one.jobs;
                for send in &one.sends {
                    room.take(send.place);
                }
                all.sends.extend(one.sends);
                all.alerts.extend(one.alerts);
                all.is_due |= one.is_due;
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => postpone(db, job, now, error).await?,
        }
    }
    Ok(all)
}

async fn postpone(db: &Db, job: Job, now: Timestamp, error: StoreError) -> Result<(), StoreError> {
    let (text, at) = (error.to_string(), now + SignedDuration::from_secs(POSTPONED_S));
    tracing::error!(alert = job.subject, %error, "an escalation cannot be stepped; it is tried again in a minute");
    db.write(move |tx| Box::pin(async move { jobs::postpone_many(tx, vec![job.id.0], at, &text).await })).await
}

async fn step_batch(tx: &mut Tx, due: Vec<Job>, now: Timestamp, mut room: Room) -> Result<Stepped, StoreError> {
    let mut stepped = Stepped::default();
    for org in orgs(&due) {
        let of_org: Vec<&Job> = due.iter().filter(|job| job.org == org).collect();
        step_org(tx, org, &of_org, now, &mut room, &mut stepped).await?;
    }
    Ok(stepped)
}

async fn step_org(
    tx: &mut Tx,
    org: OrgId,
    due: &[&Job],
    now: Timestamp,
    room: &mut Room,
    stepped: &mut Stepped,
) -> Result<(), StoreError> {
    let mut subjects: Vec<i64> = due.iter().map(|job| job.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let before: Vec<Alert> = alerts::lock_free(tx, org, &subjects).await?.into_iter().map(|(alert, _)| alert).collect();
    let held = held_elsewhere(tx, org, &subjects, &before).await?;
    let due: Vec<i64> = due.iter().filter(|job| !held.contains(&job.subject)).map(|job| job.id.0).collect();
    stepped.jobs += due.len();
    let before = holds::raise_due(tx, org, before, now).await?;
    let holding = holds::of(tx, org, &before, now).await?;
    let advances = advance_all(tx, org, &before, &holding, now).await?;
    // Another node may have stepped them before this one got the alerts: the alert says what is due, the jobs only wake.
    // The old jobs go first: their keys make room for the next steps.
    jobs::delete_many(tx, due).await?;
    write(tx, org, &before, &advances, now, room, stepped).await
}

/// Alerts that somebody else is changing: they are stepped in the next round. Whoever holds one for long, a hung node or a person
/// with an open transaction, holds nobody else's page back.
async fn held_elsewhere(
    tx: &mut Tx,
    org: OrgId,
    subjects: &[i64],
    locked: &[Alert],
) -> Result<BTreeSet<i64>, StoreError> {
    let locked: BTreeSet<i64> = locked.iter().map(|alert| alert.id.0).collect();
    let missing: Vec<i64> = subjects.iter().copied().filter(|id| !locked.contains(id)).collect();
    if missing.is_empty() {
        return Ok(BTreeSet::new());
    }
    let there: Vec<(i64,)> = tx.all(THERE, crate::args![org, missing]).await?;
    Ok(there.into_iter().map(|(id,)| id).collect())
}

/// What the next step of these alerts is. Reads the policies and the people; writes nothing but holds the turns.
pub(crate) async fn advance_all(
    tx: &mut Tx,
    org: OrgId,
    before: &[Alert],
    holding: &Holds,
    now: Timestamp,
) -> Result<Vec<Advance>, StoreError> {
    let policies = recipients::policies(tx, org, &before.iter().collect::<Vec<_>>()).await?;
    let turns = turns::hold(tx, org, policies.values()).await?;
    let levels: Vec<&Level> = policies.values().flat_map(|policy| &policy.levels).collect();
    let direct: Vec<UserId> = before.iter().filter_map(|alert| alert.escalation.direct).collect();
    let mut roster = Roster { turns, ..rosters::load(&mut *tx, &doors::system(org), &levels, &direct, now).await? };
    let mut outlooks = outlooks::of_alerts(tx, org, before, now).await?;
    let advance = |alert: &Alert| {
        if let Some(held) = holding.step(alert, now) {
            return held;
        }
        let outlook = outlooks.remove(&alert.id.0).unwrap_or_default();
        let released = alert.held.is_some().then(|| Alert { held: None, ..alert.clone() });
        let going_on = released.as_ref().unwrap_or(alert);
        let done = escalation::advance(going_on, policy_of(&policies, alert), &roster, &outlook, now);
        // The next alert of the batch finds the turn moved on.
        roster.turns.extend(done.turn);
        done
    };
    Ok(before.iter().map(advance).collect())
}

fn policy_of<'a>(policies: &'a BTreeMap<(PolicyId, i64), Policy>, alert: &Alert) -> &'a Policy {
    /// A version that is gone cannot be (a foreign key holds it); an empty one says "nobody was notified" loudly.
    static NOBODY: Policy = Policy {
        id: PolicyId(0),
        version: 0,
        levels: Vec::new(),
        passes: 1,
        delay_s: 0,
        after_accept: AfterAccept::OFF,
    };
    policies.get(&(alert.escalation.policy, alert.escalation.version)).unwrap_or(&NOBODY)
}

async fn write(
    tx: &mut Tx,
    org: OrgId,
    before: &[Alert],
    advances: &[Advance],
    now: Timestamp,
    room: &mut Room,
    stepped: &mut Stepped,
) -> Result<(), StoreError> {
    let changed: Vec<(&Alert, &Alert)> = before
        .iter()
        .zip(advances)
        .filter(|(old, new)| old.version != new.alert.version)
        .map(|(old, new)| (old, &new.alert))
        .collect();
    alerts::update(tx, org, &changed).await?;
    stepped.alerts.extend(changed.iter().map(|(old, _)| (org, old.id.0)));
    let asked = follow(tx, org, advances, now, room, stepped).await?;
    stepped.is_due |= asked.iter().any(|job| job.due_at <= now);
    jobs::ask(tx, asked).await
}

/// Writes what follows from steps whose alerts are written: timeline and messages; returns the jobs that are still to be asked for.
pub(crate) async fn follow(
    tx: &mut Tx,
    org: OrgId,
    advances: &[Advance],
    now: Timestamp,
    room: &mut Room,
    stepped: &mut Stepped,
) -> Result<Vec<NewJob>, StoreError> {
    let entries =
        advances.iter().flat_map(|done| done.entries.iter().map(|entry| (done.alert.id, entry.clone()))).collect();
    changes::log(tx, org, &Actor::System, now, entries).await?;
    turns::keep(tx, org, advances).await?;
    let mut asked: Vec<NewJob> = advances.iter().filter_map(|done| next_step(org, &done.alert)).collect();
    asked.extend(
        advances.iter().filter(|done| went_further(done)).map(|done| tell(org, &done.alert, Update::Escalated, now)),
    );
    asked.extend(advances.iter().filter_map(|done| Some(tell(org, &done.alert, done.tell?, now))));
    asked.extend(advances.iter().filter(|done| done.tell_fallback).map(|done| tell_fallback(org, &done.alert, now)));
    asked.extend(
        advances.iter().filter(|done| done.is_unanswered).filter_map(|done| tell_ticket(org, &done.alert, now)),
    );
    let unanswered = advances.iter().filter(|done| done.is_unanswered);
    let ended = unanswered.map(|done| (&done.alert, Actor::System, vec![Trigger::EscalationEnded])).collect();
    asked.extend(alert_actions::due(tx, org, ended, now).await?);
    asked
        .extend(advances.iter().filter(|done| done.reads_ticket).filter_map(|done| read_ticket(org, &done.alert, now)));
    let pages: Vec<NewNotification> = advances
        .iter()
        .flat_map(|done| done.pages.iter().map(|page| NewNotification::page(&done.alert, page, now)))
        .collect();
    asked.extend(plan(tx, org, (pages, asked_before(advances)), now, room, stepped).await?);
    Ok(asked)
}

/// The job that wakes an alert when something is due of it.
pub(crate) fn next_step(org: OrgId, alert: &Alert) -> Option<NewJob> {
    Some(NewJob::new(org, JobKind::Escalate, alert.id.0, alert.due_at()?).once(format!("escalate:{}", alert.id)))
}

/// Whether a level after the first began because nobody answered: some people asked to be told.
fn went_further(done: &Advance) -> bool {
    !done.by_hand && done.entries.iter().any(|entry| matches!(entry, Entry::LevelStarted { level, pass, .. } if *level > 0 || *pass > done.alert.escalation.first_pass))
}

fn tell(org: OrgId, alert: &Alert, update: Update, now: Timestamp) -> NewJob {
    NewJob::new(org, JobKind::Tell, alert.id.0, now).with((update, Actor::System))
}

fn tell_fallback(org: OrgId, alert: &Alert, now: Timestamp) -> NewJob {
    NewJob::new(org, JobKind::TellFallback, alert.id.0, now).once(format!("fallback:{}", alert.id))
}

/// That nobody has accepted.
fn tell_ticket(org: OrgId, alert: &Alert, now: Timestamp) -> Option<NewJob> {
    let order = WriteBackOrder::new(TicketNews::Unanswered, Actor::System, now);
    changes::write_back(org, alert, order, now)
}

/// Beside the orders of callouts, under a key of its own: theirs have to end with an alert.
fn read_ticket(org: OrgId, alert: &Alert, now: Timestamp) -> Option<NewJob> {
    let (source, ticket) = (alert.source, alert.content.ticket.as_ref()?.id);
    let job = NewJob::new(org, JobKind::FetchTicket, source.0, now).once(format!("look:{source}:{ticket}"));
    Some(job.with(serde_json::json!({"id": ticket, "look": true})))
}

/// Whom a pass before this one has tried: those whom nothing has tried yet go first.
fn asked_before(advances: &[Advance]) -> BTreeSet<(Option<AlertId>, i64)> {
    let again = |done: &Advance| {
        let (alert, first) = (done.alert.id, done.alert.escalation.first_pass);
        let pages = done.pages.iter().filter(move |page| page.pass > first);
        pages.map(move |page| (Some(alert), page.planned.user.0)).collect::<Vec<_>>()
    };
    advances.iter().flat_map(again).collect()
}

/// Decides which pages go out now, later, or in a summary; writes them; the jobs that are still to be asked for.
async fn plan(
    tx: &mut Tx,
    org: OrgId,
    (mut pages, mut told): (Vec<NewNotification>, BTreeSet<(Option<AlertId>, i64)>),
    now: Timestamp,
    room: &mut Room,
    stepped: &mut Stepped,
) -> Result<Vec<NewJob>, StoreError> {
    let due: Vec<Candidate> = pages.iter().filter(|page| page.due_at <= now).map(Candidate::from).collect();
    let mut bundling = Bundling::load(tx, org, &due, now).await?;
    let mut leased = Vec::new();
    let mut asked = Vec::new();
    let ids = notifications::next_ids(tx, pages.len()).await?;
    for (page, id) in pages.iter_mut().zip(ids) {
        page.id = NotificationId(id);
        let rank = notify::rank(Purpose::Page, page.priority, told.insert((page.alert, page.user)));
        if page.due_at > now {
            asked.push(NewJob::send(org, id, &page.channel, rank, page.due_at));
        } else if let Some(why) = bundling.holds_back(Candidate::from(&*page)) {
            page.state = NotificationState::Suppressed;
            page.reason = Some(why);
        } else if room.take(Place::of_message(&page.channel)) {
            page.state = NotificationState::Sending;
            leased.push(NewJob::send(org, id, &page.channel, rank, now));
        } else {
            asked.push(NewJob::send(org, id, &page.channel, rank, now));
        }
    }
    notifications::insert(tx, org, &pages).await?;
    asked.extend(bundling.summaries(org, now));
    stepped.sends.extend(lease(tx, leased, now).await?);
    Ok(asked)
}

sql! {
    THERE {
        sqlite: "SELECT id FROM alert WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "SELECT id FROM alert WHERE org_id = $1 AND id = ANY($2)",
    }
    LEASED_OF {
        sqlite: "SELECT id, subject_id FROM job WHERE kind = 'notify' AND leased AND (org_id, subject_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
        postgres: "SELECT id, subject_id FROM job WHERE kind = 'notify' AND leased AND (org_id, subject_id) IN (SELECT * FROM UNNEST($1::bigint[], $2::bigint[]))",
    }
}

/// Asks for jobs that are born leased, and reads their ids.
async fn lease(tx: &mut Tx, jobs: Vec<NewJob>, now: Timestamp) -> Result<Vec<ToSend>, StoreError> {
    let mut rows = Rows::default();
    jobs.iter().for_each(|job| rows.push(crate::args![job.org, job.subject]));
    let Some(org) = jobs.first().map(|job| job.org) else { return Ok(Vec::new()) };
    let places: BTreeMap<i64, Place> = jobs.iter().map(|job| (job.subject, job.place)).collect();
    let ranks: BTreeMap<i64, i64> = jobs.iter().map(|job| (job.subject, job.rank)).collect();
    let until = now + SignedDuration::from_secs(limits::JOB_LEASE_S);
    jobs::ask_leased(tx, jobs, true, Some(until)).await?;
    let leased: Vec<(i64, i64)> = tx.all_many(LEASED_OF, rows).await?;
    let send = |(id, subject): (i64, i64)| ToSend {
        job: Job {
            id: JobId(id),
            org,
            kind: JobKind::Notify,
            subject,
            generation: 1,
            rank: ranks.get(&subject).copied().unwrap_or_default(),
            attempt: 0,
            due_at: now,
            payload: "{}".into(),
        },
        place: places.get(&subject).copied().unwrap_or(Place::Own),
    };
    Ok(leased.into_iter().map(send).collect())
}

fn orgs(jobs: &[Job]) -> Vec<OrgId> {
    let mut orgs: Vec<OrgId> = jobs.iter().map(|job| job.org).collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs
}
