//! One escalation policy: the chain as a picture beside the form that edits it.

use super::escalation::{LevelView, chain};
use crate::components::field::{Choice, Field, cell_input, form_error};
use crate::components::{button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::duration;
use maud::{Markup, html};
use watchbell_core::ids::PolicyId;

/// The policy. Fields: `name`, `passes` (1 to 9), `delay_min`, rows `level.<n>.timeout_min` and `level.<n>.user` (repeated, ids).
/// Rows without a user are ignored.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Which; `None` for a new one.
    pub id: Option<PolicyId>,
    /// Its name.
    pub name: String,
    /// The levels as they are stored, for the picture.
    pub levels: Vec<LevelView>,
    /// How many times through.
    pub passes: i64,
    /// Seconds before the first page.
    pub delay_s: i64,
    /// Users to choose from.
    pub users: Vec<Choice>,
    /// Sources that use it: name and address.
    pub sources: Vec<(String, String)>,
    /// Open alerts that run on an older version.
    pub running: i64,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
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
                @if view.running > 0 { p.muted { (crate::time::plural(view.running, "open alert keeps", "open alerts keep")) " the policy as it was when it began." } }
                div.actions { (button::submit("Save")) (button::link(routes::POLICIES, "Cancel")) }
            }
        },
    )
}

fn level_rows(view: &PolicyView) -> Markup {
    let form = &view.form;
    let rows = (form.rows("level") + SPARE_LEVELS).min(watchbell_core::limits::POLICY_LEVELS_MAX);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="Levels, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Level" } th scope="col" { "Who" } th scope="col" { "Minutes to answer" } } }
                tbody {
                    @for row in 0..rows {
                        tr {
                            th scope="row" { (row + 1) }
                            td { (who(view, row)) @if let Some(text) = form.error_of(&format!("level.{row}")) { p.bad.small-text { (text) } } }
                            td { (cell_input(form, &format!("level.{row}.timeout_min"), &format!("Minutes to answer of level {}", row + 1), "number")) }
                        }
                    }
                }
            }
        }
        p.muted.small-text { "Levels without anybody are left out. Save to get more." }
    }
}

fn who(view: &PolicyView, row: usize) -> Markup {
    let name = format!("level.{row}.user");
    html! {
        details open[row == 0] {
            summary {
                @let chosen: Vec<&str> = view.users.iter().filter(|user| view.form.has(&name, &user.value)).map(|user| user.text.as_str()).collect();
                @if chosen.is_empty() { "Choose people" } @else { (chosen.join(", ")) }
            }
            fieldset {
                legend.sr { "People of level " (row + 1) }
                @for user in &view.users {
                    @let id = format!("{name}.{}", user.value);
                    label.choice for=(id) { input.tick #(id) type="checkbox" name=(name) value=(user.value) checked[view.form.has(&name, &user.value)]; span { (user.text) } }
                }
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
