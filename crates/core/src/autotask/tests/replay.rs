//! A ticket's past, asked about by the rules that page.

use super::world::*;
use crate::autotask::*;
use crate::ids::PolicyId;
use jiff::{SignedDuration, Timestamp};

const T0: &str = "2026-11-20T01:00:00Z";

fn after(minutes: i64) -> Timestamp {
    at(T0) + SignedDuration::from_mins(minutes)
}

fn change(minutes: i64, by: Actor, detail: &str) -> PastChange {
    PastChange { at: after(minutes), by, detail: detail.into() }
}

fn queues() -> Vec<PicklistValue> {
    vec![PicklistValue::new(8, "Level I Support", 1), PicklistValue::new(9, "Projects", 2)]
}

/// The ticket as it is now: completed by Ann after an hour.
fn completed() -> Ticket {
    Ticket {
        number: "T20261120.0001".into(),
        status: COMPLETE,
        priority: Some(CRITICAL),
        queue: Some(8),
        assignee: Some(ANN),
        created_at: Some(after(0)),
        completed_at: Some(after(60)),
        last_modified_at: Some(after(60)),
        ..Ticket::default()
    }
}

fn replayed(rules: &SourceRules, ticket: &Ticket, history: &[PastChange]) -> Replayed {
    Replay::new(rules.clone(), queues()).of(ticket, history, &contact())
}

#[test]
fn a_ticket_pages_when_it_came_and_ends_when_it_was_completed() {
    let history = [
        change(5, ann(), "assignedResourceID changed from (none) to 29682885"),
        change(5, ann(), "Status changed from New to In Progress"),
        change(60, ann(), "Status changed from In Progress to Complete"),
    ];
    for mut rules in [rules(Preset::LikeIlert), rules(Preset::AfterHoursMsp)] {
        for watch_only in [false, true] {
            rules.watch_only = watch_only;
            let done = replayed(&rules, &completed(), &history);
            let alert = ReplayedAlert {
                at: after(0),
                manner: Manner::Page,
                policy: None,
                accepted_at: Some(after(5)),
                resolved_at: Some(after(60)),
            };
            assert_eq!(done, Replayed { alerts: vec![alert], not_paged: None, is_guess: false });
        }
    }
}

#[test]
fn what_it_was_like_then_decides_not_what_it_is_like_now() {
    let mut rules = rules(Preset::LikeIlert);
    rules.filter.condition = Some(serde_json::from_str(r#"{"test":{"field":"queue","op":"is","value":8}}"#).unwrap());
    rules.routing.0 = vec![serde_json::from_str(r#"{"priority":4,"policy":7}"#).unwrap()];
    let ticket = Ticket { status: NEW, completed_at: None, ..completed() };
    let history = [
        change(10, ann(), "Queue changed from Projects to Level I Support"),
        change(12, ann(), "Priority changed from Low to Critical"),
    ];
    let done = replayed(&rules, &Ticket { assignee: None, ..ticket.clone() }, &history);
    let opened: Vec<_> = done.alerts.iter().map(|alert| (alert.at, alert.policy)).collect();
    assert_eq!(opened, [(after(10), None)], "when it came into the filter, with the priority that it had");
    let done = replayed(&rules, &Ticket { queue: Some(9), assignee: None, ..ticket.clone() }, &[]);
    assert!(matches!(done.not_paged, Some(Reason::Filter { .. })), "{done:?}");
    let done = replayed(&rules, &Ticket { assignee: None, ..ticket }, &[]);
    assert_eq!(done.alerts[0].policy, Some(PolicyId(7)));
}

#[test]
fn a_history_that_says_nothing_is_taken_for_new_until_it_was_completed() {
    let done = replayed(&rules(Preset::LikeIlert), &completed(), &[change(30, ann(), "Title changed from A to B")]);
    let times: Vec<_> = done.alerts.iter().map(|alert| (alert.at, alert.resolved_at)).collect();
    assert_eq!((times, done.is_guess), (vec![(after(0), Some(after(60)))], true));
    let open = Ticket { status: NEW, completed_at: None, assignee: None, ..completed() };
    assert!(!replayed(&rules(Preset::LikeIlert), &open, &[]).is_guess);
}

#[test]
fn one_that_comes_back_opens_again_and_one_that_never_counted_says_why() {
    let history = [
        change(60, robot(), "Status changed from New to Complete"),
        change(90, contact(), "Status changed from Complete to New"),
    ];
    let back = Ticket { status: NEW, completed_at: None, assignee: None, ..completed() };
    let done = replayed(&rules(Preset::LikeIlert), &back, &history);
    assert_eq!(done.alerts.iter().map(|alert| alert.at).collect::<Vec<_>>(), [after(0), after(90)]);
    let mut rules = rules(Preset::AfterHoursMsp);
    rules.priorities.rows.iter_mut().for_each(|row| row.treatment = Treatment::NoAlert);
    let done = replayed(&rules, &back, &history);
    assert_eq!((done.alerts, done.not_paged), (vec![], Some(Reason::Priority { priority: Some(CRITICAL) })));
}

#[test]
fn a_source_that_only_watches_says_what_it_would_have_done_and_moves_merged_alerts() {
    let mut world = World::new(Preset::LikeIlert);
    world.rules.watch_only = true;
    let would = Verdict::NotPaged { reason: Reason::WatchOnly { manner: Manner::Page, policy: None } };
    assert_eq!(world.callout(&contact()).verdict, would);
    assert_eq!(world.callout(&contact()).verdict, Verdict::Unchanged);
    world.rules.watch_only = false;
    assert_eq!(world.callout(&contact()).verdict, Verdict::Unchanged, "what was open when it went live stays quiet");
    world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
    assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
    world.rules.watch_only = true;
    world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
    assert_eq!(world.opened, 1, "an alert that is open follows its ticket");
    assert_eq!(world.status(), Some(crate::alert::Status::Resolved));
    let mut other = World::new(Preset::LikeIlert);
    other.rules.watch_only = true;
    assert_eq!(other.see(&contact(), Way::MergeDestination).verdict, Verdict::Opened);
}
