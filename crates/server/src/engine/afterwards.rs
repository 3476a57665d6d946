//! What follows a message that went through an account: asking where it stands, reports that came too early, taking it back, answers.

use super::run::JobError;
use super::upkeep::{finish, payload};
use crate::answers::{AnswerOrder, settle};
use crate::app::App;
use crate::providers;
use watchbell_connect::channels::{self, Answer, AnyProvider, DeliveryId, Message, Outcome, Parcel, Reader};
use watchbell_core::ids::{ConnectorId, NotificationId};
use watchbell_core::provider::Reported;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::{self, Carried, ReportIn, Taken, Via};
use watchbell_store::jobs::Job;
use watchbell_store::{StoreError, doors, providers as accounts};

/// Tries to take a message back before it is left: it ends by itself.
const TAKE_BACK_TRIES_MAX: i64 = 4;
/// Tries to answer somebody.
const ANSWER_TRIES_MAX: i64 = 4;

/// The account that carried a message; `None` where it is gone. It cannot always be used: then it is said why.
async fn account_of(app: &App, job: &Job, id: &str) -> Result<Option<(Result<AnyProvider, String>, Via)>, JobError> {
    let all = accounts::of_connector(&app.db, &doors::system(job.org), &ConnectorId(id.to_owned())).await?;
    let Some(account) = all.into_iter().next() else { return Ok(None) };
    let provider = providers::configure(app, &account).map_err(|why| why.to_string());
    Ok(Some((provider, providers::via(&account))))
}

async fn carried(app: &App, job: &Job) -> Result<Option<Carried>, StoreError> {
    deliveries::carried(&app.db, job.org, NotificationId(job.subject)).await
}

/// Asks where a message stands, since no report said that it is over.
pub(super) async fn ask_delivery(app: &App, job: &Job) -> Result<(), JobError> {
    let Some(message) = carried(app, job).await?.filter(|message| message.ended_at.is_none()) else {
        return finish(app, job).await;
    };
    let (Some(connector), Some(provider_id)) = (&message.connector_id, &message.provider_id) else {
        return finish(app, job).await;
    };
    let Some((provider, via)) = account_of(app, job, connector).await? else { return finish(app, job).await };
    let channel = Channel::parse(&message.channel).unwrap_or(Channel::Sms);
    let now = app.clock.now();
    let told = match provider {
        Ok(provider) => ask(app, &provider, channel, provider_id).await,
        Err(why) => Err(why),
    };
    let told = told.unwrap_or_else(|why| {
        tracing::warn!(notification = message.id, why, "an account could not be asked where a message stands");
        None
    });
    let told = told.or_else(|| never_answered(channel, job));
    let is_over = told.as_ref().is_some_and(|(state, _)| state.is_final() || *state == Reported::Delivered);
    if let Some((state, said)) = told {
        let notification = NotificationId(message.id);
        settle(app, job.org, ReportIn { notification, via, provider_id: provider_id.clone(), state, said }).await?;
    }
    deliveries::end_ask(&app.db, job.clone(), is_over, now).await.map_err(JobError::from)
}

async fn ask(
    app: &App,
    provider: &AnyProvider,
    channel: Channel,
    provider_id: &str,
) -> Result<Option<(Reported, String)>, String> {
    let told = provider.ask(app.channels.http(), channel, provider_id, app.clock.now()).await;
    told.map(|told| told.map(|report| (report.state, report.said))).map_err(|outcome| format!("{outcome:?}"))
}

/// A call of which nobody has told anything for minutes reached nobody, as far as anybody knows.
fn never_answered(channel: Channel, job: &Job) -> Option<(Reported, String)> {
    let is_late = channel == Channel::Voice && job.attempt >= 1;
    is_late.then(|| (Reported::Unanswered, "no word came of this call".to_owned()))
}

/// Lets a report act that came too early.
pub(super) async fn late_report(app: &App, job: &Job) -> Result<(), JobError> {
    let told: ReportIn = payload(job)?;
    match deliveries::report(&app.db, job.org, told, app.clock.now()).await? {
        Taken::TooEarly => Err(JobError::Again("the message is still being sent".into())),
        Taken::Done | Taken::Unknown => {
            app.wake.notify_one();
            finish(app, job).await
        }
    }
}

/// Hangs up, ends a push that rings. One that cannot be taken back ends by itself.
pub(super) async fn take_back(app: &App, job: &Job) -> Result<(), JobError> {
    let ringing = carried(app, job).await?.filter(|message| message.ended_at.is_none() && message.state == "SENT");
    let Some((message, connector, provider_id)) =
        ringing.and_then(|message| Some((message.clone(), message.connector_id?, message.provider_id?)))
    else {
        return finish(app, job).await;
    };
    let Some((provider, via)) = account_of(app, job, &connector).await? else { return finish(app, job).await };
    let provider = match provider {
        Ok(provider) => provider,
        Err(why) => return give_up_after(app, job, TAKE_BACK_TRIES_MAX, why).await,
    };
    let channel = Channel::parse(&message.channel).unwrap_or(Channel::Voice);
    match provider.take_back(app.channels.http(), channel, &provider_id, app.clock.now()).await {
        Ok(true) => {
            let notification = NotificationId(message.id);
            let said = "somebody has the alert".to_owned();
            let told = ReportIn { notification, via, provider_id, state: Reported::TakenBack, said };
            settle(app, job.org, told).await?;
            finish(app, job).await
        }
        Ok(false) | Err(Outcome::Permanent { .. } | Outcome::Sent { .. }) => finish(app, job).await,
        Err(Outcome::Transient { error, .. }) => give_up_after(app, job, TAKE_BACK_TRIES_MAX, error).await,
    }
}

/// Comes back so many times; what is done here only adorns.
async fn give_up_after(app: &App, job: &Job, tries: i64, why: String) -> Result<(), JobError> {
    if job.attempt + 1 < tries {
        return Err(JobError::Again(why));
    }
    tracing::warn!(job = %job.id, why, "given up");
    finish(app, job).await
}

/// Answers somebody who wrote to us. Sent twice after a crash it says the same twice.
pub(super) async fn answer(app: &App, job: &Job) -> Result<(), JobError> {
    let order: AnswerOrder = payload(job)?;
    let Some((provider, _)) = account_of(app, job, &order.connector.0).await? else { return finish(app, job).await };
    let provider = match provider {
        Ok(provider) => provider,
        Err(why) => return give_up_after(app, job, ANSWER_TRIES_MAX, why).await,
    };
    let reader = Reader::of("UTC", order.language.as_str());
    let now = app.clock.now();
    let message = Message::Answer(Answer { text: order.text.clone(), reader });
    let Ok(id) = DeliveryId::parse(&format!("answer-{}", job.id)) else { return finish(app, job).await };
    let back = providers::back(app, job.org, &order.connector, NotificationId(0));
    let parcel = Parcel { channel: order.channel, to: &order.to, message: &message, id: &id, back: &back, now };
    match channels::send_through(&app.channels, &provider, &parcel).await {
        Outcome::Sent { .. } => finish(app, job).await,
        Outcome::Transient { error, .. } => give_up_after(app, job, ANSWER_TRIES_MAX, error).await,
        Outcome::Permanent { error, .. } => give_up_after(app, job, 0, error).await,
    }
}
