//! Each callout, with what was sent and the answer it got.

use axum::extract::State;
use maud::{Markup, html};

use super::super::delivery::{Delivery, Fate};
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
            td { pre { (format!("{:?}", delivery.message.method).to_uppercase()) " " (delivery.message.url) "\n" (delivery.message.body) } }
            td {
                @for attempt in &delivery.attempts {
                    pre {
                        @match attempt.status { Some(status) => { (status) " " } None => {} }
                        (attempt.answer)
                    }
                }
            }
            td { (fate(delivery.fate)) }
        }
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::UnderWay => "under way",
        Fate::Delivered => "delivered",
        Fate::Failed => "failed",
    }
}
