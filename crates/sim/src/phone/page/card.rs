//! One phone.

use jiff::Timestamp;
use maud::{Markup, html};

use super::{Shown, talk, thread};
use crate::phone::{Behaviour, Call, CallState, Channel, OnCall, OnText, number::bare};

/// Calls of the past that are shown.
const PAST_CALLS_MAX: usize = 5;

/// Where the page jumps to.
pub(super) fn anchor(number: &str) -> String {
    format!("phone-{}", bare(number))
}

pub(super) fn card(phone: &Shown) -> Markup {
    let current = phone.calls.iter().rev().find(|call| !call.state.is_over());
    let class = match current.map(|call| call.state) {
        Some(CallState::Ringing) => "phone ringing",
        Some(CallState::Talking) => "phone talking",
        _ => "phone",
    };
    html! {
        section id=(anchor(&phone.number)) class=(class) aria-label={ "Phone " (phone.number) } {
            header.bar { span.number { (phone.number) } span.mood { (mood(&phone.behaviour)) } }
            div.screen {
                @match current {
                    Some(call) if call.state == CallState::Ringing => { (talk::ringing(phone, call)) }
                    Some(call) if call.state == CallState::Talking => { (talk::talking(phone, call)) }
                    Some(call) => p.note { "A call from " (call.other()) " is being put through." },
                    None => {}
                }
                (thread::threads(phone))
                (past(&phone.calls))
            }
            (settings(phone))
        }
    }
}

/// Where a form of this phone goes.
pub(super) fn action(phone: &Shown, act: &str) -> String {
    format!("/sim/phones/{}/{act}", bare(&phone.number))
}

/// Hours, minutes and seconds.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

fn mood(behaviour: &Behaviour) -> String {
    let calls = OnCall::ALL.iter().find(|(kind, _, _)| *kind == behaviour.calls && *kind != OnCall::default());
    let texts = OnText::ALL.iter().find(|(kind, _, _)| *kind == behaviour.texts && *kind != OnText::default());
    let calls = calls.map(|(_, _, words)| format!("calls {words}"));
    let texts = texts.map(|(_, _, words)| format!("texts {words}"));
    calls.into_iter().chain(texts).collect::<Vec<_>>().join(", ")
}

fn past(calls: &[Call]) -> Markup {
    let past: Vec<_> = calls.iter().rev().filter(|call| call.state.is_over()).take(PAST_CALLS_MAX).collect();
    html! {
        @if !past.is_empty() {
            details.past id={ "past-" (past[0].id) } open[past[0].fault.is_some()] {
                summary { "Calls" }
                ul { @for call in past { (past_call(call)) } }
            }
        }
    }
}

fn past_call(call: &Call) -> Markup {
    html! {
        li class=[call.fault.as_ref().map(|_| "bad")] {
            b { (outcome(call)) } " " (call.other()) " " small { (time(call.started_at)) }
            @if !call.taken.is_empty() {
                " · keys " @for keys in &call.taken { kbd { @if keys.is_empty() { "none" } @else { (keys) } } " " }
            }
            @if let Some(fault) = &call.fault { p.fault { (fault) } }
            @if !call.spoken.is_empty() { (talk::transcript(call)) }
        }
    }
}

fn outcome(call: &Call) -> String {
    match call.state {
        CallState::Dialling | CallState::Ringing | CallState::Talking => "Now".to_owned(),
        CallState::Completed => format!("{} s", call.duration_s()),
        CallState::Busy => "Busy".to_owned(),
        CallState::NoAnswer => "Missed".to_owned(),
        CallState::Declined => "Declined".to_owned(),
        CallState::Unreachable => "Not reached".to_owned(),
        CallState::Failed => "Failed".to_owned(),
        CallState::Canceled => "Caller gave up".to_owned(),
    }
}

fn settings(phone: &Shown) -> Markup {
    let behaviour = &phone.behaviour;
    html! {
        details.settings id={ "settings-" (bare(&phone.number)) } {
            summary { "Write, call, and how this phone behaves" }
            (write_to(phone))
            form method="post" action={ "/sim/phones/" (bare(&phone.number)) } {
                label { span { "Calls" } select name="calls" {
                    @for (kind, name, words) in OnCall::ALL {
                        option value=(name) selected[kind == behaviour.calls] { (words) }
                    }
                } }
                label { span { "Texts" } select name="texts" {
                    @for (kind, name, words) in OnText::ALL {
                        option value=(name) selected[kind == behaviour.texts] { (words) }
                    }
                } }
                (number("Carrier delay, ms", "delayMs", behaviour.delay_ms))
                (number("Rings at most, ms", "ringMs", behaviour.ring_ms))
                (number("Machine answers after rings", "rings", behaviour.rings.into()))
                label.wide { span { "The machine says" } input name="greeting" value=(behaviour.greeting); }
                button { "Save" }
            }
        }
    }
}

fn number(label: &str, name: &str, value: u64) -> Markup {
    html! { label { span { (label) } input name=(name) type="number" min="0" value=(value) required; } }
}

/// A text or a call to anybody.
fn write_to(phone: &Shown) -> Markup {
    html! {
        form method="post" action=(action(phone, "text")) {
            label { span { "Text to" } input name="to" type="tel" required; }
            label { span { "On" } select name="channel" {
                option value="sms" { (Channel::Sms.name()) }
                option value="whatsapp" { (Channel::Whatsapp.name()) }
            } }
            label.wide { span { "Text" } input name="text" required; }
            button { "Send" }
        }
        form method="post" action=(action(phone, "call")) {
            label { span { "Call" } input name="to" type="tel" required; }
            button { "Call" }
        }
    }
}
