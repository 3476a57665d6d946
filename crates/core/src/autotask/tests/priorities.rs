//! The priority table: both presets, ranks, raising and lowering.

use super::world::*;
use crate::alert::{Priority, Status};
use crate::autotask::*;

fn opens(preset: Preset, priority: Option<i64>) -> Verdict {
    let mut world = World::new(preset);
    world.ticket.priority = priority;
    world.callout(&contact()).verdict
}

#[test]
fn both_presets_cell_by_cell() {
    let none = |priority| Verdict::NotPaged { reason: Reason::Priority { priority: Some(priority) } };
    let rows = [
        (Some(CRITICAL), Verdict::Opened, Verdict::Opened),
        (Some(HIGH), Verdict::Opened, Verdict::Opened),
        (Some(MEDIUM), Verdict::Opened, Verdict::OpenedQuietly),
        (Some(LOW), Verdict::OpenedQuietly, none(LOW)),
        (Some(9), Verdict::Opened, Verdict::Opened),
        (Some(77), Verdict::Opened, Verdict::Opened),
        (None, Verdict::Opened, Verdict::Opened),
    ];
    for (priority, like_ilert, after_hours) in rows {
        assert_eq!(opens(Preset::LikeIlert, priority), like_ilert, "{priority:?}");
        assert_eq!(opens(Preset::AfterHoursMsp, priority), after_hours, "{priority:?}");
    }
}

#[test]
fn labels_are_guessed_and_ranks_come_from_the_picklist() {
    use PriorityClass as P;
    for (label, class) in [
        ("Critical", Some(P::Critical)),
        ("4 - Kritisch", Some(P::Critical)),
        ("Crítica", Some(P::Critical)),
        ("Sehr hoch", Some(P::Critical)),
        ("Hoch", Some(P::High)),
        ("Alta", Some(P::High)),
        ("Mittel", Some(P::Medium)),
        ("Media", Some(P::Medium)),
        ("1 - Low", Some(P::Low)),
        ("Niedrig", Some(P::Low)),
        ("Baja", Some(P::Low)),
        ("VIP", None),
    ] {
        assert_eq!(guess_priority(label), class, "{label}");
    }
    let table = rules(Preset::LikeIlert).priorities;
    assert!(table.is_raise(Some(LOW), Some(CRITICAL)));
    assert!(table.is_raise(Some(9), Some(LOW)), "VIP stands below Low in this picklist");
    assert!(!table.is_raise(Some(HIGH), Some(MEDIUM)));
    assert!(table.is_raise(Some(HIGH), Some(77)), "where the rank is not known every change counts");
    let no_order =
        PriorityTable::preset(Preset::LikeIlert, &[PicklistValue::new(1, "Low", 0), PicklistValue::new(2, "High", 0)]);
    assert!(no_order.is_raise(Some(1), Some(2)) && !no_order.is_raise(Some(2), Some(1)));
}

#[test]
fn low_raised_to_critical_pages() {
    // Like ilert: a quiet alert is raised, and escalation starts.
    let mut world = World::new(Preset::LikeIlert);
    world.ticket.priority = Some(LOW);
    world.callout(&contact());
    assert_eq!(world.alert.unwrap().priority, Priority::Low);
    let decision = world.edit(|ticket| ticket.priority = Some(CRITICAL)).callout(&robot());
    assert_eq!((decision.effects, decision.verdict), (vec![Effect::Refresh, Effect::Raise], Verdict::Raised));

    // After-hours: there was no alert, now there is.
    let mut world = World::new(Preset::AfterHoursMsp);
    world.ticket.priority = Some(LOW);
    world.callout(&contact());
    assert_eq!(world.alert, None);
    assert_eq!(world.edit(|ticket| ticket.priority = Some(CRITICAL)).callout(&robot()).verdict, Verdict::Opened);
}

#[test]
fn lowering_never_stops_a_page_in_progress() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.callout(&contact());
    for priority in [HIGH, MEDIUM, LOW] {
        let decision = world.edit(|ticket| ticket.priority = Some(priority)).callout(&ann());
        assert_eq!(decision.effects, [Effect::Refresh]);
        let alert = world.alert.unwrap();
        assert_eq!((alert.status, alert.priority), (Status::Pending, Priority::High));
    }
}

#[test]
fn raising_to_a_quiet_priority_raises_nothing() {
    let mut world = World::new(Preset::AfterHoursMsp);
    world.ticket.priority = Some(MEDIUM);
    world.callout(&contact());
    world.edit(|ticket| ticket.priority = Some(LOW)).callout(&ann());
    assert_eq!(world.edit(|ticket| ticket.priority = Some(MEDIUM)).callout(&ann()).effects, [Effect::Refresh]);
}

#[test]
fn a_raise_and_an_acceptance_in_one_change_both_count() {
    let mut world = World::new(Preset::LikeIlert);
    world.ticket.priority = Some(LOW);
    world.callout(&contact());
    let both = |ticket: &mut Ticket| {
        ticket.priority = Some(HIGH);
        ticket.status = IN_PROGRESS;
    };
    let decision = world.edit(both).callout(&ann());
    assert_eq!(decision.effects, [Effect::Refresh, Effect::Accept { by: ann(), responder: None }, Effect::Raise]);
}
