//! Levels of schedules and teams: who is behind them, gaps, duty that is not paged by rule, hand-overs, turns, simulation.

use super::accepts::happen;
use super::*;
use crate::ids::{ScheduleId, TeamId};
use crate::schedule::Duty;

/// A level that asks schedules.
pub(super) fn asking(schedules: &[i64], timeout_s: i64) -> Level {
    Level { schedules: schedules.iter().map(|id| ScheduleId(*id)).collect(), ..Level::of_users(Vec::new(), timeout_s) }
}

/// Persons 1 to 9, and who is on call until when.
pub(super) fn roster(duties: &[(i64, Duty, i64)]) -> Roster {
    let everybody = (1..10).map(|user| person(user, &[Priority::High, Priority::Low]));
    let on_duty = duties.iter().map(|(schedule, duty, until)| {
        let reason = (*duty == Duty::Attended).then(|| "the dispatchers watch the board".to_owned());
        (ScheduleId(*schedule), OnDuty { duty: *duty, until: at(*until), reason })
    });
    Roster { on_duty: on_duty.collect(), ..Roster::of(everybody) }
}

fn pending() -> Alert {
    alert(Status::Pending, Priority::High)
}

fn paged(done: &Advance) -> Vec<i64> {
    done.pages.iter().map(|page| page.planned.user.0).collect()
}

fn go(alert: &Alert, policy: &Policy, roster: &Roster, now: i64) -> Advance {
    advance(alert, policy, roster, &Outlook::default(), at(now))
}

#[test]
fn who_is_on_call_and_in_the_team_when_the_level_starts_is_paged_each_once() {
    let mut level = asking(&[1, 2], 60);
    (level.users, level.teams) = (vec![UserId(1)], vec![TeamId(4)]);
    let mut roster = roster(&[(1, Duty::User(UserId(2)), 9_999), (2, Duty::User(UserId(1)), 9_999)]);
    roster.members = [(TeamId(4), vec![UserId(2), UserId(3)])].into();
    assert_eq!(paged(&go(&pending(), &of_levels(vec![level], 1), &roster, 0)), [1, 2, 3]);
}

#[test]
fn a_gap_falls_through_at_once_and_the_timeline_names_it() {
    let policy = of_levels(vec![asking(&[1, 7], 60), Level::of_users(vec![UserId(3)], 60)], 1);
    let done = go(&pending(), &policy, &roster(&[(1, Duty::Nobody, 500)]), 0);
    assert_eq!((paged(&done), done.alert.escalation.level), (vec![3], 1));
    let empty =
        Entry::LevelEmpty { pass: 1, level: 0, unreachable: Vec::new(), gaps: vec![ScheduleId(1), ScheduleId(7)] };
    assert_eq!(done.entries[0], empty);
}

#[test]
fn an_attended_level_waits_like_one_that_was_called_and_is_never_nobody() {
    let policy = of_levels(vec![asking(&[1], 60)], 2);
    let roster = roster(&[(1, Duty::Attended, 99_999)]);
    let mut open = pending();
    for now in [0, 60] {
        let done = go(&open, &policy, &roster, now);
        assert_eq!((done.pages.len(), done.alert.escalation.next_step_at), (0, Some(at(now + 60))));
        assert!(
            matches!(&done.entries[..], [Entry::NotPagedByRule { reason, .. }] if reason == "the dispatchers watch the board")
        );
        open = done.alert;
    }
    let ended = go(&open, &policy, &roster, 120);
    assert_eq!((ended.entries, ended.tell_fallback), (vec![Entry::EscalationEnded], false));
    assert_eq!((ended.alert.nobody_notified_at, ended.alert.escalation.next_step_at), (None, None));
}

#[test]
fn where_a_later_level_finds_nobody_an_attended_one_before_it_is_not_enough() {
    let policy = of_levels(vec![asking(&[1], 60), asking(&[2], 60)], 1);
    let roster = roster(&[(1, Duty::Attended, 99_999), (2, Duty::Nobody, 99_999)]);
    let waiting = go(&pending(), &policy, &roster, 0).alert;
    let ended = go(&waiting, &policy, &roster, 60);
    assert_eq!((ended.alert.nobody_notified_at, ended.tell_fallback), (Some(at(60)), true));
}

#[test]
fn named_people_who_cannot_be_reached_are_not_covered_by_who_watches() {
    let mut level = asking(&[1], 60);
    level.users = vec![UserId(77)];
    let done = go(&pending(), &of_levels(vec![level], 1), &roster(&[(1, Duty::Attended, 99_999)]), 0);
    assert_eq!(done.alert.nobody_notified_at, Some(at(0)));
}

#[test]
fn each_minute_it_is_looked_again_in_silence_until_somebody_is_on_call() {
    let policy = of_levels(vec![asking(&[1], 600)], 1);
    let gap = roster(&[(1, Duty::Nobody, 9_999)]);
    let mut open = go(&pending(), &policy, &gap, 0).alert;
    let pass = open.escalation.pass;
    let mut told = 0;
    for minute in 1..=90 {
        assert_eq!(open.escalation.next_step_at, Some(at(minute * 60)));
        let done = go(&open, &policy, &gap, minute * 60);
        assert!(done.entries.is_empty() && done.pages.is_empty(), "{:?}", done.entries);
        told += i64::from(done.tell_fallback);
        open = done.alert;
    }
    assert_eq!((told, open.escalation.pass), (1, pass), "the fallback contacts hear of it again after an hour");
    let found = go(&open, &policy, &roster(&[(1, Duty::User(UserId(2)), 99_999)]), 91 * 60);
    assert_eq!((paged(&found), found.alert.escalation.next_step_at), (vec![2], Some(at(91 * 60 + 600))));
}

#[test]
fn who_comes_on_call_while_a_level_is_unanswered_is_paged_and_its_time_out_stays() {
    let policy = of_levels(vec![asking(&[1], 600), Level::of_users(vec![UserId(9)], 60)], 1);
    let open = go(&pending(), &policy, &roster(&[(1, Duty::User(UserId(1)), 300)]), 0).alert;
    assert_eq!((open.escalation.wake_at, open.escalation.next_step_at), (Some(at(300)), Some(at(600))));
    let outlook = Outlook { paged: vec![UserId(1)], ..Outlook::default() };
    let after = roster(&[(1, Duty::User(UserId(2)), 500)]);
    let done = advance(&open, &policy, &after, &outlook, at(300));
    assert_eq!((paged(&done), done.pages[0].level, done.pages[0].pass), (vec![2], 0, 1));
    assert_eq!((done.alert.escalation.wake_at, done.alert.escalation.next_step_at), (Some(at(500)), Some(at(600))));
    let back = Outlook { paged: vec![UserId(1), UserId(2)], ..Outlook::default() };
    let again = advance(&done.alert, &policy, &roster(&[(1, Duty::User(UserId(1)), 700)]), &back, at(500));
    assert!(again.pages.is_empty() && again.entries.is_empty(), "who was paged by this level is not paged twice");
    assert_eq!(again.alert.escalation.wake_at, None, "the next hand-over lies behind the level's end");
}

#[test]
fn targets_take_turns_and_who_cannot_be_reached_is_passed_over() {
    let level = Level { round_robin: true, ..Level::of_users(vec![UserId(1), UserId(77), UserId(3)], 60) };
    let policy = of_levels(vec![level], 1);
    let mut roster = roster(&[]);
    let mut takers = Vec::new();
    for _ in 0..4 {
        let done = go(&pending(), &policy, &roster, 0);
        takers.extend(paged(&done));
        roster.turns.extend(done.turn);
    }
    assert_eq!(takers, [1, 3, 1, 3]);
    roster.recipients.clear();
    let nobody = go(&pending(), &policy, &roster, 0);
    assert_eq!((nobody.turn, nobody.alert.nobody_notified_at), (None, Some(at(0))));
}

#[test]
fn a_simulation_takes_the_steps_of_paging_hand_overs_too() {
    let policy = of_levels(vec![asking(&[1], 600), Level::of_users(vec![UserId(9)], 60)], 2);
    let duty = |now: Timestamp| match now < at(300) {
        true => roster(&[(1, Duty::User(UserId(1)), 300)]),
        false => roster(&[(1, Duty::User(UserId(2)), 99_999)]),
    };
    let run = simulate(&policy, Priority::High, at(0), at(1_000_000), duty);
    let steps: Vec<(i64, Vec<i64>)> = run
        .steps
        .iter()
        .map(|step| (step.at.as_second(), step.pages.iter().map(|page| page.planned.user.0).collect()))
        .collect();
    let expected = [(0, vec![1]), (300, vec![2]), (600, vec![9]), (660, vec![2]), (1_260, vec![9]), (1_320, vec![])];
    assert_eq!((steps, run.goes_on, run.nobody), (expected.into(), false, false));
    let gap = simulate(&policy, Priority::Low, at(0), at(1_000_000), |_| Roster::default());
    assert!(gap.nobody && gap.steps.len() == 1);
    let cut = simulate(&policy, Priority::High, at(0), at(500), duty);
    assert!(cut.goes_on && cut.steps.len() == 2);
}

#[test]
fn a_simulation_ends_however_often_the_schedule_hands_over() {
    let policy = of_levels(vec![asking(&[1], 100_000)], 1);
    let each_second = |now: Timestamp| {
        let user = UserId(1 + now.as_second() % 2);
        roster(&[(1, Duty::User(user), now.as_second() + 1)])
    };
    let run = simulate(&policy, Priority::High, at(0), at(1_000_000), each_second);
    assert!(run.goes_on && !run.nobody);
    assert_eq!(run.steps.len(), 2, "who was paged by the level is not paged again");
    const { assert!(crate::limits::SIMULATED_STEPS_MAX > 9 * crate::limits::POLICY_LEVELS_MAX) };
}

#[test]
fn a_stored_level_without_the_newer_parts_still_reads() {
    let level: Level = serde_json::from_str(r#"{"timeout_s":60,"users":[1]}"#).unwrap();
    assert_eq!(level, Level::of_users(vec![UserId(1)], 60));
    assert_eq!(serde_json::to_string(&level).unwrap(), r#"{"timeout_s":60,"users":[1]}"#);
    let rules: AfterAccept = serde_json::from_str("{}").unwrap();
    assert_eq!(rules, AfterAccept::OFF);
}

#[test]
fn a_changed_schedule_wakes_an_alert_only_where_somebody_is_on_call_whom_nobody_called() {
    let policy = of_levels(vec![asking(&[1], 600)], 1);
    let open = go(&pending(), &policy, &roster(&[(1, Duty::User(UserId(1)), 300)]), 0).alert;
    let next = |user: i64, until: i64| {
        looked_at_next(&open, &policy, &roster(&[(1, Duty::User(UserId(user)), until)]), &[UserId(1)], at(60))
    };
    assert_eq!((next(2, 300), next(1, 300)), (Some(at(60)), Some(at(300))));
    assert_eq!((next(1, 500), next(1, 600)), (Some(at(500)), None), "after the level it is looked at anyway");
    let taken = happen(&open, crate::alert::Happening::Accepted, 2, 50).alert;
    let needing_more = Alert { status: Status::Pending, progress: taken.progress, ..open.clone() };
    let duty = roster(&[(1, Duty::User(UserId(2)), 300)]);
    assert_eq!(looked_at_next(&needing_more, &policy, &duty, &[UserId(1)], at(60)), Some(at(300)), "who accepted");
}
