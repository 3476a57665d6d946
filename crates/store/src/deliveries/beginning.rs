//! Before the network is touched: a message that is still wanted moves to SENDING; one that is not ends here, or waits for a summary.

use super::{LISTED_COUNT, Standing, standing};
use crate::args;
use crate::bundles::Bundling;
use crate::changes;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, NewJob};
use crate::notifications::NewNotification;
use crate::room::Place;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::escalation;
use watchbell_core::ids::{AlertId, NotificationId, SourceId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};

sql! {
    SET_STATE { both: "UPDATE notification SET state = $3, reason = $4 WHERE org_id = $1 AND id = $2" }
    START { both: "UPDATE notification SET state = 'SENDING', reason = NULL, due_at = CASE WHEN due_at > $3 THEN $3 ELSE due_at END WHERE org_id = $1 AND id = $2" }
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
            tx.exec(START, args![job.org, job.subject, now]).await?;
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

async fn set_state(tx: &mut Tx, job: &Job, state: NotificationState, reason: Option<&str>) -> Result<(), StoreError> {
    tx.exec(SET_STATE, args![job.org, job.subject, state.as_str(), reason]).await.map(|_| ())
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
