//! Take on-call now for some hours: what one says on the phone to a tired colleague.

use super::OnCallView;
use crate::components::field::Field;
use crate::components::panel;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};

/// The panel. Fields: `schedule`, `hours`.
pub(super) fn take_over(shell: &Shell, view: &OnCallView) -> Markup {
    panel(
        "take-over",
        "Take over now",
        html! {},
        html! {
            form.inside method="post" action=(routes::on_call_do("take-over")) {
                (layout::csrf(shell))
                p.muted { "You are on call from now, whoever has it. It is an override: it ends by itself." }
                div.fields {
                    (Field::new(&view.form, "schedule", "Schedule").id("take-schedule").select(&view.schedules))
                    (Field::new(&view.form, "hours", "For how many hours").kind("number").required().input())
                }
                div.actions { button.button.primary type="submit" { "Take over" } }
            }
        },
    )
}
