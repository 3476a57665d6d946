//! The form of a temporary schedule: shifts that replace the rota for a span.

use crate::components::field::{Choice, Field, cell_input, cell_select, form_error};
use crate::components::{panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// The form. Fields: `from`, `until`, rows `shift.<n>.user`, `shift.<n>.from`, `shift.<n>.until` (civil times in `zone`), `zone`
/// (hidden). Rows without a user are left out.
#[derive(Debug, Clone)]
pub struct TemporaryForm {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// The schedule's name.
    pub name: String,
    /// Who may be chosen.
    pub people: Vec<Choice>,
    /// Name of the zone in which times are read.
    pub zone: String,
    /// Values and errors.
    pub form: Form,
}

/// Empty rows beside those in use.
const SPARE_ROWS: usize = 3;

/// The page.
pub fn temporary_page(shell: &Shell, view: &TemporaryForm) -> Markup {
    let (title, form) = ("Add a temporary schedule", &view.form);
    let action = routes::schedule_do(view.schedule, "temporary/new");
    layout::page(
        shell,
        Section::Schedules,
        title,
        Main::default(),
        html! {
            (sub_head((&routes::schedule(view.schedule), &view.name), title, html! {}))
            (form_error(form))
            (panel("temporary", "What replaces the rota", html! {}, html! {
                form.inside method="post" action=(action) {
                    (layout::csrf(shell))
                    input type="hidden" name="zone" value=(view.zone);
                    p.muted { "From its start to its end only these shifts count; between them nobody is on call. Overrides still win. Times are in " (view.zone) "." }
                    div.fields {
                        (Field::new(form, "from", "Replaces the rota from").kind("datetime-local").required().input())
                        (Field::new(form, "until", "Until").kind("datetime-local").required().input())
                    }
                    (shift_rows(form, &view.people))
                    div.actions { button.button.primary type="submit" { "Add the temporary schedule" } a.button href=(routes::schedule(view.schedule)) { "Cancel" } }
                }
            }))
        },
    )
}

/// A table of shifts: who, from, until.
pub fn shift_rows(form: &Form, people: &[Choice]) -> Markup {
    let choices: Vec<Choice> =
        std::iter::once(Choice::new("", "Nobody: leave out")).chain(people.iter().cloned()).collect();
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="Shifts, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "Until" } } }
                tbody #shift-rows {
                    @for row in 0..form.rows("shift") + SPARE_ROWS {
                        @let (name, number) = (format!("shift.{row}"), row + 1);
                        tr data-row=(row) {
                            td { (cell_select(form, &format!("{name}.user"), &format!("Who has shift {number}"), &choices)) @if let Some(text) = form.error_of(&name) { p.bad.small-text { (text) } } }
                            td { (cell_input(form, &format!("{name}.from"), &format!("Start of shift {number}"), "datetime-local")) }
                            td { (cell_input(form, &format!("{name}.until"), &format!("End of shift {number}"), "datetime-local")) }
                        }
                    }
                }
            }
        }
        @if let Some(text) = form.error_of("shift") { p.bad { (text) } }
        button.button type="button" data-add="shift-rows" data-script hidden { "Add a row" }
    }
}
