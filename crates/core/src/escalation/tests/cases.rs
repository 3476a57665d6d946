//! The table of neutral cases of escalation timing: those that fit the states of an alert as tests, the others with the reason.

use super::accepts::{happen, needing};
use super::rotas::{asking, roster};
use super::*;
use crate::alert::Happening;
use crate::schedule::{Duty, HolidayRule, Layer, Plan, Prepared, Rotation, RotationUnit, Schedule, Version, on_call};
use std::collections::BTreeMap;

/// Cases with a test here.
const TESTED: [(&str, fn()); 11] = [
    ("ESC-01", esc_01_the_next_level_after_its_time_out),
    ("ESC-04", esc_04_escalating_an_accepted_alert_calls_the_next_level),
    ("ESC-08", esc_08_rules_of_one_person_run_by_their_delays),
    ("ESC-09", esc_09_levels_without_anyone_hold_nobody_up),
    ("ESC-12", esc_12_a_step_done_again_plans_the_same),
    ("ESC-13", esc_13_who_is_on_call_when_it_starts_and_after_the_hand_over),
    ("ESC-15", esc_15_round_robin),
    ("ESC-21", esc_21_an_alert_keeps_the_policy_that_it_began_with),
    ("ESC-22", esc_22_passes_are_counted),
    ("ESC-30", esc_30_both_of_two_accept),
    ("ESC-32", esc_32_closing_ends_it_however_many_had_to_accept),
];

/// Cases that do not fit, with the reason.
const LEFT_OUT: [(&str, &str); 10] = [
    ("ESC-02", "levels are a list: they have no numbers that could leave a hole"),
    ("ESC-03", "there are at most 9 passes; two levels that call one contact are two messages, which bundling joins"),
    (
        "ESC-07",
        "a level's messages are planned when it starts: rules that are added later count from the next level on",
    ),
    ("ESC-11", "maintenance windows hold alerts back when they open; their tests stand beside them"),
    ("ESC-17", "levels have no conditions of time: support hours do that for a source"),
    ("ESC-18", "as ESC-17; that a restart continues is tested with the killed program"),
    ("ESC-19", "levels have no conditions on numbers of alerts: grouping and bundling do that"),
    ("ESC-20", "as ESC-19: no such condition"),
    ("ESC-25", "the auditor of open alerts has tests of its own"),
    (
        "ESC-28",
        "who accepted in the outside tool, and whose alert is resolved, is never asked: see the tests of accepts; groups of alerts have no children",
    ),
];

#[test]
fn every_case_is_tested_or_left_out_with_a_reason() {
    let numbers = [1, 2, 3, 4, 7, 8, 9, 11, 12, 13, 15, 17, 18, 19, 20, 21, 22, 25, 28, 30, 32];
    let mut covered: Vec<&str> = TESTED.iter().map(|(id, _)| *id).chain(LEFT_OUT.iter().map(|(id, _)| *id)).collect();
    covered.sort_unstable();
    assert_eq!(covered, numbers.map(|number| format!("ESC-{number:02}")));
    assert!(LEFT_OUT.iter().all(|(_, reason)| reason.len() > 10));
}

fn open() -> Alert {
    alert(Status::Pending, Priority::High)
}

fn users_of(done: &Advance) -> Vec<i64> {
    done.pages.iter().map(|page| page.planned.user.0).collect()
}

fn go(alert: &Alert, policy: &Policy, now: i64) -> Advance {
    advance(alert, policy, &roster(&[]), &Outlook::default(), at(now))
}

#[test]
fn esc_01_the_next_level_after_its_time_out() {
    let policy = policy(&[(1_800, &[1]), (3_600, &[2])], 1);
    let first = go(&open(), &policy, 0);
    assert_eq!((users_of(&first), users_of(&go(&first.alert, &policy, 1_799))), (vec![1], vec![]));
    assert_eq!(users_of(&go(&first.alert, &policy, 1_800)), [2]);
}

#[test]
fn esc_04_escalating_an_accepted_alert_calls_the_next_level() {
    let policy = policy(&[(3_600, &[1]), (3_600, &[2])], 1);
    let accepted = happen(&go(&open(), &policy, 0).alert, Happening::Accepted, 1, 10).alert;
    assert!(go(&accepted, &policy, 9_999).pages.is_empty());
    let asked = happen(&accepted, Happening::EscalatedNow, 1, 20).alert;
    assert_eq!((asked.status, users_of(&go(&asked, &policy, 20))), (Status::Pending, vec![2]));
}

#[test]
fn esc_08_rules_of_one_person_run_by_their_delays() {
    let rule = |id: i64, contact: i64, delay_s: i64| Rule {
        id: RuleId(id),
        contact: ContactId(contact),
        channel: Channel::Email,
        delay_s,
        priority: Priority::High,
    };
    let ann = Recipient {
        user: UserId(1),
        rules: vec![rule(1, 1, 0), rule(2, 2, 0), rule(3, 1, 1_800)],
        silence: Default::default(),
    };
    let done = step(&open(), &policy(&[(3_600, &[1])], 1), &[ann], NOTHING, at(0));
    let due: Vec<(i64, i64)> =
        done.pages.iter().map(|page| (page.planned.contact.0, page.planned.due_at.as_second())).collect();
    assert_eq!(due, [(1, 0), (2, 0), (1, 1_800)]);
}

#[test]
fn esc_09_levels_without_anyone_hold_nobody_up() {
    let mut last_but_one = asking(&[1], 60);
    last_but_one.users = vec![UserId(1)];
    let empty = roster(&[(1, Duty::Nobody, 99)]);
    for levels in [vec![], vec![Level::of_users(vec![], 60)], vec![asking(&[1], 60)], vec![asking(&[404], 60)]] {
        let done = advance(&open(), &of_levels(levels, 1), &empty, &Outlook::default(), at(0));
        assert!(done.pages.is_empty() && done.alert.nobody_notified_at.is_some());
        let asked = happen(&done.alert, Happening::EscalatedNow, 1, 5).alert;
        assert!(advance(&asked, &of_levels(vec![], 1), &empty, &Outlook::default(), at(5)).pages.is_empty());
    }
    let done = advance(&open(), &of_levels(vec![last_but_one], 1), &empty, &Outlook::default(), at(0));
    assert_eq!(users_of(&done), [1]);
}

#[test]
fn esc_12_a_step_done_again_plans_the_same() {
    let policy = policy(&[(60, &[1])], 1);
    assert_eq!(go(&open(), &policy, 0), go(&open(), &policy, 0));
    assert!(go(&go(&open(), &policy, 0).alert, &policy, 0).pages.is_empty(), "and once it is written, nothing");
}

#[test]
fn esc_13_who_is_on_call_when_it_starts_and_after_the_hand_over() {
    let layer = Layer {
        name: "hourly".into(),
        starts_on: jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0),
        ends_on: None,
        users: vec![UserId(1), UserId(2)],
        rotation: Rotation { unit: RotationUnit::Hours, count: 1 },
        restrictions: Vec::new(),
        keeps_turns: false,
        holidays: HolidayRule::Any,
        attended: None,
        zone: None,
    };
    let plan = Plan::Recurring { layers: vec![layer] };
    let version = Version { from: Timestamp::MIN, zone: "UTC".into(), calendar: None, plan };
    let schedule = Schedule { versions: vec![version], temporaries: Vec::new(), overrides: Vec::new() };
    let rotation = Prepared::new(&schedule, &BTreeMap::new()).unwrap();
    let behind = |now: i64| {
        let on_duty = OnDuty::of(&rotation, None, at(now), at(now + 86_400));
        Roster { on_duty: [(crate::ids::ScheduleId(1), on_duty)].into(), ..roster(&[]) }
    };
    let policy = of_levels(vec![asking(&[1], 7_000)], 1);
    let first = advance(&open(), &policy, &behind(0), &Outlook::default(), at(0));
    assert_eq!((users_of(&first), first.alert.escalation.wake_at), (vec![1], Some(at(3_600))));
    assert_eq!(on_call(&rotation, at(3_600)).0, Duty::User(UserId(2)));
    let paged = Outlook { paged: vec![UserId(1)], ..Outlook::default() };
    assert_eq!(users_of(&advance(&first.alert, &policy, &behind(3_600), &paged, at(3_600))), [2]);
}

#[test]
fn esc_15_round_robin() {
    let level = Level { round_robin: true, ..needing(1, &[1, 2], 60) };
    let (policy, mut people) = (of_levels(vec![level], 1), roster(&[]));
    let first = advance(&open(), &policy, &people, &Outlook::default(), at(0));
    people.turns.extend(first.turn);
    let second = advance(&open(), &policy, &people, &Outlook::default(), at(0));
    assert_eq!((users_of(&first), users_of(&second)), (vec![1], vec![2]));
}

#[test]
fn esc_21_an_alert_keeps_the_policy_that_it_began_with() {
    let before = go(&open(), &policy(&[(60, &[1]), (60, &[2])], 1), 0).alert;
    let kept = (before.escalation.policy, before.escalation.version);
    let accepted = happen(&before, Happening::Commented { text: "x".into(), author: None }, 1, 5).alert;
    assert_eq!((accepted.escalation.policy, accepted.escalation.version), kept);
}

#[test]
fn esc_22_passes_are_counted() {
    let policy = policy(&[(60, &[1])], 2);
    let first = go(&open(), &policy, 0).alert;
    let again = go(&first, &policy, 60).alert;
    assert_eq!((first.escalation.pass, again.escalation.pass, again.escalation.level), (1, 2, 0));
}

#[test]
fn esc_30_both_of_two_accept() {
    let policy = of_levels(vec![needing(2, &[1, 2], 60)], 1);
    let first = happen(&go(&open(), &policy, 0).alert, Happening::Accepted, 1, 10);
    let second = happen(&first.alert, Happening::Accepted, 2, 20);
    assert_eq!((first.entries.len(), second.entries.len()), (1, 1));
    assert_eq!((first.alert.status, second.alert.status), (Status::Pending, Status::Accepted));
}

#[test]
fn esc_32_closing_ends_it_however_many_had_to_accept() {
    let policy = of_levels(vec![needing(2, &[1, 2], 1_800)], 3);
    let closed = happen(&go(&open(), &policy, 0).alert, Happening::Resolved { reason: None }, 1, 10);
    assert!(closed.cancel_pages && go(&closed.alert, &policy, 1_860).pages.is_empty());
}
