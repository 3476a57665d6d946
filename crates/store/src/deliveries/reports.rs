//! What the other side tells of a message after it took it: it rings, it arrived, nobody picked up. A message that reached nobody after
//! all is sent once more, or gives way to the person's next contact at once.

use super::finishing::{Failing, Via, fail_for_good, members_reached, refuse_try};
use super::plain::reached;
use super::standing::{Standing, standing_of};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, JobKind, NewJob};
use crate::{alerts, changes};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use watchbell_core::ids::{AlertId, ConnectorId, NotificationId, OrgId};
use watchbell_core::limits;
use watchbell_core::notify::{self, AfterFailure, Failure, NotificationState, Purpose};
use watchbell_core::provider::Reported;
use watchbell_core::timeline::{Actor, Entry};
use watchbell_core::user::Channel;

macro_rules! carried {
    () => {
        "SELECT n.id, n.alert_id, n.level, n.user_id, n.contact_id, n.channel, n.target, n.purpose, n.state, n.connector_id, n.provider_id, n.reply_code, n.reported, n.ended_at FROM notification n "
    };
}

sql! {
    CARRIED { both: concat!(carried!(), "WHERE n.org_id = $1 AND n.id = $2") }
    CARRIED_BY { both: concat!(carried!(), "WHERE n.org_id = $1 AND n.connector_id = $2 AND n.provider_id = $3 ORDER BY n.id DESC LIMIT 1") }
    ALERT_OF { both: "SELECT alert_id FROM notification WHERE org_id = $1 AND id = $2" }
    OTHERS { both: "SELECT connector_id FROM provider WHERE org_id = $1 AND channel = $2" }
    REPORTED { both: "UPDATE notification SET reported = $3, ended_at = coalesce(ended_at, $4) WHERE org_id = $1 AND id = $2" }
    /// What a person said of a test stands, whatever is reported later.
    ARRIVED { both: "UPDATE notification SET state = 'DELIVERED', reason = NULL, error = NULL, delivered_at = coalesce(delivered_at, $3) WHERE org_id = $1 AND id = $2 AND answered_at IS NULL" }
}

/// A message that went through an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Carried {
    /// Which.
    pub id: i64,
    /// Of which alert.
    pub alert_id: Option<i64>,
    /// Which level; below 0 for a person whom somebody called in.
    pub level: i64,
    /// To whom.
    pub user_id: i64,
    /// Where to.
    pub contact_id: Option<i64>,
    /// Over what.
    pub channel: String,
    /// Where to, as people read it.
    pub target: String,
    /// What for.
    pub purpose: String,
    /// Where it stands.
    pub state: String,
    /// The account that carried it; none as long as that is not recorded.
    pub connector_id: Option<String>,
    /// What that calls it.
    pub provider_id: Option<String>,
    /// The number by which its reader answers.
    pub reply_code: Option<i64>,
    /// What was reported last.
    pub reported: Option<String>,
    /// When nothing more was to come.
    pub ended_at: Option<i64>,
}

/// A message by its number.
pub async fn carried(db: &Db, org: OrgId, id: NotificationId) -> Result<Option<Carried>, StoreError> {
    db.one(CARRIED, args![org, id]).await
}

/// A message by what an account calls it.
pub async fn carried_by(
    db: &Db,
    org: OrgId,
    connector: &ConnectorId,
    provider_id: &str,
) -> Result<Option<Carried>, StoreError> {
    db.one(CARRIED_BY, args![org, connector.clone(), provider_id]).await
}

/// What was told of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportIn {
    /// Which.
    pub notification: NotificationId,
    /// Who told.
    pub via: Via,
    /// What they call it.
    pub provider_id: String,
    /// Where it stands.
    pub state: Reported,
    /// Their own words.
    pub said: String,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It counts, or says nothing new.
    Done,
    /// It is not recorded yet that the message was sent: to be told again in a moment.
    TooEarly,
    /// There is no such message.
    Unknown,
}

/// Lets a report act on its message. The same one twice acts once. Where it meets the send that is being recorded, it is tried again:
/// many providers tell a thing once.
pub async fn report(db: &Db, org: OrgId, report: ReportIn, now: Timestamp) -> Result<Taken, StoreError> {
    for _ in 0..3 {
        let report = report.clone();
        match db.write(move |tx| Box::pin(async move { report_in(tx, org, &report, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("notification"))
}

async fn report_in(tx: &mut Tx, org: OrgId, report: &ReportIn, now: Timestamp) -> Result<Taken, StoreError> {
    let Some((alert,)) = tx.one::<(Option<i64>,)>(ALERT_OF, args![org, report.notification]).await? else {
        return Ok(Taken::Unknown);
    };
    // The alert first: whoever accepts it holds it while cancelling its pages.
    alerts::lock(tx, org, alert.into_iter().collect()).await?;
    let Some(standing) = standing_of(tx, org, report.notification).await? else { return Ok(Taken::Unknown) };
    let known = tx.one::<Carried>(CARRIED, args![org, report.notification]).await?;
    let Some(known) = known else { return Ok(Taken::Unknown) };
    let is_sending = standing.state == NotificationState::Sending.as_str();
    if is_sending && report.state.is_failure() {
        return Ok(Taken::TooEarly);
    }
    let is_of_another_try = known.provider_id.as_deref().is_some_and(|id| id != report.provider_id);
    let is_repeated = known.reported.as_deref() == Some(report.state.as_str());
    if (is_of_another_try && !is_sending) || is_repeated {
        return Ok(Taken::Done);
    }
    log(tx, org, &standing, report, now).await?;
    let ended = is_over(&standing, report.state).then_some(now);
    tx.exec(REPORTED, args![org, standing.id, report.state.as_str(), ended]).await?;
    act(tx, org, &standing, report, now).await?;
    Ok(Taken::Done)
}

/// A text message that arrived is over; a call goes on.
fn is_over(standing: &Standing, state: Reported) -> bool {
    let is_call = standing.channel == Channel::Voice.as_str();
    state.is_final() || state == Reported::Machine || (state == Reported::Delivered && !is_call)
}

async fn act(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    report: &ReportIn,
    now: Timestamp,
) -> Result<(), StoreError> {
    let state = NotificationState::parse(&standing.state);
    match (state, report.state) {
        // An answered call that ends; a call that "completed" without a word of who picked up was picked up.
        (Some(NotificationState::Sent), Reported::Ended) => arrived(tx, org, standing, now).await,
        (Some(NotificationState::Cancelled | NotificationState::Suppressed), _) => Ok(()),
        (_, reported) if reported.is_arrival() => arrived(tx, org, standing, now).await,
        (Some(NotificationState::Sent), reported) if reported.is_failure() => {
            lost(tx, org, standing, report, now).await
        }
        // Who picked up turned out to be a machine.
        (Some(NotificationState::Delivered), Reported::Machine) => lost(tx, org, standing, report, now).await,
        _ => Ok(()),
    }
}

/// It reached a person; one that had been given up or was to be tried again need not be.
async fn arrived(tx: &mut Tx, org: OrgId, standing: &Standing, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(ARRIVED, args![org, standing.id, now]).await?;
    if standing.state == NotificationState::Planned.as_str() {
        jobs::forget_pages(tx, org, vec![standing.id]).await?;
    }
    match (Purpose::parse(&standing.purpose), standing.alert_id) {
        (Some(Purpose::Page), Some(alert)) => reached(tx, org, AlertId(alert), now).await,
        (Some(Purpose::Summary), _) => members_reached(tx, org, standing.id, now).await,
        _ => Ok(()),
    }
}

async fn lost(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    report: &ReportIn,
    now: Timestamp,
) -> Result<(), StoreError> {
    let channel = Channel::parse(&standing.channel).unwrap_or(Channel::Sms);
    let others = has_others(tx, org, standing, report).await?;
    let error = if report.said.is_empty() { words(report.state) } else { report.said.as_str() };
    let failure = match report.state {
        Reported::Refused => Failure::Contact,
        _ => Failure::Message,
    };
    let failed = Failing { error, via: Some(&report.via), failure, is_counted: true };
    match notify::after_report(channel, standing.tries, report.state, others, now) {
        AfterFailure::TryAgain { at } if standing.is_wanted() => {
            refuse_try(tx, org, standing, &failed).await?;
            jobs::ask(tx, vec![NewJob::send(org, standing.id, &standing.channel, standing.rank(), at)]).await
        }
        _ => fail_for_good(tx, org, standing, &failed, now).await,
    }
}

/// For a report without words.
const fn words(state: Reported) -> &'static str {
    match state {
        Reported::Machine => "an answering machine picked up",
        Reported::Unanswered => "nobody picked up",
        Reported::Busy => "the line was engaged, or the call was declined",
        _ => "it did not arrive",
    }
}

async fn has_others(tx: &mut Tx, org: OrgId, standing: &Standing, report: &ReportIn) -> Result<bool, StoreError> {
    let all: Vec<(String,)> = tx.all(OTHERS, args![org, &standing.channel]).await?;
    let is_tried = |id: &str| id == report.via.connector.0 || standing.failed_with().contains(&id);
    Ok(all.iter().any(|(id,)| !is_tried(id)))
}

async fn log(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    report: &ReportIn,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(alert) = standing.alert_id.map(AlertId).filter(|_| report.state != Reported::Queued) else {
        return Ok(());
    };
    let entry = Entry::Reported {
        notification: report.notification,
        state: report.state,
        said: report.said.clone(),
        via: Some(report.via.name.clone()),
    };
    changes::log(tx, org, &Actor::System, now, vec![(alert, entry)]).await
}

/// The job that asks where a message stands, since no report came; the `nth` time, from 0.
pub(super) fn ask_job(org: OrgId, notification: i64, nth: usize, now: Timestamp) -> NewJob {
    let after_s = limits::ASK_AFTER_S.get(nth).copied().unwrap_or_default();
    let at = now.saturating_add(SignedDuration::from_secs(after_s)).unwrap_or(now);
    NewJob::new(org, JobKind::AskDelivery, notification, at).once(format!("ask:{notification}"))
}

/// Ends a job that asked; where nothing is known yet it asks again later, so many times.
pub async fn end_ask(db: &Db, job: Job, is_known: bool, now: Timestamp) -> Result<(), StoreError> {
    db.write(move |tx| {
        Box::pin(async move {
            let nth = usize::try_from(job.attempt + 1).unwrap_or(usize::MAX);
            match limits::ASK_AFTER_S.get(nth) {
                Some(after_s) if !is_known => {
                    jobs::retry(tx, &job, now + SignedDuration::from_secs(*after_s), "").await.map(|_| ())
                }
                _ => jobs::finish(tx, &job, now).await.map(|_| ()),
            }
        })
    })
    .await
}
