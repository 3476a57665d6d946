//! What deviates from the plan: overrides, temporary schedules, and people who are on call while they are away.

use super::{ScheduleView, cover_href};
use crate::components::{icon, panel};
use crate::layout;
use crate::person::Person;
use crate::routes;
use crate::shell::Shell;
use crate::time::{length, plural};
use maud::{Markup, html};
use watchbell_core::ids::{OverrideId, TemporaryScheduleId};
use watchbell_core::schedule::Span;

/// An override.
#[derive(Debug, Clone)]
pub struct OverrideRow {
    /// Which.
    pub id: OverrideId,
    /// Who; nobody where there is none.
    pub person: Option<Person>,
    /// When.
    pub span: Span,
    /// Why.
    pub reason: Option<String>,
    /// Whether the viewer may change it.
    pub may_change: bool,
}

/// A temporary schedule.
#[derive(Debug, Clone)]
pub struct TemporaryRow {
    /// Which.
    pub id: TemporaryScheduleId,
    /// When.
    pub span: Span,
    /// How many shifts it has.
    pub shifts: i64,
}

/// Somebody who is on call while they are away.
#[derive(Debug, Clone)]
pub struct ConflictView {
    /// Who.
    pub person: Person,
    /// The part of the shift.
    pub span: Span,
    /// Why they are away.
    pub reason: String,
    /// Whether somebody was asked to cover it already.
    pub asked: bool,
    /// Whether the viewer may ask.
    pub may_ask: bool,
}

/// A banner: who is away, and the two ways out.
pub(super) fn conflict(shell: &Shell, view: &ScheduleView, conflict: &ConflictView) -> Markup {
    let (from, until) = (conflict.span.from.as_second(), conflict.span.until.as_second());
    html! {
        div.banner.tone-yellow.gap-banner {
            (icon("triangle-alert"))
            p { (conflict.person.name) " is on call " (view.chart.when.span(conflict.span)) ", but away" @if conflict.reason != "away" { ": " (conflict.reason) } "." @if conflict.asked { " Somebody was asked to cover it." } }
            @if conflict.may_ask && !conflict.asked {
                form method="post" action=(routes::schedule_do(view.id, "cover")) {
                    (layout::csrf(shell))
                    input type="hidden" name="user" value=(conflict.person.id);
                    input type="hidden" name="from" value=(from);
                    input type="hidden" name="until" value=(until);
                    button.button type="submit" { "Ask everyone to cover" }
                }
            }
            @if view.may.take { a.button href=(cover_href(view, conflict.span)) { "Override" } }
        }
    }
}

/// The panel of overrides.
pub(super) fn overrides(shell: &Shell, view: &ScheduleView) -> Markup {
    panel(
        "overrides",
        "Overrides",
        html! { @if view.may.take { a.button href=(routes::schedule_do(view.id, "overrides/new")) { (icon("plus")) "Add" } } },
        html! {
            @if view.overrides.is_empty() { p.inside.muted { "None in this span. An override puts somebody else on call for a while: a swap, a sick day, a gap to cover." } }
            ul.list { @for row in &view.overrides { (override_row(shell, view, row)) } }
        },
    )
}

fn override_row(shell: &Shell, view: &ScheduleView, row: &OverrideRow) -> Markup {
    let when = &view.chart.when;
    let is_over = row.span.until <= when.now;
    let path = format!("overrides/{}", row.id);
    let name = row.person.as_ref().map_or("nobody", |person| person.name.as_str());
    html! {
        li.over[is_over] {
            div.main {
                @match &row.person { Some(person) => (person.inline()), None => span.bad { "Nobody, on purpose" } }
                p.sub { (when.span(row.span)) " · " (length(row.span)) }
                @if let Some(reason) = &row.reason { p.sub { (reason) } }
            }
            @if is_over { span.muted.small-text { "over" } } @else if row.may_change {
                a.button.quiet href=(routes::schedule_do(view.id, &path)) aria-label={ "Change the override to " (name) ", " (when.span(row.span)) } { (icon("pencil")) }
                form method="post" action=(routes::schedule_do(view.id, &format!("{path}/delete"))) {
                    (layout::csrf(shell))
                    button.button.quiet type="submit" aria-label={ "Remove the override to " (name) ", " (when.span(row.span)) } { (icon("trash-2")) }
                }
            }
        }
    }
}

/// The panel of temporary schedules.
pub(super) fn temporaries(shell: &Shell, view: &ScheduleView) -> Markup {
    html! {
        @if view.may.edit || !view.temporaries.is_empty() {
            (panel(
                "temporaries",
                "Temporary schedules",
                html! { @if view.may.edit { a.button href=(routes::schedule_do(view.id, "temporary/new")) { (icon("plus")) "Add" } } },
                html! {
                    @if view.temporaries.is_empty() { p.inside.muted { "None in this span. A temporary schedule replaces the whole rota for a while: a move, the days between the years." } }
                    ul.list { @for row in &view.temporaries { (temporary_row(shell, view, row)) } }
                },
            ))
        }
    }
}

fn temporary_row(shell: &Shell, view: &ScheduleView, row: &TemporaryRow) -> Markup {
    let when = &view.chart.when;
    let is_over = row.span.until <= when.now;
    html! {
        li.over[is_over] {
            div.main { b { (when.span(row.span)) } p.sub { (plural(row.shifts, "shift", "shifts")) } }
            @if is_over { span.muted.small-text { "over" } } @else if view.may.edit {
                form method="post" action=(routes::schedule_do(view.id, &format!("temporary/{}/delete", row.id))) {
                    (layout::csrf(shell))
                    button.button.quiet type="submit" aria-label={ "Remove the temporary schedule " (when.span(row.span)) } { (icon("trash-2")) }
                }
            }
        }
    }
}
