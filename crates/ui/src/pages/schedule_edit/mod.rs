//! The editor of a schedule: its layers or shifts, from when the change applies, and below it live who would be on call and who
//! changes. Rows are added, moved and removed by buttons of the form, so that all of it works without script.

mod choices;
mod layer;
mod people;
pub mod presets;
mod preview;
mod restrictions;

pub use choices::{EACH_DAY, SAME_DAY, WEEKDAYS, WEEKEND};
pub use preview::{ChangedShift, PreviewView, preview};

use super::schedule::temporary_form::shift_rows;
use super::schedule::zone_list;
use crate::components::field::{Choice, Field, checkbox, form_error, radios};
use crate::components::{icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// The editor. Fields: `name`, `zone`, `type` (`RECURRING`, `STATIC`), `calendar` (id or empty), `owner` (ids, repeated), rows of
/// `layer.<n>.` (see [`layer`]), or rows `shift.<n>.user`, `.from`, `.until` with `default_h` and `allows_gaps`; `apply` (`now`,
/// `later`), `apply_at` and `keeps_turn`. A button sends `do`: what happens to the rows, or `preview`.
#[derive(Debug, Clone)]
pub struct EditView {
    /// Which; `None` for a new one.
    pub id: Option<ScheduleId>,
    /// Its stored name.
    pub name: String,
    /// When a change that is planned already comes into force.
    pub planned: Option<Timestamp>,
    /// Who may be chosen.
    pub people: Vec<Choice>,
    /// All zones.
    pub zones: Vec<Choice>,
    /// Calendars of holidays.
    pub calendars: Vec<Choice>,
    /// Who would be on call.
    pub preview: PreviewView,
    /// Values and errors.
    pub form: Form,
}

impl EditView {
    fn action(&self) -> String {
        self.id.map_or_else(|| routes::SCHEDULE_NEW.to_owned(), |id| routes::schedule_do(id, "edit"))
    }
}

/// The page.
pub fn schedule_edit(shell: &Shell, view: &EditView) -> Markup {
    let title = if view.id.is_some() { format!("Edit {}", view.name) } else { "New schedule".to_owned() };
    let back = view
        .id
        .map_or_else(|| (routes::SCHEDULES.to_owned(), "Schedules"), |id| (routes::schedule(id), view.name.as_str()));
    let action = view.action();
    layout::page(
        shell,
        Section::Schedules,
        &title,
        Main::default(),
        html! {
            (sub_head((&back.0, back.1), &title, html! {}))
            div #editor.stack {
                (form_error(&view.form))
                form.stack.schedule-form method="post" action=(action) hx-post={ (action) "/preview" } hx-trigger="input delay:400ms, change delay:400ms" hx-target="#preview" hx-select="#preview" hx-swap="outerHTML" {
                    (layout::csrf(shell))
                    // Enter in a field saves; without this first button it would press the first button of a row.
                    button.sr type="submit" tabindex="-1" aria-hidden="true" { "Save" }
                    (rota(view))
                    (layers(view))
                    (statics(view))
                    (apply(shell, view))
                    (preview(&view.preview))
                    div.actions.save-bar {
                        button.button.primary type="submit" { @if view.id.is_some() { "Save" } @else { "Make the schedule" } }
                        button.button type="submit" name="do" value="preview" { "Show the preview" }
                        a.button href=(back.0) { "Cancel" }
                    }
                }
            }
        },
    )
}

fn rota(view: &EditView) -> Markup {
    let form = &view.form;
    panel(
        "rota",
        "Schedule",
        html! {},
        html! {
            div.inside {
                div.fields {
                    (Field::new(form, "name", "Name").required().example("After hours").input())
                    (Field::new(form, "zone", "Time zone").required().help("Hand-overs and hours below are in it, summer and winter.").list("zones").input())
                    @if view.calendars.is_empty() { p.muted.small-text { "Layers can leave out public holidays once there is a " a href=(routes::HOLIDAYS) { "calendar of them" } "." } }
                    @else { (Field::new(form, "calendar", "Public holidays").select(&choices::calendars(&view.calendars))) }
                }
                (zone_list("zones", &view.zones))
                (radios(form, "type", "How shifts come about", &[
                    ("RECURRING", "People take turns", "Layers of people who hand over by the day, the week or another rhythm."),
                    ("STATIC", "Shifts are entered by hand", "For rotas that are planned elsewhere."),
                ]))
                (owners(view))
            }
        },
    )
}

fn owners(view: &EditView) -> Markup {
    let chosen: Vec<&str> = view
        .people
        .iter()
        .filter(|person| view.form.has("owner", &person.value))
        .map(|person| person.text.as_str())
        .collect();
    html! {
        details {
            summary { "Owners, told of gaps in the next 7 days: " @if chosen.is_empty() { "nobody yet" } @else { (chosen.join(", ")) } }
            fieldset {
                legend.sr { "Owners" }
                @for person in &view.people {
                    @let id = format!("owner.{}", person.value);
                    label.choice for=(id) { input.tick #(id) type="checkbox" name="owner" value=(person.value) checked[view.form.has("owner", &person.value)]; span { (person.text) } }
                }
            }
        }
    }
}

fn layers(view: &EditView) -> Markup {
    let count = view.form.rows("layer").max(1);
    html! {
        div.stack.only-recurring {
            @for nth in 0..count { (layer::layer(view, nth, count)) }
            div.actions {
                (step(view, "layer.add", "plus", "Add a layer"))
                @if count > 1 { span.muted.small-text { "Where two layers cover the same time, the lower one counts." } }
            }
            @if let Some(text) = view.form.error_of("layer") { p.bad { (text) } }
        }
    }
}

fn statics(view: &EditView) -> Markup {
    let form = &view.form;
    html! {
        div.only-static {
            (panel("statics", "Shifts", html! {}, html! {
                div.inside {
                    (shift_rows(form, &view.people))
                    (Field::new(form, "default_h", "Usual length of a shift, in hours").kind("number").help("For a shift without an end.").input())
                    (checkbox(form, "allows_gaps", "Gaps are all right", "Without it, shifts that leave a gap between them are refused."))
                }
            }))
        }
    }
}

fn apply(shell: &Shell, view: &EditView) -> Markup {
    html! {
        @if view.id.is_some() {
            (panel("apply", "When the change applies", html! {}, html! {
                div.inside {
                    @if let Some(at) = view.planned { p.wait { (icon("triangle-alert")) " A change is planned for " (shell.when.day_time(at)) " " (shell.when.zone_name()) ". Saving one that applies before it replaces it." } }
                    @if view.form.is_on("seen") { input type="hidden" name="seen" value=(view.form.value("seen")); }
                    (radios(&view.form, "apply", "From", &[
                        ("now", "Now", "What was shown for the past stays."),
                        ("later", "A later moment", "Until then the schedule stays as it is."),
                    ]))
                    (checkbox(&view.form, "keeps_turn", "Whoever has the turn at that moment keeps it", "Though people were added, removed or moved. Without it, the order counts from the first turn."))
                    div.only-later { (Field::new(&view.form, "apply_at", "From that moment, in the zone above").kind("datetime-local").input()) }
                }
            }))
        }
    }
}

/// A button that changes the rows of the form and shows it again; nothing is saved.
fn step(view: &EditView, does: &str, symbol: &str, word: &str) -> Markup {
    html! {
        button.button type="submit" name="do" value=(does) formnovalidate hx-post=(view.action()) hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" { (icon(symbol)) (word) }
    }
}

/// The same as a picture with its words for those who do not see it.
fn step_icon(view: &EditView, does: &str, symbol: &str, words: &str) -> Markup {
    html! {
        button.button.quiet type="submit" name="do" value=(does) formnovalidate aria-label=(words) title=(words) hx-post=(view.action()) hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" { (icon(symbol)) }
    }
}
