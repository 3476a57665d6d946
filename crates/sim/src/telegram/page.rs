//! The chat of each person with the bot, the newest message first.

use maud::{Markup, html};

use super::{State, TelegramButton, TelegramMessage, TelegramPress, people::Row};
use crate::look::web;

/// Messages of a chat shown; the rest is in `/sim/messages`.
const SHOWN_MAX: usize = 50;
/// People shown.
const PEOPLE_SHOWN_MAX: usize = 20;

pub(crate) fn cards(state: &State) -> Markup {
    let messages = state.common.messages.all();
    html! {
        @for person in state.people().iter().take(PEOPLE_SHOWN_MAX) {
            (controls(state, person))
            @for message in messages.iter().rev().filter(|message| message.chat_id == person.id).take(SHOWN_MAX) {
                (card(state, person, message))
            }
        }
    }
}

/// What a person can do in the chat.
fn controls(state: &State, person: &Row) -> Markup {
    let door = |what: &str| format!("{}/sim/people/{}/{what}", state.common.path, person.id);
    html! {
        article {
            p class="note" {
                (person.name) ", chat " (person.id)
                @if person.has_blocked { " · has blocked the bot" }
                @if !person.has_started { " · has not started the bot" }
            }
            form method="post" action=(door("start")) {
                input name="payload" placeholder="Link or payload" aria-label="Link to the bot, or its payload";
                button { "Start" }
            }
            form method="post" action=(door("write")) {
                input name="text" placeholder="Message" aria-label="Message to the bot";
                button { "Send" }
            }
            @if person.has_blocked {
                form method="post" action=(door("unblock")) { button { "Unblock the bot" } }
            } @else {
                form method="post" action=(door("block")) { button { "Block the bot" } }
            }
        }
    }
}

fn card(state: &State, person: &Row, message: &TelegramMessage) -> Markup {
    html! {
        article class=(if message.from_bot { "theirs" } else { "mine" }) {
            p class="note" {
                (if message.from_bot { state.bot.as_str() } else { person.name.as_str() })
                @if message.edit_date.is_some() { " · edited" }
                @if message.silent { " · without sound" }
            }
            pre { (message.text) }
            @for entity in &message.entities {
                @if let Some(url) = entity.url.as_deref().and_then(web) {
                    p class="note" { a href=(url) target="_blank" rel="noreferrer" { (url) } }
                }
            }
            @for row in &message.buttons { div { @for each in row { (button(state, message, each)) } } }
            @for press in &message.pressed { p class="note" { (press.label) ": " (outcome(press)) } }
        }
    }
}

fn button(state: &State, message: &TelegramMessage, button: &TelegramButton) -> Markup {
    html! {
        @match button.url.as_deref().and_then(web) {
            Some(url) => a class="button" href=(url) target="_blank" rel="noreferrer" { (button.text) },
            None => form method="post" action=(format!("{}/sim/people/{}/press", state.common.path, message.chat_id)) {
                input type="hidden" name="message_id" value=(message.message_id);
                input type="hidden" name="label" value=(button.text);
                button { (button.text) }
            },
        }
    }
}

fn outcome(press: &TelegramPress) -> &str {
    match (press.answered, press.answer.as_deref()) {
        (false, _) => "the bot has not answered",
        (true, Some(answer)) => answer,
        (true, None) => "the bot knows",
    }
}
