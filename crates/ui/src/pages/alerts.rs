//! The alerts list: tabs with counts, filters in the address, live rows, and what can be done to several at once.

use super::alert_row::{AlertRow, Arrival, alert_row};
use crate::components::field::{Choice, Field};
use crate::components::{Paging, Tab, button, dialog, empty, head, icon, pager, tabs};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::AlertId;

/// The list.
#[derive(Debug, Clone)]
pub struct AlertsView {
    /// Tabs with counts: Open, Pending, Accepted, Resolved.
    pub tabs: Vec<Tab>,
    /// The filter as it stands in the address: `q`, `source`, `priority` (HIGH, LOW), `state` (kept as a hidden field).
    pub filter: Form,
    /// Sources to filter by: id and name.
    pub sources: Vec<Choice>,
    /// Whether any filter is set.
    pub filtered: bool,
    /// Maintenance windows that are open: name, address, and until when.
    pub maintenance: Vec<(String, String, Timestamp)>,
    /// The rows of this page.
    pub rows: Vec<AlertRow>,
    /// Where the list stands.
    pub paging: Paging,
    /// Path and query of this page: where a form comes back to.
    pub here: String,
    /// Address of the stream, with the same filter.
    pub stream: String,
    /// Whether the viewer may accept and resolve.
    pub may_respond: bool,
    /// Whether there is a source at all; without one the empty list says how to make it.
    pub has_source: bool,
}

/// The page.
pub fn alerts(shell: &Shell, view: &AlertsView) -> Markup {
    let main = Main { stream: Some(view.stream.clone()), refetch: true };
    layout::page(
        shell,
        Section::Alerts,
        "Alerts",
        main,
        html! {
            (head("Alerts", lamp()))
            (open_windows(shell, view))
            (filter(view))
            button.button.primary.more-alerts #more-alerts type="button" hidden { (icon("chevrons-up")) span {} }
            form.panel #alerts method="post" action=(routes::ALERTS_BULK) aria-label="Alerts"
                hx-post=(routes::ALERTS_BULK) hx-target="#main" hx-select="#main" hx-swap="outerHTML show:none" {
                (layout::csrf(shell))
                input type="hidden" name="back" value=(view.here);
                header { (tabs("counts", "Alerts by state", &view.tabs, false)) }
                (rows(shell, view))
                (pager(&view.paging))
                @if view.may_respond { (bulk_bar()) }
            }
        },
    )
}

/// Nobody is paged for what these cover: said where people look for alerts.
fn open_windows(shell: &Shell, view: &AlertsView) -> Markup {
    html! {
        @for (name, href, until) in &view.maintenance {
            div.banner.tone-blue { (icon("wrench")) p { "Maintenance: " a href=(href) { (name) } " until " (shell.when.at(*until)) ". Nobody is paged for what it covers." } }
        }
    }
}

/// The lamp that says whether the page is live; the script switches it on.
pub fn lamp() -> Markup {
    html! { span.lamp data-lamp data-script hidden { i {} span { "Connecting" } } }
}

fn filter(view: &AlertsView) -> Markup {
    let all = |word: &str| vec![Choice::new("", word)];
    let sources: Vec<Choice> = all("All sources").into_iter().chain(view.sources.iter().cloned()).collect();
    let priorities: Vec<Choice> =
        all("Pages and quiet").into_iter().chain(Choice::list(&[("HIGH", "Pages"), ("LOW", "Quiet")])).collect();
    html! {
        form.row.filters method="get" action=(routes::ALERTS) role="search" aria-label="Filter alerts" {
            @if !view.filter.value("state").is_empty() { input type="hidden" name="state" value=(view.filter.value("state")); }
            div.search {
                (icon("search"))
                input.input #search type="search" name="q" value=(view.filter.value("q")) placeholder="Number, summary, customer, ticket" aria-label="Search alerts";
                kbd.hide-small aria-hidden="true" { "/" }
            }
            div { label.sr for="source" { "Source" } select.input #source name="source" data-submit { (crate::components::field::options(&sources, view.filter.value("source"))) } }
            div { label.sr for="priority" { "Pages or quiet" } select.input #priority name="priority" data-submit { (crate::components::field::options(&priorities, view.filter.value("priority"))) } }
            button.button type="submit" { (icon("list-filter")) "Filter" }
            @if view.filtered { a.button.quiet href=(routes::ALERTS) { "Clear" } }
        }
    }
}

fn rows(shell: &Shell, view: &AlertsView) -> Markup {
    html! {
        @if view.rows.is_empty() { (nothing(view)) } @else {
            ul #rows data-page=(view.paging.page) {
                @for row in &view.rows { (alert_row(row, &shell.when, view.may_respond, Arrival::InPage)) }
            }
        }
    }
}

fn nothing(view: &AlertsView) -> Markup {
    match (view.filtered, view.has_source) {
        (true, _) => empty(
            "list-filter",
            "No alert matches",
            "Take a filter away to see more.",
            Some((routes::ALERTS, "Show all open alerts")),
        ),
        (false, true) => {
            empty("circle-check", "All quiet", "No alert is open here. New ones appear by themselves.", None)
        }
        (false, false) => empty(
            "plug",
            "Nothing can ring yet",
            "Alerts come from alert sources. Connect Autotask, or any tool that can send a web request.",
            Some((routes::SOURCE_NEW, "Connect a source")),
        ),
    }
}

/// The bar for what is selected. Resolving asks first, because resolved is final.
fn bulk_bar() -> Markup {
    html! {
        div.bulk role="region" aria-label="Selected alerts" {
            b { span data-picked { "0" } " selected" }
            button.button.primary type="submit" name="do" value="accept" data-bulk="accept" { "Accept" kbd.hide-small aria-hidden="true" { "a" } }
            button.button type="submit" name="do" value="resolve" data-bulk="resolve" data-dialog="confirm-resolve" { "Resolve" kbd.hide-small aria-hidden="true" { "r" } }
            button.button.quiet.hide-small type="button" data-clear { "Clear" }
        }
        (dialog("confirm-resolve", "Resolve the selected alerts?", html! {
            p { span data-picked { "0" } " selected. A resolved alert stays resolved; a new event opens a new one." }
            div.actions {
                button.button.primary type="submit" name="do" value="resolve-confirmed" { "Resolve" }
                button.button.quiet type="button" data-close { "Cancel" }
            }
        }))
    }
}

/// What the bulk form answers to "resolve" without script: the question as a page.
pub fn confirm_bulk_resolve(shell: &Shell, chosen: &[(AlertId, String)], back: &str) -> Markup {
    let title = format!("Resolve {}?", plural(i64::try_from(chosen.len()).unwrap_or(i64::MAX), "alert", "alerts"));
    layout::page(
        shell,
        Section::Alerts,
        &title,
        Main::default(),
        html! {
            (head(&title, html! {}))
            form.panel method="post" action=(routes::ALERTS_BULK) {
                (layout::csrf(shell))
                input type="hidden" name="back" value=(back);
                ul.list { @for (id, summary) in chosen { li { input type="hidden" name="id" value=(id); div.main { span.muted.num { "#" (id) " " } (summary) } } } }
                footer {
                    div.actions {
                        button.button.primary type="submit" name="do" value="resolve-confirmed" { "Resolve" }
                        (button::link(back, "Cancel"))
                        span.muted { "A resolved alert stays resolved; a new event opens a new one." }
                    }
                }
            }
        },
    )
}

/// What the stream sends beside rows: the tabs with new counts.
pub fn live_tabs(view_tabs: &[Tab]) -> Markup {
    tabs("counts", "Alerts by state", view_tabs, true)
}

/// A labelled search field for other lists: `q` in the address.
pub fn search_field(filter: &Form, label: &str) -> Markup {
    Field::new(filter, "q", label).kind("search").input()
}
