//! The part of the form that says what ticket is made, and whose.

use super::ActionView;
use crate::components::field::{Choice, Field, cell_input, cell_select};
use crate::components::{icon, panel};
use crate::form::Form;
use maud::{Markup, html};
use watchbell_core::alert_action::{COMPANY_RULES_MAX, CompanyBy, USER_FIELDS_MAX};

/// Empty rows of rules and fields beside those in use.
const SPARE_ROWS: usize = 2;

/// A list of the tenant, or a number where it could not be read.
pub(super) fn pick(form: &Form, (name, label): (&str, &str), choices: &[Choice], none: &str) -> Markup {
    let field = Field::new(form, name, label);
    if choices.is_empty() {
        return field.kind("number").input();
    }
    let all: Vec<Choice> = [Choice::new("", none)].into_iter().chain(choices.iter().cloned()).collect();
    field.select(&all)
}

pub(super) fn ticket_panel(view: &ActionView) -> Markup {
    let (form, lists) = (&view.form, &view.lists);
    let usual = "As Autotask has it";
    panel(
        "ticket",
        "The ticket",
        html! {},
        html! {
            div.inside.stack {
                (companies(view))
                div.fields {
                    (pick(form, ("queue", "Queue"), &lists.queues, "Choose"))
                    (pick(form, ("priority", "Priority"), &lists.priorities, "High or Low, as the alert's"))
                    (pick(form, ("status", "Status"), &lists.statuses, "New"))
                    (pick(form, ("category", "Ticket category"), &lists.categories, usual))
                    (pick(form, ("ticket_type", "Ticket type"), &lists.ticket_types, usual))
                    (pick(form, ("issue_type", "Issue type"), &lists.issue_types, "None"))
                    (pick(form, ("sub_issue_type", "Sub-issue type"), &lists.sub_issue_types, "None"))
                    (pick(form, ("ticket_source", "Source"), &lists.sources, usual))
                    (Field::new(form, "work_type", "Work type").help("Its id, where the category asks for one.").kind("number").input())
                    (Field::new(form, "due_in", "Due in").help("Minutes from its creation; empty: as Autotask has it.").kind("number").input())
                }
                (Field::new(form, "title", "Title").help("A template; empty: the alert's summary.").example("{{ alert.summary }}").input())
                (Field::new(form, "description", "Description").help("A template; empty: the alert's details. The way back to the alert is always below it.").area(true))
                (user_fields(view))
            }
        },
    )
}

fn companies(view: &ActionView) -> Markup {
    let form = &view.form;
    let none = [Choice::new("", "None: only what the rules find")];
    let all: Vec<Choice> = none.into_iter().chain(view.companies.iter().cloned()).collect();
    let kinds: Vec<Choice> = [
        ("", "No rule"),
        (CompanyBy::Label.as_str(), "Label of the alert (its name)"),
        (CompanyBy::Template.as_str(), "Template that gives its name or id"),
        (CompanyBy::ContactDomain.as_str(), "Domain of its contacts (template)"),
        (CompanyBy::RmmDevice.as_str(), "RMM id of a device (template)"),
        (CompanyBy::ReferenceTitle.as_str(), "Reference title of a device (template)"),
    ]
    .map(|(value, text)| Choice::new(value, text))
    .into();
    let rows = (form.rows("rule") + SPARE_ROWS).min(COMPANY_RULES_MAX);
    html! {
        h3 { "Whose ticket is it?" }
        p.muted { "The rules are asked in order; the first that finds exactly one active company counts. Else the company below." }
        div.table-scroll tabindex="0" role="region" aria-label="Rules for the company, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Find it by" } th scope="col" { "Label or template" } } }
                tbody {
                    @for row in 0..rows {
                        @let (by, value) = (format!("rule.{row}.by"), format!("rule.{row}.value"));
                        tr {
                            td { (cell_select(form, &by, &format!("Rule {} by", row + 1), &kinds)) }
                            td { (cell_input(form, &value, &format!("Value of rule {}", row + 1), "text")) @if let Some(text) = form.error_of(&format!("rule.{row}")) { p.bad.small-text { (text) } } }
                        }
                    }
                }
            }
        }
        div.fields {
            (Field::new(form, "company", "Company").help("Where no rule finds one.").select(&all))
            div.field {
                label for="company_search" { "Look for a company" }
                div.row { input.input #company_search type="text" name="company_search" value=(form.value("company_search")) autocomplete="off"; button.button type="submit" name="do" value="search" formnovalidate { "Search" } }
                @if let Some(text) = form.error_of("company_search") { p.error { (icon("circle-alert")) span { (text) } } }
            }
        }
    }
}

fn user_fields(view: &ActionView) -> Markup {
    let form = &view.form;
    let rows = (form.rows("udf") + SPARE_ROWS).min(USER_FIELDS_MAX);
    let names: Vec<Choice> = [Choice::new("", "None")]
        .into_iter()
        .chain(view.lists.user_fields.iter().map(|name| Choice::new(name.clone(), name.clone())))
        .collect();
    html! {
        h3 { "User-defined fields" }
        div.table-scroll tabindex="0" role="region" aria-label="User-defined fields, scrolls sideways" {
            table.table.edit {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Template" } } }
                tbody {
                    @for row in 0..rows {
                        @let (name, value) = (format!("udf.{row}.name"), format!("udf.{row}.value"));
                        tr {
                            td {
                                @if view.lists.user_fields.is_empty() { (cell_input(form, &name, &format!("Name of field {}", row + 1), "text")) }
                                @else { (cell_select(form, &name, &format!("Name of field {}", row + 1), &names)) }
                            }
                            td { (cell_input(form, &value, &format!("Value of field {}", row + 1), "text")) @if let Some(text) = form.error_of(&format!("udf.{row}")) { p.bad.small-text { (text) } } }
                        }
                    }
                }
            }
        }
    }
}
