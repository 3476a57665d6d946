//! Each callout, with what was sent and the answer it got.

use axum::extract::State;
use maud::{Markup, html};

use super::super::callout::Message;
use super::super::delivery::{Attempt, Delivery, Fate};
use super::super::rest::Site;
use super::layout::{clock_time, page};

/// Callouts shown at most, the newest first.
const SHOWN_MAX: usize = 200;

/// `GET /ui/callouts`
pub async fn show(State(site): State<Site>) -> Markup {
    site.shared.with(|world| page("Callouts sent", &table(world.deliveries.iter().rev().take(SHOWN_MAX))))
}

/// The callouts as a table.
pub fn table<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "When" } th { "Ticket" } th { "Rule and callout" } th { "Sent" } th { "Answers" } th { "Fate" } } }
            tbody { @for delivery in deliveries { (line(delivery)) } }
        } }
    }
}

fn line(delivery: &Delivery) -> Markup {
    html! {
        tr {
            td { (clock_time(delivery.at)) }
            td { a href={ "/ui/tickets/" (delivery.ticket_id) } { (delivery.ticket_number) } }
            td { (delivery.rule) ", " (delivery.callout_name) }
            td { (sent(&delivery.message)) }
            td { (answers(&delivery.attempts)) }
            td { (fate(delivery.fate)) }
        }
    }
}

/// What was sent.
pub fn sent(message: &Message) -> Markup {
    html! { pre { (format!("{:?}", message.method).to_uppercase()) " " (message.url) "\n" (message.body) } }
}

/// The answers to the tries.
pub fn answers(attempts: &[Attempt]) -> Markup {
    html! {
        @for attempt in attempts {
            pre {
                @match attempt.status { Some(status) => { (status) " " } None => {} }
                (attempt.answer)
            }
        }
    }
}

/// What became of it, in words.
pub fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::UnderWay => "under way",
        Fate::Delivered => "delivered",
        Fate::Failed => "failed",
    }
}
