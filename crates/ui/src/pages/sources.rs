//! The list of alert sources.

use crate::components::badge::tag;
use crate::components::{Paging, button, empty, head, icon, pager};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// How a source does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// Works, or nothing speaks against it.
    Fine,
    /// Nothing has come yet.
    Waiting,
    /// Switched off.
    Paused,
    /// Works, and opens nothing as long as it only watches.
    WatchOnly,
    /// Works, but not well: why.
    Slow(String),
    /// Does not work: why.
    Broken(String),
}

impl SourceState {
    /// Badge with the word.
    pub fn badge(&self) -> Markup {
        match self {
            SourceState::Fine => tag("tone-green", "circle-check", "Works"),
            SourceState::Waiting => tag("tone-blue", "hourglass", "Waiting for the first event"),
            SourceState::Paused => tag("st-plain", "ban", "Paused"),
            SourceState::WatchOnly => tag("tone-yellow", "eye", "Watch only"),
            SourceState::Slow(_) => tag("tone-yellow", "triangle-alert", "Slow"),
            SourceState::Broken(_) => tag("tone-red", "circle-x", "Broken"),
        }
    }

    /// The reason, where there is one.
    pub fn reason(&self) -> Option<&str> {
        match self {
            SourceState::Slow(reason) | SourceState::Broken(reason) => Some(reason),
            _ => None,
        }
    }
}

/// One source.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Which.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Its integration type as people say it ("Autotask", "API").
    pub kind: String,
    /// Name of its policy.
    pub policy: String,
    /// How it does.
    pub state: SourceState,
    /// Its open alerts.
    pub open_alerts: i64,
    /// When its last event came.
    pub last_event_at: Option<Timestamp>,
}

/// The page. `may_edit`: whether the viewer may make one.
pub fn sources(shell: &Shell, rows: &[SourceRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! {
        (button::link(routes::ALERT_ACTIONS, "Alert actions"))
        @if may_edit { (button::link_primary(routes::SOURCE_NEW, "plus", "New alert source")) }
    };
    layout::page(
        shell,
        Section::Sources,
        "Alert sources",
        Main::default(),
        html! {
            (head("Alert sources", new))
            section.panel aria-label="Alert sources" {
                @if rows.is_empty() {
                    (empty("plug", "No source yet", "A source is one connection to a tool that reports problems: Autotask, or anything that can send a web request.",
                        may_edit.then_some((routes::SOURCE_NEW, "Connect a source"))))
                } @else { ul.list { @for row in rows { (source_row(row, shell)) } } }
                (pager(paging))
            }
        },
    )
}

fn source_row(row: &SourceRow, shell: &Shell) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::source(row.id)) { (row.name) }
                div.sub {
                    span { (icon("plug")) (row.kind) }
                    span { (icon("route")) (row.policy) }
                    span.num { (plural(row.open_alerts, "open alert", "open alerts")) }
                    @if let Some(reason) = row.state.reason() { span.bad { (reason) } }
                }
            }
            (row.state.badge())
            span.when { @match row.last_event_at { Some(at) => { "last event " (shell.when.at(at)) }, None => "no event yet" } }
        }
    }
}
