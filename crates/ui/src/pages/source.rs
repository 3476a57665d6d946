//! One alert source after saving: its webhook URL, what to do in the tool, waiting live for the first event, what became of events.

use super::alerts::lamp;
use super::source_events::{EventRow, source_events};
use super::source_webhooks::{WebhookView, webhooks};
use super::sources::SourceState;
use crate::components::panel::tone_class;
use crate::components::{Paging, button, copy_field, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell, Tone};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// What is particular to the type.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// API: the integration key and an example that works.
    Api {
        /// Integration key.
        key: String,
        /// Address of the events API.
        events_url: String,
    },
    /// Autotask.
    Autotask(Box<AutotaskStatus>),
}

/// How an Autotask source does.
#[derive(Debug, Clone)]
pub struct AutotaskStatus {
    /// The webhook URL for the extension callout.
    pub webhook_url: String,
    /// Its account: name and address.
    pub account: (String, String),
    /// Whether it opens nothing as long as it only watches.
    pub watch_only: bool,
    /// Whether only the tickets that the workflow rule picks count.
    pub by_rule_only: bool,
    /// When the first callout came.
    pub first_callout_at: Option<Timestamp>,
    /// When the last callout came.
    pub last_callout_at: Option<Timestamp>,
    /// When the poll last asked.
    pub polled_at: Option<Timestamp>,
    /// When it asks next.
    pub next_poll_at: Option<Timestamp>,
    /// Seconds between polls.
    pub poll_interval_s: i64,
    /// What the last poll said where it failed.
    pub poll_error: Option<String>,
    /// Tickets that the poll saw change without a callout, in the last 24 hours.
    pub missed_callouts: i64,
    /// The webhooks that Autotask has for it.
    pub webhooks: Vec<WebhookView>,
}

/// The source.
#[derive(Debug, Clone)]
pub struct SourceView {
    /// Which.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Name and address of its policy.
    pub policy: (String, String),
    /// How it does.
    pub state: SourceState,
    /// What is particular.
    pub kind: SourceKind,
    /// Its open alerts.
    pub open_alerts: i64,
    /// Recent events, newest first.
    pub events: Vec<EventRow>,
    /// Where that list stands.
    pub events_paging: Paging,
    /// Search among them (`q`).
    pub search: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// The page.
pub fn source(shell: &Shell, view: &SourceView) -> Markup {
    let main = Main { stream: Some(routes::source_do(view.id, "stream")), refetch: false };
    let live = view.may_edit && view.state == SourceState::WatchOnly;
    let edit = html! {
        @if live { (button::post(shell, &routes::source_do(view.id, "go-live"), "primary", "bell", "Go live")) }
        @if view.may_edit { (button::link(&routes::source_do(view.id, "settings"), "Settings")) }
    };
    layout::page(
        shell,
        Section::Sources,
        &view.name,
        main,
        html! {
            (sub_head((routes::SOURCES, "Alert sources"), &view.name, html! { (lamp()) (view.state.badge()) (edit) }))
            (source_live(shell, view, false))
            div.two {
                div.stack {
                    @match &view.kind {
                        SourceKind::Api { key, events_url } => (api_steps(key, events_url)),
                        SourceKind::Autotask(status) => (autotask_steps(status)),
                    }
                    div #source-events { (source_events(&view.events, &view.events_paging, Some(search(view)), &shell.when)) }
                }
                div.stack { (facts(view, shell)) (source_webhooks(shell, view, false)) @if view.may_edit { (actions(shell, view)) } }
            }
        },
    )
}

/// Waits for the first event, or says how it goes; a live fragment that turns green by itself.
pub fn source_live(shell: &Shell, view: &SourceView, live: bool) -> Markup {
    let (tone, symbol, text) = match &view.state {
        SourceState::Broken(reason) => (Tone::Red, "circle-x", html! { (reason) }),
        SourceState::Slow(reason) => (Tone::Yellow, "triangle-alert", html! { (reason) }),
        SourceState::Paused => (Tone::Yellow, "ban", html! { "Paused: events are kept, nobody is paged." }),
        SourceState::WatchOnly => (Tone::Yellow, "eye", watch_only_words(view)),
        SourceState::Waiting => (Tone::Blue, "hourglass", html! { (waiting_words(&view.kind)) }),
        SourceState::Fine => (Tone::Green, "circle-check", html! { (fine_words(shell, &view.kind)) }),
    };
    html! {
        div.banner.(tone_class(tone)) #source-live hx-swap-oob=[live.then_some("true")] role="status" { (icon(symbol)) p { (text) } }
    }
}

/// The webhooks of a source whose tool has some; a live fragment.
pub fn source_webhooks(shell: &Shell, view: &SourceView, live: bool) -> Markup {
    match &view.kind {
        SourceKind::Autotask(status) => webhooks(shell, view.id, &status.webhooks, view.may_edit, live),
        SourceKind::Api { .. } => html! {},
    }
}

/// What the stream sends when an event came: the panel with the newest events.
pub fn source_events_live(shell: &Shell, view: &SourceView) -> Markup {
    html! { div #source-events hx-swap-oob="true" { (source_events(&view.events, &view.events_paging, Some(search(view)), &shell.when)) } }
}

fn watch_only_words(view: &SourceView) -> Markup {
    html! {
        "Watch only: tickets are read, nobody is paged."
        @if view.may_edit { " " a.link href=(routes::source_do(view.id, "look")) { "Look at who would have been paged" } ", then go live." }
    }
}

fn waiting_words(kind: &SourceKind) -> Markup {
    match kind {
        SourceKind::Api { .. } => {
            html! { "Waiting for the first event. Send the example below; this turns green by itself." }
        }
        SourceKind::Autotask(_) => {
            html! { "Waiting for the first callout. Follow the steps below, then edit any ticket; this turns green by itself." }
        }
    }
}

fn fine_words(shell: &Shell, kind: &SourceKind) -> Markup {
    match kind {
        SourceKind::Api { .. } => html! { "Events arrive." },
        SourceKind::Autotask(status) => html! {
            @match (status.last_callout_at, last_webhook_at(status), status.polled_at) {
                (callout, Some(at), _) if callout.is_none_or(|callout| callout < at) => { "Webhooks arrive, the last " (shell.when.at(at)) "." }
                (Some(at), _, _) => { "Callouts arrive, the last " (shell.when.at(at)) "." }
                (None, _, Some(at)) => { "Asked Autotask " (shell.when.at(at)) ". No callout yet: tickets are found by asking, which takes up to a poll interval." }
                (None, _, None) => { "Ready." }
            }
        },
    }
}

fn last_webhook_at(status: &AutotaskStatus) -> Option<Timestamp> {
    status.webhooks.iter().filter_map(|webhook| webhook.last_event_at).max()
}

fn api_steps(key: &str, events_url: &str) -> Markup {
    let body =
        format!(r#"{{"integrationKey": "{key}", "eventType": "ALERT", "summary": "It works", "alertKey": "first"}}"#);
    let curl = format!("curl -X POST {events_url} -H 'Content-Type: application/json' -d '{body}'");
    panel(
        "steps",
        "Send events",
        html! {},
        html! {
            div.inside {
                (copy_field("integration-key", "Integration key", key))
                (copy_field("events-url", "Events API", events_url))
                (copy_field("example", "Try it: this opens an alert", &curl))
                p.muted { "Send the same alertKey with eventType RESOLVE to resolve it, ACCEPT to accept it." }
            }
        },
    )
}

fn autotask_steps(status: &AutotaskStatus) -> Markup {
    panel(
        "steps",
        "In Autotask",
        html! {},
        html! {
            div.inside {
                (copy_field("webhook-url", "Webhook URL", &status.webhook_url))
                div.prose {
                    ol {
                        li { "Open " b { "Admin › Extensions & Integrations › Other Extensions & Tools › Extension Callout (Tickets) › New" } ". Name it Watchbell, tick Active, paste the webhook URL into URL, choose POST and Name Value Pair, save." }
                        li { "Open " b { "Admin › Automation › Workflow Rules › Tickets › New" } ". Name it Watchbell, tick Active." }
                        li { "Under Events tick " b { "Created by Anyone" } " and " b { "Edited by Anyone" } "." (rule_conditions(status.by_rule_only)) }
                        li { "Under Actions choose " b { "Then Execute Extension Callout: Watchbell" } ", save." }
                        li { "Edit any ticket. Autotask calls within 5 minutes, usually within seconds; the line at the top turns green." }
                    }
                }
                p.muted { "Both may be in use at once: the callout is fast, asking Autotask every now and then finds what a callout missed. There is one alert per ticket either way." }
            }
        },
    )
}

fn rule_conditions(by_rule_only: bool) -> Markup {
    html! {
        @if by_rule_only {
            " Under Conditions pick the tickets that may page: this source opens an alert only for tickets of this rule. A second rule without conditions, Edited by Anyone, tells Watchbell about what happens to them later."
        } @else { " Leave the conditions empty: the filter of this source decides." }
    }
}

fn facts(view: &SourceView, shell: &Shell) -> Markup {
    panel(
        "facts",
        "At a glance",
        html! {},
        html! {
            div.inside {
                dl.facts {
                    dt { "Escalation policy" } dd { a.link href=(view.policy.1) { (view.policy.0) } }
                    dt { "Open alerts" } dd.num { (view.open_alerts) }
                    @if let SourceKind::Autotask(status) = &view.kind { (poll_facts(view, status, shell)) }
                }
            }
        },
    )
}

fn poll_facts(view: &SourceView, status: &AutotaskStatus, shell: &Shell) -> Markup {
    html! {
        dt { "Account" } dd { a.link href=(status.account.1) { (status.account.0) } }
        dt { "Tickets that page" } dd { @if status.by_rule_only { "Those my workflow rule picks" } @else { "Every ticket, filtered here" } }
        @if view.may_edit { dt { "Looking back" } dd { a.link href=(routes::source_do(view.id, "look")) { "Who would have been paged" } } }
        dt { "Last callout" } dd { @match status.last_callout_at { Some(at) => (shell.when.at(at)), None => "none yet" } }
        dt { "Last asked" } dd { @match status.polled_at { Some(at) => (shell.when.at(at)), None => "not yet" } ", every " (crate::time::duration(status.poll_interval_s)) }
        @if let Some(at) = status.next_poll_at { dt { "Asks next" } dd { (shell.when.until(at)) } }
        @if let Some(error) = &status.poll_error { dt { "Last answer" } dd.bad { (error) } }
        @if status.missed_callouts > 0 {
            dt { "Without a callout" }
            dd.wait { (crate::time::plural(status.missed_callouts, "ticket", "tickets")) " changed in the last 24 hours and no callout came: look at the workflow rule" }
        }
    }
}

fn search(view: &SourceView) -> Markup {
    let what = if matches!(view.kind, SourceKind::Autotask(_)) { "Ticket number or word" } else { "Word of an event" };
    html! {
        form.search-form method="get" action=(routes::source(view.id)) role="search" aria-label="Search events" {
            input.input type="search" name="q" value=(view.search.value("q")) placeholder=(what) aria-label=(what);
            button.button type="submit" { "Search" }
        }
    }
}

fn watching(shell: &Shell, view: &SourceView, status: &AutotaskStatus) -> Markup {
    html! {
        @if status.watch_only { (button::post(shell, &routes::source_do(view.id, "go-live"), "primary", "bell", "Go live")) }
        @else { (button::post_asking(shell, "confirm-watch", &routes::source_do(view.id, "watch-only"), "Watch only", "Tickets are read and nothing opens until you go live again. Alerts that are open stay, and follow their tickets.")) }
    }
}

const fn key_words(kind: &SourceKind) -> (&'static str, &'static str) {
    match kind {
        SourceKind::Api { .. } => (
            "New integration key",
            "The old key stops working at once: give the new one to every tool that sends here.",
        ),
        SourceKind::Autotask(_) => {
            ("New webhook URL", "The old address stops working at once: paste the new one into the extension callout.")
        }
    }
}

fn actions(shell: &Shell, view: &SourceView) -> Markup {
    let paused = view.state == SourceState::Paused;
    panel(
        "actions",
        "Change it",
        html! {},
        html! {
            div.inside {
                @if paused { (button::post(shell, &routes::source_do(view.id, "resume"), "primary", "bell", "Resume paging")) }
                @else { (button::post_asking(shell, "confirm-pause", &routes::source_do(view.id, "pause"), "Pause", "Events are kept while it is paused, but nobody is paged.")) }
                @if let SourceKind::Autotask(status) = &view.kind { (watching(shell, view, status)) }
                @let (word, question) = key_words(&view.kind);
                (button::post_asking(shell, "confirm-key", &routes::source_do(view.id, "rotate-key"), word, question))
                (button::post_asking(shell, "confirm-delete", &routes::source_do(view.id, "delete"), "Delete the source", "Its open alerts are resolved, nothing more is received. This cannot be undone."))
            }
        },
    )
}
