//! What becomes of an accepted message: the carrier takes it, delivers it or does not, and the provider reports.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{
    Channel, Direction, Failure, Message, MessageStatus, OnText, Provider, State, gateway, number::party, twilio,
    vonage,
};
use crate::clock::pause;

/// How long WhatsApp lets free texts follow a text of the phone.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A message that an API is about to accept.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub id: String,
    pub provider: Provider,
    pub channel: Channel,
    pub from: String,
    pub to: String,
    pub text: String,
    pub template: Option<String>,
    pub client_ref: Option<String>,
    pub callback_url: Option<String>,
}

impl Draft {
    /// The message, on its way.
    pub fn into_message(self, direction: Direction, now: Timestamp) -> Message {
        Message {
            id: self.id,
            provider: self.provider,
            channel: self.channel,
            direction,
            from: party(&self.from),
            to: party(&self.to),
            text: self.text,
            template: self.template,
            client_ref: self.client_ref,
            status: MessageStatus::Queued,
            failure: None,
            accepted_at: now,
            arrived_at: None,
            callback_url: self.callback_url,
            answer: None,
        }
    }
}

impl State {
    /// Accepts a message to a phone; the rest happens by itself.
    pub fn accept(self: &Arc<Self>, draft: Draft) -> Message {
        let message = draft.into_message(Direction::ToPhone, self.clock.now());
        self.meet_phone(&message.to);
        self.messages.push(message.clone());
        self.tasks.spawn(carry(self.clone(), message.clone()));
        message
    }
}

async fn carry(state: Arc<State>, message: Message) {
    let behaviour = state.behaviour(&message.to);
    advance(&state, &message.id, |_| {}).await;
    if is_outside_window(&state, &message) {
        return fail(&state, &message.id, MessageStatus::Failed, Failure::OutsideWindow).await;
    }
    advance(&state, &message.id, |message| message.status = MessageStatus::Sent).await;
    if behaviour.delay_ms > 0 {
        pause(behaviour.delay()).await;
    }
    let now = state.clock.now();
    match failure(behaviour.texts, message.channel) {
        Some(why) => fail(&state, &message.id, MessageStatus::Undelivered, why).await,
        None if behaviour.texts == OnText::ArrivesUnreported => {
            state.change_message(&message.id, |message| message.arrived_at = Some(now));
        }
        None => {
            advance(&state, &message.id, |message| {
                (message.status, message.arrived_at) = (MessageStatus::Delivered, Some(now));
            })
            .await;
        }
    }
}

fn failure(texts: OnText, channel: Channel) -> Option<Failure> {
    match texts {
        OnText::Unreachable => Some(Failure::Unreachable),
        OnText::Unknown => Some(Failure::Unknown),
        OnText::Landline if channel == Channel::Sms => Some(Failure::Landline),
        OnText::Filtered if channel == Channel::Sms => Some(Failure::Filtered),
        // The refused ones do not come here, unless the setting changed meanwhile.
        _ => None,
    }
}

/// <https://www.twilio.com/docs/api/errors/63016>
fn is_outside_window(state: &State, message: &Message) -> bool {
    let watched = state.config.twilio.whatsapp_window && message.provider == Provider::Twilio;
    if !watched || message.channel != Channel::Whatsapp || message.template.is_some() {
        return false;
    }
    let last = state.last_text(&message.to, &message.from, Channel::Whatsapp);
    last.is_none_or(|last| message.accepted_at.duration_since(last.accepted_at) > WINDOW)
}

async fn fail(state: &Arc<State>, id: &str, status: MessageStatus, why: Failure) {
    advance(state, id, |message| (message.status, message.failure) = (status, Some(why))).await;
}

/// Changes a message, and reports it as it is now.
async fn advance(state: &Arc<State>, id: &str, edit: impl FnOnce(&mut Message)) {
    let Some(message) = state.change_message(id, edit) else { return };
    let report = match message.provider {
        Provider::Twilio => twilio::message_report(state, &message),
        Provider::Vonage => vonage::message_report(state, &message),
        Provider::Gateway => gateway::message_report(state, &message),
    };
    if let Some(report) = report {
        state.report(message.provider, report).await;
    }
}
