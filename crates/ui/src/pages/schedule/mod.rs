//! One schedule: who is on call now, the chart of the final shifts, overrides and layers, the same as a list, and what is done
//! about gaps, swaps and feeds.

mod agenda;
mod axis;
pub mod chart;
mod controls;
pub mod coverage;
mod exceptions;
pub mod feed;
mod head;
pub mod override_form;
pub mod temporary_form;

pub use axis::clock_changes;
pub use controls::{Controls, Reach, controls as controls_of, zone_list};
pub use exceptions::{ConflictView, OverrideRow, TemporaryRow};
pub use head::OnDuty;

use self::chart::{Chart, RowKind};
use self::coverage::CoverageView;
use self::feed::FeedView;
use self::override_form::OverrideForm;
use super::handoff::{HandoffView, handoff};
use crate::asset_url;
use crate::components::field::form_error;
use crate::components::{button, dialog, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;
use watchbell_core::schedule::Span;

/// Id of the dialog that makes an override.
pub const OVERRIDE_DIALOG: &str = "override-dialog";

/// What the viewer may do with a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScheduleMay {
    /// Override to themselves.
    pub take: bool,
    /// Change it, and override to anybody.
    pub edit: bool,
}

/// The page. Times are in the zone of the chart.
#[derive(Debug, Clone)]
pub struct ScheduleView {
    /// Which.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// Who is on call now, and who next.
    pub duty: OnDuty,
    /// Span and zone that are shown, and their neighbours.
    pub controls: Controls,
    /// The chart; its first row is the final one.
    pub chart: Chart,
    /// What is not covered from now on, within what is shown.
    pub gaps: Vec<Span>,
    /// People who are on call while they are away.
    pub conflicts: Vec<ConflictView>,
    /// Overrides that are not over, and those of the span that are.
    pub overrides: Vec<OverrideRow>,
    /// Temporary schedules likewise.
    pub temporaries: Vec<TemporaryRow>,
    /// How it is shared out.
    pub coverage: Option<CoverageView>,
    /// Its calendar feed.
    pub feed: Option<FeedView>,
    /// The form of a new override.
    pub take: OverrideForm,
    /// Policies that use it: name and address.
    pub policies: Vec<(String, String)>,
    /// What was left for the next person.
    pub handoff: Option<HandoffView>,
    /// What was refused.
    pub form: Form,
    /// What the viewer may do.
    pub may: ScheduleMay,
}

/// The page.
pub fn schedule(shell: &Shell, view: &ScheduleView) -> Markup {
    layout::page(
        shell,
        Section::Schedules,
        &view.name,
        Main::default(),
        html! {
            (sub_head((routes::SCHEDULES, "Schedules"), &view.name, right(view)))
            (form_error(&view.form))
            (head::duty(&view.duty, &view.chart.when))
            @for gap in &view.gaps { (gap_banner(view, *gap)) }
            @for conflict in &view.conflicts { (exceptions::conflict(shell, view, conflict)) }
            div.schedule {
                (chart_panel(view))
                div.column { (agenda::shifts(view)) (coverage(view)) }
                div.column {
                    (exceptions::overrides(shell, view))
                    (exceptions::temporaries(shell, view))
                    @if let Some(note) = &view.handoff { (handoff(shell, note, &routes::schedule(view.id))) }
                    @if let Some(feed) = &view.feed { (feed::feed(shell, feed)) }
                    (usage(shell, view))
                }
            }
            @if view.may.take { (override_dialog(shell, view)) script src=(asset_url("schedule.js")) defer {} }
        },
    )
}

fn right(view: &ScheduleView) -> Markup {
    html! {
        @if view.may.take {
            a.button.primary href=(routes::schedule_do(view.id, "overrides/new")) data-dialog=(OVERRIDE_DIALOG) { (icon("user-plus")) "Add an override" }
        }
        @if view.may.edit { a.button href=(routes::schedule_do(view.id, "edit")) { (icon("pencil")) "Edit" } }
    }
}

fn gap_banner(view: &ScheduleView, gap: Span) -> Markup {
    let when = &view.chart.when;
    html! {
        div.banner.tone-red.gap-banner {
            (icon("triangle-alert"))
            p { "Nobody is on call " (when.span(gap)) " (" (crate::time::length(gap)) ")." }
            @if view.may.take { a.button href=(cover_href(view, gap)) { "Cover this gap" } }
        }
    }
}

/// The form of an override for a span.
fn cover_href(view: &ScheduleView, span: Span) -> String {
    let zone = view.chart.when.zone.iana_name().unwrap_or("UTC");
    let seconds = (span.from.as_second(), span.until.as_second());
    format!("{}?from={}&until={}&zone={zone}", routes::schedule_do(view.id, "overrides/new"), seconds.0, seconds.1)
}

fn chart_panel(view: &ScheduleView) -> Markup {
    let has_exceptions = view.chart.rows.iter().any(|row| row.bars.iter().any(|bar| bar.exception));
    panel(
        "chart",
        "Who is on call when",
        controls::controls(&view.controls, &view.chart.when),
        html! {
            (chart::chart(&view.chart))
            footer.legend {
                span { "Times in " (view.chart.when.zone_name()) }
                @if has_exceptions { span { i.dashed aria-hidden="true" {} "Dashed: by an override or a temporary schedule" } }
                @if view.chart.rows.iter().any(|row| row.kind == RowKind::Overrides) && view.may.take { span.fine-pointer { "Drag on the row of overrides to make one; hold Alt for quarters of an hour" } }
            }
        },
    )
}

fn coverage(view: &ScheduleView) -> Markup {
    html! { @if let Some(coverage) = &view.coverage { (coverage::coverage(coverage, &view.chart.when)) } }
}

fn override_dialog(shell: &Shell, view: &ScheduleView) -> Markup {
    dialog(
        OVERRIDE_DIALOG,
        "Add an override",
        override_form::fields(shell, &view.take, &routes::schedule_do(view.id, "overrides/new"), true),
    )
}

fn usage(shell: &Shell, view: &ScheduleView) -> Markup {
    let question = match view.policies.as_slice() {
        [] => "No escalation policy uses it.".to_owned(),
        [one] => format!("The escalation policy {} uses it: choose somebody else there first.", one.0),
        many => {
            let names: Vec<&str> = many.iter().map(|(name, _)| name.as_str()).collect();
            format!("The escalation policies {} use it: choose somebody else there first.", names.join(", "))
        }
    };
    panel(
        "usage",
        "Used by",
        html! {},
        html! {
            div.inside {
                @if view.policies.is_empty() { p.muted { "No escalation policy uses it: nobody is paged because of it." } }
                ul.stack.tight { @for (name, href) in &view.policies { li { (icon("route")) " " a.link href=(href) { (name) } } } }
                @if view.may.edit { (button::post_asking(shell, "confirm-delete", &routes::schedule_do(view.id, "delete"), "Delete the schedule", &question)) }
            }
        },
    )
}
