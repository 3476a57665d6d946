//! The phones on a page: rings, talks, threads of texts, and how each phone behaves. Works without script; with it, at once.

mod card;
mod live;
mod talk;
mod thread;

use std::sync::Arc;

use axum::{
    Router,
    extract::State as Shared,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use maud::{DOCTYPE, Markup, html};

use super::{Behaviour, Call, CallState, Message, State};

/// Phones shown; those where something happened last.
const PHONES_MAX: usize = 60;
/// What the page may load: its own style, script and changes.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(show))
        .route("/phone.css", get(style))
        .route("/phone.js", get(script))
        .route("/changes", get(live::changes))
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], include_str!("page/phone.css"))
}

async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")], include_str!("page/phone.js"))
}

async fn show(Shared(state): Shared<Arc<State>>) -> impl IntoResponse {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")];
    (headers, page(&state))
}

/// A phone with what happened on it.
struct Shown {
    number: String,
    behaviour: Behaviour,
    messages: Vec<Message>,
    calls: Vec<Call>,
}

impl Shown {
    fn is(&self, state: CallState) -> bool {
        self.calls.iter().any(|call| call.state == state)
    }

    /// Ringing phones come first, then those in a call, then those where something happened last.
    fn rank(&self) -> impl Ord + use<> {
        let calls = self.calls.last().map(|call| call.started_at);
        let last = calls.max(self.messages.last().map(|message| message.accepted_at));
        (self.is(CallState::Ringing), self.is(CallState::Talking), last)
    }
}

fn phones(state: &State) -> Vec<Shown> {
    let mut shown: std::collections::BTreeMap<String, Shown> = state
        .phones()
        .into_iter()
        .map(|(number, behaviour)| {
            (number.clone(), Shown { number, behaviour, messages: Vec::new(), calls: Vec::new() })
        })
        .collect();
    for message in state.messages.all() {
        if let Some(phone) = shown.get_mut(message.phone()) {
            phone.messages.push(message);
        }
    }
    for call in state.calls.all() {
        if let Some(phone) = shown.get_mut(call.phone()) {
            phone.calls.push(call);
        }
    }
    let mut phones: Vec<_> = shown.into_values().collect();
    phones.sort_by_cached_key(|phone| std::cmp::Reverse(phone.rank()));
    phones
}

fn page(state: &State) -> Markup {
    let phones = phones(state);
    let ringing = phones.iter().filter(|phone| phone.is(CallState::Ringing)).count();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { @if ringing > 0 { "☎ Ringing! " } "Phones (stand-in)" }
                link rel="stylesheet" href="/phone.css";
                noscript { meta http-equiv="refresh" content="4"; }
                script src="/phone.js" defer {}
            }
            body { main id="phones" { (top(&phones)) (cards(&phones)) (connect(state)) } }
        }
    }
}

fn top(phones: &[Shown]) -> Markup {
    html! {
        header.top { h1 { "Phones" } }
        @for phone in phones.iter().filter(|phone| phone.is(CallState::Ringing)) {
            a.alarm href={ "#" (card::anchor(&phone.number)) } { "☎ " (phone.number) " is ringing" }
        }
    }
}

fn cards(phones: &[Shown]) -> Markup {
    html! {
        @if phones.is_empty() {
            section.empty {
                h2 { "No phone rang yet" }
                p {
                    "Every number is a phone: the first text or call to one makes it appear here, with everything that its "
                    "owner can do. Nothing leaves this machine."
                }
            }
        }
        div.phones { @for phone in phones.iter().take(PHONES_MAX) { (card::card(phone)) } }
        @if phones.len() > PHONES_MAX {
            p.note { (phones.len() - PHONES_MAX) " more phones are in " a href="/sim/phones" { "/sim/phones" } "." }
        }
        form.add method="post" action="/sim/phones" {
            label { span { "Another phone" } input name="number" type="tel" placeholder="+49 151 12345678" required; }
            button { "Add" }
        }
    }
}

/// What a client needs, and where scripts look.
fn connect(state: &State) -> Markup {
    html! {
        details.connect id="connect" {
            summary { "How to connect" }
            p { "These are the stand-in's own credentials; they open nothing else." }
            dl { @for (name, value) in state.describe("").into_iter().filter(|(_, value)| !value.is_empty()) {
                dt { (name) } dd { code { (value) } }
            } }
            p.note {
                "As JSON: " a href="/sim/messages" { "messages" } ", " a href="/sim/calls" { "calls" } ", "
                a href="/sim/callbacks" { "what webhooks were told" } ", " a href="/sim/webhooks" { "webhooks" } "."
            }
        }
    }
}
