//! All schedules on one chart: one row each, gaps red, and what is behind them.

use super::schedule::chart::{Chart, Who, chart};
use super::schedule::{Controls, OnDuty, controls_of};
use crate::components::{Paging, button, empty, head, icon, pager, panel};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// One schedule of the list.
#[derive(Debug, Clone)]
pub struct ScheduleRow {
    /// Which.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// IANA name of its zone.
    pub zone: String,
    /// Who is on call now.
    pub duty: OnDuty,
    /// Gaps in what is shown, from now on.
    pub gaps: i64,
    /// Policies that use it.
    pub policies: i64,
}

/// The page.
#[derive(Debug, Clone)]
pub struct SchedulesView {
    /// What is shown.
    pub controls: Controls,
    /// A row for each schedule.
    pub chart: Chart,
    /// The same schedules as a list.
    pub rows: Vec<ScheduleRow>,
    /// Of how many pages this is one: a chart shows so many schedules.
    pub paging: Paging,
    /// Whether the viewer may make one.
    pub may_edit: bool,
}

/// The page.
pub fn schedules(shell: &Shell, view: &SchedulesView) -> Markup {
    let right = html! { a.button href=(routes::HOLIDAYS) { "Public holidays" } @if view.may_edit { (button::link_primary(routes::SCHEDULE_NEW, "plus", "New schedule")) } };
    layout::page(
        shell,
        Section::Schedules,
        "Schedules",
        Main::default(),
        html! {
            (head("Schedules", right))
            @if view.rows.is_empty() { section.panel aria-label="Schedules" { (nothing(view.may_edit)) } } @else { (body(view)) }
        },
    )
}

fn nothing(may_edit: bool) -> Markup {
    let text = "A schedule says who is on call when: people who take turns, by the week, the day or the hour. Escalation policies then page whoever it is.";
    empty("calendar", "No schedule yet", text, may_edit.then_some((routes::SCHEDULE_NEW, "Make the first one")))
}

fn body(view: &SchedulesView) -> Markup {
    html! {
        (panel("chart", "Who is on call when", controls_of(&view.controls, &view.chart.when), html! {
            (chart(&view.chart))
            footer.legend { span { "Times in " (view.chart.when.zone_name()) } }
        }))
        section.panel aria-label="All schedules" {
            ul.list { @for row in &view.rows { (list_row(view, row)) } }
            (pager(&view.paging))
        }
    }
}

fn list_row(view: &SchedulesView, row: &ScheduleRow) -> Markup {
    let until = row.duty.until.map(|at| view.chart.when.day_time(at));
    html! {
        li {
            @match &row.duty.who { Who::Person(person) => (person.avatar()), Who::Attended(_) => (icon("eye")), Who::Nobody => span.bad { (icon("triangle-alert")) } }
            div.main {
                a.title href=(routes::schedule(row.id)) { b { (row.name) } }
                p.sub {
                    span.bad[row.duty.who == Who::Nobody] { @if row.duty.who == Who::Nobody { "Nobody is on call" } @else { (row.duty.who.name()) } @if let Some(until) = until { " until " (until) } }
                    @if row.gaps > 0 { span.bad { (plural(row.gaps, "gap", "gaps")) " in this span" } }
                    span { (row.zone) }
                    @if row.policies == 0 { span { "used by no policy" } } @else { span { "used by " (plural(row.policies, "policy", "policies")) } }
                }
            }
            (icon("chevron-right"))
        }
    }
}
