//! Work that gave up: what it was, the error in full, and a way to try it again.

use crate::components::{Paging, button, empty, icon, pager, sub_head};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::JobId;

/// One piece of work that gave up.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Which.
    pub id: JobId,
    /// What it does, in words ("Write to a ticket").
    pub what: String,
    /// What it is about: words and address ("alert 12").
    pub about: Option<(String, String)>,
    /// When it gave up.
    pub gave_up_at: Timestamp,
    /// The error in full.
    pub error: String,
}

/// The page.
pub fn jobs(shell: &Shell, rows: &[JobRow], paging: &Paging) -> Markup {
    layout::page(
        shell,
        Section::Settings,
        "Work that gave up",
        Main::default(),
        html! {
            (sub_head((routes::SETTINGS, "Settings"), "Work that gave up", html! {}))
            section.panel aria-label="Work that gave up" {
                @if rows.is_empty() { (empty("circle-check", "Nothing gave up", "Work that cannot succeed by itself is listed here with its error, until somebody tries it again.", None)) }
                @else { ul.list { @for row in rows { (job_row(shell, row)) } } }
                (pager(paging))
            }
        },
    )
}

fn job_row(shell: &Shell, row: &JobRow) -> Markup {
    html! {
        li {
            (icon("circle-x"))
            div.main {
                b { (row.what) @if let Some((words, href)) = &row.about { ", " a.link href=(href) { (words) } } }
                p.bad { (row.error) }
            }
            span.when { (shell.when.at(row.gave_up_at)) }
            (button::post(shell, &routes::job_retry(row.id), "", "refresh-cw", "Try again"))
        }
    }
}
