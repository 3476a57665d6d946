//! The tables that say what a ticket means: a row per status with four columns, a row per priority.

use crate::components::field::{Choice, cell_select};
use crate::components::icon;
use crate::form::Form;
use maud::{Markup, html};

/// One entry of a picklist as Autotask holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicklistRow {
    /// Its id.
    pub id: i64,
    /// Its label, in the tenant's language.
    pub label: String,
    /// Whether it is still in use.
    pub active: bool,
    /// What it is taken for, where that was guessed from its label ("read as Waiting"; empty: the label itself); to be confirmed.
    pub guess: Option<String>,
}

/// The columns of the status table: name of the field, heading, and what the heading means.
pub const STATUS_COLUMNS: [(&str, &str, &str); 4] = [
    ("first_seen", "First seen", "The ticket is new to Watchbell"),
    ("no_alert", "Became this, no open alert", "The status changed to this, and no alert is open"),
    ("pending", "Became this, alert pending", "The status changed to this while nobody has the alert"),
    ("accepted", "Became this, alert accepted", "The status changed to this while somebody has the alert"),
];

/// The status table: fields `status.<id>.<column>` and `status.other.<column>` for what Autotask adds later.
/// `choices` has one list per column of [`STATUS_COLUMNS`].
pub fn status_table(form: &Form, rows: &[PicklistRow], choices: &[Vec<Choice>; 4]) -> Markup {
    let cells = |key: &str, label: &str| {
        html! {
            @for ((column, heading, _), choices) in STATUS_COLUMNS.iter().zip(choices) {
                td { (cell_select(form, &format!("status.{key}.{column}"), &format!("{label}: {heading}"), choices)) }
            }
        }
    };
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="What a status does, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Status" } @for (_, heading, meaning) in STATUS_COLUMNS { th scope="col" title=(meaning) { (heading) } } } }
                tbody {
                    @for row in rows { tr { th scope="row" { (row_name(row)) } (cells(&row.id.to_string(), &row.label)) } }
                    tr { th scope="row" { "Any other status" } (cells("other", "Any other status")) }
                }
            }
        }
    }
}

/// The priority table: fields `priority.<id>` and `priority.other`.
pub fn priority_table(form: &Form, rows: &[PicklistRow], choices: &[Choice]) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="What a priority does, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Priority" } th scope="col" { "What it does" } } }
                tbody {
                    @for row in rows {
                        tr { th scope="row" { (row_name(row)) } td { (cell_select(form, &format!("priority.{}", row.id), &row.label, choices)) } }
                    }
                    tr { th scope="row" { "Any other priority" } td { (cell_select(form, "priority.other", "Any other priority", choices)) } }
                }
            }
        }
    }
}

fn row_name(row: &PicklistRow) -> Markup {
    html! {
        (row.label) " " span.muted.num { "[" (row.id) "]" }
        @if !row.active { " " span.muted { "(no longer in use)" } }
        @if let Some(guess) = &row.guess { p.wait.small-text { (icon("circle-help")) " " @if !guess.is_empty() { (guess) ": " } "please check" } }
    }
}
