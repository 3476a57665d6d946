//! The block of a hand-off note: read and confirmed by whoever comes next, left by whoever goes. Pages that show a shift put it there.

use crate::components::field::Field;
use crate::components::{button, panel};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// A note that nobody has confirmed yet.
#[derive(Debug, Clone)]
pub struct OpenNote {
    /// What it says.
    pub text: String,
    /// Who left it.
    pub author: String,
    /// When.
    pub written_at: Timestamp,
}

/// What the block shows.
#[derive(Debug, Clone)]
pub struct HandoffView {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Its name.
    pub name: String,
    /// What was left.
    pub note: Option<OpenNote>,
    /// Whether the viewer may confirm it: they are on call, or next.
    pub may_confirm: bool,
    /// Whether the viewer may leave one: they are on call.
    pub may_leave: bool,
}

/// The block. Its forms post to `/schedules/{id}/handoff-note` (`text`) and `/schedules/{id}/handoff-note/confirm`; both come back to
/// where they were sent from by `back`.
pub fn handoff(shell: &Shell, view: &HandoffView, back: &str) -> Markup {
    let path = routes::handoff(view.schedule);
    let id = format!("handoff-{}", view.schedule);
    panel(
        &id,
        &format!("Hand-off: {}", view.name),
        html! {},
        html! {
            div.inside.stack.tight {
                @match &view.note {
                    Some(note) => {
                        p.prose { (note.text) }
                        p.muted { "Left by " (note.author) ", " (shell.when.at(note.written_at)) "." }
                        @if view.may_confirm {
                            form method="post" action={ (path) "/confirm" } {
                                (layout::csrf(shell))
                                input type="hidden" name="back" value=(back);
                                (button::submit("I have read it"))
                            }
                        }
                    },
                    None => p.muted { "Nothing was left for the next person." },
                }
                @if view.may_leave {
                    form.form method="post" action=(path) {
                        (layout::csrf(shell))
                        input type="hidden" name="back" value=(back);
                        (Field::new(&Form::default(), "text", "For the next person").id(&format!("{id}-text")).help("It is in their reminder and on their page until they confirm it.").area(false))
                        div.actions { (button::submit_quiet("send", "Leave the note")) }
                    }
                }
            }
        },
    )
}
