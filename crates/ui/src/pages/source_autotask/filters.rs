//! Editors made of rows: the filter (which tickets may open an alert) and the routing table (which policy they go to).
//! Two empty rows are always there, so that more can be added without script.

use crate::components::field::{Choice, cell_input, cell_select};
use crate::components::icon;
use crate::form::{Form, ROWS_MAX};
use maud::{Markup, html};

/// Empty rows beside those in use.
const SPARE_ROWS: usize = 2;

/// What the filter offers.
#[derive(Debug, Clone)]
pub struct FilterChoices {
    /// Fields of a ticket, user-defined ones as well.
    pub fields: Vec<Choice>,
    /// Ways to compare (words of `core::condition::Op`).
    pub ops: Vec<Choice>,
    /// Fields that routing looks at.
    pub route_fields: Vec<Choice>,
    /// Policies.
    pub policies: Vec<Choice>,
}

fn row_count(form: &Form, list: &str) -> usize {
    (form.rows(list) + SPARE_ROWS).min(ROWS_MAX)
}

fn with_none(choices: &[Choice], word: &str) -> Vec<Choice> {
    [Choice::new("", word)].into_iter().chain(choices.iter().cloned()).collect()
}

/// The filter: rows `filter.<n>.group` (all, any, none), `.field`, `.op`, `.value`. Rows without a field are ignored.
pub fn filter_editor(form: &Form, choices: &FilterChoices) -> Markup {
    let groups = Choice::list(&[("all", "must hold"), ("any", "one of these must hold"), ("none", "must not hold")]);
    let fields = with_none(&choices.fields, "Choose a field");
    editor(
        "filter",
        "Which tickets may open an alert",
        &["", "Field", "Comparison", "Value"],
        row_count(form, "filter"),
        form,
        |row| {
            let (name, label) = (
                |field: &str| format!("filter.{row}.{field}"),
                |word: &str| format!("{word} of condition {}", row + 1),
            );
            html! {
                td { (cell_select(form, &name("group"), &label("Group"), &groups)) }
                td { (cell_select(form, &name("field"), &label("Field"), &fields)) }
                td { (cell_select(form, &name("op"), &label("Comparison"), &choices.ops)) }
                td { (cell_input(form, &name("value"), &label("Value"), "text")) }
            }
        },
    )
}

/// The routing table: rows `route.<n>.field`, `.value`, `.policy`; the first that matches wins.
pub fn routing_editor(form: &Form, choices: &FilterChoices) -> Markup {
    let fields = with_none(&choices.route_fields, "Choose a field");
    let policies = with_none(&choices.policies, "Choose a policy");
    editor(
        "route",
        "Which policy a ticket goes to",
        &["If this field", "Is", "Then page by"],
        row_count(form, "route"),
        form,
        |row| {
            let (name, label) =
                (|field: &str| format!("route.{row}.{field}"), |word: &str| format!("{word} of rule {}", row + 1));
            html! {
                td { (cell_select(form, &name("field"), &label("Field"), &fields)) }
                td { (cell_input(form, &name("value"), &label("Value"), "text")) }
                td { (cell_select(form, &name("policy"), &label("Policy"), &policies)) }
            }
        },
    )
}

fn editor(
    list: &str,
    label: &str,
    headings: &[&str],
    rows: usize,
    form: &Form,
    row: impl Fn(usize) -> Markup,
) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="region" aria-label={ (label) ", scrolls sideways" } {
            table.table.edit {
                thead { tr { @for heading in headings { @if heading.is_empty() { th scope="col" { span.sr { "Group" } } } @else { th scope="col" { (heading) } } } } }
                tbody #{ (list) "-rows" } { @for number in 0..rows { tr data-row=(number) { (row(number)) } } }
            }
        }
        @for number in 0..rows {
            @if let Some(text) = form.error_of(&format!("{list}.{number}")) { p.bad { "Row " (number + 1) ": " (text) } }
        }
        div.actions {
            button.button.quiet type="button" data-add={ (list) "-rows" } data-script hidden { (icon("plus")) "Add a row" }
            noscript { span.muted.small-text { "Save to get more rows." } }
        }
    }
}
