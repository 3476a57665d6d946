//! What is written to the ticket, and what is not written twice.

use super::world::*;
use crate::autotask::*;
use crate::ids::AlertId;

fn happened(what: Happened, by: &str, at: &str) -> AlertHappening {
    let at = super::world::at(at);
    AlertHappening {
        alert: AlertId(42),
        what,
        by: by.into(),
        at,
        through_ticket: false,
        superseded: false,
        calls: Vec::new(),
    }
}

fn accepted(by: &str, through_ticket: bool) -> AlertHappening {
    AlertHappening { through_ticket, ..happened(Happened::Accepted, by, "2026-11-23T02:14:07.5Z") }
}

fn resolved(complete: bool, through_ticket: bool) -> AlertHappening {
    let what = Happened::Resolved { complete, resolution: None };
    AlertHappening { through_ticket, ..happened(what, "Ann", "2026-11-23T02:20:00Z") }
}

fn plan(status: i64, notes: &[&str], happening: &AlertHappening) -> Writing {
    let rules = rules(Preset::AfterHoursMsp);
    let ticket = Ticket { status, ..Ticket::default() };
    plan_write_back(&rules.write_back, &rules.statuses, &ticket, (notes, None), happening)
}

fn status_only(status: i64) -> Writing {
    Writing { fields: TicketFields { status: Some(status), ..TicketFields::default() }, ..Writing::default() }
}

#[test]
fn accepting_writes_an_internal_note_and_in_progress_from_the_open_class_only() {
    let writing = plan(NEW, &[], &accepted("Ann", false));
    let note = writing.note.unwrap();
    assert_eq!(note.publish, 2);
    assert!(note.text.starts_with("Watchbell alert 42 accepted by Ann (2026-11-23 02:14:07Z)"), "{}", note.text);
    assert_eq!(writing.fields.status, Some(IN_PROGRESS));
    for (status, written) in
        [(WAITING_DISPATCH, Some(IN_PROGRESS)), (IN_PROGRESS, None), (WAITING_CUSTOMER, None), (COMPLETE, None)]
    {
        assert_eq!(plan(status, &[], &accepted("Ann", false)).fields.status, written, "{status}");
    }
}

#[test]
fn resolving_writes_a_note_and_completes_only_where_asked() {
    assert_eq!(plan(IN_PROGRESS, &[], &resolved(false, false)).fields.status, None);
    assert_eq!(plan(IN_PROGRESS, &[], &resolved(true, false)).fields.status, Some(COMPLETE));
    assert_eq!(plan(COMPLETE, &[], &resolved(true, false)).fields.status, None);
    assert_eq!(plan(16, &[], &resolved(true, false)).fields.status, None, "Work Complete ends it already");
    assert!(plan(IN_PROGRESS, &[], &resolved(false, false)).note.unwrap().text.contains("alert 42 resolved by Ann"));
    let mut rules = rules(Preset::LikeIlert);
    rules.write_back.complete_on_resolve = true;
    let ticket = Ticket { status: NEW, ..Ticket::default() };
    let writing = plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&[], None), &resolved(false, false));
    assert_eq!(writing.fields.status, Some(COMPLETE));
}

#[test]
fn a_repetition_writes_only_what_is_missing() {
    let happening = accepted("Ann  Smith\n", false);
    let first = plan(NEW, &[], &happening);
    let text = first.note.unwrap().text.replace('\n', "\r\n<br>  ");
    assert_eq!(plan(NEW, &[&text], &happening), Writing { is_noted: true, ..status_only(IN_PROGRESS) });
    let nothing = Writing { is_noted: true, ..Writing::default() };
    assert_eq!(plan(IN_PROGRESS, &["x", &text], &happening), nothing);
    assert!(plan(IN_PROGRESS, &[&text], &accepted("Bob", false)).note.is_some(), "another acceptance is another note");
    assert!(plan(IN_PROGRESS, &[&text], &resolved(false, false)).note.is_some());
}

#[test]
fn where_the_ticket_has_opened_another_alert_since_only_the_note_is_written() {
    for happening in [accepted("Ann", false), resolved(true, false)] {
        let writing = plan(NEW, &[], &AlertHappening { superseded: true, ..happening });
        assert_eq!((writing.fields, writing.left), (TicketFields::default(), Some(Left::Superseded)));
        assert!(writing.note.is_some());
    }
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
        plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&[], person), happening).fields.assignment
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
    assert_eq!(write(&rules, accepted("Ann", false)), status_only(IN_PROGRESS));
    assert_eq!(write(&rules, resolved(false, false)), Writing::default());
    rules.write_back.in_progress_on_accept = false;
    assert_eq!(write(&rules, accepted("Ann", false)), Writing::default());
    rules.write_back.in_progress_on_accept = true;
    rules.write_back.in_progress_status = None;
    assert_eq!(write(&rules, accepted("Ann", false)).fields.status, None, "a tenant without such a status");
}

#[test]
fn a_name_cannot_make_the_note_too_long() {
    let note = plan(NEW, &[], &accepted(&"Ä".repeat(5_000), false)).note.unwrap();
    assert!(note.title.chars().count() <= 250 && note.text.chars().count() <= 250);
}

#[test]
fn a_status_that_somebody_set_meanwhile_stays_and_is_named() {
    assert_eq!(plan(WAITING_CUSTOMER, &[], &accepted("Ann", false)).left, Some(Left::Status(WAITING_CUSTOMER)));
    assert_eq!(plan(COMPLETE, &[], &accepted("Ann", false)).left, Some(Left::Status(COMPLETE)));
    assert_eq!(plan(IN_PROGRESS, &[], &accepted("Ann", false)).left, None, "it is what was wanted");
    assert_eq!(plan(COMPLETE, &[], &resolved(true, false)).left, None, "it is what was wanted");
}

#[test]
fn a_comment_is_a_note_and_two_within_a_second_are_two() {
    let say = |text: &str, at: &str| happened(Happened::Commented { text: text.into() }, "Ann", at);
    let first = plan(NEW, &[], &say("restarted", "2026-11-23T02:20:00.100Z")).note.unwrap();
    assert_eq!(first.text, "Watchbell alert 42 comment by Ann (2026-11-23 02:20:00.100Z)\nrestarted");
    assert!(plan(NEW, &[&first.text], &say("restarted", "2026-11-23T02:20:00.100Z")).note.is_none());
    assert!(plan(NEW, &[&first.text], &say("restarted", "2026-11-23T02:20:00.900Z")).note.is_some());
}

#[test]
fn each_kind_of_note_is_a_setting() {
    let kinds = [
        Happened::Accepted,
        Happened::Resolved { complete: false, resolution: None },
        Happened::Commented { text: "x".into() },
        Happened::Reassigned { to: "Ben".into() },
        Happened::Escalated,
        Happened::Unanswered,
    ];
    let notes = |rules: &WriteBackRules| {
        let wants = |what: &Happened| {
            let happening = happened(what.clone(), "Ann", "2026-11-23T02:20:00Z");
            let statuses = super::world::rules(Preset::LikeIlert).statuses;
            plan_write_back(rules, &statuses, &Ticket::default(), (&[], None), &happening).note.is_some()
        };
        kinds.iter().map(wants).collect::<Vec<_>>()
    };
    assert_eq!(notes(&WriteBackRules::default()), [true, true, true, false, false, true]);
    let all = WriteBackRules { note_on_reassign: true, note_on_escalate: true, ..WriteBackRules::default() };
    assert_eq!(notes(&all), [true; 6]);
    let none = WriteBackRules {
        note_on_accept: false,
        note_on_resolve: false,
        note_on_comment: false,
        note_on_unanswered: false,
        ..WriteBackRules::default()
    };
    assert_eq!(notes(&none), [false; 6]);
}

#[test]
fn a_note_lists_who_was_called() {
    let calls = vec!["21:04 called Anna: no answer".to_owned(), "21:09 called Ben: accepted".to_owned()];
    let note = plan(NEW, &[], &AlertHappening { calls, ..accepted("Ben", false) }).note.unwrap();
    let told = "\nEscalation has stopped.\n21:04 called Anna: no answer\n21:09 called Ben: accepted";
    assert!(note.text.ends_with(told), "{}", note.text);
}

#[test]
fn notes_and_resolutions_are_in_the_words_of_the_source() {
    let mut rules = rules(Preset::AfterHoursMsp);
    rules.write_back.note_title = Some("{{ by }} hat das Ticket".into());
    rules.write_back.note_text =
        Some("{{ what }} {{ alert }} {{ comment }}|{% for call in calls %}{{ call }};{% endfor %}".into());
    rules.write_back.resolution = Some("{{ resolution }} ({{ by }})".into());
    (rules.write_back.note_type, rules.write_back.publish) = (3, 4);
    let ticket = Ticket { status: NEW, ..Ticket::default() };
    let write = |rules: &SourceRules, ticket: &Ticket, happening: &AlertHappening| {
        plan_write_back(&rules.write_back, &rules.statuses, ticket, (&[], None), happening)
    };
    let note =
        write(&rules, &ticket, &AlertHappening { calls: vec!["a".into(), "b".into()], ..accepted("Ann", false) });
    let note = note.note.unwrap();
    assert_eq!((note.title.as_str(), note.note_type, note.publish), ("Ann hat das Ticket", 3, 4));
    assert!(note.text.ends_with("\naccepted 42 |a;b;"), "{}", note.text);
    let what = Happened::Resolved { complete: true, resolution: Some("restarted it".into()) };
    let done = happened(what, "Ann", "2026-11-23T02:20:00Z");
    assert_eq!(write(&rules, &ticket, &done).fields.resolution.as_deref(), Some("restarted it (Ann)"));
    let said = serde_json::json!({"resolution": "known already"}).as_object().unwrap().clone();
    let left = write(&rules, &Ticket { raw: said, ..ticket.clone() }, &done);
    assert_eq!((left.fields.resolution, left.left), (None, Some(Left::Resolution)));
    rules.write_back.note_text = Some("{{ nope }}".into());
    let broken = write(&rules, &ticket, &accepted("Ann", false));
    assert!(broken.problem.is_some());
    assert!(broken.note.unwrap().text.ends_with("Escalation has stopped."), "in our own words");
    assert!(rules.validate().is_empty(), "a name that is not there is told when it is used");
    rules.write_back.note_text = Some("{{ by".into());
    assert_eq!(rules.validate()[0].field, "write_back.note_text");
}

#[test]
fn without_a_text_no_resolution_is_written() {
    assert_eq!(plan(NEW, &[], &resolved(true, false)).fields.resolution, None);
}

#[test]
fn a_source_that_was_made_before_tells_nothing_new_and_a_new_one_does() {
    let former = r#"{"note_on_accept": true, "publish": 1}"#;
    let read: WriteBackRules = serde_json::from_str(former).unwrap();
    assert!(read.note_on_accept && !read.note_on_comment && !read.note_on_unanswered);
    let fresh = serde_json::to_string(&WriteBackRules::default()).unwrap();
    assert_eq!(serde_json::from_str::<WriteBackRules>(&fresh).unwrap(), WriteBackRules::default());
}
