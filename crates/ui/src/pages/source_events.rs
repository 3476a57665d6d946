//! Recent events of a source and what became of each, with the reason: "why was nobody paged for this ticket".

use crate::components::badge::tag;
use crate::components::{Paging, empty, icon, pager, panel};
use crate::routes;
use crate::time::When;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::AlertId;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It opened an alert.
    Opened(AlertId),
    /// It was added to one, or changed it: in words ("accepted", "resolved", "counted").
    Added(AlertId, String),
    /// It opened nothing: why ("queue is Projects").
    NotPaged(String),
    /// It could not be read: why.
    Rejected(String),
    /// It waits for being looked at (the ticket is being fetched): in words.
    Waiting(String),
}

/// One event.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// When it came.
    pub at: Timestamp,
    /// How it came ("callout", "poll", "API").
    pub way: String,
    /// What it was about: ticket number and title, or the summary.
    pub subject: String,
    /// What became of it.
    pub fate: Fate,
    /// The body as it came, as text, cut to its limit.
    pub body: Option<String>,
}

/// The panel; also a live fragment on the source's page.
pub fn source_events(rows: &[EventRow], paging: &Paging, search: Option<Markup>, when: &When) -> Markup {
    panel(
        "events",
        "Recent events",
        html! { @if let Some(search) = search { (search) } },
        html! {
            @if rows.is_empty() {
                (empty("inbox", "No event yet", "Every event is listed here with what became of it, also those that paged nobody.", None))
            } @else { ul.list { @for row in rows { (event_row(row, when)) } } }
            (pager(paging))
        },
    )
}

fn event_row(row: &EventRow, when: &When) -> Markup {
    html! {
        li {
            div.main {
                b { (row.subject) }
                div.sub { span { (icon("radio")) (row.way) } span { (when.at(row.at)) } (fate_words(&row.fate)) }
                @if let Some(body) = &row.body { details { summary { "As it came" } pre tabindex="0" { (body) } } }
            }
            (fate_badge(&row.fate))
        }
    }
}

fn fate_words(fate: &Fate) -> Markup {
    html! {
        @match fate {
            Fate::Opened(id) => { span.fate { "Opened " a.inline-link href=(routes::alert(id)) { "alert " (id) } } }
            Fate::Added(id, what) => { span.fate { a.inline-link href=(routes::alert(id)) { "Alert " (id) } ": " (what) } }
            Fate::NotPaged(why) => { span { "Not paged: " (why) } }
            Fate::Rejected(why) => { span.bad { "Not readable: " (why) } }
            Fate::Waiting(what) => { span.wait { (what) } }
        }
    }
}

fn fate_badge(fate: &Fate) -> Markup {
    match fate {
        Fate::Opened(_) => tag("tone-red", "bell", "Opened"),
        Fate::Added(..) => tag("tone-blue", "plus", "Added"),
        Fate::NotPaged(_) => tag("st-plain", "bell-off", "Not paged"),
        Fate::Rejected(_) => tag("tone-red", "circle-x", "Rejected"),
        Fate::Waiting(_) => tag("tone-yellow", "hourglass", "Waiting"),
    }
}
