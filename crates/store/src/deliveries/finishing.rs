//! What became of a send: it reached somebody, is tried again, or failed for good and the next contact or level is called at once.

use super::plain::{Ended, write_sent};
use super::standing::{Standing, standing};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, JobKind, NewJob};
use crate::{alerts, changes, contacts, providers, stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::escalation::{self, LevelCount};
use watchbell_core::ids::{AlertId, ConnectorId, ContactId, NotificationId, OrgId};
use watchbell_core::notify::{self, AfterFailure, Failure, NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};

sql! {
    FAILED_TRY { both: "UPDATE notification SET state = $3, tries = tries + $6, error = $4, failed_with = $5 WHERE org_id = $1 AND id = $2" }
    /// The next account may tell of it before it is recorded that it carries it.
    SEND_AGAIN { both: "UPDATE notification SET state = 'PLANNED', error = $3, failed_with = $4, connector_id = NULL, provider_id = NULL WHERE org_id = $1 AND id = $2" }
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
        both: "SELECT count(CASE WHEN pass = $3 AND level = $4 THEN 1 END), max(CASE WHEN state IN ('PLANNED', 'SENDING', 'SUPPRESSED') OR (channel = 'VOICE' AND state = 'SENT' AND ended_at IS NULL) THEN pass END)
            FROM notification WHERE org_id = $1 AND alert_id = $2 AND purpose = 'PAGE' AND state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED')"
    }
    NEXT_CONTACT {
        both: "SELECT id FROM notification WHERE org_id = $1 AND alert_id = $2 AND pass = $3 AND level = $4 AND user_id = $5 AND purpose = 'PAGE' AND state = 'PLANNED'
            ORDER BY due_at, id LIMIT 1"
    }
    HURRY { both: "UPDATE notification SET due_at = $3 WHERE org_id = $1 AND id = $2 AND due_at > $3" }
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The other side took it.
    Sent {
        /// Its id there.
        provider_id: Option<String>,
        /// The account that carried it; none where the contact's own server was spoken to.
        via: Option<Via>,
        /// Whether it is a call, which reaches somebody only when they pick up.
        rings: bool,
        /// Whether the account can be asked what became of it.
        asks: bool,
    },
    /// It did not.
    Failed {
        /// What it said.
        error: String,
        /// What else would fail.
        failure: Failure,
        /// The account that should have carried it.
        via: Option<Via>,
        /// Whether there are accounts that it was not tried with yet.
        others: bool,
    },
}

/// An account that carries messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// Which.
    pub connector: ConnectorId,
    /// How people call it.
    pub name: String,
}

/// Records what became of a send in a unit of its own, and ends its job. `false`: the lease was lost, nothing was written.
/// A conflict with somebody else's change is tried again here: what is not recorded would be sent a second time.
pub async fn finish(db: &Db, ended: &Ended) -> Result<bool, StoreError> {
    for _ in 0..3 {
        let ended = ended.clone();
        match db.write(move |tx| Box::pin(async move { finish_in(tx, &ended).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("message"))
}

async fn finish_in(tx: &mut Tx, ended: &Ended) -> Result<bool, StoreError> {
    let (job, now) = (&ended.job, ended.at);
    // The alert first: whoever accepts it, or tells of the message, holds it while they change the message.
    alerts::lock(tx, job.org, ended.alert.into_iter().map(|alert| alert.0).collect()).await?;
    let Some(standing) = standing(tx, job).await? else { return jobs::finish(tx, job, now).await };
    match &ended.delivery {
        Delivery::Sent { .. } => sent(tx, ended).await,
        // The other side told that it arrived before its own answer was waited for in vain.
        Delivery::Failed { .. } if standing.state == NotificationState::Delivered.as_str() => {
            jobs::finish(tx, job, now).await
        }
        Delivery::Failed { error, failure, via, others } => {
            let failed = Failing { error, via: via.as_ref(), failure: *failure, is_counted: false };
            match notify::after_failure(standing.tries + 1, *failure, *others, now) {
                AfterFailure::TryAgain { at } => try_again(tx, job, &standing, &failed, at, now).await,
                AfterFailure::GiveUp => give_up(tx, job, &standing, &failed, now).await,
            }
        }
    }
}

/// What is to be written of a try that failed.
pub(super) struct Failing<'f> {
    pub(super) error: &'f str,
    pub(super) via: Option<&'f Via>,
    pub(super) failure: Failure,
    /// Whether the try was counted when the other side took it.
    pub(super) is_counted: bool,
}

async fn sent(tx: &mut Tx, ended: &Ended) -> Result<bool, StoreError> {
    let job = &ended.job;
    if !jobs::finish(tx, job, ended.at).await? {
        return Ok(false);
    }
    write_sent(tx, [ended]).await?;
    // A call reaches somebody when they pick up.
    if ended.purpose == Some(Purpose::Summary) && !ended.rings() {
        members_reached(tx, job.org, job.subject, ended.at).await?;
    }
    Ok(true)
}

/// Notes that the alerts of a summary reached somebody.
pub(super) async fn members_reached(tx: &mut Tx, org: OrgId, summary: i64, at: Timestamp) -> Result<(), StoreError> {
    tx.exec(MEMBERS_REACHED, args![org, summary, at]).await.map(|_| ())
}

async fn try_again(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    failed: &Failing<'_>,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !jobs::retry(tx, job, at, failed.error).await? {
        return Ok(false);
    }
    failed_try(tx, job.org, standing, NotificationState::Planned, failed, now).await?;
    Ok(true)
}

async fn give_up(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    failed: &Failing<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !jobs::finish(tx, job, now).await? {
        return Ok(false);
    }
    fail_for_good(tx, job.org, standing, failed, now).await?;
    Ok(true)
}

/// Writes a try that failed, with the account that failed with it.
pub(super) async fn failed_try(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    state: NotificationState,
    failed: &Failing<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let failed_with = with_failed(standing, failed)?;
    tx.exec(
        FAILED_TRY,
        args![org, standing.id, state.as_str(), failed.error, failed_with, i64::from(!failed.is_counted)],
    )
    .await?;
    if let Some(via) = failed.via {
        providers::note_failure(tx, org, &via.connector, failed.error, now).await?;
    }
    log_failure(tx, org, standing, failed, state == NotificationState::Planned, now).await
}

/// A message that had been taken reached nobody, and is sent once more: the try was counted when it was taken.
pub(super) async fn refuse_try(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    failed: &Failing<'_>,
) -> Result<(), StoreError> {
    let failed_with = with_failed(standing, failed)?;
    tx.exec(SEND_AGAIN, args![org, standing.id, failed.error, failed_with]).await.map(|_| ())
}

/// The accounts that failed with a message, one more.
fn with_failed(standing: &Standing, failed: &Failing<'_>) -> Result<Option<String>, StoreError> {
    let with = failed.via.map(|via| via.connector.0.as_str());
    let all: Vec<&str> = standing.failed_with().into_iter().chain(with).collect();
    (!all.is_empty()).then(|| stored::to_json(&all)).transpose()
}

/// A message that reaches nobody: the contact is locked where it is its fault, and the person's next contact is used at once.
pub(super) async fn fail_for_good(
    tx: &mut Tx,
    org: OrgId,
    standing: &Standing,
    failed: &Failing<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let error = failed.error;
    failed_try(tx, org, standing, NotificationState::Failed, failed, now).await?;
    if let (Failure::Contact, Some(contact)) = (failed.failure, standing.contact_id) {
        contacts::lock_after_refusal(tx, org, (ContactId(contact), &standing.channel), error, now).await?;
    }
    let members = match (Purpose::parse(&standing.purpose), standing.alert_id) {
        (Some(Purpose::Page), Some(alert)) => {
            vec![Failed { user: standing.user_id, alert, pass: standing.pass, level: standing.level }]
        }
        (Some(Purpose::Summary), _) => tx.all(MEMBERS, args![org, standing.id]).await?,
        _ => Vec::new(),
    };
    tx.exec(MEMBERS_FAILED, args![org, standing.id, error]).await?;
    // The alerts first, in id order: whoever accepts one holds it while cancelling its pages.
    alerts::lock(tx, org, members.iter().map(|page| page.alert).collect()).await?;
    for page in &members {
        next_contact(tx, org, page, now).await?;
        after_failed_page(tx, org, (page.alert, page.pass, page.level), now).await?;
    }
    Ok(())
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
    org: OrgId,
    standing: &Standing,
    failed: &Failing<'_>,
    again: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(alert) = standing.alert_id.map(AlertId) else { return Ok(()) };
    let entry = Entry::DeliveryFailed {
        notification: NotificationId(standing.id),
        attempt: standing.tries + i64::from(!failed.is_counted),
        error: failed.error.to_owned(),
        again,
        via: failed.via.map(|via| via.name.clone()),
    };
    changes::log(tx, org, &Actor::System, now, vec![(alert, entry)]).await
}

/// The user's next contact is used at once.
async fn next_contact(tx: &mut Tx, org: OrgId, failed: &Failed, now: Timestamp) -> Result<(), StoreError> {
    let args = args![org, failed.alert, failed.pass, failed.level, failed.user];
    let Some((next,)) = tx.one::<(i64,)>(NEXT_CONTACT, args).await? else { return Ok(()) };
    tx.exec(HURRY, args![org, next, now]).await?;
    jobs::hurry(tx, org, next, now).await
}

/// A level of which nothing is left gives way to the next one at once.
pub(crate) async fn after_failed_page(
    tx: &mut Tx,
    org: OrgId,
    (alert, pass, level): (i64, i64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((before, _)) = alerts::lock(tx, org, vec![alert]).await?.pop() else { return Ok(()) };
    let counted: Option<(i64, Option<i64>)> = tx.one(ALIVE, args![org, alert, pass, level]).await?;
    let (alive, under_way_of) = counted.unwrap_or_default();
    let count = LevelCount { alive, under_way_of };
    let Some((after, entry)) = escalation::after_failed_page(&before, pass, level, count, now) else { return Ok(()) };
    alerts::update(tx, org, &[(&before, &after)]).await?;
    changes::log(tx, org, &Actor::System, now, vec![(before.id, entry)]).await?;
    let job = NewJob::new(org, JobKind::Escalate, alert, now).once(format!("escalate:{alert}"));
    jobs::ask(tx, vec![job]).await
}
