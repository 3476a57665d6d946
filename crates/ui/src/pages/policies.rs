//! The list of escalation policies, each with its chain in short.

use crate::components::{Paging, button, empty, head, icon, pager};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::{duration, plural};
use maud::{Markup, html};
use watchbell_core::ids::PolicyId;

/// One policy.
#[derive(Debug, Clone)]
pub struct PolicyRow {
    /// Which.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
    /// Its levels: who ("Ann Lee, Bob Ray"), and how long they may stay silent in seconds.
    pub levels: Vec<(String, i64)>,
    /// How many times through.
    pub passes: i64,
    /// Sources that use it.
    pub sources: i64,
    /// What is wrong ("Level 2 has nobody who can be paged").
    pub warning: Option<String>,
}

/// The page.
pub fn policies(shell: &Shell, rows: &[PolicyRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::POLICY_NEW, "plus", "New policy")) } };
    layout::page(
        shell,
        Section::Policies,
        "Escalation policies",
        Main::default(),
        html! {
            (head("Escalation policies", new))
            section.panel aria-label="Escalation policies" {
                @if rows.is_empty() {
                    (empty("route", "No policy yet", "A policy says who is called first, and who next when nobody answers in time.", may_edit.then_some((routes::POLICY_NEW, "Make the first policy"))))
                } @else { ul.list { @for row in rows { (policy_row(row)) } } }
                (pager(paging))
            }
        },
    )
}

fn policy_row(row: &PolicyRow) -> Markup {
    let chain: Vec<String> =
        row.levels.iter().map(|(who, timeout_s)| format!("{who} ({})", duration(*timeout_s))).collect();
    html! {
        li {
            div.main {
                a.title href=(routes::policy(row.id)) { (row.name) }
                div.sub {
                    span { (chain.join(" then ")) }
                    @if row.passes > 1 { span.num { (row.passes) " passes" } }
                    @if let Some(warning) = &row.warning { span.bad { (icon("triangle-alert")) (warning) } }
                }
            }
            span.when.num { (plural(row.sources, "source", "sources")) }
        }
    }
}
