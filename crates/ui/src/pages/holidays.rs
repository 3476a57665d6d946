//! Calendars of public holidays: the list, and one of them as an address that is read each day or as days that were entered.

use crate::components::field::{Field, form_error};
use crate::components::{button, empty, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use watchbell_core::ids::CalendarId;

/// How reading an address went.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Whether there is an address.
    pub has_address: bool,
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read, or what of it was not understood.
    pub error: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone)]
pub struct CalendarRow {
    /// Which.
    pub id: CalendarId,
    /// Its name.
    pub name: String,
    /// How many days it has from today on.
    pub ahead: i64,
    /// The next one.
    pub next: Option<(Date, String)>,
    /// Where it is read from.
    pub reading: Reading,
}

/// A calendar with its form. Fields: `name`, `url` (empty: the days are entered), `days` (a day a line: `2026-12-25 Christmas Day`).
#[derive(Debug, Clone)]
pub struct CalendarView {
    /// Which; `None` for a new one.
    pub id: Option<CalendarId>,
    /// Its name.
    pub name: String,
    /// Its days from last year on.
    pub days: Vec<(Date, String)>,
    /// Where it is read from.
    pub reading: Reading,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

const ABOUT: &str = "Layers of schedules and support hours can leave out public holidays, or count on them only. A calendar is one country or region.";

/// The list.
pub fn holidays(shell: &Shell, rows: &[CalendarRow], may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::HOLIDAY_NEW, "plus", "New calendar")) } };
    let first = may_edit.then_some((routes::HOLIDAY_NEW, "Make the first one"));
    layout::page(
        shell,
        Section::Schedules,
        "Public holidays",
        Main::default(),
        html! {
            (sub_head((routes::SCHEDULES, "Schedules"), "Public holidays", new))
            section.panel aria-label="Calendars of public holidays" {
                @if rows.is_empty() { (empty("calendar", "No calendar yet", ABOUT, first)) }
                @else { ul.list { @for row in rows { (calendar_row(shell, row)) } } }
            }
        },
    )
}

fn calendar_row(shell: &Shell, row: &CalendarRow) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::holiday_calendar(row.id)) { (row.name) }
                div.sub {
                    @match &row.next { Some((day, name)) => span { "Next: " (day_words(*day)) ", " (name) }, None => span.bad { "No day ahead" } }
                    (read_words(shell, &row.reading))
                }
            }
            span.when.num { (plural(row.ahead, "day ahead", "days ahead")) }
        }
    }
}

fn read_words(shell: &Shell, reading: &Reading) -> Markup {
    html! {
        @if let Some(error) = &reading.error { span.bad { (icon("triangle-alert")) " " (error) } }
        @else if reading.has_address {
            @match reading.read_at { Some(at) => span { "read " (shell.when.at(at)) }, None => span { "not read yet" } }
        }
    }
}

fn day_words(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// One of them.
pub fn holiday_calendar(shell: &Shell, view: &CalendarView) -> Markup {
    let title = if view.id.is_some() { view.name.as_str() } else { "New calendar of holidays" };
    layout::page(
        shell,
        Section::Schedules,
        title,
        Main::default(),
        html! {
            (sub_head((routes::HOLIDAYS, "Public holidays"), title, html! {}))
            (form_error(&view.form))
            div.two {
                @if view.may_edit { (editor(shell, view)) }
                div.stack { @if view.id.is_some() { (days(shell, view)) (removal(shell, view)) } }
            }
        },
    )
}

fn editor(shell: &Shell, view: &CalendarView) -> Markup {
    let action = view.id.map_or_else(|| routes::HOLIDAY_NEW.to_owned(), routes::holiday_calendar);
    let form = &view.form;
    panel(
        "editor",
        "Calendar",
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                (Field::new(form, "name", "Name").required().example("Germany, Bavaria").input())
                (Field::new(form, "url", "Address of a calendar (iCal)").kind("url").example("https://calendar.example/bavaria.ics").help("Read now and each day. Empty: the days below count.").input())
                (Field::new(form, "days", "Days").example("2026-12-25 Christmas Day").help("A day a line: the date, then its name. Not used while there is an address. Days that have begun stay as they were.").area(false))
                div.actions { (button::submit("Save")) (button::link(routes::HOLIDAYS, "Cancel")) }
            }
        },
    )
}

fn days(shell: &Shell, view: &CalendarView) -> Markup {
    panel(
        "days",
        "Its days",
        html! { span.muted.small-text { (read_words(shell, &view.reading)) } },
        html! {
            @if view.days.is_empty() { p.inside.muted { "None yet." } }
            @else { dl.facts.inside { @for (day, name) in &view.days { dt.num { (day_words(*day)) } dd { (name) } } } }
        },
    )
}

fn removal(shell: &Shell, view: &CalendarView) -> Markup {
    html! {
        @if let Some(id) = view.id.filter(|_| view.may_edit) {
            (panel("removal", "Remove", html! {}, html! {
                div.inside { (button::post_asking(shell, "confirm-delete", &routes::holiday_calendar_do(id, "delete"), "Delete the calendar", "Schedules and support hours that count by it have to choose another one first.")) }
            }))
        }
    }
}
