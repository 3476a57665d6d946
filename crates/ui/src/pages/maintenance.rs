//! Maintenance windows: the month as a calendar above the list, and the editor.

use crate::components::field::{Choice, Field, checkbox, form_error};
use crate::components::{Paging, button, empty, head, icon, pager, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::When;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use watchbell_core::ids::MaintenanceWindowId;

/// One window of the list.
#[derive(Debug, Clone)]
pub struct WindowRow {
    /// Which.
    pub id: MaintenanceWindowId,
    /// Its name.
    pub summary: String,
    /// What it covers, in words.
    pub covers: String,
    /// How it comes back, in words; `None`: once.
    pub repeats: Option<String>,
    /// The end of the time that runs now.
    pub open_until: Option<Timestamp>,
    /// The next time.
    pub next: Option<(Timestamp, Timestamp)>,
    /// Whether it is over for good.
    pub is_over: bool,
}

/// A time of a window on a day.
#[derive(Debug, Clone)]
pub struct DayEntry {
    /// Which window.
    pub id: MaintenanceWindowId,
    /// Its name.
    pub summary: String,
    /// `22:00`, where it begins on this day.
    pub from: Option<String>,
    /// `04:00`, where it ends on this day.
    pub until: Option<String>,
}

/// A day of the calendar.
#[derive(Debug, Clone)]
pub struct CalendarDay {
    /// Which.
    pub day: Date,
    /// Whether it belongs to the month.
    pub of_month: bool,
    /// Whether it is today.
    pub today: bool,
    /// What is open on it.
    pub entries: Vec<DayEntry>,
}

/// The month.
#[derive(Debug, Clone)]
pub struct Month {
    /// `November 2026`
    pub title: String,
    /// Address of the month before.
    pub previous: String,
    /// Address of the month after.
    pub next: String,
    /// Weeks of seven days, from Monday.
    pub weeks: Vec<Vec<CalendarDay>>,
}

/// The page of all windows.
#[derive(Debug, Clone)]
pub struct WindowsView {
    /// The calendar.
    pub month: Month,
    /// The windows, the latest begin first.
    pub rows: Vec<WindowRow>,
    /// Where that list stands.
    pub paging: Paging,
    /// Whether the viewer may change them.
    pub may_edit: bool,
}

/// One window with its form. Fields: `summary`, `description`, `zone`, `start`, `end` (`2026-11-25T22:00`, in the zone), `source`
/// (repeated, ids), `customers`, `items`, `words` (a line each), `repeat` (words of `core::maintenance::RepeatUnit`, or empty for once),
/// `count`, `until` (a day), `pages_at_end`.
#[derive(Debug, Clone)]
pub struct WindowView {
    /// Which; `None` for a new one.
    pub id: Option<MaintenanceWindowId>,
    /// Its name.
    pub summary: String,
    /// The end of the time that runs now.
    pub open_until: Option<Timestamp>,
    /// Zones to choose from.
    pub zones: Vec<Choice>,
    /// Sources to choose from.
    pub sources: Vec<Choice>,
    /// Alerts that it holds now.
    pub held: i64,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// The page.
pub fn maintenance(shell: &Shell, view: &WindowsView) -> Markup {
    let new = html! { @if view.may_edit { (button::link_primary(routes::MAINTENANCE_NEW, "plus", "New window")) } };
    layout::page(
        shell,
        Section::Maintenance,
        "Maintenance",
        Main::default(),
        html! {
            (head("Maintenance", new))
            (calendar(&view.month, &shell.when))
            section.panel aria-label="Maintenance windows" {
                @if view.rows.is_empty() {
                    (empty("wrench", "No maintenance window yet", "While one is open, events are kept and alerts shown, but nobody is paged for what it covers.", view.may_edit.then_some((routes::MAINTENANCE_NEW, "Plan the first one"))))
                } @else { ul.list { @for row in &view.rows { (window_row(row, &shell.when)) } } }
                (pager(&view.paging))
            }
        },
    )
}

fn calendar(month: &Month, when: &When) -> Markup {
    let around = html! {
        a.button href=(month.previous) aria-label="The month before" { (icon("chevron-left")) }
        a.button href=(month.next) aria-label="The month after" { (icon("chevron-right")) }
    };
    panel(
        "month",
        &month.title,
        around,
        html! {
            div.table-scroll tabindex="0" role="region" aria-label="Calendar, scrolls sideways" {
                table.month {
                    caption.sr { "Maintenance in " (month.title) ", times in " (when.zone_name()) }
                    thead { tr { @for day in super::support_hours::DAYS { th scope="col" { (day) } } } }
                    tbody { @for week in &month.weeks { tr { @for day in week { (calendar_day(day)) } } } }
                }
            }
        },
    )
}

fn calendar_day(day: &CalendarDay) -> Markup {
    html! {
        td.other[!day.of_month].today[day.today] {
            time.day datetime=(day.day) aria-current=[day.today.then_some("date")] { (day.day.day()) }
            @if !day.entries.is_empty() {
                ul {
                    @for entry in &day.entries {
                        li { a href=(routes::maintenance(entry.id)) {
                            (entry.summary)
                            @match (&entry.from, &entry.until) {
                                (Some(from), Some(until)) => { ", " (from) " to " (until) }
                                (Some(from), None) => { ", from " (from) }
                                (None, Some(until)) => { ", until " (until) }
                                (None, None) => ", all day",
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn window_row(row: &WindowRow, when: &When) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::maintenance(row.id)) { (row.summary) }
                div.sub {
                    span { (row.covers) }
                    @if let Some(repeats) = &row.repeats { span { (icon("refresh-cw")) (repeats) } }
                }
            }
            span.when {
                @match (row.open_until, row.next) {
                    (Some(until), _) => { span.state.tone-blue { (icon("wrench")) "Open" } " until " (when.at(until)) }
                    (None, Some((from, until))) => { (when.at(from)) " to " (when.at(until)) }
                    (None, None) => { @if row.is_over { "over" } @else { "none to come" } }
                }
            }
        }
    }
}

/// One window.
pub fn window(shell: &Shell, view: &WindowView) -> Markup {
    let action = view.id.map_or_else(|| routes::MAINTENANCE_NEW.to_owned(), routes::maintenance);
    let title = if view.id.is_some() { view.summary.as_str() } else { "New maintenance window" };
    layout::page(
        shell,
        Section::Maintenance,
        title,
        Main::default(),
        html! {
            (sub_head((routes::MAINTENANCE, "Maintenance"), title, state(view, &shell.when)))
            (form_error(&view.form))
            div.two {
                div.stack { (editor(shell, view, &action)) }
                div.stack { @if let Some(id) = view.id.filter(|_| view.may_edit) { (actions(shell, view, id)) } }
            }
        },
    )
}

fn state(view: &WindowView, when: &When) -> Markup {
    html! {
        @if let Some(until) = view.open_until {
            span.state.tone-blue { (icon("wrench")) "Open" } span.muted { "until " (when.at(until)) }
        }
    }
}

fn editor(shell: &Shell, view: &WindowView, action: &str) -> Markup {
    let form = &view.form;
    let repeats = Choice::list(&[
        ("", "Once"),
        ("DAYS", "Every so many days"),
        ("WEEKS", "Every so many weeks"),
        ("MONTHS", "Every so many months, on the same day"),
        ("MONTHS_BY_WEEKDAY", "Every so many months, on the same weekday (the second Tuesday)"),
    ]);
    panel(
        "editor",
        "Window",
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                fieldset.stack disabled[!view.may_edit] {
                    legend.sr { "Maintenance window" }
                    (Field::new(form, "summary", "Name").required().example("Patch night").input())
                    (Field::new(form, "description", "Description").area(false))
                    div.fields {
                        (Field::new(form, "start", "Start").required().kind("datetime-local").input())
                        (Field::new(form, "end", "End").required().kind("datetime-local").help("At most 31 days later.").input())
                        (Field::new(form, "zone", "Time zone").required().select(&view.zones))
                    }
                    div.fields {
                        (Field::new(form, "repeat", "Comes back").select(&repeats))
                        (Field::new(form, "count", "Every so many").kind("number").input())
                        (Field::new(form, "until", "Last day").kind("date").help("Empty: for ever.").input())
                    }
                    h3 { "What it covers" }
                    p.muted { "Each kind that you fill in has to fit, by one of its names." }
                    (sources(view))
                    div.fields {
                        (Field::new(form, "customers", "Customers").help("A line each, as alerts name them.").area(false))
                        (Field::new(form, "items", "Configuration items").help("A line each: by a label of the alert, or named in its summary or key.").area(false))
                        (Field::new(form, "words", "Words in the summary").help("A line each; one of them is enough.").area(false))
                    }
                    (checkbox(form, "pages_at_end", "Page at the end what is still open", "Else somebody has to look at what came in."))
                    @if view.may_edit { div.actions { (button::submit("Save")) (button::link(routes::MAINTENANCE, "Cancel")) } }
                }
            }
        },
    )
}

fn sources(view: &WindowView) -> Markup {
    let form = &view.form;
    let chosen: Vec<&str> = view
        .sources
        .iter()
        .filter(|source| form.has("source", &source.value))
        .map(|source| source.text.as_str())
        .collect();
    html! {
        details open[chosen.is_empty()] {
            summary { "Alert sources: " @if chosen.is_empty() { "any" } @else { (chosen.join(", ")) } }
            fieldset {
                legend.sr { "Alert sources" }
                @for source in &view.sources {
                    @let id = format!("source.{}", source.value);
                    label.choice for=(id) { input.tick #(id) type="checkbox" name="source" value=(source.value) checked[form.has("source", &source.value)]; span { (source.text) } }
                }
            }
        }
        @if let Some(text) = form.error_of("source") { p.bad.small-text { (text) } }
    }
}

fn actions(shell: &Shell, view: &WindowView, id: MaintenanceWindowId) -> Markup {
    let held = match view.held {
        0 => "It holds no alert now.".to_owned(),
        held => format!("It holds {} now.", crate::time::plural(held, "alert", "alerts")),
    };
    panel(
        "actions",
        "Change it",
        html! {},
        html! {
            div.inside {
                p.muted { (held) " Those page at once when it ends, if they are to page at its end." }
                @if view.open_until.is_some() {
                    (button::post_asking(shell, "confirm-end", &routes::maintenance_do(id, "end"), "End it now", "One that comes back does so at its next time."))
                }
                (button::post_asking(shell, "confirm-delete", &routes::maintenance_do(id, "delete"), "Delete the window", "This cannot be undone."))
            }
        },
    )
}
