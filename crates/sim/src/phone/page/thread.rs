//! The texts of a phone, by the other party, with a box to answer.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{
    Shown,
    card::{action, time},
};
use crate::look::pieces;
use crate::phone::{Channel, Direction, Failure, Message, MessageStatus};

/// Texts of a thread that are shown.
const SHOWN_MAX: usize = 30;

pub(super) fn threads(phone: &Shown) -> Markup {
    let mut threads: BTreeMap<(String, Channel), Vec<&Message>> = BTreeMap::new();
    for message in &phone.messages {
        threads.entry((message.other().to_owned(), message.channel)).or_default().push(message);
    }
    html! {
        @for ((other, channel), messages) in &threads {
            div class={ "thread " (channel.name().to_ascii_lowercase()) } {
                h2 { (other) small { (channel.name()) } }
                @for message in messages.iter().skip(messages.len().saturating_sub(SHOWN_MAX)) { (bubble(message)) }
                form.reply method="post" action=(action(phone, "text")) {
                    input type="hidden" name="to" value=(other);
                    input type="hidden" name="channel" value=(channel.name().to_ascii_lowercase());
                    input name="text" aria-label={ "Answer " (other) } placeholder="Answer" autocomplete="off" required;
                    button { "Send" }
                }
            }
        }
        @if threads.is_empty() { p.note { "No texts yet." } }
    }
}

fn bubble(message: &Message) -> Markup {
    let class = match (message.direction, message.has_arrived()) {
        (Direction::FromPhone, _) => "text mine",
        (Direction::ToPhone, true) => "text",
        (Direction::ToPhone, false) => "text lost",
    };
    html! {
        div class=(class) {
            @for piece in pieces(&message.text) { (piece) }
            small { (time(message.accepted_at)) " · " (fate(message)) }
        }
    }
}

fn fate(message: &Message) -> String {
    match (message.status, message.failure, &message.answer) {
        (_, Some(why), _) => format!("not delivered: {}", reason(why)),
        (MessageStatus::Received, _, Some(Ok((status, _)))) if (200..300).contains(status) => "sent".to_owned(),
        (MessageStatus::Received, _, Some(Ok((status, _)))) => format!("its receiver answered {status}"),
        (MessageStatus::Received, _, Some(Err(why))) => why.clone(),
        (MessageStatus::Received, _, None) => "on its way".to_owned(),
        (MessageStatus::Queued, ..) => "on its way".to_owned(),
        (MessageStatus::Sent, ..) if !message.has_arrived() => "on its way".to_owned(),
        (MessageStatus::Sent, ..) => "arrived, unreported".to_owned(),
        (MessageStatus::Delivered, ..) => format!("arrived · {}", message.provider.name()),
        (MessageStatus::Undelivered | MessageStatus::Failed, None, _) => "not delivered".to_owned(),
    }
}

fn reason(why: Failure) -> &'static str {
    match why {
        Failure::Unreachable => "the phone is off",
        Failure::Unknown => "no such subscriber",
        Failure::Landline => "a landline",
        Failure::Filtered => "filtered by the carrier",
        Failure::OutsideWindow => "no text of this phone within 24 hours",
    }
}
