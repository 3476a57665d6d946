//! Cover requests: ask for somebody to take a shift or a part of it, and answer those who ask.

use super::OnCallView;
use crate::components::field::{Choice, Field, form_error};
use crate::components::{icon, panel};
use crate::form::Form;
use crate::layout;
use crate::person::Person;
use crate::routes;
use crate::shell::Shell;
use crate::time::length;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::CoverRequestId;
use watchbell_core::schedule::Span;

/// The form. Fields: `schedule`, `from`, `until` (civil times in `zone`), `to` (`everyone`, `user:<id>`, `team:<id>`), `note`.
#[derive(Debug, Clone)]
pub struct CoverForm {
    /// Whom one may ask.
    pub whom: Vec<Choice>,
    /// Name of the zone in which times are read.
    pub zone: String,
    /// Values and errors.
    pub form: Form,
}

/// Whose a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverDirection {
    /// Somebody asks the viewer.
    ToMe,
    /// The viewer asks.
    Mine,
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoverState {
    /// Nobody has said yes.
    Open,
    /// Somebody has.
    Accepted(Person),
    /// Nobody did in time, it was withdrawn, or everybody said no: in words.
    Ended(String),
}

/// One request.
#[derive(Debug, Clone)]
pub struct CoverView {
    /// Which.
    pub id: CoverRequestId,
    /// Whose it is.
    pub direction: CoverDirection,
    /// Whose shift.
    pub person: Person,
    /// Of which schedule.
    pub schedule: String,
    /// When.
    pub span: Span,
    /// Who is asked, in words.
    pub to: String,
    /// What they said.
    pub note: Option<String>,
    /// Where it stands.
    pub state: CoverState,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Open requests to the viewer: shown before everything but the state of now.
pub(super) fn asked(shell: &Shell, view: &OnCallView) -> Markup {
    let open: Vec<&CoverView> = view
        .requests
        .iter()
        .filter(|one| one.direction == CoverDirection::ToMe && one.state == CoverState::Open)
        .collect();
    html! {
        @if !open.is_empty() {
            (panel("asked", "Somebody asks for cover", html! {}, html! { ul.list { @for one in open { (asked_row(shell, one)) } } }))
        }
    }
}

fn asked_row(shell: &Shell, one: &CoverView) -> Markup {
    let when = &shell.when;
    html! {
        li {
            (one.person.avatar())
            div.main {
                b { (one.person.name) " asks " (one.to) " to take " (one.schedule) }
                p.sub { (when.span(one.span)) " (" (length(one.span)) "), " (when.zone_name()) }
                @if let Some(note) = &one.note { p.sub { "“" (note) "”" } }
            }
            div.row {
                (answer(shell, one.id, "accept", "primary", "I take it"))
                (answer(shell, one.id, "decline", "", "I cannot"))
            }
        }
    }
}

fn answer(shell: &Shell, id: CoverRequestId, verb: &str, class: &str, word: &str) -> Markup {
    html! {
        form method="post" action=(routes::on_call_do(&format!("cover/{id}/{verb}"))) { (layout::csrf(shell)) button.button.(class) type="submit" { (word) } }
    }
}

/// The form, and what became of earlier requests.
pub(super) fn request(shell: &Shell, view: &OnCallView, cover: &CoverForm) -> Markup {
    let mine: Vec<&CoverView> = view.requests.iter().filter(|one| one.direction == CoverDirection::Mine).collect();
    panel(
        "cover",
        "Get cover",
        html! {},
        html! {
            ul.list { @for one in mine { (own_row(shell, one)) } }
            (form_error(&cover.form))
            (form(shell, view, cover))
        },
    )
}

fn own_row(shell: &Shell, one: &CoverView) -> Markup {
    let when = &shell.when;
    let is_own = shell.viewer.as_ref().is_some_and(|viewer| viewer.person.id == one.person.id);
    html! {
        li {
            div.main {
                b { (one.schedule) ": " (when.span(one.span)) }
                @if !is_own { p.sub { "for " (one.person.name) } }
                p.sub {
                    @match &one.state {
                        CoverState::Open => span.wait { (icon("hourglass")) "Asked " (one.to) ", nobody has said yes; ends " (when.day_time(one.expires_at)) },
                        CoverState::Accepted(person) => span.ok { (icon("circle-check")) (person.name) " takes it" },
                        CoverState::Ended(words) => span { (words) },
                    }
                }
            }
            @if one.state == CoverState::Open { (answer(shell, one.id, "withdraw", "quiet", "Withdraw")) }
        }
    }
}

fn form(shell: &Shell, view: &OnCallView, cover: &CoverForm) -> Markup {
    html! {
        form.inside method="post" action=(routes::on_call_do("cover")) {
            (layout::csrf(shell))
            input type="hidden" name="zone" value=(cover.zone);
            div.fields {
                (Field::new(&cover.form, "schedule", "Schedule").select(&view.schedules))
                (Field::new(&cover.form, "to", "Ask").select(&cover.whom))
                (Field::new(&cover.form, "from", "From").kind("datetime-local").required().input())
                (Field::new(&cover.form, "until", "Until").kind("datetime-local").required().input())
            }
            (Field::new(&cover.form, "note", "A word with it").example("Parents' evening, back at nine").input())
            p.muted.small-text { "The whole shift or a part of it. It stays yours until somebody says yes. Times are in " (cover.zone) "." }
            div.actions { button.button type="submit" { "Ask" } }
        }
    }
}
