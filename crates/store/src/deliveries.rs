//! The way of a notification to the network and back: to SENDING before the network is touched, then what became of it.

use crate::bundles::Bundling;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, JobKind, NewJob};
use crate::notifications::NewNotification;
use crate::room::Place;
use crate::scope::Scope;
use crate::{alerts, changes};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::escalation::{self, LevelCount};
use watchbell_core::ids::{AlertId, NotificationId, OrgId, SourceId};
use watchbell_core::notify::{self, AfterFailure, NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};

/// What a sender needs to know of a notification.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Outgoing {
    /// Which.
    pub id: i64,
    /// Of which alert; none for summaries and tests.
    pub alert_id: Option<i64>,
    /// Of which source.
    pub source_id: Option<i64>,
    /// Which level; -1 for a person whom the alert was given to.
    pub level: i64,
    /// Which pass.
    pub pass: i64,
    /// To whom.
    pub user_id: i64,
    /// PAGE, SUMMARY, UPDATE, TEST or NOTICE.
    pub purpose: String,
    /// What an update is about.
    pub about: Option<String>,
    /// Over what.
    pub channel: String,
    /// The contact's address now; none when it was deleted.
    pub target: Option<String>,
    /// The contact's sealed secret.
    pub sealed: Option<Vec<u8>>,
    /// Whether the contact was locked, or lost its verification, since the message was planned.
    pub is_barred: bool,
    /// The reader's time zone.
    pub timezone: String,
    /// The reader's first name.
    pub first_name: String,
    /// How often it was tried.
    pub tries: i64,
}

/// A message that this node has to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSend {
    /// Its job, leased.
    pub job: Job,
    /// Where it takes a place: its channel's.
    pub place: Place,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct Standing {
    id: i64,
    alert_id: Option<i64>,
    source_id: Option<i64>,
    contact_id: Option<i64>,
    user_id: i64,
    pass: i64,
    level: i64,
    purpose: String,
    channel: String,
    state: String,
    tries: i64,
    planned_at: i64,
    alert_status: Option<String>,
    alert_pass: Option<i64>,
    alert_first_pass: Option<i64>,
    alert_accepted_at: Option<i64>,
    /// Whether the user was asked to respond and has not accepted yet.
    is_called: bool,
    /// Whether the job's lease still holds.
    is_held: bool,
}

impl Standing {
    /// Whether a page is still for the one who has it now: not when the alert was accepted, or given to somebody else since.
    /// Who has accepted it may call others; their pages were planned later than that.
    fn is_wanted(&self) -> bool {
        if self.purpose != Purpose::Page.as_str() {
            return true;
        }
        match self.alert_status.as_deref() {
            Some("PENDING") => self
                .alert_first_pass
                .zip(self.alert_pass)
                .is_some_and(|(first, running)| escalation::goes_out(self.pass, first, running)),
            Some("ACCEPTED") => self.level < 0 && self.is_called && Some(self.planned_at) >= self.alert_accepted_at,
            _ => false,
        }
    }

    /// A page that may be held back for a summary. One for an accepted alert is a call for help: it never is.
    fn may_be_bundled(&self) -> bool {
        self.purpose == Purpose::Page.as_str() && self.tries == 0 && self.alert_status.as_deref() == Some("PENDING")
    }
}

macro_rules! standing {
    () => {
        "SELECT n.id, n.alert_id, n.source_id, n.contact_id, n.user_id, n.pass, n.level, n.purpose, n.channel, n.state, n.tries, n.planned_at,
            a.status AS alert_status, a.pass AS alert_pass, a.first_pass AS alert_first_pass, a.accepted_at AS alert_accepted_at,
            EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = n.org_id AND r.alert_id = n.alert_id AND r.user_id = n.user_id AND r.status = 'PENDING') AS is_called,
            EXISTS (SELECT 1 FROM job j WHERE j.id = $3 AND j.generation = $4) AS is_held
            FROM notification n LEFT JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id WHERE n.org_id = $1 AND n.id = $2"
    };
}

sql! {
    OUTGOING {
        both: "SELECT n.id, n.alert_id, n.source_id, n.level, n.pass, n.user_id, n.purpose, n.about, n.channel, c.target, c.sealed, u.timezone,
                (n.purpose <> 'TEST' AND c.id IS NOT NULL AND (c.status <> 'OK' OR c.verified_at IS NULL)) AS is_barred, u.first_name, n.tries
            FROM notification n JOIN user_account u ON u.org_id = n.org_id AND u.id = n.user_id LEFT JOIN contact c ON c.org_id = n.org_id AND c.id = n.contact_id
            WHERE n.org_id = $1 AND n.id = $2"
    }
    STANDING { sqlite: standing!(), postgres: concat!(standing!(), " FOR UPDATE OF n") }
    SET_STATE { both: "UPDATE notification SET state = $3, reason = $4 WHERE org_id = $1 AND id = $2" }
    START { both: "UPDATE notification SET state = 'SENDING', reason = NULL, due_at = CASE WHEN due_at > $3 THEN $3 ELSE due_at END WHERE org_id = $1 AND id = $2" }
    SENT { both: "UPDATE notification SET state = 'SENT', tries = tries + 1, sent_at = $3, provider_id = $4, error = NULL WHERE org_id = $1 AND id = $2" }
    FAILED_TRY { both: "UPDATE notification SET state = $3, tries = tries + 1, error = $4 WHERE org_id = $1 AND id = $2" }
    /// What a summary stands for that is not wanted any more when it is sent.
    DROP_MEMBERS {
        both: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED'
            AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.org_id = notification.org_id AND a.id = notification.alert_id AND a.status = 'PENDING'
                AND (a.first_pass <= notification.pass OR a.pass <= notification.pass))"
    }
    MEMBERS { both: "SELECT user_id, alert_id, pass, level FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED' ORDER BY alert_id, id" }
    MEMBERS_REACHED {
        sqlite: "UPDATE alert SET notified_at = $3, nobody_notified_at = NULL, version = version + 1 WHERE org_id = $1 AND notified_at IS NULL
            AND id IN (SELECT alert_id FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED')",
        postgres: "WITH held AS MATERIALIZED (SELECT id FROM alert WHERE org_id = $1 AND notified_at IS NULL
                AND id IN (SELECT alert_id FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED') ORDER BY id FOR NO KEY UPDATE)
            UPDATE alert SET notified_at = $3, nobody_notified_at = NULL, version = version + 1 WHERE org_id = $1 AND id IN (SELECT id FROM held)",
    }
    MEMBERS_FAILED { both: "UPDATE notification SET state = 'FAILED', error = $3 WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED'" }
    /// How many of the level, and the newest pass of which one is under way.
    ALIVE {
        both: "SELECT count(CASE WHEN pass = $3 AND level = $4 THEN 1 END), max(CASE WHEN state IN ('PLANNED', 'SENDING', 'SUPPRESSED') THEN pass END)
            FROM notification WHERE org_id = $1 AND alert_id = $2 AND purpose = 'PAGE' AND state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED')"
    }
    NEXT_CONTACT {
        both: "SELECT id FROM notification WHERE org_id = $1 AND alert_id = $2 AND pass = $3 AND level = $4 AND user_id = $5 AND purpose = 'PAGE' AND state = 'PLANNED'
            ORDER BY due_at, id LIMIT 1"
    }
    LISTED {
        both: "SELECT DISTINCT a.id, a.summary FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.org_id = $1 AND n.summary_id = $2 AND n.state = 'SUPPRESSED' ORDER BY a.id LIMIT $3"
    }
    LISTED_COUNT { both: "SELECT count(DISTINCT alert_id) FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED'" }
    HURRY { both: "UPDATE notification SET due_at = $3 WHERE org_id = $1 AND id = $2 AND due_at > $3" }
}

/// What is to be sent. `None`: it was deleted with its user.
pub async fn outgoing(db: &Db, org: OrgId, id: NotificationId) -> Result<Option<Outgoing>, StoreError> {
    db.one(OUTGOING, crate::args![org, id]).await
}

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
    db.write(move |tx| {
        Box::pin(async move {
            let (mut sends, mut summaries) = (Vec::new(), Vec::new());
            for job in claimed {
                if let Some(channel) = begin_one(tx, &job, &mut summaries, now).await? {
                    sends.push(ToSend { job, place: Place::of_message(&channel) });
                }
            }
            // All at once: they are written in the order of their keys, as other nodes do it.
            jobs::ask(tx, summaries).await?;
            Ok(sends)
        })
    })
    .await
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

/// The channel of the message, if it is to be sent now.
async fn begin_one(
    tx: &mut Tx,
    job: &Job,
    summaries: &mut Vec<NewJob>,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let Some(standing) = standing(tx, job).await? else {
        jobs::finish(tx, job, now).await?;
        return Ok(None);
    };
    if !standing.is_held {
        // It took so long to get here that another node has it now.
        return Ok(None);
    }
    let state = NotificationState::parse(&standing.state);
    let wanted =
        standing.is_wanted() && (standing.purpose != Purpose::Summary.as_str() || stands_for_any(tx, job).await?);
    // A page that lost its first lease to a crash is late already: it is not held back once more.
    let is_fresh = job.generation == 1 && job.payload == "{}" && standing.may_be_bundled();
    match state {
        Some(NotificationState::Planned | NotificationState::Sending) if !wanted => {
            set_state(tx, job, NotificationState::Cancelled, Some("somebody has the alert")).await?;
        }
        Some(NotificationState::Planned) => {
            let held = if is_fresh { held_back(tx, job, &standing, summaries, now).await? } else { None };
            if let Some(why) = held {
                set_state(tx, job, NotificationState::Suppressed, Some(why)).await?;
                jobs::finish(tx, job, now).await?;
                return Ok(None);
            }
            tx.exec(START, crate::args![job.org, job.subject, now]).await?;
            return Ok(Some(standing.channel));
        }
        Some(NotificationState::Sending) => {
            possibly_twice(tx, job, &standing, now).await?;
            return Ok(Some(standing.channel));
        }
        _ => {}
    }
    jobs::finish(tx, job, now).await?;
    Ok(None)
}

async fn standing(tx: &mut Tx, job: &Job) -> Result<Option<Standing>, StoreError> {
    tx.one(STANDING, crate::args![job.org, job.subject, job.id, job.generation]).await
}

async fn set_state(tx: &mut Tx, job: &Job, state: NotificationState, reason: Option<&str>) -> Result<(), StoreError> {
    tx.exec(SET_STATE, crate::args![job.org, job.subject, state.as_str(), reason]).await.map(|_| ())
}

/// A send that a crash cut off is done again: a second message is better than none, and the timeline says so.
async fn possibly_twice(tx: &mut Tx, job: &Job, standing: &Standing, now: Timestamp) -> Result<(), StoreError> {
    let Some(alert) = standing.alert_id.map(AlertId) else { return Ok(()) };
    let entry = Entry::PossiblyTwice { notification: NotificationId(standing.id) };
    changes::log(tx, job.org, &Actor::System, now, vec![(alert, entry)]).await
}

/// Leaves out of a summary what is not wanted any more; whether anything is left.
async fn stands_for_any(tx: &mut Tx, job: &Job) -> Result<bool, StoreError> {
    tx.exec(DROP_MEMBERS, crate::args![job.org, job.subject]).await?;
    let count: Option<(i64,)> = tx.one(LISTED_COUNT, crate::args![job.org, job.subject]).await?;
    Ok(count.is_some_and(|(count,)| count > 0))
}

/// Why a page is held back for a summary, if it is.
async fn held_back(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    summaries: &mut Vec<NewJob>,
    now: Timestamp,
) -> Result<Option<&'static str>, StoreError> {
    let (Some(source), Some(contact)) = (standing.source_id, standing.contact_id) else { return Ok(None) };
    let page = NewNotification {
        id: NotificationId(standing.id),
        alert: standing.alert_id.map(AlertId),
        source: SourceId(source),
        pass: standing.pass,
        level: standing.level,
        user: standing.user_id,
        preference: None,
        contact,
        channel: standing.channel.clone(),
        target: None,
        purpose: Purpose::Page,
        about: None,
        state: NotificationState::Planned,
        reason: None,
        in_summary: false,
        due_at: now,
        planned_at: now,
    };
    let mut bundling = Bundling::load(tx, job.org, std::slice::from_ref(&page), now).await?;
    let held = bundling.holds_back(&page);
    summaries.extend(bundling.summaries(tx, job.org, now).await?);
    Ok(held)
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The other side took it.
    Sent {
        /// Its id there.
        provider_id: Option<String>,
    },
    /// It did not.
    Failed {
        /// What it said.
        error: String,
        /// Whether trying again is useless.
        permanent: bool,
        /// When it wants to be asked again, in seconds.
        retry_after_s: Option<i64>,
    },
}

/// Records what became of a send, and ends its job. `false`: the lease was lost, nothing was written.
/// A conflict with somebody else's change is tried again here: what is not recorded would be sent a second time.
pub async fn finish(db: &Db, job: Job, delivery: Delivery, now: Timestamp) -> Result<bool, StoreError> {
    for _ in 0..3 {
        let (job, delivery) = (job.clone(), delivery.clone());
        match db.write(move |tx| Box::pin(async move { finish_in(tx, &job, delivery, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("message"))
}

async fn finish_in(tx: &mut Tx, job: &Job, delivery: Delivery, now: Timestamp) -> Result<bool, StoreError> {
    let Some(standing) = standing(tx, job).await? else { return jobs::finish(tx, job, now).await };
    match delivery {
        Delivery::Sent { provider_id } => sent(tx, job, &standing, provider_id, now).await,
        Delivery::Failed { error, permanent, retry_after_s } => {
            match notify::after_failure(standing.tries + 1, permanent, retry_after_s, now) {
                AfterFailure::TryAgain { at } => try_again(tx, job, &standing, &error, at, now).await,
                AfterFailure::GiveUp => give_up(tx, job, &standing, &error, now).await,
            }
        }
    }
}

async fn sent(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    provider_id: Option<String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !jobs::finish(tx, job, now).await? {
        return Ok(false);
    }
    tx.exec(SENT, crate::args![job.org, standing.id, now, provider_id]).await?;
    match (Purpose::parse(&standing.purpose), standing.alert_id) {
        (Some(Purpose::Page), Some(alert)) => alerts::set_reached(tx, job.org, AlertId(alert), now).await?,
        (Some(Purpose::Summary), _) => {
            tx.exec(MEMBERS_REACHED, crate::args![job.org, standing.id, now]).await?;
        }
        _ => {}
    }
    Ok(true)
}

async fn try_again(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    error: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !jobs::retry(tx, job, at, error).await? {
        return Ok(false);
    }
    tx.exec(FAILED_TRY, crate::args![job.org, standing.id, NotificationState::Planned.as_str(), error]).await?;
    log_failure(tx, job, standing, error, true, now).await?;
    Ok(true)
}

async fn give_up(tx: &mut Tx, job: &Job, standing: &Standing, error: &str, now: Timestamp) -> Result<bool, StoreError> {
    if !jobs::finish(tx, job, now).await? {
        return Ok(false);
    }
    tx.exec(FAILED_TRY, crate::args![job.org, standing.id, NotificationState::Failed.as_str(), error]).await?;
    log_failure(tx, job, standing, error, false, now).await?;
    let failed = match (Purpose::parse(&standing.purpose), standing.alert_id) {
        (Some(Purpose::Page), Some(alert)) => {
            vec![Failed { user: standing.user_id, alert, pass: standing.pass, level: standing.level }]
        }
        (Some(Purpose::Summary), _) => tx.all(MEMBERS, crate::args![job.org, standing.id]).await?,
        _ => Vec::new(),
    };
    tx.exec(MEMBERS_FAILED, crate::args![job.org, standing.id, error]).await?;
    // The alerts first, in id order: whoever accepts one holds it while cancelling its pages.
    alerts::lock(tx, job.org, failed.iter().map(|page| page.alert).collect()).await?;
    for page in &failed {
        next_contact(tx, job.org, page, now).await?;
        after_failed_page(tx, job.org, (page.alert, page.pass, page.level), now).await?;
    }
    Ok(true)
}

/// A page that failed for good, by itself or in a summary.
#[derive(Debug, sqlx::FromRow)]
struct Failed {
    #[sqlx(rename = "user_id")]
    user: i64,
    #[sqlx(rename = "alert_id")]
    alert: i64,
    pass: i64,
    level: i64,
}

async fn log_failure(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    error: &str,
    again: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(alert) = standing.alert_id.map(AlertId) else { return Ok(()) };
    let entry = Entry::DeliveryFailed {
        notification: NotificationId(standing.id),
        attempt: standing.tries + 1,
        error: error.to_owned(),
        again,
    };
    changes::log(tx, job.org, &Actor::System, now, vec![(alert, entry)]).await
}

/// The user's next contact is used at once.
async fn next_contact(tx: &mut Tx, org: OrgId, failed: &Failed, now: Timestamp) -> Result<(), StoreError> {
    let args = crate::args![org, failed.alert, failed.pass, failed.level, failed.user];
    let Some((next,)) = tx.one::<(i64,)>(NEXT_CONTACT, args).await? else { return Ok(()) };
    tx.exec(HURRY, crate::args![org, next, now]).await?;
    jobs::bring_forward(tx, org, JobKind::Notify, next, now).await
}

/// A level of which nothing is left gives way to the next one at once.
pub(crate) async fn after_failed_page(
    tx: &mut Tx,
    org: OrgId,
    (alert, pass, level): (i64, i64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((before, _)) = alerts::lock(tx, org, vec![alert]).await?.pop() else { return Ok(()) };
    let counted: Option<(i64, Option<i64>)> = tx.one(ALIVE, crate::args![org, alert, pass, level]).await?;
    let (alive, under_way_of) = counted.unwrap_or_default();
    let count = LevelCount { alive, under_way_of };
    let Some((after, entry)) = escalation::after_failed_page(&before, pass, level, count, now) else { return Ok(()) };
    alerts::update(tx, org, &[(&before, &after)]).await?;
    changes::log(tx, org, &Actor::System, now, vec![(before.id, entry)]).await?;
    let job = NewJob::new(org, JobKind::Escalate, alert, now).once(format!("escalate:{alert}"));
    jobs::ask(tx, vec![job]).await
}

/// The alerts that a summary stands for: id and summary, in order; and how many there are in all.
pub async fn listed_in_summary(
    db: &Db,
    scope: &Scope,
    summary: NotificationId,
    max: i64,
) -> Result<(Vec<(AlertId, String)>, i64), StoreError> {
    let rows: Vec<(i64, String)> = db.all(LISTED, crate::args![scope.org, summary, max]).await?;
    let count: Option<(i64,)> = db.one(LISTED_COUNT, crate::args![scope.org, summary]).await?;
    Ok((rows.into_iter().map(|(id, text)| (AlertId(id), text)).collect(), count.map_or(0, |(n,)| n)))
}
