//! One message to one contact, and how far it came: on the row of an alert, in its timeline, after a test.

use crate::components::icon;
use crate::person::Person;
use crate::time::{When, plural};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::user::Channel;

/// A message and its state.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// To whom.
    pub person: Person,
    /// Over what.
    pub channel: Channel,
    /// Where to, as the person wrote it; empty where it must not be shown.
    pub address: String,
    /// What for.
    pub purpose: Purpose,
    /// How far it came.
    pub state: NotificationState,
    /// What the other side said, or why it was held back.
    pub reason: Option<String>,
    /// When it is due, where it waits.
    pub due_at: Timestamp,
    /// Tries so far.
    pub tries: i64,
}

/// A channel as people say it.
pub const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "E-mail",
        Channel::Ntfy => "ntfy",
        Channel::Webhook => "Webhook",
        Channel::Sms => "SMS",
        Channel::Voice => "Phone call",
        Channel::WhatsApp => "WhatsApp",
        Channel::Telegram => "Telegram",
        Channel::Pushover => "Pushover",
        Channel::Gotify => "Gotify",
        Channel::WebPush => "Browser push",
        Channel::UnifiedPush => "UnifiedPush",
    }
}

/// Icon of a channel.
pub const fn channel_icon(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "mail",
        Channel::Ntfy | Channel::Pushover | Channel::Gotify | Channel::WebPush | Channel::UnifiedPush => "smartphone",
        Channel::Webhook => "webhook",
        Channel::Sms | Channel::WhatsApp | Channel::Telegram => "message-square",
        Channel::Voice => "phone",
    }
}

/// Class of a state: good, bad, waiting, or plain.
pub const fn state_class(state: NotificationState) -> &'static str {
    match state {
        NotificationState::Sent | NotificationState::Delivered => "ok",
        NotificationState::Failed => "bad",
        NotificationState::Planned | NotificationState::Sending => "wait",
        NotificationState::Cancelled | NotificationState::Suppressed => "muted",
    }
}

impl Delivery {
    /// Whether its end is not known yet.
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, NotificationState::Planned | NotificationState::Sending)
    }

    /// One sentence: `E-mail to Ann not delivered: mailbox full (3 tries)`.
    pub fn sentence(&self, when: &When) -> Markup {
        let channel = channel_name(self.channel);
        let what = match self.purpose {
            Purpose::Page => channel.to_owned(),
            Purpose::Summary => format!("{channel} summary"),
            Purpose::Update | Purpose::Notice => format!("{channel} notice"),
            Purpose::Test => format!("{channel} test"),
        };
        html! {
            (what) " to " (self.person.name) " "
            @match self.state {
                NotificationState::Planned => { "planned " (when.until(self.due_at)) }
                NotificationState::Sending => "being sent",
                NotificationState::Sent => "sent",
                NotificationState::Delivered => "delivered",
                NotificationState::Failed => "not delivered",
                NotificationState::Cancelled => "cancelled: no longer needed",
                NotificationState::Suppressed => "held back",
            }
            @if let Some(reason) = &self.reason { ": " (reason) }
            @if self.tries > 1 { " (" (plural(self.tries, "try", "tries")) ")" }
        }
    }

    /// Icon and sentence, coloured by state: for the row of an alert.
    pub fn line(&self, when: &When) -> Markup {
        html! { span.(state_class(self.state)) { (icon(channel_icon(self.channel))) " " span { (self.sentence(when)) } } }
    }
}
