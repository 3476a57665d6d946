//! What is written to the ticket, and what is not written twice.

use super::world::*;
use crate::autotask::*;
use crate::ids::AlertId;

fn accepted(by: &str, through_ticket: bool) -> AlertHappening {
    AlertHappening::Accepted { alert: AlertId(42), by: by.into(), at: at("2026-11-23T02:14:07.5Z"), through_ticket }
}

fn resolved(complete: bool, through_ticket: bool) -> AlertHappening {
    let at = at("2026-11-23T02:20:00Z");
    AlertHappening::Resolved { alert: AlertId(42), by: "Ann".into(), at, through_ticket, complete }
}

fn plan(status: i64, notes: &[&str], happening: &AlertHappening) -> Writing {
    let rules = rules(Preset::AfterHoursMsp);
    let ticket = Ticket { status, ..Ticket::default() };
    plan_write_back(&rules.write_back, &rules.statuses, &ticket, (notes, None), happening)
}

#[test]
fn accepting_writes_an_internal_note_and_in_progress_from_the_open_class_only() {
    let writing = plan(NEW, &[], &accepted("Ann", false));
    let note = writing.note.unwrap();
    assert_eq!(note.publish, 2);
    assert!(note.text.starts_with("Watchbell alert 42 accepted by Ann (2026-11-23 02:14:07Z)"), "{}", note.text);
    assert_eq!(writing.status, Some(IN_PROGRESS));
    for (status, written) in
        [(WAITING_DISPATCH, Some(IN_PROGRESS)), (IN_PROGRESS, None), (WAITING_CUSTOMER, None), (COMPLETE, None)]
    {
        assert_eq!(plan(status, &[], &accepted("Ann", false)).status, written, "{status}");
    }
}

#[test]
fn resolving_writes_a_note_and_completes_only_where_asked() {
    assert_eq!(plan(IN_PROGRESS, &[], &resolved(false, false)).status, None);
    assert_eq!(plan(IN_PROGRESS, &[], &resolved(true, false)).status, Some(COMPLETE));
    assert_eq!(plan(COMPLETE, &[], &resolved(true, false)).status, None);
    assert_eq!(plan(16, &[], &resolved(true, false)).status, None, "Work Complete ends it already");
    assert!(plan(IN_PROGRESS, &[], &resolved(false, false)).note.unwrap().text.contains("alert 42 resolved by Ann"));
    let mut rules = rules(Preset::LikeIlert);
    rules.write_back.complete_on_resolve = true;
    let ticket = Ticket { status: NEW, ..Ticket::default() };
    let writing = plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&[], None), &resolved(false, false));
    assert_eq!(writing.status, Some(COMPLETE));
}

#[test]
fn a_repetition_writes_only_what_is_missing() {
    let happening = accepted("Ann  Smith\n", false);
    let first = plan(NEW, &[], &happening);
    let text = first.note.unwrap().text.replace('\n', "\r\n<br>  ");
    assert_eq!(plan(NEW, &[&text], &happening), Writing { status: Some(IN_PROGRESS), ..Writing::default() });
    assert_eq!(plan(IN_PROGRESS, &["x", &text], &happening), Writing::default());
    assert!(plan(IN_PROGRESS, &[&text], &accepted("Bob", false)).note.is_some(), "another acceptance is another note");
    assert!(plan(IN_PROGRESS, &[&text], &resolved(false, false)).note.is_some());
}

#[test]
fn what_the_ticket_did_itself_is_not_told_to_it() {
    assert_eq!(plan(NEW, &[], &accepted("Ann", true)), Writing::default());
    assert_eq!(plan(NEW, &[], &resolved(true, true)), Writing::default());
}

#[test]
fn who_accepts_has_the_ticket_where_nobody_has_it() {
    let person = Some(Assignment { resource: 7, role: 3 });
    let rules = rules(Preset::AfterHoursMsp);
    let given = |status: i64, assignee: Option<i64>, happening: &AlertHappening| {
        let ticket = Ticket { status, assignee, ..Ticket::default() };
        plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&[], person), happening).assignment
    };
    assert_eq!(given(NEW, None, &accepted("Ann", false)), person);
    assert_eq!(given(WAITING_CUSTOMER, None, &accepted("Ann", false)), person, "whatever it waits for");
    assert_eq!(given(NEW, Some(9), &accepted("Ann", false)), None, "somebody has it");
    assert_eq!(given(COMPLETE, None, &accepted("Ann", false)), None, "it is over");
    assert_eq!(given(NEW, None, &accepted("Ann", true)), None, "the ticket said so itself");
    assert_eq!(given(NEW, None, &resolved(true, false)), None);
    let mut off = rules.clone();
    off.write_back.assign_on_accept = false;
    assert!(!wants_assignment(
        &off.write_back,
        &off.statuses,
        &Ticket { status: NEW, ..Ticket::default() },
        &accepted("Ann", false)
    ));
}

#[test]
fn the_role_is_that_of_the_queue_then_the_usual_one_then_any() {
    let held = [(5, 1), (5, 2), (6, 3)].map(|(queue, role)| QueueRole { queue, role });
    assert_eq!(choose_role(&held, Some(2), Some(5)), Some(2));
    assert_eq!(choose_role(&held, Some(3), Some(5)), Some(1), "the usual one is not held there");
    assert_eq!(choose_role(&held, Some(3), Some(9)), Some(3));
    assert_eq!(choose_role(&held, Some(8), None), Some(1));
    assert_eq!(choose_role(&[], Some(8), Some(5)), None);
}

#[test]
fn settings_switch_each_part_off() {
    let mut rules = rules(Preset::LikeIlert);
    let ticket = Ticket { status: NEW, ..Ticket::default() };
    rules.write_back.note_on_accept = false;
    rules.write_back.note_on_resolve = false;
    let write = |rules: &SourceRules, happening| {
        plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&[], None), &happening)
    };
    assert_eq!(write(&rules, accepted("Ann", false)), Writing { status: Some(IN_PROGRESS), ..Writing::default() });
    assert_eq!(write(&rules, resolved(false, false)), Writing::default());
    rules.write_back.in_progress_on_accept = false;
    assert_eq!(write(&rules, accepted("Ann", false)), Writing::default());
    rules.write_back.in_progress_on_accept = true;
    rules.write_back.in_progress_status = None;
    assert_eq!(write(&rules, accepted("Ann", false)).status, None, "a tenant without such a status");
}

#[test]
fn a_name_cannot_make_the_note_too_long() {
    let note = plan(NEW, &[], &accepted(&"Ä".repeat(5_000), false)).note.unwrap();
    assert!(note.title.chars().count() <= 250 && note.text.chars().count() <= 250);
}
