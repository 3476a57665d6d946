//! The messages of Pushover, the newest first, with the button of an emergency.

use maud::{Markup, html};

use super::{PushoverEmergency, PushoverMessage, State};
use crate::look::web;

/// Messages shown; the rest is in `/sim/messages`.
const SHOWN_MAX: usize = 50;

pub(crate) fn cards(state: &State) -> Markup {
    let messages = state.common.messages.all();
    html! {
        @if messages.is_empty() { p { "No message yet." } }
        @for message in messages.iter().rev().take(SHOWN_MAX) { (card(state, message)) }
    }
}

fn card(state: &State, message: &PushoverMessage) -> Markup {
    html! {
        article {
            h2 { (message.title.as_deref().unwrap_or("Watchbell")) }
            p class="note" {
                "Pushover · " (priority(message.priority))
                @if let Some(sound) = &message.sound { " · sound " (sound) }
                @if let Some(device) = &message.device { " · " (device) }
            }
            pre { (message.message) }
            @if let Some(url) = message.url.as_deref().and_then(web) {
                a class="button" href=(url) target="_blank" rel="noreferrer" {
                    (message.url_title.as_deref().unwrap_or(url))
                }
            }
            @if let Some(emergency) = &message.emergency { (repetition(state, emergency)) }
        }
    }
}

fn repetition(state: &State, emergency: &PushoverEmergency) -> Markup {
    let action = format!("{}/sim/receipts/{}/acknowledge", state.common.path, emergency.receipt);
    html! {
        @if emergency.is_open(state.common.clock.now().as_second()) {
            form method="post" action=(action) { button { "Acknowledge" } }
            p class="note" { "Repeated every " (emergency.retry_s) " s" }
        } @else {
            p class="note" { (outcome(emergency)) }
        }
    }
}

fn outcome(emergency: &PushoverEmergency) -> &'static str {
    match (emergency.acknowledged_at, emergency.cancelled_at, &emergency.callback) {
        (None, None, _) => "Expired",
        (None, Some(_), _) => "Cancelled by the sender",
        (Some(_), _, None) => "Acknowledged",
        (Some(_), _, Some(_)) if emergency.called_back_at.is_some() => "Acknowledged, and the sender knows",
        (Some(_), _, Some(_)) => "Acknowledged; the sender did not take the call",
    }
}

fn priority(priority: i64) -> &'static str {
    match priority {
        ..=-2 => "in silence",
        -1 => "quiet",
        0 => "normal",
        1 => "high",
        2.. => "emergency",
    }
}
