//! Assignment, own edits, overtaken and reordered sights.

use super::world::*;
use crate::alert::Status;
use crate::autotask::*;
use jiff::SignedDuration;

fn by_person(to: i64) -> Verdict {
    Verdict::NotPaged { reason: Reason::AssignedByPerson { to } }
}

#[test]
fn assigned_at_creation_by_its_own_creator_is_not_paged() {
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        for (assignee, actor) in [(ANN, ann()), (ANN, robot()), (BOB, ann())] {
            let mut world = World::new(preset);
            world.ticket.creator = Some(ANN);
            world.ticket.assignee = Some(assignee);
            assert_eq!(world.callout(&actor).verdict, by_person(assignee), "{assignee} {actor:?}");
            // The assignee goes on working.
            let assignee_himself = Actor::Person { id: assignee, name: String::new() };
            assert_eq!(world.edit(|ticket| ticket.status = IN_PROGRESS).callout(&assignee_himself).effects, []);
            assert_eq!(world.edit(|ticket| ticket.queue = Some(9)).callout(&robot()).effects, []);
            // A rule or a customer moves it: the table decides.
            let moved = world.edit(|ticket| ticket.status = CUSTOMER_NOTE).callout(&robot());
            assert_eq!(moved.verdict, Verdict::Opened);
        }
    }
}

#[test]
fn a_ticket_that_its_assignee_gives_back_is_paged() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.ticket.creator = Some(ANN);
    world.ticket.assignee = Some(ANN);
    world.callout(&ann());
    assert_eq!(world.edit(|ticket| ticket.assignee = None).callout(&ann()).verdict, Verdict::Opened);
}

#[test]
fn whoever_works_on_an_accepted_ticket_touches_it_and_nobody_else() {
    let touched = |by: &Actor| Effect::Touched { by: by.clone() };
    let note = |ticket: &mut Ticket| {
        ticket.last_activity_at = ticket.last_activity_at.map(|at| at + SignedDuration::from_mins(3))
    };
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        let mut world = World::new(preset);
        world.callout(&contact());
        assert!(!world.edit(note).callout(&bob()).effects.contains(&touched(&bob())), "nobody has it yet");
        world.edit(|ticket| ticket.assignee = Some(ANN)).callout(&bob());
        assert_eq!(world.status(), Some(Status::Accepted));
        for (change, by) in [(IN_PROGRESS, ann()), (IN_PROGRESS, bob())] {
            assert!(
                world.edit(|ticket| ticket.status = change).edit(note).callout(&by).effects.contains(&touched(&by))
            );
        }
        assert!(world.edit(note).callout(&ann()).effects.contains(&touched(&ann())), "a note, or time that was booked");
        assert!(!world.callout(&ann()).effects.contains(&touched(&ann())), "the same again");
        let program = Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() };
        for by in [contact(), robot(), program, Actor::Unknown] {
            let effects = world.edit(note).callout(&by).effects;
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Touched { .. })), "{by:?}: {effects:?}");
        }
    }
}

#[test]
fn an_alert_whose_ticket_is_given_back_keeps_its_responder() {
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        let mut world = World::new(preset);
        world.callout(&contact());
        world.edit(|ticket| ticket.assignee = Some(ANN)).callout(&bob());
        let given_back = world.edit(|ticket| ticket.assignee = None).callout(&ann());
        assert_eq!(
            (given_back.effects, given_back.verdict),
            (vec![Effect::Refresh, Effect::Touched { by: ann() }], Verdict::Followed)
        );
        assert_eq!(world.status(), Some(Status::Accepted));
    }
}

#[test]
fn a_robots_assignment_at_creation_is_paged() {
    let api_user = Actor::ApiUser { id: 30, name: "Mailbox".into() };
    for (creator, actor) in [(Some(30), api_user), (Some(30), robot()), (None, contact()), (Some(BOB), robot())] {
        let mut world = World::new(Preset::LikeIlert);
        world.ticket.creator = creator;
        world.ticket.assignee = Some(ANN);
        assert_eq!(world.callout(&actor).verdict, Verdict::Opened, "{creator:?} {actor:?}");
    }
}

#[test]
fn assigned_later_by_a_person_is_accepted_for_the_assignee() {
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        let mut world = World::new(preset);
        world.callout(&contact());
        let decision = world.edit(|ticket| ticket.assignee = Some(ANN)).callout(&bob());
        assert_eq!(decision.effects, [Effect::Refresh, Effect::Accept { by: bob(), responder: Some(ANN) }]);
        let decision = world.edit(|ticket| ticket.assignee = Some(BOB)).callout(&bob());
        assert_eq!(decision.effects, [Effect::Refresh, Effect::Touched { by: bob() }]);
    }
}

#[test]
fn assigned_later_by_a_robot_accepts_nothing() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    let decision = world.edit(|ticket| ticket.assignee = Some(ANN)).callout(&robot());
    assert_eq!(decision.verdict, Verdict::AcceptNotCounted { by: robot() });
    assert_eq!(world.edit(|ticket| ticket.assignee = None).callout(&bob()).effects, [Effect::Refresh]);
    assert_eq!(world.status(), Some(Status::Pending));
}

#[test]
fn taken_by_a_person_before_an_alert_opened_is_not_paged() {
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        let mut world = World::new(preset);
        world.source_made_at = at("2026-11-23T03:00:00Z");
        world.callout(&contact());
        let take = |ticket: &mut Ticket| {
            ticket.assignee = Some(ANN);
            ticket.status = IN_PROGRESS;
        };
        let decision = world.edit(take).callout(&ann());
        assert!(matches!(decision.verdict, Verdict::NotPaged { .. }), "{:?}", decision.verdict);
    }
}

#[test]
fn escalating_and_assigning_at_once_calls_the_next_level() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    let both = |ticket: &mut Ticket| {
        ticket.assignee = Some(BOB);
        ticket.status = ESCALATE;
    };
    assert_eq!(world.edit(both).callout(&ann()).effects, [Effect::Refresh, Effect::NextLevel { by: ann() }]);
    assert_eq!(world.status(), Some(Status::Pending));
}

#[test]
fn a_customers_note_is_told_to_the_responder() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    world.accept_by_person();
    let decision = world.edit(|ticket| ticket.status = CUSTOMER_NOTE).callout(&contact());
    let tell = Effect::TellResponder { status: CUSTOMER_NOTE, by: contact() };
    assert_eq!((decision.effects, decision.verdict), (vec![Effect::Refresh, tell], Verdict::ToldResponder));
}

fn write_in_progress(world: &mut World) {
    world.edit(|ticket| ticket.status = IN_PROGRESS);
    world.own_edits =
        vec![OwnEdit { resource: Some(OUR_API_USER), status: IN_PROGRESS, assignee: None, at: world.now }];
}

#[test]
fn our_own_edit_comes_back_and_does_nothing() {
    let us = Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() };
    for actor in [us, robot(), Actor::Unknown] {
        // The alert returned to pending meanwhile: our own In Progress must not accept it again.
        let mut world = World::new(Preset::LikeIlert);
        world.rules.accept_counts_for = AcceptCountsFor::Anyone;
        world.callout(&contact());
        write_in_progress(&mut world);
        let decision = world.callout(&actor);
        assert_eq!((decision.effects, decision.verdict), (vec![Effect::Refresh], Verdict::OwnEdit), "{actor:?}");

        // The alert timed out meanwhile: our own In Progress must not open another.
        let mut world = World::new(Preset::LikeIlert);
        world.callout(&contact());
        world.alert.as_mut().unwrap().status = Status::Resolved;
        write_in_progress(&mut world);
        let decision = world.callout(&actor);
        assert_eq!((decision.effects, decision.verdict), (vec![], Verdict::OwnEdit), "{actor:?}");
    }
}

#[test]
fn whom_we_gave_the_ticket_to_takes_nothing_and_takes_it_out_of_no_filter() {
    let us = Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() };
    let mut world = World::new(Preset::LikeIlert);
    world.rules.accept_counts_for = AcceptCountsFor::Anyone;
    world.rules.leaving_filter = LeavingFilter::Resolve;
    let unassigned = r#"{"test":{"field":"assigned","op":"is","value":false}}"#;
    world.rules.filter.condition = Some(serde_json::from_str(unassigned).unwrap());
    world.callout(&contact());
    let edit =
        OwnEdit { resource: Some(OUR_API_USER), status: world.ticket.status, assignee: Some(ANN), at: world.now };
    world.edit(|ticket| ticket.assignee = Some(ANN)).own_edits = vec![edit];
    let decision = world.callout(&us);
    assert_eq!((decision.effects, decision.verdict), (vec![Effect::Refresh], Verdict::OwnEdit));
    assert_eq!(decision.snapshot.taken_by, None, "nobody took it by themselves");
}

#[test]
fn whom_we_gave_the_ticket_to_takes_it_into_no_filter_either() {
    let us = Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() };
    let mut world = World::new(Preset::LikeIlert);
    let assigned = r#"{"test":{"field":"assigned","op":"is","value":true}}"#;
    world.rules.filter.condition = Some(serde_json::from_str(assigned).unwrap());
    world.callout(&contact());
    let edit =
        OwnEdit { resource: Some(OUR_API_USER), status: world.ticket.status, assignee: Some(ANN), at: world.now };
    world.edit(|ticket| ticket.assignee = Some(ANN)).own_edits = vec![edit];
    let decision = world.callout(&us);
    assert_eq!((decision.effects, decision.verdict), (vec![], Verdict::OwnEdit));
}

#[test]
fn an_edit_like_ours_by_somebody_else_or_at_another_time_counts() {
    let another = Actor::ApiUser { id: 31, name: "Another".into() };
    for (actor, minutes_after) in
        [(ann(), 0), (another, 0), (Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() }, 10)]
    {
        let mut world = World::new(Preset::LikeIlert);
        world.rules.accept_counts_for = AcceptCountsFor::Anyone;
        world.callout(&contact());
        write_in_progress(&mut world);
        world.ticket.last_modified_at = Some(world.now + SignedDuration::from_mins(minutes_after));
        assert_eq!(world.callout(&actor).verdict, Verdict::Accepted { by: actor });
    }
}

#[test]
fn a_ticket_that_we_completed_may_be_reopened() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    world.resolve_by_person();
    world.edit(|ticket| ticket.status = COMPLETE);
    world.own_edits = vec![OwnEdit { resource: Some(OUR_API_USER), status: COMPLETE, assignee: None, at: world.now }];
    let us = Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() };
    assert_eq!(world.callout(&us).verdict, Verdict::OwnEdit);
    assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
}

#[test]
fn an_overtaken_sight_changes_nothing() {
    let mut world = World::new(Preset::LikeIlert);
    let old = world.ticket.clone();
    world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
    let before = world.snapshot.clone();
    world.ticket = old;
    let decision = world.callout(&contact());
    assert_eq!((decision.effects, decision.verdict), (vec![], Verdict::Overtaken));
    assert_eq!(world.snapshot, before);
}

#[test]
fn two_edits_within_the_clocks_resolution_both_count() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    world.ticket.status = COMPLETE;
    assert!(matches!(world.callout(&ann()).verdict, Verdict::Resolved { .. }));
}

#[test]
fn an_open_alert_without_a_snapshot_is_followed() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    world.snapshot = None;
    let decision = world.clone().callout(&contact());
    assert_eq!((decision.effects, decision.verdict), (vec![Effect::Refresh], Verdict::Followed));
    world.ticket.status = COMPLETE;
    assert!(matches!(world.callout(&ann()).verdict, Verdict::Resolved { .. }));
}

#[test]
fn the_snapshot_keeps_the_last_verdict_that_said_something() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    world.edit(|ticket| ticket.title.push('!')).callout(&contact());
    assert_eq!(world.snapshot.as_ref().unwrap().verdict, Verdict::Opened);
    let json = serde_json::to_string(&world.snapshot).unwrap();
    assert_eq!(serde_json::from_str::<Option<Snapshot>>(&json).unwrap(), world.snapshot);
}

#[test]
fn routing_chooses_the_policy() {
    let mut world = World::new(Preset::LikeIlert);
    let row = r#"[{"company": 0, "priority": 4, "policy": 12}]"#;
    world.rules.routing = serde_json::from_str(row).unwrap();
    let decision = world.callout(&contact());
    let [Effect::Open(opening)] = &decision.effects[..] else { panic!("{decision:?}") };
    assert_eq!(opening.policy, Some(crate::ids::PolicyId(12)));
}
