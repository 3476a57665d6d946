//! Support hours: the list with how they stand now, and the editor beside the week as a picture.

use crate::components::field::{Choice, Field, cell_input, cell_select, form_error};
use crate::components::{Paging, button, empty, head, icon, pager, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::{When, plural};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::SupportHoursId;

/// The days of a week, from Monday.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// How support hours stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoursNow {
    /// Whether it is within them.
    pub during: bool,
    /// When that changes; `None`: not within a year.
    pub until: Option<Timestamp>,
}

impl HoursNow {
    /// `during until Fri 17:00`
    pub fn words(self, when: &When) -> Markup {
        html! {
            @if self.during { "during" } @else { "outside" }
            @match self.until {
                Some(at) => { " until " time datetime=(at) title=(when.full(at)) { (when.border(at)) } }
                None => " always",
            }
        }
    }
}

/// One line of the list.
#[derive(Debug, Clone)]
pub struct HoursRow {
    /// Which.
    pub id: SupportHoursId,
    /// Their name.
    pub name: String,
    /// Their zone.
    pub zone: String,
    /// How they stand.
    pub now: HoursNow,
    /// Sources that use them.
    pub sources: i64,
}

/// A part of a day, in minutes from its midnight.
pub type Minutes = (i64, i64);

/// Support hours with their form. Fields: `name`, `zone`, `calendar` (id or empty), `day.<n>` (`08:00-12:00, 13:00-17:00`; n from 0,
/// Monday), rows `exception.<n>.name`, `.start`, `.end` (days), `.status` (DURING, OUTSIDE).
#[derive(Debug, Clone)]
pub struct HoursView {
    /// Which; `None` for new ones.
    pub id: Option<SupportHoursId>,
    /// Their name.
    pub name: String,
    /// The week as it is stored, for the picture.
    pub week: [Vec<Minutes>; 7],
    /// How they stand.
    pub now: Option<HoursNow>,
    /// Now in their zone: the day, and minutes from its midnight.
    pub here: Option<(usize, i64)>,
    /// Zones to choose from.
    pub zones: Vec<Choice>,
    /// Calendars of holidays to choose from.
    pub calendars: Vec<Choice>,
    /// Sources that use them: name and address.
    pub sources: Vec<(String, String)>,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change them.
    pub may_edit: bool,
}

/// Empty rows of exceptions beside those in use.
const SPARE_EXCEPTIONS: usize = 2;

/// The list.
pub fn support_hours(shell: &Shell, rows: &[HoursRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::SUPPORT_HOURS_NEW, "plus", "New support hours")) } };
    let about = "A source may page during support hours and be quiet, or silent, outside them.";
    layout::page(
        shell,
        Section::SupportHours,
        "Support hours",
        Main::default(),
        html! {
            (head("Support hours", new))
            section.panel aria-label="Support hours" {
                @if rows.is_empty() {
                    (empty("clock", "No support hours yet", about, may_edit.then_some((routes::SUPPORT_HOURS_NEW, "Make the first ones"))))
                } @else { ul.list { @for row in rows { (hours_row(row, &shell.when)) } } }
                (pager(paging))
            }
        },
    )
}

fn hours_row(row: &HoursRow, when: &When) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::support_hours(row.id)) { (row.name) }
                div.sub { span { "Now " (row.now.words(when)) } span { (row.zone) } }
            }
            span.when.num { (plural(row.sources, "source", "sources")) }
        }
    }
}

/// One of them.
pub fn hours(shell: &Shell, view: &HoursView) -> Markup {
    let action = view.id.map_or_else(|| routes::SUPPORT_HOURS_NEW.to_owned(), routes::support_hours);
    let title = if view.id.is_some() { view.name.as_str() } else { "New support hours" };
    let now = html! { @if let Some(now) = view.now { span.muted { "Now " (now.words(&shell.when)) } } };
    layout::page(
        shell,
        Section::SupportHours,
        title,
        Main::default(),
        html! {
            (sub_head((routes::SUPPORT_HOURS, "Support hours"), title, now))
            (form_error(&view.form))
            div.two {
                div.stack { @if view.may_edit { (editor(shell, view, &action)) } @else { (picture(view)) } }
                div.stack {
                    @if view.may_edit && view.id.is_some() { (picture(view)) }
                    @if let Some(id) = view.id { (usage(shell, view, id)) }
                }
            }
        },
    )
}

fn editor(shell: &Shell, view: &HoursView, action: &str) -> Markup {
    let form = &view.form;
    panel(
        "editor",
        "Hours",
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                div.fields {
                    (Field::new(form, "name", "Name").required().example("Contoso, weekdays").input())
                    (Field::new(form, "zone", "Time zone").required().select(&view.zones))
                }
                p.muted { "Each day's times, with commas between them: 08:00-12:00, 13:00-17:30. 22:00-06:00 goes on into the next day, 00:00-24:00 is the whole day. Empty is none." }
                div.fields {
                    @for (nth, day) in DAYS.iter().enumerate() {
                        (Field::new(form, &format!("day.{nth}"), day).example("08:00-17:00").input())
                    }
                }
                (Field::new(form, "calendar", "Public holidays").help("A holiday is outside from midnight to midnight.").select(&view.calendars))
                p.muted.small-text { a href=(routes::HOLIDAYS) { "Calendars of public holidays" } }
                (exceptions(form))
                div.actions { (button::submit("Save")) (button::link(routes::SUPPORT_HOURS, "Cancel")) }
            }
        },
    )
}

fn exceptions(form: &Form) -> Markup {
    let rows = (form.rows("exception") + SPARE_EXCEPTIONS).min(watchbell_core::limits::SUPPORT_EXCEPTIONS_MAX);
    let kinds = Choice::list(&[("OUTSIDE", "Outside all day"), ("DURING", "During all day")]);
    html! {
        h3 { "Exceptions" }
        div.table-scroll tabindex="0" role="region" aria-label="Exceptions, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Name" } th scope="col" { "First day" } th scope="col" { "Last day" } th scope="col" { "What holds" } } }
                tbody {
                    @for row in 0..rows {
                        @let cell = |field: &str| format!("exception.{row}.{field}");
                        @let label = |what: &str| format!("{what} of exception {}", row + 1);
                        tr {
                            td { (cell_input(form, &cell("name"), &label("Name"), "text")) @if let Some(text) = form.error_of(&format!("exception.{row}")) { p.bad.small-text { (text) } } }
                            td { (cell_input(form, &cell("start"), &label("First day"), "date")) }
                            td { (cell_input(form, &cell("end"), &label("Last day"), "date")) }
                            td { (cell_select(form, &cell("status"), &label("What holds"), &kinds)) }
                        }
                    }
                }
            }
        }
        p.muted.small-text { "They come before holidays and the week. Empty rows are left out; save to get more." }
    }
}

/// Where the tracks of the picture begin, and how high a day is.
const LEFT: i64 = 44;
const ROW: i64 = 24;
/// Its width: half a point for each minute of a day.
const DAY_WIDTH: i64 = 720;

fn picture(view: &HoursView) -> Markup {
    panel(
        "week",
        "The week",
        html! {},
        html! {
            div.inside {
                div.table-scroll tabindex="0" role="region" aria-label="The week as a picture, scrolls sideways" { (week_svg(&view.week, view.here)) }
                dl.facts { @for (day, spans) in DAYS.iter().zip(&view.week) { dt { (day) } dd.num { (times(spans)) } } }
            }
        },
    )
}

fn week_svg(week: &[Vec<Minutes>; 7], here: Option<(usize, i64)>) -> Markup {
    let (width, height) = (LEFT + DAY_WIDTH, ROW * 7 + 20);
    let place = |minutes: i64| LEFT + minutes.clamp(0, 1_440) / 2;
    html! {
        svg.week-picture viewBox={ "0 0 " (width) " " (height) } role="img" aria-label="Support hours by day, from midnight to midnight" {
            @for hour in (0..=24).step_by(6) {
                line.grid x1=(place(hour * 60)) x2=(place(hour * 60)) y1="0" y2=(ROW * 7) {}
                @if hour < 24 { text x=(place(hour * 60)) y=(height - 4) { (format!("{hour:02}:00")) } }
            }
            @for (nth, (day, spans)) in (0i64..).zip(DAYS.iter().zip(week)) {
                text x="0" y=(nth * ROW + 16) { (&day[..3]) }
                rect.track x=(LEFT) y=(nth * ROW + 4) width=(DAY_WIDTH) height=(ROW - 8) rx="3" {}
                @for (from, until) in spans {
                    rect.during x=(place(*from)) y=(nth * ROW + 4) width=(place(*until) - place(*from)) height=(ROW - 8) rx="3" {}
                }
                @if let Some((_, minutes)) = here.filter(|(day, _)| i64::try_from(*day) == Ok(nth)) {
                    line.now x1=(place(minutes)) x2=(place(minutes)) y1=(nth * ROW) y2=(nth * ROW + ROW) { title { "Now" } }
                }
            }
        }
    }
}

fn times(spans: &[Minutes]) -> String {
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let words: Vec<String> =
        spans.iter().map(|(from, until)| format!("{} to {}", clock(*from), clock(*until))).collect();
    if words.is_empty() { "none".into() } else { words.join(", ") }
}

fn usage(shell: &Shell, view: &HoursView, id: SupportHoursId) -> Markup {
    panel(
        "usage",
        "Used by",
        html! {},
        html! {
            div.inside {
                @if view.sources.is_empty() { p.muted { "No source uses them." } }
                ul.stack.tight { @for (name, href) in &view.sources { li { (icon("plug")) " " a.link href=(href) { (name) } } } }
                @if view.may_edit && view.sources.is_empty() {
                    (button::post_asking(shell, "confirm-delete", &routes::support_hours_do(id, "delete"), "Delete the support hours", "This cannot be undone."))
                }
            }
        },
    )
}
