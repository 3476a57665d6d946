//! Looking back at the tickets of the last days: who would have been paged when, or why not.

use crate::components::badge::tag;
use crate::components::{banner, button, icon, panel, sub_head};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use crate::time::{When, plural};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// The page before and after looking.
#[derive(Debug, Clone)]
pub struct LookView {
    /// The source.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// How many days back.
    pub days: i64,
    /// Whether it only watches, and can be taken live here.
    pub may_go_live: bool,
    /// What was found, or why nothing could be; `None` before looking.
    pub found: Option<Result<Found, String>>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Every ticket that was changed since then was looked at.
    pub since: Timestamp,
    /// What to know about it.
    pub warnings: Vec<String>,
    /// Tickets that were looked at.
    pub tickets: i64,
    /// Alerts that would have paged.
    pub pages: Counts,
    /// Quiet alerts.
    pub quiet: Counts,
    /// First called, with how often.
    pub people: Vec<(String, Counts)>,
    /// Why tickets opened nothing, with how many, the most first.
    pub reasons: Vec<(String, i64)>,
    /// Tickets with an alert, the latest first.
    pub paged: Vec<PagedRow>,
    /// Tickets without.
    pub not_paged: Vec<NotPagedRow>,
    /// Rows of each list that are not shown.
    pub more: (i64, i64),
}

/// How many, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub all: i64,
    /// Between 22:00 and 6:00 for the viewer.
    pub night: i64,
    /// On a Saturday or Sunday.
    pub weekend: i64,
}

impl Counts {
    fn words(self) -> String {
        format!("{} ({} at night, {} on weekends)", self.all, self.night, self.weekend)
    }
}

/// A ticket that would have opened alerts.
#[derive(Debug, Clone)]
pub struct PagedRow {
    /// Number and title.
    pub ticket: (String, String),
    /// Where it is in Autotask.
    pub url: Option<String>,
    /// Its alerts.
    pub alerts: Vec<AlertRow>,
    /// Whether its first status is a guess.
    pub is_guess: bool,
}

/// An alert that would have opened.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// When.
    pub at: Timestamp,
    /// Whether it pages.
    pub pages: bool,
    /// Who is called first, in words; the error: that nobody is.
    pub who: Result<String, String>,
    /// What else is to be known: silent until then, ended by the ticket.
    pub notes: Vec<String>,
}

/// A ticket that would have opened none.
#[derive(Debug, Clone)]
pub struct NotPagedRow {
    /// Number and title.
    pub ticket: (String, String),
    /// Where it is in Autotask.
    pub url: Option<String>,
    /// Why.
    pub why: String,
}

/// The page.
pub fn source_look(shell: &Shell, view: &LookView) -> Markup {
    let back = routes::source(view.id);
    let right = html! { @if view.may_go_live { (button::post(shell, &routes::source_do(view.id, "go-live"), "primary", "bell", "Go live")) } };
    layout::page(
        shell,
        Section::Sources,
        "Looking back",
        Main::default(),
        html! {
            (sub_head((&back, &view.name), "Looking back", right))
            @if let Some(Err(why)) = &view.found {
                (banner(&Banner { tone: Tone::Red, text: format!("The tickets could not be read: {why}"), link: None }))
            }
            (ask(shell, view))
            @if let Some(Ok(found)) = &view.found { (answer(found, &shell.when)) }
        },
    )
}

fn ask(shell: &Shell, view: &LookView) -> Markup {
    let action = routes::source_do(view.id, "look");
    let word = if view.found.is_some() { "Look again" } else { "Look" };
    panel(
        "look",
        &format!("The last {} days", view.days),
        html! {},
        html! {
            div.inside {
                p.prose { "Reads the tickets that were changed in the last " (view.days) " days, with their histories, and asks the rules of this source about each as if it had been live, without anybody answering. Nothing is opened, nobody is told. It takes some seconds, and about a call for every 40 tickets." }
                div.actions { (button::post(shell, &action, "primary", "eye", word)) }
            }
        },
    )
}

fn answer(found: &Found, when: &When) -> Markup {
    html! {
        @for text in &found.warnings { (banner(&Banner { tone: Tone::Yellow, text: text.clone(), link: None })) }
        (summary(found, when))
        (paged(found, when))
        (not_paged(found))
    }
}

fn summary(found: &Found, when: &When) -> Markup {
    panel(
        "look-summary",
        "In short",
        html! { span.muted.small-text { "since " (when.at(found.since)) } },
        html! {
            div.inside {
                dl.facts {
                    dt { "Tickets" } dd.num { (found.tickets) }
                    dt { "Pages" } dd.num { (found.pages.words()) }
                    dt { "Quiet alerts" } dd.num { (found.quiet.words()) }
                    @for (name, counts) in &found.people { dt { (name) } dd.num { "called first " (counts.words()) } }
                }
                @if !found.reasons.is_empty() {
                    h3 { "Why the others open nothing" }
                    ul { @for (why, count) in &found.reasons { li { span.num { (plural(*count, "ticket", "tickets")) } ": " (why) } } }
                }
            }
        },
    )
}

fn paged(found: &Found, when: &When) -> Markup {
    panel(
        "look-paged",
        "Tickets that would have opened an alert",
        html! {},
        html! {
            @if found.paged.is_empty() { p.inside.muted { "None." } }
            @else { ul.list { @for row in &found.paged { (paged_row(row, when)) } } }
            (more(found.more.0))
        },
    )
}

fn paged_row(row: &PagedRow, when: &When) -> Markup {
    html! {
        li {
            div.main {
                (ticket(&row.ticket, row.url.as_deref()))
                @for alert in &row.alerts {
                    div.sub {
                        span { (icon(if alert.pages { "bell" } else { "bell-off" })) (when.day_time(alert.at)) }
                        @match &alert.who { Ok(who) => span { (who) }, Err(nobody) => span.bad { (nobody) } }
                        @for note in &alert.notes { span { (note) } }
                    }
                }
                @if row.is_guess { div.sub { span.wait { "Its history does not say what its status was: taken for New until it was completed." } } }
            }
            @if row.alerts.iter().any(|alert| alert.pages) { (tag("tone-red", "bell", "Pages")) } @else { (tag("st-plain", "bell-off", "Quiet")) }
        }
    }
}

fn not_paged(found: &Found) -> Markup {
    panel(
        "look-not-paged",
        "Tickets that would have opened none",
        html! {},
        html! {
            @if found.not_paged.is_empty() { p.inside.muted { "None." } }
            @else {
                details.inside {
                    summary { (plural(i64::try_from(found.not_paged.len()).unwrap_or(i64::MAX), "ticket", "tickets")) }
                    ul.list { @for row in &found.not_paged { li { div.main { (ticket(&row.ticket, row.url.as_deref())) div.sub { span { "Not paged: " (row.why) } } } } } }
                    (more(found.more.1))
                }
            }
        },
    )
}

fn ticket((number, title): &(String, String), url: Option<&str>) -> Markup {
    html! {
        b {
            @match url {
                Some(url) => a.inline-link href=(url) rel="noopener noreferrer" target="_blank" { (number) },
                None => (number),
            }
            " " (title)
        }
    }
}

fn more(count: i64) -> Markup {
    html! { @if count > 0 { p.inside.muted { "and " (plural(count, "more ticket", "more tickets")) } } }
}
