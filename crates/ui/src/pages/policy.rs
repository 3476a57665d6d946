//! One escalation policy: the chain as a picture beside the form that edits it.

use super::escalation::{LevelView, chain};
use crate::components::field::{Choice, Field, cell_input, form_error};
use crate::components::{button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::{When, duration};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::PolicyId;

/// The policy. Fields: `name`, `passes` (1 to 9), `delay_min`, `accept_timeout_min`, `ask_untouched_min`, `page_untouched_min`, rows
/// `level.<n>.timeout_min`, `.accepts`, `.turns` (a tick) and `.user`, `.schedule`, `.team` (each repeated, ids).
/// Rows that name nobody are ignored.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Which; `None` for a new one.
    pub id: Option<PolicyId>,
    /// Its name.
    pub name: String,
    /// The levels as they are stored, for the picture.
    pub levels: Vec<LevelView>,
    /// Whether push to browsers is all that reaches its people.
    pub browser_only: bool,
    /// How many times through.
    pub passes: i64,
    /// Seconds before the first page.
    pub delay_s: i64,
    /// Who is told where nobody could be notified, as people read it.
    pub fallback: Vec<String>,
    /// How it would go, where that was asked for.
    pub simulation: Option<SimulationView>,
    /// Users to choose from.
    pub users: Vec<Choice>,
    /// Schedules to choose from.
    pub schedules: Vec<Choice>,
    /// Teams to choose from.
    pub teams: Vec<Choice>,
    /// Sources that use it: name and address.
    pub sources: Vec<(String, String)>,
    /// Open alerts that run on an older version.
    pub running: i64,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// How a policy would go for an alert that nobody answers.
#[derive(Debug, Clone)]
pub struct SimulationView {
    /// What happens when, in words; whether it is a fault.
    pub lines: Vec<(Timestamp, String, bool)>,
    /// Whether there would be more than is shown.
    pub goes_on: bool,
    /// What was asked: `sim_at`, `sim_priority`.
    pub form: Form,
}

/// Empty levels beside those in use.
const SPARE_LEVELS: usize = 2;

/// The page.
pub fn policy(shell: &Shell, view: &PolicyView) -> Markup {
    let action = view.id.map_or_else(|| routes::POLICY_NEW.to_owned(), routes::policy);
    let title = if view.id.is_some() { view.name.as_str() } else { "New escalation policy" };
    layout::page(
        shell,
        Section::Policies,
        title,
        Main::default(),
        html! {
            (sub_head((routes::POLICIES, "Escalation policies"), title, html! {}))
            (form_error(&view.form))
            div.two {
                div.stack { @if view.may_edit { (editor(shell, view, &action)) } @else { (picture(view)) } }
                div.stack {
                    @if view.may_edit && !view.levels.is_empty() { (picture(view)) }
                    @if let Some(id) = view.id { (simulator(view, id, &shell.when)) }
                    @if let Some(id) = view.id { (usage(shell, view, id)) }
                }
            }
        },
    )
}

fn picture(view: &PolicyView) -> Markup {
    panel(
        "chain",
        "Who is called",
        html! {},
        html! {
            div.inside {
                @if view.delay_s > 0 { p.muted { "Waits " (duration(view.delay_s)) " first: what resolves by itself until then pages nobody." } }
                (chain(&view.levels))
                @if view.browser_only { p.wait { (icon("triangle-alert")) " Only push to browsers reaches these people: a browser that is not running shows nothing, and few wake anybody. Give one of them a phone number, ntfy or Pushover as well." } }
                p.muted { @if view.fallback.is_empty() { "Nobody at all could be called? Nobody is told of it: name fallback contacts in the settings." }
                    @else { "Nobody at all could be called? " (view.fallback.join(", ")) " is told, and each minute it is tried again." } }
                p.muted { @if view.passes > 1 { "Then from the start, " (view.passes) " passes in all, until somebody accepts." } @else { "Then it ends: one pass." } }
            }
        },
    )
}

fn editor(shell: &Shell, view: &PolicyView, action: &str) -> Markup {
    let form = &view.form;
    panel(
        "levels",
        "Levels",
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                (Field::new(form, "name", "Name").required().example("After hours").input())
                (level_rows(view))
                div.fields {
                    (Field::new(form, "passes", "Passes").kind("number").help("How many times through all levels, 1 to 9.").input())
                    (Field::new(form, "delay_min", "Minutes before the first page").kind("number").help("0 to 60. 0 pages at once.").input())
                }
                (Field::new(form, "routing_key", "Routing key").help("Events that name it escalate by this policy, whatever their source says. Empty: none.").input())
                (after_accept(form))
                @if view.running > 0 { p.muted { (crate::time::plural(view.running, "open alert keeps", "open alerts keep")) " the policy as it was when it began." } }
                div.actions { (button::submit("Save")) (button::link(routes::POLICIES, "Cancel")) }
            }
        },
    )
}

fn after_accept(form: &Form) -> Markup {
    html! {
        details open[["accept_timeout_min", "ask_untouched_min", "page_untouched_min"].iter().any(|name| !matches!(form.value(name), "" | "0"))] {
            summary { "After an accept" }
            div.fields {
                (Field::new(form, "accept_timeout_min", "Minutes until it pages again, not resolved").kind("number").help("0: an accept counts until it is resolved.").input())
                (Field::new(form, "ask_untouched_min", "Minutes until the responder is asked, nothing done").kind("number").help("No comment, ticket note or change. 0: never.").input())
                (Field::new(form, "page_untouched_min", "Minutes after that until it pages again").kind("number").help("0: never.").input())
            }
        }
    }
}

/// Who would be called when: the steps that paging would take.
fn simulator(view: &PolicyView, id: PolicyId, when: &When) -> Markup {
    let blank = Form::default();
    let form = view.simulation.as_ref().map_or(&blank, |simulation| &simulation.form);
    panel(
        "simulate",
        "Simulate",
        html! {},
        html! {
            div.inside {
                form.form method="get" action={ (routes::policy(id)) "#simulate" } {
                    div.fields {
                        (Field::new(form, "sim_at", "An alert opens at").kind("datetime-local").help("Empty: now.").input())
                        (Field::new(form, "sim_priority", "As").select(&Choice::list(&[("HIGH", "Pages"), ("LOW", "Quiet")])))
                    }
                    input type="hidden" name="simulate" value="on";
                    div.actions { button.button type="submit" { "Who would be called" } }
                }
                @if let Some(simulation) = &view.simulation { (simulated(simulation, when)) }
            }
        },
    )
}

fn simulated(simulation: &SimulationView, when: &When) -> Markup {
    html! {
        p.muted { "If nobody answers, and every message arrives. Times in " (when.zone_name()) "." }
        ol.stack.tight {
            @for (at, text, is_fault) in &simulation.lines { li { span.num { (when.at(*at)) } " " span.bad[*is_fault] { (text) } } }
        }
        @if simulation.goes_on { p.muted { "It goes on after that." } }
    }
}

fn level_rows(view: &PolicyView) -> Markup {
    let form = &view.form;
    let rows = (form.rows("level") + SPARE_LEVELS).min(watchbell_core::limits::POLICY_LEVELS_MAX);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="Levels, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Level" } th scope="col" { "Who" } th scope="col" { "Minutes to answer" } th scope="col" { "Accepts" } th scope="col" { "Turns" } } }
                tbody {
                    @for row in 0..rows {
                        tr {
                            th scope="row" { (row + 1) }
                            td { (who(view, row)) @if let Some(text) = form.error_of(&format!("level.{row}")) { p.bad.small-text { (text) } } }
                            td { (cell_input(form, &format!("level.{row}.timeout_min"), &format!("Minutes to answer of level {}", row + 1), "number")) }
                            td { (cell_input(form, &format!("level.{row}.accepts"), &format!("How many of level {} have to accept", row + 1), "number")) }
                            td { input.tick type="checkbox" name={ "level." (row) ".turns" } value="on" aria-label={ "Level " (row + 1) " takes turns" } checked[form.is_on(&format!("level.{row}.turns"))]; }
                        }
                    }
                }
            }
        }
        p.muted.small-text { "Levels without anybody are left out. Save to get more. Accepts: how many have to accept before it stops. Turns: one of them is called, the next one at the next alert." }
    }
}

/// People, schedules and teams of a level, folded to their names.
fn who(view: &PolicyView, row: usize) -> Markup {
    let lists =
        [("user", "People", &view.users), ("schedule", "On call in", &view.schedules), ("team", "Teams", &view.teams)];
    let chosen = lists.iter().flat_map(|(kind, _, choices)| {
        let name = format!("level.{row}.{kind}");
        choices.iter().filter(move |choice| view.form.has(&name, &choice.value)).map(|choice| choice.text.as_str())
    });
    let chosen: Vec<&str> = chosen.collect();
    html! {
        details open[row == 0] {
            summary { @if chosen.is_empty() { "Choose who" } @else { (chosen.join(", ")) } }
            @for (kind, title, choices) in lists { @if !choices.is_empty() { (choices_of(&view.form, row, (kind, title), choices)) } }
        }
    }
}

fn choices_of(form: &Form, row: usize, (kind, title): (&str, &str), choices: &[Choice]) -> Markup {
    let name = format!("level.{row}.{kind}");
    html! {
        fieldset {
            legend { (title) span.sr { " of level " (row + 1) } }
            @for choice in choices {
                @let id = format!("{name}.{}", choice.value);
                label.choice for=(id) { input.tick #(id) type="checkbox" name=(name) value=(choice.value) checked[form.has(&name, &choice.value)]; span { (choice.text) } }
            }
        }
    }
}

fn usage(shell: &Shell, view: &PolicyView, id: PolicyId) -> Markup {
    panel(
        "usage",
        "Used by",
        html! {},
        html! {
            div.inside {
                @if view.sources.is_empty() { p.muted { "No source uses it." } }
                ul.stack.tight { @for (name, href) in &view.sources { li { (icon("plug")) " " a.link href=(href) { (name) } } } }
                @if view.may_edit && view.sources.is_empty() {
                    (button::post_asking(shell, "confirm-delete", &routes::policy_do(id, "delete"), "Delete the policy", "Running alerts keep their copy of it."))
                }
            }
        },
    )
}
