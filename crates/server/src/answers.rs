//! People answer a message from where they got it: by text, by a button, by a key of the phone. Who holds the phone or the chat that
//! was proven to be theirs acts as that person; what they may do with an alert is what the message was about.

mod calls;
mod joining;
mod presses;
mod texts;

use calls::{key, picked_up};
pub use joining::word_of;
use joining::{joined, left, wanted};
use presses::{Press, pressed};
pub(crate) use texts::AnswerOrder;
use texts::text;

use crate::app::App;
use crate::error::ApiError;
use watchbell_connect::channels::{AnyProvider, Heard, Report, Spoken};
use watchbell_core::ids::{NotificationId, OrgId, UserId};
use watchbell_store::deliveries::{self, Carried, ReportIn, Taken, Via};
use watchbell_store::heard::Once;
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors};

/// An account that told us something.
#[derive(Debug)]
pub struct Account {
    /// Watchbell itself, for the account's organization.
    pub scope: Scope,
    /// As the timeline names it.
    pub via: Via,
    /// Ready for use.
    pub provider: AnyProvider,
}

impl Account {
    fn org(&self) -> OrgId {
        self.scope.org
    }

    /// What tells something that this account told from others.
    fn once(&self, id: String, sender: &str) -> Once {
        Once { connector: self.via.connector.clone(), id, sender: sender.to_owned() }
    }
}

/// Lets what an account told act. What is to be said, where a call wants to know.
pub async fn hear(
    app: &App,
    account: &Account,
    (about, round): (Option<NotificationId>, u8),
    heard: Heard,
) -> Result<Option<Spoken>, ApiError> {
    match heard {
        Heard::Report(report) => reported(app, account, about, report).await.map(|()| None),
        Heard::Text(heard) => text(app, account, heard).await.map(|()| None),
        Heard::Press { token, verb, from, press_id } => {
            pressed(app, account, about, Press { token, verb, from, press_id }).await.map(|()| None)
        }
        Heard::Left { address, said } => left(app, account, &address, &said).await.map(|()| None),
        Heard::Joined { word, address, name } => joined(app, account, &word, &address, &name).await.map(|()| None),
        Heard::PickedUp { provider_id, by } => picked_up(app, account, about, &provider_id, by).await,
        Heard::Key { provider_id, key: pressed } => key(app, account, about, (&provider_id, pressed, round)).await,
    }
}

/// The message that a token or the account's own id names. Errors: 404 where this account carries no such message.
async fn carried(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    provider_id: &str,
) -> Result<Carried, ApiError> {
    let found = match about {
        Some(id) => deliveries::carried(&app.db, account.org(), id).await?,
        None => deliveries::carried_by(&app.db, account.org(), &account.via.connector, provider_id).await?,
    };
    // As long as it is not recorded who carried it, the signed token has to do.
    let is_ours = |message: &Carried| message.connector_id.as_ref().is_none_or(|id| *id == account.via.connector.0);
    found.filter(is_ours).ok_or_else(|| ApiError::not_found("There is no such message."))
}

/// What became of a message.
pub async fn reported(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    report: Report,
) -> Result<(), ApiError> {
    let message = carried(app, account, about, &report.provider_id).await?;
    take_report(app, account, &message, report).await
}

async fn take_report(app: &App, account: &Account, message: &Carried, report: Report) -> Result<(), ApiError> {
    let told = ReportIn {
        notification: NotificationId(message.id),
        via: account.via.clone(),
        provider_id: report.provider_id,
        state: report.state,
        said: report.said,
    };
    settle(app, account.org(), told).await?;
    Ok(())
}

/// Lets a report act; one that came before it was recorded that its message was sent waits for that.
pub(crate) async fn settle(app: &App, org: OrgId, told: ReportIn) -> Result<Taken, StoreError> {
    let now = app.clock.now();
    let taken = deliveries::report(&app.db, org, told.clone(), now).await?;
    if taken == Taken::TooEarly {
        let at = now + jiff::SignedDuration::from_secs(1);
        let key = format!("report:{}:{}", told.notification, told.state);
        let job = NewJob::new(org, JobKind::LateReport, told.notification.0, at).once(key).with(&told);
        app.db.write(move |tx| Box::pin(async move { jobs::ask(tx, vec![job]).await })).await?;
    }
    changed(app, org, told.notification).await?;
    Ok(taken)
}

/// Live pages and the engine hear of it.
async fn changed(app: &App, org: OrgId, notification: NotificationId) -> Result<(), StoreError> {
    if let Some(alert) = deliveries::carried(&app.db, org, notification).await?.and_then(|message| message.alert_id) {
        app.bus.changed(org, alert);
    }
    app.wake.notify_one();
    Ok(())
}

/// The person of a message, as whom an answer acts. Errors: 404 where the account is gone.
async fn acting(app: &App, org: OrgId, user: UserId) -> Result<Scope, ApiError> {
    let scope = doors::signed_link(&app.db, org, user).await?;
    scope.ok_or_else(|| ApiError::not_found("The account of this person is gone."))
}
