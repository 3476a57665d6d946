//! Sending one notification. It is in SENDING, committed, before this touches the network; repeated sends carry the same id.

use super::run::JobError;
use super::{carry, page};
use crate::app::App;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use std::panic::AssertUnwindSafe;
use watchbell_connect::channels::{self, DeliveryId, Message, Outcome, PushKeys, SEND_DEADLINE, Target};
use watchbell_core::ids::{AlertId, NotificationId};
use watchbell_core::notify::{Failure, Purpose};
use watchbell_core::user::Channel;
use watchbell_store::contacts::SEALED;
use watchbell_store::deliveries::{self, Delivery, Ended, Outgoing};
use watchbell_store::jobs::Job;

/// Sends; what became of it is not recorded yet. `None`: it was put off, since it has to wait for its turn.
pub(super) async fn notify(app: &App, job: &Job, until: Timestamp) -> Result<Option<Ended>, JobError> {
    let id = NotificationId(job.subject);
    let outgoing = deliveries::outgoing(&app.db, job.org, id).await?;
    let delivery = match &outgoing {
        Some(outgoing) => survive(attempt(app, job, outgoing, until)).await?,
        None => Some(failed("The message was deleted.")),
    };
    let Some(delivery) = delivery else { return Ok(None) };
    if let Delivery::Failed { error, .. } = &delivery {
        tracing::warn!(notification = %id, error, "a message was not sent");
    }
    let sent = matches!(delivery, Delivery::Sent { .. });
    metrics::counter!("watchbell_notifications_total", "sent" => if sent { "true" } else { "false" }).increment(1);
    let purpose = outgoing.as_ref().and_then(|outgoing| Purpose::parse(&outgoing.purpose));
    let alert = outgoing.and_then(|outgoing| outgoing.alert_id).map(AlertId);
    Ok(Some(Ended { job: job.clone(), purpose, alert, delivery, at: app.clock.now() }))
}

/// Records what became of a message, in a unit of its own.
pub(super) async fn finish(app: &App, ended: Ended) -> Result<(), JobError> {
    deliveries::finish(&app.db, &ended).await?;
    changed(app, &ended);
    Ok(())
}

/// Tells live pages what was recorded.
pub(super) fn changed(app: &App, ended: &Ended) {
    if let Some(alert) = ended.alert {
        app.bus.changed(ended.job.org, alert.0);
    }
}

/// A message that this program cannot put together or send fails like any other: the next contact is used at once.
async fn survive(
    attempt: impl Future<Output = Result<Option<Delivery>, JobError>>,
) -> Result<Option<Delivery>, JobError> {
    let done = AssertUnwindSafe(attempt).catch_unwind().await;
    done.unwrap_or_else(|_| Ok(Some(failed("A fault in the program: its log has more."))))
}

async fn attempt(app: &App, job: &Job, outgoing: &Outgoing, until: Timestamp) -> Result<Option<Delivery>, JobError> {
    let address = match address(outgoing) {
        Ok(address) => address,
        Err(why) => return Ok(Some(failed(why))),
    };
    if let Some(channel) = Channel::parse(&outgoing.channel).filter(|channel| channel.needs_provider()) {
        return carry::carry(app, job, outgoing, (channel, &address), until).await;
    }
    let target = match target(app, outgoing, address) {
        Ok(target) => target,
        Err(why) => return Ok(Some(failed(&why))),
    };
    match prepared(app, job, outgoing, until).await? {
        Ok(message) => Ok(Some(send(app, &target, &message, outgoing).await)),
        Err(failed) => Ok(Some(failed)),
    }
}

/// What is to be sent, where there is the time to; inside an error: what became of a message that will never be.
pub(super) async fn prepared(
    app: &App,
    job: &Job,
    outgoing: &Outgoing,
    until: Timestamp,
) -> Result<Result<Message, Delivery>, JobError> {
    let message = match page::message(app, job.org, outgoing).await {
        Ok(Some(message)) => message,
        // A row that cannot be read stays so: the next contact or level says at least that there is something.
        Err(error) if !error.is_transient() => return Ok(Err(failed(&error.to_string()))),
        Err(error) => return Err(error.into()),
        Ok(None) => return Ok(Err(failed("The alert was deleted."))),
    };
    if app.clock.now() + SEND_DEADLINE > until {
        // The database took so long that another node may have the job before this one is done.
        return Err(JobError::Again("the lease would end during the send".into()));
    }
    Ok(Ok(message))
}

async fn send(app: &App, target: &Target, message: &Message, outgoing: &Outgoing) -> Delivery {
    let id = DeliveryId::of_notification(outgoing.id);
    match channels::send(&app.channels, target, message, &id, app.clock.now()).await {
        Outcome::Sent { provider_id } => Delivery::Sent { provider_id, via: None, rings: false, asks: false },
        Outcome::Transient { error, retry_after, .. } => {
            let retry_after_s = retry_after.and_then(|after| i64::try_from(after.as_secs()).ok());
            Delivery::Failed { error, failure: Failure::Transient { retry_after_s }, via: None, others: false }
        }
        Outcome::Permanent { error, fault } => {
            Delivery::Failed { error, failure: carry::failure_of(fault), via: None, others: false }
        }
    }
}

/// A message that will never be sent.
pub(super) fn failed(error: &str) -> Delivery {
    Delivery::Failed { error: error.to_owned(), failure: Failure::Message, via: None, others: false }
}

fn address(outgoing: &Outgoing) -> Result<String, &'static str> {
    let address = outgoing.target.clone().ok_or("The contact was deleted.")?;
    if outgoing.is_barred {
        Err("The contact is locked, not verified, or takes no text messages.")
    } else {
        Ok(address)
    }
}

/// The contact as the channels know it. Errors: in words for the timeline.
fn target(app: &App, outgoing: &Outgoing, address: String) -> Result<Target, String> {
    let secret = outgoing.sealed.as_deref().map(|sealed| app.sealer.open_text(SEALED, sealed)).transpose();
    let secret = secret.map_err(|error| error.to_string())?;
    to_target(&outgoing.channel, address, secret)
}

/// A contact's channel, address and secret as the channels know them. Errors: in words for a person.
pub(crate) fn to_target(channel: &str, address: String, secret: Option<String>) -> Result<Target, String> {
    match Channel::parse(channel) {
        Some(Channel::Email) => Ok(Target::Email { address }),
        Some(Channel::Webhook) => Ok(Target::Webhook { url: address, secret: secret.unwrap_or_default().into() }),
        Some(Channel::Ntfy) => {
            let (url, topic) = address
                .rsplit_once('/')
                .ok_or("The push address has no topic: it must look like https://ntfy.sh/topic.")?;
            Ok(Target::Ntfy { url: url.into(), topic: topic.into(), token: secret.map(Into::into) })
        }
        Some(Channel::Gotify) => Ok(Target::Gotify { url: address, token: secret.unwrap_or_default().into() }),
        Some(Channel::WebPush) => web_push(address, secret),
        Some(Channel::UnifiedPush) => unified_push(address, secret),
        Some(Channel::Sms | Channel::Voice | Channel::WhatsApp | Channel::Telegram | Channel::Pushover) | None => {
            Err(format!("{channel} goes through an account, not to an address."))
        }
    }
}

/// The keys of a push subscription, as they are sealed.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct SubscriptionKeys {
    pub(crate) p256dh: String,
    pub(crate) auth: String,
}

fn web_push(endpoint: String, secret: Option<String>) -> Result<Target, String> {
    let keys: Option<SubscriptionKeys> = secret.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let keys = keys.ok_or("The keys of this device are gone: open Watchbell on it and switch push on again.")?;
    Ok(Target::WebPush { endpoint, p256dh: keys.p256dh, auth: keys.auth.into() })
}

/// An app whose distributor takes messages unencrypted has no keys.
fn unified_push(endpoint: String, secret: Option<String>) -> Result<Target, String> {
    let keys: Option<SubscriptionKeys> = secret
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| "The keys of this app cannot be read: enter them again.")?;
    Ok(Target::UnifiedPush {
        endpoint,
        keys: keys.map(|keys| PushKeys { p256dh: keys.p256dh, auth: keys.auth.into() }),
    })
}
