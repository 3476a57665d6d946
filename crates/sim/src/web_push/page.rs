//! The devices of the push service, and the messages that they decrypted.

use maud::{Markup, html};
use serde_json::Value;

use super::{PushMessage, PushState, PushSubscription, State, SubscriptionState};
use crate::look::web;

/// Messages shown; the rest is in `/sim/messages`.
const SHOWN_MAX: usize = 50;
/// Subscriptions shown; the rest is in `/sim/subscriptions`.
const SUBSCRIPTIONS_SHOWN_MAX: usize = 20;

pub(crate) fn cards(state: &State) -> Markup {
    let (subscriptions, messages) = (state.all_subscriptions(), state.common.messages.all());
    html! {
        @if subscriptions.is_empty() { p { "No device has subscribed yet." } }
        @for subscription in subscriptions.iter().rev().take(SUBSCRIPTIONS_SHOWN_MAX) { (device(state, subscription)) }
        @for message in messages.iter().rev().take(SHOWN_MAX) { (card(message)) }
    }
}

fn device(state: &State, subscription: &PushSubscription) -> Markup {
    let (words, turns): (_, &[(&str, &str)]) = match subscription.state {
        SubscriptionState::Awake => {
            ("on the network", &[("sleep", "Take off the network"), ("unsubscribe", "Unsubscribe")])
        }
        SubscriptionState::Asleep => ("off the network: messages wait", &[("wake", "Back on the network")]),
        SubscriptionState::Unsubscribed => ("unsubscribed", &[]),
        SubscriptionState::Expired => ("expired", &[]),
    };
    html! {
        article {
            p class="note" { (kind(subscription)) " " (subscription.id) " · " (words) }
            @for (turn, label) in turns {
                form method="post" action=(format!("{}/sim/subscriptions/{}/{turn}", state.common.path, subscription.id)) {
                    button { (label) }
                }
            }
        }
    }
}

fn kind(subscription: &PushSubscription) -> &'static str {
    if subscription.is_unified() { "UnifiedPush" } else { "Browser" }
}

fn card(message: &PushMessage) -> Markup {
    let class = if message.state == PushState::Delivered { "" } else { "gone" };
    html! {
        article class=(class) {
            @if let Some(title) = find(message, "title") { h2 { (title) } }
            p class="note" {
                (state_word(message.state)) " · urgency " (message.urgency)
                @if let Some(ttl_s) = message.ttl_s { " · waits " (ttl_s) " s" }
                @if let Some(topic) = &message.topic { " · topic " (topic) }
            }
            pre { (find(message, "body").unwrap_or(&message.text)) }
            @if let Some(url) = find(message, "navigate").or_else(|| find(message, "url")).and_then(web) {
                a class="button" href=(url) target="_blank" rel="noreferrer" { "Open" }
            }
        }
    }
}

/// A text of a notification: at the top, or below `notification` as declarative web push has it.
fn find<'a>(message: &'a PushMessage, name: &str) -> Option<&'a str> {
    let json = message.json.as_ref()?;
    let nested = json.get("notification").and_then(|notification| notification.get(name));
    nested.or_else(|| json.get(name)).and_then(Value::as_str)
}

fn state_word(state: PushState) -> &'static str {
    match state {
        PushState::Waiting => "waits for the device",
        PushState::Delivered => "delivered",
        PushState::Replaced => "replaced by a newer one",
        PushState::Expired => "expired before the device woke",
    }
}
