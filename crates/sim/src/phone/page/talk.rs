//! A call on the screen: ringing, or what is being said and the keys.

use maud::{Markup, html};

use super::{
    Shown,
    card::{action, time},
};
use crate::phone::{AnsweredBy, Call};

const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

pub(super) fn ringing(phone: &Shown, call: &Call) -> Markup {
    html! {
        div.call role="alert" {
            p.bell aria-hidden="true" { "☎" }
            p.who { "Incoming call" }
            p.from { (call.other()) }
            p.note { "by " (call.provider.name()) " · since " (time(call.started_at)) }
            div.choice {
                (act(phone, call, "decline", "Decline", "no"))
                (act(phone, call, "answer", "Answer", "yes"))
            }
            div.quiet {
                (act(phone, call, "machine", "Let a machine answer", "plain"))
                (act(phone, call, "timeout", "Let it ring out", "plain"))
            }
        }
    }
}

pub(super) fn talking(phone: &Shown, call: &Call) -> Markup {
    html! {
        div.call {
            p.who { "In a call with " (call.other()) }
            @if call.answered_by == Some(AnsweredBy::Machine) {
                p.said.mine { "Answering machine: " (phone.behaviour.greeting) }
            }
            (transcript(call))
            @if call.asks { p.asks { "Waiting for a key" } }
            form.keys method="post" action=(action(phone, "press")) {
                input type="hidden" name="call" value=(call.id);
                @for key in KEYS { button name="keys" value=(key) aria-label={ "Key " (key) } { (key) } }
            }
            div.choice { (act(phone, call, "hangup", "Hang up", "no")) }
        }
    }
}

pub(super) fn transcript(call: &Call) -> Markup {
    html! {
        ol.transcript aria-live="polite" {
            @for spoken in &call.spoken {
                li.said {
                    (spoken.text)
                    @if let Some(language) = &spoken.language { small { (language) } }
                    @if let Some(voice) = &spoken.voice { small { (voice) } }
                }
            }
        }
    }
}

fn act(phone: &Shown, call: &Call, name: &str, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action=(action(phone, name)) {
            input type="hidden" name="call" value=(call.id);
            button class=(class) { (label) }
        }
    }
}
