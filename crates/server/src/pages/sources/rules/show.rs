//! The settings of a source as the form shows them.

use super::choices::word;
use super::{filter, routing};
use crate::engine::autotask::TenantLists;
use watchbell_core::autotask::{
    AcceptCountsFor, Cells, DEFAULT_DETAILS, DEFAULT_SUMMARY, LeavingFilter, POLL_INTERVAL_S, PriorityClass,
    SourceRules, StatusClass, Which,
};
use watchbell_core::text::fold;
use watchbell_ui::Form;
use watchbell_ui::pages::source_autotask::tables::PicklistRow;

/// The form of rules.
pub(in super::super) fn form_of(rules: &SourceRules, lists: &TenantLists) -> Form {
    let write = &rules.write_back;
    let accept_status = write.in_progress_status.filter(|_| write.in_progress_on_accept).map(|id| id.to_string());
    let basics = Form::of([
        ("preset", word(&rules.preset)),
        ("reach", if rules.which == Which::PickedByWorkflowRule { "rule".into() } else { "every".into() }),
        ("poll_interval_s", rules.poll_interval_s.unwrap_or(POLL_INTERVAL_S.1).to_string()),
        (
            "leaves_filter",
            if rules.leaving_filter == LeavingFilter::Resolve { "resolve".into() } else { "keep".into() },
        ),
        ("unreadable_after_s", rules.unreadable_after_s.to_string()),
        ("summary_template", rules.templates.summary.clone().unwrap_or_else(|| DEFAULT_SUMMARY.into())),
        ("details_template", rules.templates.details.clone().unwrap_or_else(|| DEFAULT_DETAILS.into())),
        ("accept_status", accept_status.unwrap_or_default()),
        ("complete_status", write.complete_status.to_string()),
        ("note_publish", write.publish.to_string()),
        ("note_type", write.note_type.to_string()),
        ("resolution_template", write.resolution.clone().unwrap_or_default()),
        ("note_title_template", write.note_title.clone().unwrap_or_default()),
        ("note_text_template", write.note_text.clone().unwrap_or_default()),
    ]);
    let ticked = basics
        .ticked("watch_only", rules.watch_only)
        .ticked("recurring", rules.filter.recurring_instances)
        .ticked("change_requests", rules.filter.change_requests)
        .ticked("accept_by_anyone", rules.accept_counts_for == AcceptCountsFor::Anyone)
        .ticked("accept_note", write.note_on_accept)
        .ticked("accept_assign", write.assign_on_accept)
        .ticked("resolve_note", write.note_on_resolve)
        .ticked("comment_note", write.note_on_comment)
        .ticked("reassign_note", write.note_on_reassign)
        .ticked("escalate_note", write.note_on_escalate)
        .ticked("unanswered_note", write.note_on_unanswered)
        .ticked("write_as_person", write.write_as_person)
        .ticked("resolve_completes", write.complete_on_resolve);
    let tables = priorities(statuses(ticked, rules), rules);
    routing::show(filter::show(tables, rules.filter.condition.as_ref(), lists), &rules.routing, lists)
}

fn statuses(form: Form, rules: &SourceRules) -> Form {
    let cells = |form: Form, key: String, cells: &Cells| {
        form.with(format!("status.{key}.first_seen"), word(&cells.first_seen))
            .with(format!("status.{key}.no_alert"), word(&cells.became))
            .with(format!("status.{key}.pending"), word(&cells.pending))
            .with(format!("status.{key}.accepted"), word(&cells.accepted))
    };
    let rows = rules.statuses.rows.iter().fold(form, |form, row| cells(form, row.id.to_string(), &row.cells));
    cells(rows, "other".into(), &rules.statuses.other)
}

fn priorities(form: Form, rules: &SourceRules) -> Form {
    let rows = rules
        .priorities
        .rows
        .iter()
        .fold(form, |form, row| form.with(format!("priority.{}", row.id), word(&row.treatment)));
    rows.with("priority.other", word(&rules.priorities.other))
}

/// The rows of the status table. `confirms`: whether guesses are to be confirmed.
pub(in super::super) fn status_rows(rules: &SourceRules, confirms: bool) -> Vec<PicklistRow> {
    let guess = |id: i64, label: &str, class: StatusClass| {
        let is_guess = confirms && StatusClass::of_system_id(id).is_none();
        is_guess.then(|| match class {
            StatusClass::Other => "not recognised, so it opens".to_owned(),
            class => read_as(label, &word(&class)),
        })
    };
    let row = |row: &watchbell_core::autotask::StatusRow| PicklistRow {
        id: row.id,
        label: row.label.clone(),
        active: true,
        guess: guess(row.id, &row.label, row.class),
    };
    rules.statuses.rows.iter().map(row).collect()
}

/// What a label was taken for; nothing where that is the label itself.
fn read_as(label: &str, class: &str) -> String {
    let class = class.replace('_', " ");
    if fold(label) == class { String::new() } else { format!("read as \"{class}\"") }
}

/// The rows of the priority table, most severe first.
pub(in super::super) fn priority_rows(rules: &SourceRules, confirms: bool) -> Vec<PicklistRow> {
    let mut rows: Vec<_> = rules.priorities.rows.iter().collect();
    rows.sort_by_key(|row| row.rank.unwrap_or(i64::MAX));
    let guess = |label: &str, class: Option<PriorityClass>| match class {
        _ if !confirms => None,
        Some(class) => Some(read_as(label, &word(&class))),
        None => Some("not recognised, so it pages".to_owned()),
    };
    rows.into_iter()
        .map(|row| PicklistRow {
            id: row.id,
            label: row.label.clone(),
            active: true,
            guess: guess(&row.label, row.class),
        })
        .collect()
}
