//! Who changed what: one row per change of configuration, with before and after.

use crate::components::field::{Choice, Field};
use crate::components::{Paging, empty, head, icon, pager};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};

/// One change.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who ("Ann Lee", "API key Grafana", "command line").
    pub actor: String,
    /// What was done ("created", "changed", "deleted").
    pub verb: String,
    /// To what kind of thing ("alert source").
    pub noun: String,
    /// Its name or id.
    pub subject: String,
    /// As it was, as JSON without secrets.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

/// The list. Filter in the address: `q`, `noun`.
#[derive(Debug, Clone)]
pub struct AuditView {
    /// The rows.
    pub rows: Vec<AuditRow>,
    /// Where the list stands.
    pub paging: Paging,
    /// The filter.
    pub filter: Form,
    /// Kinds of things to filter by.
    pub nouns: Vec<Choice>,
}

/// The page.
pub fn audit(shell: &Shell, view: &AuditView) -> Markup {
    let nouns: Vec<Choice> = [Choice::new("", "Everything")].into_iter().chain(view.nouns.iter().cloned()).collect();
    layout::page(
        shell,
        Section::Audit,
        "Audit",
        Main::default(),
        html! {
            (head("Audit", html! {}))
            form.fields method="get" action=(routes::AUDIT) role="search" aria-label="Filter the audit" {
                (Field::new(&view.filter, "q", "Who or what").kind("search").input())
                (Field::new(&view.filter, "noun", "Kind").select(&nouns))
                div.actions { button.button type="submit" { (icon("list-filter")) "Filter" } }
            }
            section.panel aria-label="Changes" {
                @if view.rows.is_empty() { (empty("scroll-text", "No change found", "Every change of configuration is listed here with who made it.", None)) }
                @else { ul.list { @for row in &view.rows { (audit_row(shell, row)) } } }
                (pager(&view.paging))
            }
        },
    )
}

fn audit_row(shell: &Shell, row: &AuditRow) -> Markup {
    html! {
        li {
            div.main {
                p { b { (row.actor) } " " (row.verb) " " (row.noun) @if !row.subject.is_empty() { " " b { (row.subject) } } }
                @if row.before.is_some() || row.after.is_some() {
                    details {
                        summary { "Before and after" }
                        div.stack.tight {
                            @if let Some(before) = &row.before { p.muted { "Before" } pre tabindex="0" { (before) } }
                            @if let Some(after) = &row.after { p.muted { "After" } pre tabindex="0" { (after) } }
                        }
                    }
                }
            }
            span.when { (shell.when.at(row.at)) }
        }
    }
}
