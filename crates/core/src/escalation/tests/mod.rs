//! Tests of escalation: levels and passes here, rotas, accepts and the table of cases beside.

mod accepts;
mod cases;
mod rotas;

use super::*;
use crate::alert::tests::{alert, at};
use crate::alert::{Alert, Priority, Status};
use crate::ids::{ContactId, PolicyId, RuleId};
use crate::timeline::Entry;
use crate::user::{Channel, Recipient, Rule};

pub(super) const NOTHING: Messages = Messages { under_way_of: None, some_failed: false };
pub(super) const FAILED: Messages = Messages { under_way_of: None, some_failed: true };
pub(super) const UNDER_WAY: Messages = Messages { under_way_of: Some(1), some_failed: false };

fn person(user: i64, priorities: &[Priority]) -> Recipient {
    let rules = priorities.iter().enumerate().map(|(i, priority)| Rule {
        id: RuleId(user * 10 + i as i64),
        contact: ContactId(user),
        channel: Channel::Email,
        delay_s: 0,
        priority: *priority,
    });
    Recipient { user: UserId(user), rules: rules.collect(), silence: Default::default() }
}

fn policy(levels: &[(i64, &[i64])], passes: i64) -> Policy {
    let level =
        |(timeout_s, users): &(i64, &[i64])| Level::of_users(users.iter().map(|u| UserId(*u)).collect(), *timeout_s);
    of_levels(levels.iter().map(level).collect(), passes)
}

pub(super) fn of_levels(levels: Vec<Level>, passes: i64) -> Policy {
    Policy { id: PolicyId(1), version: 1, levels, passes, delay_s: 0, after_accept: AfterAccept::default() }
}

/// A step where only the messages and the people count.
fn step(alert: &Alert, policy: &Policy, recipients: &[Recipient], messages: Messages, now: Timestamp) -> Advance {
    super::advance(alert, policy, &Roster::of(recipients.to_vec()), &Outlook::of(messages), now)
}

/// Follows an alert that nobody answers: (second, users paged) of each step.
fn silence(mut alert: Alert, policy: &Policy, recipients: &[Recipient]) -> (Vec<(i64, Vec<i64>)>, Alert) {
    let mut steps = Vec::new();
    while let Some(next) = alert.escalation.next_step_at {
        let done = step(&alert, policy, recipients, NOTHING, next);
        if !done.pages.is_empty() {
            alert.notified_at = Some(next);
            steps.push((next.as_second(), done.pages.iter().map(|p| p.planned.user.0).collect()));
        }
        alert = Alert { notified_at: alert.notified_at, ..done.alert };
    }
    (steps, alert)
}

#[test]
fn people_whom_only_a_browser_pages_are_known() {
    let over = |user, priority, channel| {
        let mut person = person(user, &[priority]);
        person.rules[0].channel = channel;
        person
    };
    let (high, low) = (Priority::High, Priority::Low);
    for (people, expected) in [
        (vec![over(1, high, Channel::WebPush), over(2, low, Channel::Email)], true),
        (vec![over(1, high, Channel::WebPush), over(2, high, Channel::Email)], false),
        // Nobody of the levels has a rule that pages; and whoever is not in them does not count.
        (vec![over(1, low, Channel::WebPush), over(3, high, Channel::WebPush)], false),
        (vec![over(1, high, Channel::WebPush), over(3, high, Channel::Email)], true),
    ] {
        let levels = policy(&[(60, &[1]), (60, &[2])], 1).levels;
        assert_eq!(Roster::of(people.clone()).is_browser_only(&levels), expected, "{people:?}");
    }
}

#[test]
fn levels_follow_each_other_after_their_time_outs_for_every_pass() {
    let everybody = [person(1, &[Priority::High]), person(2, &[Priority::High])];
    type Levels = &'static [(i64, &'static [i64])];
    type Steps = Vec<(i64, Vec<i64>)>;
    let cases: [(Levels, i64, Steps); 4] = [
        (&[(1800, &[1]), (3600, &[2])], 1, vec![(0, vec![1]), (1800, vec![2])]),
        (&[(60, &[1]), (120, &[2])], 2, vec![(0, vec![1]), (60, vec![2]), (180, vec![1]), (240, vec![2])]),
        (&[(60, &[]), (60, &[9]), (60, &[2])], 1, vec![(0, vec![2])]),
        (&[(0, &[1]), (0, &[2])], 1, vec![(0, vec![1]), (0, vec![2])]),
    ];
    for (levels, passes, expected) in cases {
        let (steps, after) = silence(alert(Status::Pending, Priority::High), &policy(levels, passes), &everybody);
        assert_eq!((steps, after.nobody_notified_at), (expected, None), "{levels:?}");
    }
}

#[test]
fn quiet_alerts_tell_the_first_level_only() {
    let everybody = [person(1, &[Priority::Low]), person(2, &[Priority::Low])];
    let (steps, _) = silence(alert(Status::Pending, Priority::Low), &policy(&[(60, &[1]), (60, &[2])], 3), &everybody);
    assert_eq!(steps, [(0, vec![1])]);
}

#[test]
fn when_nobody_can_be_reached_it_is_said_at_once_and_once() {
    for levels in [&[][..], &[(60, &[][..])][..], &[(60, &[1][..]), (60, &[2][..])][..]] {
        let done = step(&alert(Status::Pending, Priority::High), &policy(levels, 9), &[], NOTHING, at(5));
        assert_eq!(done.alert.nobody_notified_at, Some(at(5)), "{levels:?}");
        assert_eq!(done.alert.escalation.next_step_at, Some(at(65)), "each minute it is looked again");
        assert_eq!(done.entries.iter().filter(|e| **e == Entry::NobodyNotified).count(), 1);
        assert!(done.entries.len() <= levels.len() + 3);
    }
}

#[test]
fn a_person_it_was_given_to_comes_first_and_the_policy_follows() {
    let mut given = alert(Status::Pending, Priority::High);
    given.escalation.direct = Some(UserId(2));
    let everybody = [person(1, &[Priority::High]), person(2, &[Priority::High])];
    let (steps, _) = silence(given, &policy(&[(60, &[1])], 1), &everybody);
    assert_eq!(steps, [(0, vec![2]), (60, vec![1])]);
}

#[test]
fn nothing_is_stepped_that_is_not_due_or_not_pending() {
    let policy = policy(&[(60, &[1])], 1);
    for (status, now) in [(Status::Pending, -1), (Status::Accepted, 10), (Status::Resolved, 10)] {
        let before = alert(status, Priority::High);
        assert_eq!(step(&before, &policy, &[person(1, &[Priority::High])], NOTHING, at(now)).alert, before);
    }
}

#[test]
fn a_level_of_which_nothing_is_alive_gives_way_at_once() {
    let mut running = alert(Status::Pending, Priority::High);
    (running.escalation.level, running.escalation.next_step_at) = (0, Some(at(900)));
    assert_eq!(after_failed_page(&running, 1, 0, LevelCount { alive: 1, under_way_of: Some(1) }, at(10)), None);
    assert_eq!(
        after_failed_page(&running, 1, 1, LevelCount { alive: 0, under_way_of: None }, at(10)),
        None,
        "an older level"
    );
    let (after, _) = after_failed_page(&running, 1, 0, LevelCount { alive: 0, under_way_of: None }, at(10)).unwrap();
    assert_eq!(after.escalation.next_step_at, Some(at(10)));
    let last = step(&after, &policy(&[(900, &[1])], 1), &[person(1, &[Priority::High])], FAILED, at(10));
    assert_eq!(last.alert.nobody_notified_at, Some(at(10)));
}

#[test]
fn who_is_paged_next_is_known_before() {
    let policy = policy(&[(60, &[1]), (60, &[2])], 2);
    let next =
        |alert: &Alert| upcoming(alert, &policy, &Roster::default()).map(|(level, resolved)| (level, resolved.people));
    let mut waiting = alert(Status::Pending, Priority::High);
    assert_eq!(next(&waiting), Some((Some(0), vec![UserId(1)])));
    waiting.escalation.level = 0;
    assert_eq!(next(&waiting), Some((Some(1), vec![UserId(2)])));
    waiting.escalation.level = 1;
    assert_eq!(next(&waiting), Some((Some(0), vec![UserId(1)])), "the second pass");
    waiting.escalation.direct = Some(UserId(7));
    assert_eq!(next(&waiting), Some((None, vec![UserId(7)])));
    waiting.escalation.next_step_at = None;
    assert_eq!(next(&waiting), None);
    assert_eq!(next(&alert(Status::Accepted, Priority::High)), None);
}

#[test]
fn the_end_says_nothing_of_nobody_while_messages_are_under_way_and_is_looked_at_again_when_the_last_one_fails() {
    let mut running = alert(Status::Pending, Priority::High);
    (running.escalation.level, running.escalation.next_step_at) = (1, Some(at(900)));
    let policy = policy(&[(900, &[1]), (900, &[2])], 1);
    let ended = step(&running, &policy, &[], UNDER_WAY, at(900)).alert;
    assert_eq!((ended.nobody_notified_at, ended.escalation.next_step_at), (None, None));
    assert_eq!(after_failed_page(&ended, 1, 0, LevelCount { alive: 0, under_way_of: Some(1) }, at(950)), None);
    let (again, _) = after_failed_page(&ended, 1, 0, LevelCount { alive: 0, under_way_of: None }, at(950)).unwrap();
    assert_eq!(step(&again, &policy, &[], FAILED, at(950)).alert.nobody_notified_at, Some(at(950)));
    let reached = Alert { notified_at: Some(at(1)), ..ended };
    assert_eq!(after_failed_page(&reached, 1, 0, LevelCount { alive: 0, under_way_of: None }, at(950)), None);
}

#[test]
fn who_asks_for_more_at_the_last_level_gets_the_first_again_and_elsewhere_the_next() {
    let everybody = [person(1, &[Priority::High]), person(2, &[Priority::High])];
    let policy = policy(&[(60, &[1]), (60, &[2])], 1);
    let escalated = |level: i64| {
        let mut before = alert(Status::Accepted, Priority::Low);
        before.escalation.level = level;
        let by = crate::timeline::Actor::User { id: UserId(1) };
        crate::alert::apply(
            &before,
            &crate::alert::Happening::EscalatedNow,
            &by,
            at(0),
            crate::grouping::Grouping::ByKey,
        )
        .alert
    };
    assert_eq!(silence(escalated(1), &policy, &everybody).0, [(0, vec![1]), (60, vec![2])]);
    assert_eq!(silence(escalated(0), &policy, &everybody).0, [(0, vec![2])]);
}

#[test]
fn where_messages_failed_and_nobody_was_reached_everybody_is_tried_again_less_and_less_often() {
    let everybody = [person(1, &[Priority::High])];
    let policy = policy(&[(60, &[1])], 1);
    let mut open = alert(Status::Pending, Priority::High);
    let (mut tries, mut said) = (Vec::new(), 0);
    while let Some(next) = open.escalation.next_step_at {
        let paged = step(&open, &policy, &everybody, NOTHING, next);
        assert_eq!(paged.pages.len(), 1);
        tries.push(next.as_second());
        // Its only message fails at once.
        let (lost, _) = after_failed_page(
            &paged.alert,
            paged.alert.escalation.pass,
            0,
            LevelCount { alive: 0, under_way_of: None },
            next,
        )
        .unwrap();
        let ended = step(&lost, &policy, &everybody, FAILED, next);
        said += ended.entries.iter().filter(|entry| **entry == Entry::NobodyNotified).count();
        open = ended.alert;
    }
    assert_eq!(tries[..6], [0, 60, 120, 240, 480, 960]);
    assert!(tries.windows(2).all(|pair| pair[1] - pair[0] <= 3_600) && tries.len() < 180, "{tries:?}");
    assert!(*tries.last().unwrap() < (7 * 24 + 1) * 3_600);
    assert_eq!(said, 1);
}

#[test]
fn nobody_is_tried_again_where_somebody_was_reached() {
    let policy = policy(&[(60, &[1])], 1);
    let mut running = alert(Status::Pending, Priority::High);
    (running.escalation.level, running.escalation.next_step_at) = (0, Some(at(60)));
    let reached = Alert { notified_at: Some(at(1)), ..running.clone() };
    assert_eq!(step(&reached, &policy, &[], FAILED, at(60)).alert.escalation.next_step_at, None);
}

#[test]
fn nobody_counts_on_a_message_that_a_later_pass_left_behind() {
    let policy = policy(&[(60, &[1])], 1);
    let mut again = alert(Status::Pending, Priority::High);
    let escalation = &mut again.escalation;
    (escalation.pass, escalation.first_pass, escalation.level, escalation.next_step_at) = (2, 2, 0, Some(at(60)));
    let old = Messages { some_failed: true, ..UNDER_WAY };
    let ended = step(&again, &policy, &[], old, at(60)).alert;
    assert_eq!((ended.nobody_notified_at, ended.escalation.next_step_at), (Some(at(60)), Some(at(120))));
    let of_this_pass = Messages { under_way_of: Some(2), some_failed: true };
    let waits = step(&again, &policy, &[], of_this_pass, at(60)).alert;
    assert_eq!((waits.nobody_notified_at, waits.escalation.next_step_at), (None, None));
    assert_eq!(after_failed_page(&waits, 2, 5, LevelCount { alive: 0, under_way_of: Some(2) }, at(70)), None);
    assert!(after_failed_page(&waits, 2, 5, LevelCount { alive: 0, under_way_of: Some(1) }, at(70)).is_some());
}

#[test]
fn a_step_that_begins_anew_and_finds_nobody_does_not_count_on_what_was_planned_before() {
    let after_accept = AfterAccept { timeout_s: 600, ..AfterAccept::OFF };
    let policy = Policy { after_accept, ..policy(&[(60, &[1])], 1) };
    let mut taken = alert(Status::Accepted, Priority::High);
    (taken.accepted_at, taken.escalation.wake_at) = (Some(at(0)), Some(at(600)));
    let back = step(&taken, &policy, &[], UNDER_WAY, at(600));
    assert_eq!(back.alert.nobody_notified_at, Some(at(600)), "a helper's message of pass 1 is for the one who had it");
    let mut asked = alert(Status::Pending, Priority::High);
    (asked.escalation.level, asked.escalation.first_pass) = (0, 2);
    assert!(step(&asked, &policy, &[], UNDER_WAY, at(0)).alert.nobody_notified_at.is_some());
}

#[test]
fn an_escalation_knows_whether_it_has_ended() {
    let everybody = [person(1, &[Priority::High])];
    let policy = policy(&[(60, &[1])], 1);
    let (_, over) = silence(alert(Status::Pending, Priority::High), &policy, &everybody);
    assert!(over.progress.ended);
    let nobody = step(&alert(Status::Pending, Priority::High), &policy, &[], NOTHING, at(0)).alert;
    assert!(!nobody.progress.ended, "it is looked at again in a minute");
    let by = crate::timeline::Actor::User { id: UserId(1) };
    let more = crate::alert::Happening::EscalatedNow;
    let asked = crate::alert::apply(&over, &more, &by, at(90), crate::grouping::Grouping::ByKey).alert;
    let again = step(&asked, &policy, &everybody, NOTHING, at(90));
    assert!(!asked.progress.ended && !again.alert.progress.ended);
    assert!(again.by_hand, "whoever wants to know it was told when it was asked for");
    assert!(!step(&again.alert, &policy, &everybody, NOTHING, at(150)).by_hand);
}
