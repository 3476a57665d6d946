//! The messages of Gotify, the newest first.

use maud::{Markup, html};

use super::{GotifyMessage, State};
use crate::look::web;

/// Messages shown; the rest is in `/sim/messages`.
const SHOWN_MAX: usize = 50;

pub(crate) fn cards(state: &State) -> Markup {
    let messages = state.common.messages.all();
    html! {
        @if messages.is_empty() { p { "No message yet." } }
        @for message in messages.iter().rev().take(SHOWN_MAX) { (card(message)) }
    }
}

fn card(message: &GotifyMessage) -> Markup {
    html! {
        article {
            h2 {
                @match message.click_url().and_then(web) {
                    Some(url) => a href=(url) target="_blank" rel="noreferrer" { (message.title) },
                    None => (message.title),
                }
            }
            p class="note" { "Gotify · priority " (message.priority) }
            pre { (message.message) }
        }
    }
}
