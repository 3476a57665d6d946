//! The settings of a source as the form describes them.

use super::super::super::reader::Reader;
use super::choices::parse_word;
use super::{filter, routing};
use crate::engine::autotask::TenantLists;
use watchbell_core::autotask::{
    AcceptCountsFor, Cells, DEFAULT_DETAILS, DEFAULT_SUMMARY, LeavingFilter, POLL_INTERVAL_S, Problem, SourceRules,
    Templates, UNREADABLE_AFTER_S, Which,
};

/// Reads the form upon what was; what is wrong is said beside its field.
pub(in super::super) fn read(reader: &mut Reader, mut rules: SourceRules, lists: &TenantLists) -> SourceRules {
    rules.which = if reader.form.has("reach", "rule") { Which::PickedByWorkflowRule } else { Which::AllFilteredHere };
    rules.watch_only = reader.form.is_on("watch_only");
    rules.leaving_filter =
        if reader.form.has("leaves_filter", "resolve") { LeavingFilter::Resolve } else { LeavingFilter::Keep };
    rules.accept_counts_for =
        if reader.form.is_on("accept_by_anyone") { AcceptCountsFor::Anyone } else { AcceptCountsFor::Persons };
    let (least, _, most) = POLL_INTERVAL_S;
    if let Some(interval_s) = reader.number("poll_interval_s", i64::from(least)..=i64::from(most)) {
        rules.poll_interval_s = u32::try_from(interval_s).ok();
    }
    if let Some(after_s) = reader.number("unreadable_after_s", 0..=i64::from(UNREADABLE_AFTER_S.1)) {
        rules.unreadable_after_s = u32::try_from(after_s).unwrap_or(UNREADABLE_AFTER_S.0);
    }
    read_statuses(reader, &mut rules);
    read_priorities(reader, &mut rules);
    rules.filter.recurring_instances = reader.form.is_on("recurring");
    rules.filter.change_requests = reader.form.is_on("change_requests");
    rules.filter.condition = filter::read(reader, rules.filter.condition.as_ref(), lists);
    rules.routing = routing::read(reader, &rules.routing, lists);
    rules.templates = templates(reader);
    read_write_back(reader, &mut rules);
    let problems = rules.validate();
    problems.iter().for_each(|problem| say(reader, &rules, problem));
    rules
}

fn read_statuses(reader: &Reader, rules: &mut SourceRules) {
    for row in &mut rules.statuses.rows {
        row.cells = cells(reader, &row.id.to_string(), row.cells);
    }
    rules.statuses.other = cells(reader, "other", rules.statuses.other);
}

/// The cells of a row; what the form does not name stays.
fn cells(reader: &Reader, key: &str, kept: Cells) -> Cells {
    let cell = |column: &str| parse_word(reader.form.value(&format!("status.{key}.{column}")));
    Cells {
        first_seen: cell("first_seen").unwrap_or(kept.first_seen),
        became: cell("no_alert").unwrap_or(kept.became),
        pending: cell("pending").unwrap_or(kept.pending),
        accepted: cell("accepted").unwrap_or(kept.accepted),
    }
}

fn read_priorities(reader: &Reader, rules: &mut SourceRules) {
    for row in &mut rules.priorities.rows {
        row.treatment = parse_word(reader.form.value(&format!("priority.{}", row.id))).unwrap_or(row.treatment);
    }
    rules.priorities.other = parse_word(reader.form.value("priority.other")).unwrap_or(rules.priorities.other);
}

/// The templates of the form; one that is the default is none.
pub(in super::super) fn templates(reader: &Reader) -> Templates {
    let own = |name: &str, default: &str| reader.filled(name).filter(|text| text != default);
    Templates { summary: own("summary_template", DEFAULT_SUMMARY), details: own("details_template", DEFAULT_DETAILS) }
}

fn read_write_back(reader: &mut Reader, rules: &mut SourceRules) {
    let write = &mut rules.write_back;
    write.note_on_accept = reader.form.is_on("accept_note");
    write.assign_on_accept = reader.form.is_on("accept_assign");
    write.note_on_resolve = reader.form.is_on("resolve_note");
    write.note_on_comment = reader.form.is_on("comment_note");
    write.note_on_reassign = reader.form.is_on("reassign_note");
    write.note_on_escalate = reader.form.is_on("escalate_note");
    write.note_on_unanswered = reader.form.is_on("unanswered_note");
    write.write_as_person = reader.form.is_on("write_as_person");
    write.complete_on_resolve = reader.form.is_on("resolve_completes");
    let status: Option<i64> = reader.form.value("accept_status").parse().ok();
    write.in_progress_on_accept = status.is_some();
    write.in_progress_status = status.or(write.in_progress_status);
    write.complete_status = reader.form.value("complete_status").parse().unwrap_or(write.complete_status);
    write.resolution = reader.filled("resolution_template");
    write.note_title = reader.filled("note_title_template");
    write.note_text = reader.filled("note_text_template");
    write.note_type = reader.form.value("note_type").parse().unwrap_or(write.note_type);
    write.publish = reader.form.value("note_publish").parse().unwrap_or(write.publish);
}

/// A problem of the rules at the field of the form that it is about.
fn say(reader: &mut Reader, rules: &SourceRules, problem: &Problem) {
    let sentence = super::super::super::reader::sentence(&problem.message);
    let row = |prefix: &str| problem.field.strip_prefix(prefix)?.split(']').next()?.parse::<usize>().ok();
    if let Some(at) = row("statuses.rows[") {
        let label = rules.statuses.rows.get(at).map_or("a status", |row| row.label.as_str());
        reader.form.error("", format!("Status {label}: {sentence}"));
        return;
    }
    if let Some(at) = row("routing[") {
        reader.form.error(format!("route.{at}"), sentence);
        return;
    }
    let field = match problem.field.as_str() {
        "poll_interval_s" | "unreadable_after_s" => problem.field.as_str(),
        "templates.summary" => "summary_template",
        "templates.details" => "details_template",
        "filter.condition" => "filter.0",
        "write_back.publish" => "note_publish",
        "write_back.resolution" => "resolution_template",
        "write_back.note_title" => "note_title_template",
        "write_back.note_text" => "note_text_template",
        _ => "",
    };
    if reader.form.error_of(field).is_none() {
        reader.form.error(field, sentence);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::form_of;
    use super::*;
    use crate::engine::autotask::preset_rules;
    use watchbell_core::autotask::{PicklistValue, Preset, Treatment};
    use watchbell_ui::Form;

    fn lists() -> TenantLists {
        let values = |list: &[(i64, &str)]| {
            list.iter().enumerate().map(|(at, (id, label))| PicklistValue::new(*id, *label, at as i64 + 1)).collect()
        };
        let statuses = values(&[(1, "New"), (8, "In Progress"), (7, "Waiting Customer"), (5, "Complete")]);
        let priorities = values(&[(4, "Critical"), (1, "High"), (2, "Medium"), (3, "Low")]);
        TenantLists {
            lists: [("status".to_owned(), statuses), ("priority".to_owned(), priorities)].into(),
            ..TenantLists::default()
        }
    }

    #[test]
    fn what_the_form_shows_is_what_it_saves_for_every_preset() {
        for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
            let rules = preset_rules(preset, &lists());
            let mut reader = Reader { form: form_of(&rules, &lists()) };
            assert_eq!(read(&mut reader, rules.clone(), &lists()), rules);
            assert!(!reader.form.is_refused());
        }
    }

    #[test]
    fn a_cell_that_means_nothing_where_it_stands_is_refused() {
        let rules = preset_rules(Preset::AfterHoursMsp, &lists());
        let mut reader = Reader {
            form: Form::of([
                ("status.1.first_seen", "resolve"),
                ("poll_interval_s", "5"),
                ("unreadable_after_s", "60"),
                ("summary_template", "{{ nope"),
            ]),
        };
        read(&mut reader, rules, &lists());
        for field in ["", "poll_interval_s", "summary_template"] {
            assert!(reader.form.error_of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn an_unticked_box_and_a_changed_priority_are_saved() {
        let rules = preset_rules(Preset::AfterHoursMsp, &lists());
        let form = Form::of([
            ("poll_interval_s", "120"),
            ("unreadable_after_s", "90"),
            ("priority.3", "page"),
            ("accept_status", ""),
            ("reach", "rule"),
        ]);
        let saved = read(&mut Reader { form }, rules, &lists());
        assert_eq!(saved.priorities.treatment(Some(3)), Treatment::Page);
        assert!(!saved.write_back.note_on_accept && !saved.write_back.in_progress_on_accept);
        assert_eq!((saved.poll_interval_s, saved.which), (Some(120), Which::PickedByWorkflowRule));
    }
}
