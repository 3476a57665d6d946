//! When Autotask cannot be read.

use super::world::*;
use crate::alert::{Priority, Status};
use crate::autotask::*;
use jiff::SignedDuration;

fn decide_after(world: &World, seconds: i64, status: Option<i64>, copy: Option<&Ticket>) -> Unread {
    let callout = UnreadCallout { received_at: world.now, status };
    let known = copy.zip(world.snapshot.as_ref()).map(|(copy, snapshot)| KnownTicket { snapshot, copy });
    decide_unread(&world.rules, known, world.alert, callout, world.now + SignedDuration::from_secs(seconds))
}

#[test]
fn an_unknown_ticket_waits_and_then_joins_the_shared_alert() {
    let world = World::new(Preset::LikeIlert);
    let until = world.now + SignedDuration::from_secs(60);
    assert_eq!(decide_after(&world, 0, None, None), Unread::Wait { until });
    assert_eq!(decide_after(&world, 59, None, None), Unread::Wait { until });
    assert_eq!(decide_after(&world, 60, None, None), Unread::JoinShared);
    let mut patient = world.clone();
    patient.rules.unreadable_after_s = 0;
    assert_eq!(decide_after(&patient, 0, None, None), Unread::JoinShared);
}

#[test]
fn a_source_that_only_watches_opens_nothing_unread_either() {
    let would = |manner| Unread::NotPaged { reason: Reason::WatchOnly { manner, policy: None } };
    let mut world = World::new(Preset::LikeIlert);
    world.rules.watch_only = true;
    assert_eq!(decide_after(&world, 60, None, None), would(Manner::Page), "no shared alert");
    world.ticket.status = COMPLETE;
    world.callout(&contact());
    let copy = world.ticket.clone();
    world.pass(60);
    assert_eq!(decide_after(&world, 60, Some(NEW), Some(&copy)), would(Manner::Page));
    assert_eq!(world.opened, 0);
}

#[test]
fn a_known_ticket_opens_from_its_last_copy() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    world.edit(|ticket| ticket.status = COMPLETE).callout(&ann());
    let copy = world.ticket.clone();
    world.pass(60);
    let Unread::OpenFromCopy { effect: Effect::Open(opening) } = decide_after(&world, 60, Some(NEW), Some(&copy))
    else {
        panic!("the callout says that it is New again")
    };
    assert_eq!((opening.manner, opening.trigger), (Manner::Page, Trigger::NotReadable));
    let closed = Unread::NotPaged { reason: Reason::Status { status: COMPLETE } };
    assert_eq!(decide_after(&world, 60, None, Some(&copy)), closed);
}

#[test]
fn an_open_alert_is_enough_and_a_resolved_one_stays_so() {
    let mut world = World::new(Preset::LikeIlert);
    world.callout(&contact());
    let copy = world.ticket.clone();
    assert_eq!(decide_after(&world, 60, None, Some(&copy)), Unread::AlertIsOpen);
    world.resolve_by_person();
    assert_eq!(decide_after(&world, 60, Some(NEW), Some(&copy)), Unread::NotPaged { reason: Reason::ResolvedByPerson });
}

#[test]
fn an_alert_that_opened_unread_and_was_resolved_by_a_person_opens_no_other() {
    for preset in [Preset::LikeIlert, Preset::AfterHoursMsp] {
        let mut world = World::new(preset);
        world.ticket.status = WAITING_CUSTOMER;
        world.callout(&contact());
        let copy = world.ticket.clone();
        world.pass(1);
        let opened = decide_after(&world, 60, Some(NEW), Some(&copy));
        assert!(matches!(opened, Unread::OpenFromCopy { .. }), "{opened:?}");
        world.alert = Some(AlertView {
            status: Status::Resolved,
            priority: Priority::High,
            resolved_by_person: true,
            opened_unread: true,
        });
        let again = decide_after(&world, 120, Some(NEW), Some(&copy));
        assert_eq!(again, Unread::NotPaged { reason: Reason::ResolvedByPerson });
        // Read at last, it has the status that the alert was for.
        let resolved = Verdict::NotPaged { reason: Reason::ResolvedByPerson };
        assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, resolved);
        world.alert.as_mut().unwrap().opened_unread = false;
        assert_eq!(world.edit(|ticket| ticket.status = 15).callout(&contact()).verdict, resolved);
        world.edit(|ticket| ticket.status = WAITING_CUSTOMER).callout(&ann());
        assert_eq!(world.edit(|ticket| ticket.status = NEW).callout(&contact()).verdict, Verdict::Opened);
    }
}

#[test]
fn what_the_filter_would_not_have_let_in_resolves_once_it_is_read() {
    let unread =
        AlertView { status: Status::Pending, priority: Priority::High, resolved_by_person: false, opened_unread: true };
    let condition = r#"{"test":{"field":"queue","op":"is","value":9}}"#;
    let mut world = World::new(Preset::AfterHoursMsp);
    world.rules.filter.condition = Some(serde_json::from_str(condition).unwrap());
    world.alert = Some(unread);
    let miss = FilterMiss::Condition { field: TicketField::Queue, found: Some("8".into()) };
    let because = Box::new(Reason::Filter { miss });
    let reason = ResolveReason::WouldNotHaveOpened { because };
    assert_eq!(world.callout(&contact()).verdict, Verdict::Resolved { reason });

    // One that belongs here is confirmed, and from then on only follows its ticket.
    let mut world = World::new(Preset::AfterHoursMsp);
    world.alert = Some(unread);
    assert_eq!(world.callout(&contact()).effects, [Effect::Refresh]);
    assert_eq!(
        world.edit(|ticket| ticket.status = WAITING_CUSTOMER).callout(&ann()).verdict,
        Verdict::Accepted { by: ann() }
    );

    // A known one that had not changed at all is confirmed by the same state.
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    world.alert = Some(unread);
    assert_eq!(world.callout(&contact()).effects, [Effect::Refresh]);
}

#[test]
fn the_shared_alert_counts() {
    assert_eq!(shared_alert_summary(1), "Autotask cannot be read: 1 ticket waiting");
    assert_eq!(shared_alert_summary(7), "Autotask cannot be read: 7 tickets waiting");
    assert_ne!(shared_alert_key(crate::ids::SourceId(1)), shared_alert_key(crate::ids::SourceId(2)));
}
