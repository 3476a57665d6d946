//! When somebody is away: what was entered, what their calendar says, and the form of one that is changed.

use crate::components::field::{Field, form_error};
use crate::components::{button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::person::Person;
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::length;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::{AbsenceId, UserId};
use watchbell_core::schedule::Span;

/// One absence.
#[derive(Debug, Clone)]
pub struct AbsenceRow {
    /// Which.
    pub id: AbsenceId,
    /// When.
    pub span: Span,
    /// Why, in the person's words.
    pub reason: String,
    /// Whether their calendar says so: it is changed there.
    pub from_calendar: bool,
}

/// What is known of the calendar that absences are read from.
#[derive(Debug, Clone)]
pub struct AbsenceFeedView {
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read, or what of it was not understood.
    pub error: Option<String>,
}

/// Absences that have not ended.
#[derive(Debug, Clone, Default)]
pub struct AbsencesView {
    /// By time.
    pub rows: Vec<AbsenceRow>,
    /// Their calendar, if there is one.
    pub feed: Option<AbsenceFeedView>,
}

/// The panel. Forms: POST `/users/{id}/absences` with `away_from`, `away_until` (civil times in `zone`) and `away_reason`;
/// `/users/{id}/absence-feed` with `calendar`, and `.../delete`.
pub fn absences(shell: &Shell, user: UserId, view: &AbsencesView, form: &Form, zone: &str) -> Markup {
    panel(
        "away",
        "When they are away",
        html! {},
        html! {
            @if view.rows.is_empty() { p.inside.muted { "No absence ahead. Schedules show who is on call while away, and ask for cover with one click." } }
            ul.list { @for row in &view.rows { (absence(shell, user, row)) } }
            form.inside method="post" action=(routes::user_do(user, "absences")) {
                (layout::csrf(shell))
                (fields(form, zone))
                div.actions { (button::submit_quiet("plus", "Enter the absence")) }
            }
            (calendar(shell, user, view, form))
        },
    )
}

fn fields(form: &Form, zone: &str) -> Markup {
    html! {
        input type="hidden" name="away_zone" value=(zone);
        div.fields {
            (Field::new(form, "away_from", "Away from").kind("datetime-local").required().input())
            (Field::new(form, "away_until", "Back at").kind("datetime-local").required().help(&format!("Times are in {zone}.")).input())
        }
        (Field::new(form, "away_reason", "Why").example("Holiday").help("Seen by them and by administrators; others see that they are away.").input())
    }
}

fn absence(shell: &Shell, user: UserId, row: &AbsenceRow) -> Markup {
    let when = &shell.when;
    let path = format!("absences/{}", row.id);
    html! {
        li {
            div.main {
                b { (when.span(row.span)) } span.muted { " · " (length(row.span)) }
                p.sub { @if row.reason.is_empty() { "away" } @else { (row.reason) } @if row.from_calendar { " · from the calendar" } }
            }
            @if !row.from_calendar {
                a.button.quiet href=(routes::user_do(user, &path)) aria-label={ "Change the absence " (when.span(row.span)) } { (icon("pencil")) }
                form method="post" action=(routes::user_do(user, &format!("{path}/delete"))) {
                    (layout::csrf(shell))
                    button.button.quiet type="submit" aria-label={ "Remove the absence " (when.span(row.span)) } { (icon("trash-2")) }
                }
            }
        }
    }
}

fn calendar(shell: &Shell, user: UserId, view: &AbsencesView, form: &Form) -> Markup {
    html! {
        details open[view.feed.is_some() || form.error_of("calendar").is_some()] {
            summary { "Read from a calendar" }
            div.inside.stack.tight {
                @if let Some(feed) = &view.feed {
                    p.muted {
                        @match feed.read_at { Some(at) => { "Last read " (shell.when.at(at)) "." }, None => "It is read within seconds, and then each day." }
                    }
                    @if let Some(error) = &feed.error { p.bad { (icon("triangle-alert")) " " (error) } }
                    (button::post(shell, &routes::user_do(user, "absence-feed/delete"), "quiet", "ban", "Forget the calendar"))
                }
                form.form method="post" action=(routes::user_do(user, "absence-feed")) {
                    (layout::csrf(shell))
                    (Field::new(form, "calendar", "Secret address (iCal)").kind("url").example("https://calendar.example/private/absences.ics").help("Each event is an absence. The address is kept sealed and not shown again.").required().input())
                    div.actions { (button::submit_quiet("refresh-cw", if view.feed.is_some() { "Read another address" } else { "Read it each day" })) }
                }
            }
        }
    }
}

/// The page of one that is changed.
pub fn absence_page(shell: &Shell, person: &Person, id: AbsenceId, form: &Form, zone: &str) -> Markup {
    let back = routes::user(person.id);
    let title = format!("Absence of {}", person.name);
    layout::page(
        shell,
        Section::Users,
        &title,
        Main::default(),
        html! {
            (sub_head((&back, &person.name), &title, html! {}))
            (form_error(form))
            (panel("absence", "When", html! {}, html! {
                form.inside method="post" action=(routes::user_do(person.id, &format!("absences/{id}"))) {
                    (layout::csrf(shell))
                    (fields(form, zone))
                    div.actions { (button::submit("Save")) (button::link(&back, "Cancel")) }
                }
            }))
        },
    )
}
