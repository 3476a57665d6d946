//! The phone: every message with its buttons, the newest first.

use maud::{DOCTYPE, Markup, html};

use super::{NtfyAction, NtfyMessage, Pressed};
use crate::look::web;

/// Messages shown; the rest is in `/v1/sim/messages`.
const SHOWN_MAX: usize = 100;

pub(super) fn page(messages: &[NtfyMessage]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content="5";
                title { "Phone (stand-in)" }
                style { (maud::PreEscaped(crate::look::CSS)) }
            }
            body {
                main {
                    h1 { "Phone" }
                    p class="note" { "Every push message, the newest first. The buttons do what they would do on a phone." }
                    @if messages.is_empty() { p { "No message yet." } }
                    @for message in messages.iter().rev().take(SHOWN_MAX) { (card(message)) }
                }
            }
        }
    }
}

fn card(message: &NtfyMessage) -> Markup {
    html! {
        article {
            h2 {
                @match web(message.click.as_deref().unwrap_or_default()) {
                    Some(click) => a href=(click) target="_blank" rel="noreferrer" { (title(message)) },
                    None => (title(message)),
                }
            }
            p class="note" {
                (message.topic) " · priority " (message.priority.unwrap_or(3))
                @for tag in &message.tags { " · " (tag) }
            }
            pre { (message.message) }
            @for action in &message.actions { (button(message, action)) }
            @for (label, pressed) in &message.pressed { p class="note" { (label) ": " (outcome(pressed)) } }
        }
    }
}

fn title(message: &NtfyMessage) -> &str {
    message.title.as_deref().unwrap_or(&message.topic)
}

fn button(message: &NtfyMessage, action: &NtfyAction) -> Markup {
    html! {
        @match (action.action.as_str(), web(&action.url)) {
            ("view", Some(url)) => a class="button" href=(url) target="_blank" rel="noreferrer" { (action.label) },
            _ => form method="post" action=(format!("/v1/sim/messages/{}/press", message.id)) {
                input type="hidden" name="label" value=(action.label);
                button { (action.label) }
            },
        }
    }
}

fn outcome(pressed: &Pressed) -> String {
    match pressed {
        Pressed::Opens(url) => format!("opens {url}"),
        Pressed::Answered(status, _) => format!("answered {status}"),
        Pressed::Failed(reason) => format!("failed: {reason}"),
    }
}
