//! The channels over which people are reached: one message to one target, and what became of it.

mod answer;
mod any_provider;
pub mod email;
mod gotify;
mod letter;
mod limits;
mod markup;
mod message;
pub mod ntfy;
mod outcome;
mod preview;
mod provider;
mod push;
pub mod pushover;
mod refusal;
#[cfg(test)]
mod samples;
mod script;
mod settings;
mod silence;
pub mod sms;
mod sms_gateway;
mod target;
pub mod telegram;
mod text;
mod twilio;
pub mod voice;
mod vonage;
mod web_push;
pub mod webhook;
mod words;

pub use any_provider::{AnyProvider, send_through, settings_of};
pub use email::{MailAnswers, MailBack, SmtpConfig, SmtpConfigError, SmtpSecurity, Unsubscribe};
pub use letter::headline;
pub use limits::SEND_DEADLINE;
pub use message::{
    AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, Answer, DueDate, Level, Message, Notice, Reader,
    TestMessage, Urgency, VerificationCode, Wording, zone_named,
};
pub use outcome::{Fault, Outcome};
pub use preview::{Preview, preview};
pub use provider::{Back, Heard, Hook, Inbound, Pace, Parcel, PickedUpBy, Provider, Refused, Report, Spoken, Text};
pub use pushover::Pushover;
pub use script::{Keys, Line, Script};
pub use settings::{BadSetting, Setting, SettingKind, Settings};
pub use sms_gateway::SmsGateway;
pub use target::{DeliveryId, InvalidDeliveryId, PushKeys, Target};
pub use telegram::Telegram;
pub use twilio::Twilio;
pub use vonage::Vonage;
pub use web_push::{BadVapid, Vapid, VapidKey};

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use email::Mailer;
use jiff::Timestamp;
use silence::Silence;

use limits::HTTP_SEND_DEADLINE;

use crate::http::{HttpClient, within};

/// What the channels send with. Cheap to clone; clones share connections, and the e-mail settings as they are now.
#[derive(Debug, Clone)]
pub struct Channels {
    http: HttpClient,
    mailer: Arc<RwLock<Option<Arc<Mailer>>>>,
    vapid: Arc<RwLock<Option<Arc<Vapid>>>>,
    silence: Arc<Silence>,
    answers: MailAnswers,
}

impl Channels {
    /// Channels with an HTTP client and, where e-mail is set up, its mail server. Nothing is connected to yet.
    pub fn new(http: HttpClient, smtp: Option<SmtpConfig>) -> Result<Self, SmtpConfigError> {
        let (silence, answers) = (Arc::default(), MailAnswers::default());
        let channels = Self { http, mailer: Arc::default(), vapid: Arc::default(), silence, answers };
        channels.set_smtp(smtp)?;
        Ok(channels)
    }

    /// Replaces the mail server for every clone from the next message on; messages under way end where they began.
    /// On an error the old one stays.
    pub fn set_smtp(&self, smtp: Option<SmtpConfig>) -> Result<(), SmtpConfigError> {
        let mailer = smtp.map(Mailer::new).transpose()?.map(Arc::new);
        *self.mailer.write().unwrap_or_else(PoisonError::into_inner) = mailer;
        self.silence.clear();
        Ok(())
    }

    /// Says where answers to mails go; it counts for every clone from the next mail on.
    pub fn hear_mail_answers(&self, back: impl Fn(&DeliveryId) -> Option<MailBack> + Send + Sync + 'static) {
        self.answers.set(back);
    }

    /// Whether e-mail is set up.
    pub fn has_smtp(&self) -> bool {
        self.mailer().is_some()
    }

    /// The sender of all mails; bounces come to it.
    pub fn mail_sender(&self) -> Option<String> {
        self.mailer().map(|mailer| mailer.sender())
    }

    /// How many mails may be under way at once; `None` where e-mail is not set up.
    pub fn mail_connections(&self) -> Option<usize> {
        self.mailer().map(|mailer| mailer.connections_max())
    }

    /// Replaces who we are to push services, for every clone from the next message on. Subscriptions that were made with another
    /// key are lost: the key is kept, and is part of every backup.
    pub fn set_vapid(&self, vapid: Option<Vapid>) {
        *self.vapid.write().unwrap_or_else(PoisonError::into_inner) = vapid.map(Arc::new);
    }

    /// The public key that a browser subscribes with (`applicationServerKey`), in base64url; `None` where there is no key.
    pub fn vapid_public_key(&self) -> Option<String> {
        self.vapid().map(|vapid| vapid.public_key())
    }

    /// The HTTP client of the product.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Connects to the mail server and logs in, without sending anything.
    pub async fn probe_smtp(&self) -> Outcome {
        let Some(mailer) = self.mailer() else { return Outcome::no_mail_server() };
        match within(SEND_DEADLINE, mailer.probe()).await {
            Ok(outcome) => outcome,
            Err(late) => Outcome::transient(format!("The mail server {}: {late}", mailer.server())),
        }
    }

    fn vapid(&self) -> Option<Arc<Vapid>> {
        self.vapid.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mailer(&self) -> Option<Arc<Mailer>> {
        self.mailer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Sends a message to a target, once, and ends within [`SEND_DEADLINE`]. Where several messages before it got no answer, it fails
/// at once, for a few seconds.
///
/// `id` is the same at every try of one message: it becomes the Message-ID of a mail and the delivery id of a webhook, so
/// that a receiver can tell a repetition. `now` dates the mail and signs the webhook.
pub async fn send(channels: &Channels, target: &Target, message: &Message, id: &DeliveryId, now: Timestamp) -> Outcome {
    let (server, deadline) = (target.to_string(), deadline_of(target));
    if channels.silence.is_silent(&server, now) {
        return Outcome::transient(format!("{server} does not answer: others waited for it in vain just now"));
    }
    let sent = within(deadline, deliver(channels, target, message, id, now)).await;
    let outcome = sent.unwrap_or_else(|late| Outcome::unheard(format!("{server}: {late}")));
    channels.silence.note(&server, now, (&outcome, deadline));
    outcome
}

/// A web service answers at once or not at all; mail servers look at a mail before they take it.
fn deadline_of(target: &Target) -> Duration {
    match target {
        Target::Email { .. } => SEND_DEADLINE,
        Target::Ntfy { .. }
        | Target::Webhook { .. }
        | Target::Gotify { .. }
        | Target::WebPush { .. }
        | Target::UnifiedPush { .. } => HTTP_SEND_DEADLINE,
    }
}

async fn deliver(channels: &Channels, target: &Target, message: &Message, id: &DeliveryId, now: Timestamp) -> Outcome {
    match target {
        Target::Email { address } => match channels.mailer() {
            Some(mailer) => mailer.send(address, message, id, channels.answers.back(id).as_ref(), now).await,
            None => Outcome::no_mail_server(),
        },
        Target::Ntfy { url, topic, token } => {
            ntfy::send(&channels.http, ntfy::Topic { url, topic, token: token.as_ref() }, message, now).await
        }
        Target::Webhook { url, secret } => webhook::send(&channels.http, url, secret, message, id, now).await,
        Target::Gotify { url, token } => gotify::send(&channels.http, url, token, message, now).await,
        Target::WebPush { endpoint, p256dh, auth } => {
            let keys = PushKeys { p256dh: p256dh.clone(), auth: auth.clone() };
            let to = web_push::Subscriber { who: &target.to_string(), endpoint, keys: Some(&keys) };
            web_push::send(&channels.http, channels.vapid().as_deref(), to, message, now).await
        }
        Target::UnifiedPush { endpoint, keys } => {
            let to = web_push::Subscriber { who: &target.to_string(), endpoint, keys: keys.as_ref() };
            web_push::send(&channels.http, channels.vapid().as_deref(), to, message, now).await
        }
    }
}
