//! Hand-off notes: read and confirmed by whoever comes next, left by whoever goes. Pages that show a shift show the block.

use crate::components::field::{Field, form_error};
use crate::components::{button, empty, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// A note.
#[derive(Debug, Clone)]
pub struct NoteView {
    /// Which.
    pub id: i64,
    /// What it says.
    pub text: String,
    /// Who left it.
    pub author: String,
    /// When.
    pub written_at: Timestamp,
    /// Who has read it, and when.
    pub confirmed: Option<(String, Timestamp)>,
}

/// What the block shows.
#[derive(Debug, Clone)]
pub struct HandoffView {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Its name.
    pub name: String,
    /// What was left, and nobody has confirmed.
    pub note: Option<NoteView>,
    /// Whether the viewer may confirm it: they are on call, or next.
    pub may_confirm: bool,
    /// Whether the viewer may leave one.
    pub may_leave: bool,
    /// Values and errors. Field: `text`.
    pub form: Form,
}

/// The page of a schedule's notes: the block, and those before.
pub fn handoff_page(shell: &Shell, view: &HandoffView, earlier: &[NoteView]) -> Markup {
    let title = format!("Hand-off: {}", view.name);
    layout::page(
        shell,
        Section::Schedules,
        &title,
        Main::default(),
        html! {
            (sub_head((&routes::schedule(view.schedule), &view.name), &title, html! {}))
            (form_error(&view.form))
            div.two {
                (handoff(shell, view, &routes::handoff(view.schedule)))
                (panel("earlier", "Earlier notes", html! {}, html! {
                    @if earlier.is_empty() { (empty("scroll-text", "None yet", "What was left at a hand-over stays here once it was read.", None)) }
                    ul.list { @for note in earlier { li { div.main { p.prose { (note.text) } (about(shell, note)) } } } }
                }))
            }
        },
    )
}

/// The block. Its forms post to `/schedules/{id}/handoff-note` (`text`) and `/schedules/{id}/handoff-note/confirm`; both come back to
/// where they were sent from by `back`.
pub fn handoff(shell: &Shell, view: &HandoffView, back: &str) -> Markup {
    let path = routes::handoff(view.schedule);
    let id = format!("handoff-{}", view.schedule);
    panel(
        &id,
        &format!("Hand-off: {}", view.name),
        html! { @if back != path { a.link href=(path) { "Earlier notes" span.sr { " of " (view.name) } } } },
        html! {
            div.inside.stack.tight {
                @match &view.note {
                    Some(note) => {
                        p.prose { (note.text) }
                        (about(shell, note))
                        @if view.may_confirm { (confirm(shell, &path, back, note.id)) }
                    },
                    None => p.muted { "Nothing was left for the next person." },
                }
                @if view.may_leave { (leave(shell, view, &path, back)) }
            }
        },
    )
}

fn about(shell: &Shell, note: &NoteView) -> Markup {
    html! {
        p.muted.small-text {
            "Left by " (note.author) ", " (shell.when.at(note.written_at)) "."
            @if let Some((who, at)) = &note.confirmed { " Read by " (who) ", " (shell.when.at(*at)) "." }
        }
    }
}

fn confirm(shell: &Shell, path: &str, back: &str, note: i64) -> Markup {
    html! {
        form method="post" action={ (path) "/confirm" } {
            (layout::csrf(shell))
            input type="hidden" name="back" value=(back);
            input type="hidden" name="note" value=(note);
            (button::submit("I have read it"))
        }
    }
}

fn leave(shell: &Shell, view: &HandoffView, path: &str, back: &str) -> Markup {
    let id = format!("handoff-{}-text", view.schedule);
    html! {
        form.form method="post" action=(path) {
            (layout::csrf(shell))
            input type="hidden" name="back" value=(back);
            (Field::new(&view.form, "text", "For the next person").id(&id).help("It is in their reminder and on their page until they confirm it.").area(false))
            div.actions { (button::submit_quiet("send", "Leave the note")) }
        }
    }
}
