//! Several who have to accept, snoozes, and what follows an accept after which nothing happens.

use super::rotas::roster;
use super::*;
use crate::alert::{Assignee, Change, Happening, Update, apply};
use crate::event::TicketRef;
use crate::grouping::Grouping;
use crate::timeline::Actor;

fn by(user: i64) -> Actor {
    Actor::User { id: UserId(user) }
}

pub(super) fn happen(alert: &Alert, what: Happening, who: i64, now: i64) -> Change {
    apply(alert, &what, &by(who), at(now), Grouping::EachEvent)
}

pub(super) fn needing(accepts_needed: i64, users: &[i64], timeout_s: i64) -> Level {
    Level { accepts_needed, ..Level::of_users(users.iter().map(|user| UserId(*user)).collect(), timeout_s) }
}

fn start(policy: &Policy) -> Alert {
    advance(&alert(Status::Pending, Priority::High), policy, &roster(&[]), &Outlook::default(), at(0)).alert
}

fn wake(alert: &Alert, policy: &Policy, now: i64, touched_at: Option<i64>) -> Advance {
    let outlook = Outlook { touched_at: touched_at.map(at), ..Outlook::default() };
    advance(alert, policy, &roster(&[]), &outlook, at(now))
}

/// Accepted by person 1 at second 10, watched as the store does it.
fn accepted(policy: &Policy) -> Alert {
    let mut alert = happen(&start(policy), Happening::Accepted, 1, 10).alert;
    alert.escalation.wake_at = watch_at(&alert, policy);
    alert
}

fn after_accept(timeout_s: i64, ask_after_s: i64, page_after_s: i64) -> Policy {
    let rules = AfterAccept { timeout_s, ask_after_s, page_after_s };
    Policy { after_accept: rules, ..of_levels(vec![needing(1, &[1], 60)], 1) }
}

#[test]
fn fewer_accepts_than_are_needed_leave_it_pending_and_the_last_one_counts() {
    let policy = of_levels(vec![needing(2, &[1, 2, 3], 60), needing(2, &[1, 4], 60)], 1);
    let first = happen(&start(&policy), Happening::Accepted, 1, 5);
    assert_eq!(
        (first.alert.status, first.cancel_pages, first.cancel_pages_of),
        (Status::Pending, false, Some(UserId(1)))
    );
    assert_eq!(first.entries, [Entry::AcceptedPartly { count: 1, needed: 2 }]);
    assert!(first.work.is_empty(), "nobody is told that somebody has it");
    let again = happen(&first.alert, Happening::Accepted, 1, 6);
    assert!(again.entries.is_empty() && again.alert == first.alert);
    let on = advance(&first.alert, &policy, &roster(&[]), &Outlook::of(UNDER_WAY), at(60));
    assert_eq!(
        on.pages.iter().map(|page| page.planned.user.0).collect::<Vec<_>>(),
        [4],
        "who accepted is not called again"
    );
    let second = happen(&on.alert, Happening::Accepted, 2, 70);
    assert_eq!((second.alert.status, second.alert.accepted_by), (Status::Accepted, Some(UserId(2))));
    assert_eq!(second.alert.progress.accepted_by, [UserId(1), UserId(2)]);
}

#[test]
fn a_level_needs_no_more_accepts_than_it_has_people_and_the_ticket_counts_for_all() {
    let policy = of_levels(vec![needing(5, &[1, 2], 60)], 1);
    assert_eq!(start(&policy).progress.accepts_needed, 2);
    let outside = Actor::Outside { name: "Ann".into() };
    let done = apply(&start(&policy), &Happening::Accepted, &outside, at(5), Grouping::EachEvent);
    assert_eq!(done.alert.status, Status::Accepted);
}

#[test]
fn a_snooze_stops_everything_and_its_end_pages_where_nobody_has_it() {
    let policy = of_levels(vec![needing(1, &[1], 60)], 1);
    let snoozed = happen(&start(&policy), Happening::Snoozed { until: at(900), pages: false }, 1, 5);
    assert!(snoozed.cancel_pages);
    assert_eq!((snoozed.alert.snoozed_until, snoozed.alert.escalation.next_step_at), (Some(at(900)), None));
    assert_eq!(wake(&snoozed.alert, &policy, 899, None).alert, snoozed.alert);
    let lost = LevelCount { alive: 0, under_way_of: None };
    assert_eq!(after_failed_page(&snoozed.alert, 1, 0, lost, at(20)), None, "a message that fails wakes nobody either");
    let woken = wake(&snoozed.alert, &policy, 900, None);
    assert_eq!((woken.pages.len(), woken.pages[0].pass, woken.alert.snoozed_until), (1, 2, None));
}

#[test]
fn the_end_of_an_accepted_alerts_snooze_tells_the_responder_or_pages() {
    let policy = after_accept(600, 0, 0);
    for (pages, status) in [(false, Status::Accepted), (true, Status::Pending)] {
        let snoozed = happen(&accepted(&policy), Happening::Snoozed { until: at(900), pages }, 1, 20).alert;
        let woken = wake(&snoozed, &policy, 900, None);
        assert_eq!((woken.alert.status, woken.pages.len()), (status, usize::from(pages)));
        assert_eq!(woken.tell, (!pages).then_some(Update::Woken));
        if !pages {
            assert_eq!(woken.alert.escalation.wake_at, Some(at(1_500)), "the time-out counts from the wake");
        }
    }
}

#[test]
fn accepting_resolving_and_escalating_end_a_snooze() {
    let policy = of_levels(vec![needing(1, &[1], 60)], 1);
    let snoozed = happen(&accepted(&policy), Happening::Snoozed { until: at(900), pages: true }, 1, 20).alert;
    for what in [Happening::Accepted, Happening::Resolved { reason: None }, Happening::EscalatedNow] {
        assert_eq!(happen(&snoozed, what.clone(), 1, 30).alert.snoozed_until, None, "{what:?}");
    }
}

#[test]
fn an_accepted_alert_that_is_not_resolved_in_time_pages_from_the_first_level() {
    let policy = after_accept(600, 0, 0);
    let alert = accepted(&policy);
    assert_eq!(alert.escalation.wake_at, Some(at(610)));
    let back = wake(&alert, &policy, 610, Some(500));
    assert_eq!((back.alert.status, back.pages.len(), back.pages[0].pass), (Status::Pending, 1, 2));
    let reason = "accepted, and not resolved within 10 minutes".to_owned();
    assert_eq!(back.entries[0], Entry::Unaccepted { reason });
}

#[test]
fn before_somebody_is_asked_and_before_it_pages_again_their_ticket_is_read() {
    let policy = after_accept(0, 300, 120);
    let mut alert = accepted(&policy);
    alert.content.ticket = Some(TicketRef { id: 7, number: "T20261123.0001".into(), ..TicketRef::default() });
    let looked = wake(&alert, &policy, 310, None);
    assert_eq!((looked.reads_ticket, looked.tell, looked.alert.escalation.wake_at), (true, None, Some(at(370))));
    let touched = happen(&looked.alert, Happening::TicketTouched { at: Some(at(320)) }, 1, 330);
    assert_eq!((&touched.entries[..], touched.alert.progress.touched), (&[Entry::TicketTouched][..], true));
    let quiet = wake(&touched.alert, &policy, 370, None);
    assert_eq!((quiet.tell, quiet.alert.status, quiet.alert.escalation.wake_at), (None, Status::Accepted, None));
    let early = happen(&looked.alert, Happening::TicketTouched { at: Some(at(9)) }, 1, 330);
    assert!(early.entries.is_empty() && early.alert == looked.alert, "that was before the accept");

    let asked = wake(&looked.alert, &policy, 370, None);
    assert_eq!((asked.reads_ticket, asked.tell), (false, Some(Update::Untouched)));
    assert_eq!(asked.alert.escalation.wake_at, Some(at(490)));
    let again = wake(&asked.alert, &policy, 490, None);
    assert_eq!((again.reads_ticket, again.alert.escalation.wake_at), (true, Some(at(550))));
    assert_eq!(wake(&again.alert, &policy, 550, None).alert.status, Status::Pending);
}

#[test]
fn who_does_nothing_after_an_accept_is_asked_and_then_it_pages_again() {
    let policy = after_accept(0, 300, 120);
    let asked = wake(&accepted(&policy), &policy, 310, None);
    assert_eq!((asked.tell, asked.alert.status), (Some(Update::Untouched), Status::Accepted));
    assert_eq!(asked.alert.escalation.wake_at, Some(at(430)));
    let paged = wake(&asked.alert, &policy, 430, None);
    assert_eq!((paged.alert.status, paged.pages.len()), (Status::Pending, 1));
    let answered = wake(&asked.alert, &policy, 430, Some(400));
    assert_eq!((answered.alert.status, answered.alert.escalation.wake_at), (Status::Accepted, None));
    let touched = wake(&accepted(&policy), &policy, 310, Some(60));
    assert_eq!((touched.tell, touched.alert.escalation.wake_at), (None, None));
}

#[test]
fn the_end_of_a_snooze_pages_the_person_whom_it_was_given_to_until_the_policy_has_started() {
    let policy = of_levels(vec![needing(1, &[1], 60)], 1);
    let given = happen(&start(&policy), Happening::Reassigned(Assignee::User(UserId(2))), 1, 5).alert;
    let wakes = |alert: &Alert, now: i64| {
        let snoozed = happen(alert, Happening::Snoozed { until: at(900), pages: false }, 1, now).alert;
        wake(&snoozed, &policy, 900, None)
    };
    let users = |done: &Advance| done.pages.iter().map(|page| page.planned.user.0).collect::<Vec<_>>();
    assert_eq!(users(&wakes(&given, 5)), [2], "before they were paged");
    let paged = wake(&given, &policy, 5, None).alert;
    let woken = wakes(&paged, 10);
    assert_eq!((users(&woken), woken.alert.escalation.level), (vec![2], -1), "and after");
    assert_eq!(users(&wakes(&woken.alert, 901)), [2], "however often");
    let started = wake(&paged, &policy, 65, None).alert;
    assert_eq!(users(&wakes(&started, 70)), [1]);
    let accepted = happen(&paged, Happening::Accepted, 2, 10).alert;
    let snoozed = happen(&accepted, Happening::Snoozed { until: at(900), pages: true }, 2, 20).alert;
    assert_eq!(users(&wake(&snoozed, &policy, 900, None)), [1], "who had it and pages anew starts the policy");
}
