//! When somebody wants to be left alone: muted for a while, quiet hours for what can wait; and whether they hear that somebody has it.

use crate::components::field::{Field, checkbox};
use crate::components::{button, panel};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};
use watchbell_core::ids::UserId;

/// The panel. The form posts to `/users/{id}/silence`: `muted_from` and `muted_until` (local date and time in their zone), `quiet_from`
/// and `quiet_until` (times of day), `told_of_answers`.
pub fn silence(shell: &Shell, user: UserId, form: &Form, zone: &str, may_edit: bool) -> Markup {
    panel(
        "silence",
        "When they are left alone",
        html! {},
        html! {
            form.inside method="post" action=(routes::user_do(user, "silence")) {
                (layout::csrf(shell))
                input type="hidden" name="silence" value="on";
                p.muted { "Times are in " (zone) ". While muted nobody is paged here: escalation goes on to the next person at once." }
                div.fields {
                    (Field::new(form, "muted_from", "Muted from").kind("datetime-local").help("Empty: from now on.").input())
                    (Field::new(form, "muted_until", "Muted until").kind("datetime-local").help("Empty: not muted.").input())
                }
                div.fields {
                    (Field::new(form, "quiet_from", "Quiet hours from").kind("time").help("Quiet alerts wait until they end. Alerts that page never do.").input())
                    (Field::new(form, "quiet_until", "Quiet hours until").kind("time").help("Both empty: none.").input())
                }
                (checkbox(form, "told_of_answers", "Tell me that somebody has it", "Who was paged hears, over the same contact, that the alert was accepted or is over."))
                @if may_edit { div.actions { (button::submit("Save")) } }
            }
        },
    )
}
