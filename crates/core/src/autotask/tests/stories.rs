//! The stories of the night, as far as they are decided here.

use super::world::*;
use crate::alert::Status;
use crate::autotask::*;
use jiff::SignedDuration;

const BOTH: [Preset; 2] = [Preset::LikeIlert, Preset::AfterHoursMsp];

fn not_paged(reason: Reason) -> Verdict {
    Verdict::NotPaged { reason }
}

#[test]
fn from_ticket_to_resolved_alert() {
    for preset in BOTH {
        let mut world = World::new(preset);
        assert_eq!(world.callout(&contact()).verdict, Verdict::Opened);
        let accepted = world.edit(|ticket| ticket.status = IN_PROGRESS).callout(&ann());
        assert_eq!(accepted.verdict, Verdict::Accepted { by: ann() });
        let resolved = world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
        let reason = ResolveReason::Completed { status: COMPLETE, by: ann() };
        assert_eq!(resolved.verdict, Verdict::Resolved { reason });
        assert_eq!(world.status(), Some(Status::Resolved));
    }
}

#[test]
fn a_ticket_born_in_progress_that_is_edited_by_a_rule_is_still_paged() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.ticket.status = IN_PROGRESS;
        assert_eq!(world.callout(&robot()).verdict, Verdict::Opened);
        world.edit(|ticket| ticket.queue = Some(29_682_833)).callout(&robot());
        assert_eq!(world.status(), Some(Status::Pending));
    }
}

#[test]
fn a_robots_waiting_dispatch_silences_nothing() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.callout(&contact());
        world.edit(|ticket| ticket.status = WAITING_DISPATCH).callout(&robot());
        assert_eq!(world.status(), Some(Status::Pending), "{preset:?}");
    }
    let mut world = World::new(Preset::AfterHoursMsp);
    world.ticket.status = WAITING_DISPATCH;
    assert_eq!(world.callout(&robot()).verdict, Verdict::Opened, "also when it came before our first sight");
}

#[test]
fn a_note_in_the_morning_after_a_resolved_alert_pages_nobody() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.callout(&contact());
        world.resolve_by_person();
        let mut note = world.clone();
        note.pass(300).ticket.last_activity_at = Some(note.now);
        assert_eq!(note.callout(&ann()).verdict, Verdict::Unchanged);
        // A tenant whose rules mark customer notes, and one whose notes move the modification time.
        let marked = world.edit(|ticket| ticket.status = CUSTOMER_NOTE).callout(&robot());
        assert_eq!(marked.verdict, not_paged(Reason::ResolvedByPerson));
        assert_eq!(world.edit(|_| ()).callout(&contact()).verdict, Verdict::Unchanged);
        assert_eq!(world.opened, 1);
    }
}

#[test]
fn resolve_while_the_ticket_stays_open_pages_nobody_again_until_it_left_and_came_back() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.callout(&contact());
        world.resolve_by_person();
        for status in [IN_PROGRESS, NEW, 15] {
            let decision = world.edit(|ticket| ticket.status = status).callout(&contact());
            assert_eq!(decision.verdict, not_paged(Reason::ResolvedByPerson));
        }
        assert_eq!(
            world.edit(|ticket| ticket.priority = Some(9)).callout(&contact()).effects,
            [],
            "no other change opens it either"
        );
        world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
        world.edit(|_| ()).callout(&ann());
        assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
        assert_eq!(world.opened, 2);
        // The second alert has a life of its own.
        world.resolve_by_person();
        let decision = world.edit(|ticket| ticket.status = 15).callout(&contact());
        assert_eq!(decision.verdict, not_paged(Reason::ResolvedByPerson));
    }
}

#[test]
fn a_ticket_that_left_before_its_alert_was_resolved_may_come_back() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    world.edit(|ticket| ticket.status = WAITING_CUSTOMER).callout(&ann());
    world.resolve_by_person();
    assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
}

#[test]
fn escalate_calls_for_help_until_a_person_resolved() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    let decision = world.edit(|ticket| ticket.status = ESCALATE).callout(&bob());
    assert_eq!(decision.effects, [Effect::Refresh, Effect::NextLevel { by: bob() }]);
    world.edit(|ticket| ticket.status = NEW).callout(&bob());
    world.accept_by_person();
    assert_eq!(world.edit(|ticket| ticket.status = ESCALATE).callout(&bob()).verdict, Verdict::NextLevel);
    world.edit(|ticket| ticket.status = NEW).callout(&bob());
    world.resolve_by_person();
    let again = world.edit(|ticket| ticket.status = ESCALATE).callout(&bob());
    assert_eq!(again.verdict, not_paged(Reason::ResolvedByPerson), "its status has not left the open class");
    world.edit(|ticket| ticket.status = WAITING_CUSTOMER).callout(&bob());
    assert_eq!(world.edit(|ticket| ticket.status = ESCALATE).callout(&bob()).verdict, Verdict::Opened);
}

#[test]
fn escalate_calls_for_help_although_somebody_has_the_ticket() {
    let mut world = World::new(Preset::AfterHoursMsp);
    (world.ticket.creator, world.ticket.assignee) = (Some(ANN), Some(ANN));
    assert_eq!(world.callout(&ann()).verdict, not_paged(Reason::AssignedByPerson { to: ANN }));
    assert_eq!(world.edit(|ticket| ticket.status = ESCALATE).callout(&ann()).verdict, Verdict::Opened);
}

#[test]
fn an_old_ticket_that_was_over_when_the_source_was_made_pages_when_it_is_reopened() {
    for preset in BOTH {
        for known in [true, false] {
            let mut world = World::new(preset);
            world.source_made_at = world.now + SignedDuration::from_secs(1);
            world.open_ones_known = known;
            let reopened = world.pass(600).edit(|ticket| ticket.status = NEW).callout(&contact()).verdict;
            let expected = if known { Verdict::Opened } else { not_paged(Reason::OlderThanSource) };
            assert_eq!(reopened, expected, "{preset:?} {known}");
        }
        let mut world = World::new(preset);
        world.source_made_at = world.now + SignedDuration::from_secs(1);
        world.open_ones_known = true;
        let edited = world.edit(|ticket| ticket.status = COMPLETE).callout(&ann()).verdict;
        assert_eq!(edited, not_paged(Reason::Status { status: COMPLETE }), "it is still over");
    }
}

#[test]
fn moved_out_of_the_queue_and_completed_resolves() {
    for leaving in [LeavingFilter::Keep, LeavingFilter::Resolve] {
        let mut world = World::new(Preset::AfterHoursMsp);
        let condition = r#"{"test":{"field":"queue","op":"is","value":8}}"#;
        world.rules.filter.condition = Some(serde_json::from_str(condition).unwrap());
        world.rules.leaving_filter = leaving;
        world.callout(&contact());
        let moved = world.edit(|ticket| ticket.queue = Some(9)).callout(&ann());
        let miss = FilterMiss::Condition { field: TicketField::Queue, found: Some("9".into()) };
        match leaving {
            LeavingFilter::Keep => {
                assert_eq!((moved.effects, moved.verdict), (vec![Effect::Refresh], Verdict::LeftFilter { miss }));
                world.edit(|ticket| ticket.title.push('!')).callout(&ann());
                world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
            }
            LeavingFilter::Resolve => {
                assert_eq!(moved.verdict, Verdict::Resolved { reason: ResolveReason::LeftFilter { miss } });
            }
        }
        assert_eq!(world.status(), Some(Status::Resolved));
    }
}

#[test]
fn filters_decide_opening_and_coming_in_acts() {
    let mut world = World::new(Preset::LikeIlert);
    let condition = r#"{"none":[{"test":{"field":"queue","op":"is","value":8}}]}"#;
    world.rules.filter.condition = Some(serde_json::from_str(condition).unwrap());
    let miss = FilterMiss::Condition { field: TicketField::Queue, found: Some("8".into()) };
    assert_eq!(world.callout(&contact()).verdict, not_paged(Reason::Filter { miss }));
    assert_eq!(world.edit(|ticket| ticket.queue = Some(9)).callout(&robot()).verdict, Verdict::Opened);

    // Also by a field that is not in the snapshot.
    let mut world = World::new(Preset::LikeIlert);
    let condition = r#"{"test":{"field":{"udf":"VIP"},"op":"is","value":"yes"}}"#;
    world.rules.filter.condition = Some(serde_json::from_str(condition).unwrap());
    world.callout(&contact());
    let flag = |ticket: &mut Ticket| drop(ticket.udfs.insert("VIP".into(), Some("Yes".into())));
    let decision = world.edit(flag).callout(&robot());
    let opening = Opening { manner: Manner::Page, trigger: Trigger::CameIntoFilter, policy: None };
    assert_eq!(decision.effects, [Effect::Open(opening)]);
}

#[test]
fn a_merge_resolves_the_source_and_leaves_the_destination_paging() {
    for preset in BOTH {
        let mut source = World::new(preset);
        source.callout(&contact());
        source.merged_into = Some("T20261120.0007".into());
        let merged = source.edit(|ticket| ticket.status = COMPLETE).callout(&robot());
        let number = "T20261120.0007".to_owned();
        let reason = ResolveReason::MergedInto { number: number.clone() };
        assert_eq!(merged.effects, [Effect::Refresh, Effect::Resolve { reason }, Effect::FollowMerge { number }]);
        assert_eq!(source.callout(&robot()).effects, [], "once");

        // The destination: older than the source, its own alert resolved by a person long ago, in nobody's hands.
        let mut destination = World::new(preset);
        destination.source_made_at = at("2026-11-23T03:00:00Z");
        destination.callout(&contact());
        assert_eq!(destination.alert, None);
        assert_eq!(destination.see(&robot(), Way::MergeDestination).verdict, Verdict::Opened);
        destination.resolve_by_person();
        assert_eq!(destination.see(&robot(), Way::MergeDestination).verdict, Verdict::Opened);
        assert_eq!(destination.see(&robot(), Way::MergeDestination).effects, [], "its alert is open already");
    }
}

#[test]
fn deleted_resolves_and_opens_nothing() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    let gone = decide_gone(world.alert);
    assert_eq!(gone.effects, [Effect::Resolve { reason: ResolveReason::Gone }]);
    world.resolve_by_person();
    for alert in [world.alert, None] {
        let gone = decide_gone(alert);
        assert_eq!((gone.effects, gone.verdict), (vec![], not_paged(Reason::Gone)));
    }
    assert!(GONE_RETRY_S.iter().sum::<i64>() <= 10);
}

#[test]
fn rmm_self_heal_resolves() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&robot());
    let healed = world.edit(|ticket| ticket.status = 20).callout(&Actor::ApiUser { id: 30, name: "RMM".into() });
    assert!(matches!(healed.verdict, Verdict::Resolved { .. }));
}

#[test]
fn a_source_made_on_a_tenant_with_300_open_tickets_pages_nobody() {
    for preset in BOTH {
        for number in 0..300 {
            let mut world = World::new(preset);
            world.source_made_at = world.now + SignedDuration::from_secs(1);
            world.ticket.id = number;
            let way = if number % 2 == 0 { Way::Poll } else { Way::Callout { received_at: world.now } };
            assert_eq!(world.see(&robot(), way).verdict, not_paged(Reason::OlderThanSource));
            assert_eq!(world.edit(|ticket| ticket.title.push('!')).poll(&ann()).verdict, Verdict::Unchanged);
            assert_eq!(world.opened, 0);
            let changed =
                world.edit(|ticket| ticket.status = if number % 3 == 0 { 15 } else { IN_PROGRESS }).poll(&robot());
            assert_eq!(changed.verdict, Verdict::Opened, "a later change does");
        }
    }
}

#[test]
fn a_baseline_opens_nothing_and_makes_the_first_change_count() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.ticket.status = COMPLETE;
        world.source_made_at = world.now;
        assert_eq!(world.see(&Actor::Unknown, Way::Baseline).verdict, Verdict::Recorded);
        assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
    }
}

#[test]
fn those_my_rule_picks_never_page_by_poll() {
    for preset in BOTH {
        let mut world = World::new(preset);
        world.rules.which = Which::PickedByWorkflowRule;
        assert_eq!(world.poll(&contact()).verdict, not_paged(Reason::NoCallout));
        assert_eq!(world.poll(&contact()).verdict, Verdict::Unchanged);
        assert_eq!(world.edit(|ticket| ticket.status = 15).poll(&robot()).verdict, not_paged(Reason::NoCallout));
        assert_eq!(world.opened, 0);
        // The rule's callout may be minutes late, with nothing new in the ticket.
        assert_eq!(world.pass(4).callout(&robot()).verdict, Verdict::Opened);
        assert_eq!(world.pass(4).callout(&robot()).verdict, Verdict::Unchanged);
        // From here on the poll follows it.
        assert_eq!(
            world.edit(|ticket| ticket.status = IN_PROGRESS).poll(&ann()).verdict,
            Verdict::Accepted { by: ann() }
        );
        world.edit(|ticket| ticket.status = COMPLETE).poll(&ann());
        assert_eq!(world.status(), Some(Status::Resolved));
        assert_eq!(world.edit(|ticket| ticket.status = NEW).poll(&contact()).verdict, not_paged(Reason::NoCallout));
        assert_eq!(world.opened, 1);
    }
}

#[test]
fn what_the_poll_may_not_open_is_forgotten_when_it_is_no_longer_due() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.rules.which = Which::PickedByWorkflowRule;
    world.poll(&contact());
    world.edit(|ticket| ticket.status = COMPLETE).poll(&ann());
    assert_eq!(world.callout(&ann()).verdict, Verdict::Unchanged);
    assert_eq!(world.opened, 0);
}

#[test]
fn three_days_of_our_own_downtime_open_quietly_and_recent_ones_page() {
    for (minutes_ago, verdict) in
        [(3 * 24 * 60, Verdict::OpenedInSummary), (31, Verdict::OpenedInSummary), (29, Verdict::Opened)]
    {
        let mut world = World::new(Preset::LikeIlert);
        world.pass(minutes_ago);
        assert_eq!(world.poll(&contact()).verdict, verdict, "{minutes_ago}");
    }
    // An old ticket whose change is recent.
    let mut world = World::new(Preset::LikeIlert);
    world.poll(&contact());
    world.edit(|ticket| ticket.status = COMPLETE).poll(&ann());
    world.pass(3 * 24 * 60);
    world.edit(|ticket| ticket.status = NEW).pass(10);
    assert_eq!(world.poll(&contact()).verdict, Verdict::Opened);
}

#[test]
fn a_rule_that_picks_idle_tickets_pages_although_the_ticket_has_not_moved() {
    let mut world = World::new(Preset::LikeIlert);
    world.pass(240);
    assert_eq!(world.callout(&robot()).verdict, Verdict::Opened);
}

#[test]
fn after_an_hour_of_autotask_being_down_the_shared_alert_decides_who_is_still_owed_a_page() {
    for (shared, verdict) in [
        (None, Verdict::OpenedInSummary),
        (Some(Status::Pending), Verdict::Opened),
        (Some(Status::Accepted), Verdict::OpenedInSummary),
        (Some(Status::Resolved), Verdict::OpenedInSummary),
    ] {
        let mut world = World::new(Preset::LikeIlert);
        let received_at = world.now;
        world.pass(60).waited_in_shared = shared;
        assert_eq!(world.see(&contact(), Way::Callout { received_at }).verdict, verdict, "{shared:?}");
    }
}

#[test]
fn ten_thousand_duplicates_change_nothing() {
    let mut world = World::new(Preset::AfterHoursMsp);
    let first = world.callout(&contact());
    for _ in 0..10_000 {
        let again = world.callout(&contact());
        assert_eq!((again.effects, again.verdict), (vec![], Verdict::Unchanged));
    }
    assert_eq!(world.snapshot, Some(first.snapshot));
}

#[test]
fn a_ticket_that_an_alert_action_made_opens_nothing_whatever_becomes_of_it() {
    let mut world = World::new(Preset::LikeIlert);
    world.made_by_action = true;
    for status in [NEW, IN_PROGRESS, COMPLETE, NEW] {
        let decision = world.edit(|ticket| ticket.status = status).callout(&ann());
        assert_eq!((decision.effects, decision.verdict), (vec![], not_paged(Reason::MadeByAction)));
    }
}
