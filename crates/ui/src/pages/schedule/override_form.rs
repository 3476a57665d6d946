//! The form of an override: in a dialog of the schedule's page with script, a page of its own without.

use crate::components::field::{Choice, Field, form_error};
use crate::components::{panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};
use watchbell_core::ids::{OverrideId, ScheduleId};

/// The form. Fields: `user` (an id, or `nobody`), `from` and `until` (civil times in `zone`), `reason`, `zone` (hidden).
#[derive(Debug, Clone)]
pub struct OverrideForm {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// The schedule's name.
    pub name: String,
    /// Which, where one is changed.
    pub id: Option<OverrideId>,
    /// Who may be chosen.
    pub people: Vec<Choice>,
    /// Name of the zone in which times are read.
    pub zone: String,
    /// Values and errors.
    pub form: Form,
}

/// The page.
pub fn override_page(shell: &Shell, view: &OverrideForm) -> Markup {
    let (title, action) = match view.id {
        Some(id) => ("Change an override", routes::schedule_do(view.schedule, &format!("overrides/{id}"))),
        None => ("Add an override", routes::schedule_do(view.schedule, "overrides/new")),
    };
    layout::page(
        shell,
        Section::Schedules,
        title,
        Main::default(),
        html! {
            (sub_head((&routes::schedule(view.schedule), &view.name), title, html! {}))
            (form_error(&view.form))
            (panel("override", "Who covers when", html! {}, fields(shell, view, &action, false)))
        },
    )
}

/// The form itself; ids differ where it is in a dialog.
pub(super) fn fields(shell: &Shell, view: &OverrideForm, action: &str, in_dialog: bool) -> Markup {
    let form = &view.form;
    let id = |name: &str| if in_dialog { format!("override-{name}") } else { name.to_owned() };
    let (user, from, until, reason) = (id("user"), id("from"), id("until"), id("reason"));
    html! {
        form.stack.inside[!in_dialog] method="post" action=(action) {
            (layout::csrf(shell))
            input type="hidden" name="zone" value=(view.zone);
            (Field::new(form, "user", "Who covers").id(&user).required().select(&view.people))
            div.fields {
                (Field::new(form, "from", "From").id(&from).kind("datetime-local").required().input())
                (Field::new(form, "until", "Until").id(&until).kind("datetime-local").required().input())
            }
            (Field::new(form, "reason", "Why").id(&reason).example("Swapped with Bob").input())
            p.muted.small-text { "Times are in " (view.zone) ". What is past stays as it was." }
            div.actions {
                button.button.primary type="submit" { @if view.id.is_some() { "Save" } @else { "Add the override" } }
                @if in_dialog { button.button type="button" data-close { "Cancel" } } @else { a.button href=(routes::schedule(view.schedule)) { "Cancel" } }
            }
        }
    }
}
