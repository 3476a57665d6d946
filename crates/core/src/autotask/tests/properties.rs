//! What holds for any ticket, any rules, any order.

use super::world::*;
use crate::alert::{Priority, Status};
use crate::autotask::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn statuses_of_tenant() -> Vec<i64> {
    statuses().iter().map(|value| value.id).chain([999]).collect()
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop::sample::select(vec![
        ann(),
        bob(),
        robot(),
        contact(),
        Actor::Unknown,
        Actor::ApiUser { id: OUR_API_USER, name: "Watchbell".into() },
    ])
}

fn any_preset() -> impl Strategy<Value = Preset> {
    prop::sample::select(vec![Preset::LikeIlert, Preset::AfterHoursMsp])
}

#[derive(Debug, Clone)]
struct State {
    status: i64,
    priority: Option<i64>,
    queue: Option<i64>,
    assignee: Option<i64>,
    actor: Actor,
}

fn any_state() -> impl Strategy<Value = State> {
    let ids = |ids: &[i64]| prop::option::of(prop::sample::select(ids.to_vec()));
    (
        prop::sample::select(statuses_of_tenant()),
        ids(&[CRITICAL, HIGH, MEDIUM, LOW, 9, 77]),
        ids(&[8, 9]),
        ids(&[ANN, BOB]),
        any_actor(),
    )
        .prop_map(|(status, priority, queue, assignee, actor)| State { status, priority, queue, assignee, actor })
}

fn any_way() -> impl Strategy<Value = Way> {
    let received_at = at("2026-11-23T02:00:00Z");
    prop::sample::select(vec![Way::Poll, Way::Callout { received_at }, Way::Baseline, Way::MergeDestination])
}

fn any_alert() -> impl Strategy<Value = Option<AlertView>> {
    let status = prop::sample::select(vec![Status::Pending, Status::Accepted, Status::Resolved]);
    let priority = prop::sample::select(vec![Priority::High, Priority::Low]);
    let alert = (status, priority, any::<bool>(), any::<bool>()).prop_map(|(status, priority, person, unread)| {
        AlertView { status, priority, resolved_by_person: person && status == Status::Resolved, opened_unread: unread }
    });
    prop::option::of(alert)
}

fn with_filter(world: &mut World) {
    let condition = r#"{"test":{"field":"queue","op":"is","value":8}}"#;
    world.rules.filter.condition = Some(serde_json::from_str(condition).unwrap());
}

fn set(world: &mut World, state: &State) {
    world.ticket.status = state.status;
    world.ticket.priority = state.priority;
    world.ticket.queue = state.queue;
    world.ticket.assignee = state.assignee;
}

proptest! {
    /// The same state, delivered again in any way, does nothing the second time.
    #[test]
    fn the_same_ticket_twice_changes_nothing(preset in any_preset(), states in prop::collection::vec(any_state(), 1..8), picked in any::<bool>()) {
        let mut world = World::new(preset);
        with_filter(&mut world);
        if picked {
            world.rules.which = Which::PickedByWorkflowRule;
        }
        for state in &states {
            world.edit(|_| ());
            set(&mut world, state);
            world.callout(&state.actor);
            let (snapshot, alert) = (world.snapshot.clone(), world.alert);
            for way in [Way::Callout { received_at: world.now }, Way::Poll] {
                let again = world.see(&state.actor, way);
                prop_assert_eq!(&again.effects, &vec![]);
                prop_assert_eq!(again.verdict, Verdict::Unchanged);
                prop_assert_eq!(&world.snapshot, &snapshot);
                prop_assert_eq!(world.alert, alert);
            }
        }
    }

    /// Deliveries name the ticket; what counts is what is fetched. In whatever order, and however often, the deliveries of a
    /// history are worked off, the fetch finds the present ticket: everything ends alike.
    #[test]
    fn any_order_of_deliveries_ends_in_the_same_state(
        preset in any_preset(),
        first in any_state(),
        last in any_state(),
        order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle(),
        repeats in 1..4usize,
    ) {
        let mut world = World::new(preset);
        set(&mut world, &first);
        world.callout(&first.actor);
        world.edit(|_| ());
        set(&mut world, &last);
        let mut once = world.clone();
        once.callout(&last.actor);
        for delivery in order.iter().cycle().take(order.len() * repeats) {
            let way = if delivery % 2 == 0 { Way::Poll } else { Way::Callout { received_at: world.now } };
            world.see(&last.actor, way);
        }
        prop_assert_eq!(&world.snapshot, &once.snapshot);
        prop_assert_eq!(world.alert, once.alert);
        prop_assert_eq!(world.opened, once.opened);
    }

    /// Fetches that overtake each other: once the newest state was seen, older ones change nothing.
    #[test]
    fn overtaken_fetches_are_harmless(preset in any_preset(), states in prop::collection::vec(any_state(), 2..6), older in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
        let mut world = World::new(preset);
        let mut history = Vec::new();
        for state in &states {
            world.edit(|_| ());
            set(&mut world, state);
            history.push((world.ticket.clone(), state.actor.clone()));
        }
        let newest = history.last().unwrap().clone();
        world.callout(&newest.1);
        let (snapshot, alert) = (world.snapshot.clone(), world.alert);
        for index in older {
            let (ticket, actor) = index.get(&history[..history.len() - 1]).clone();
            world.ticket = ticket;
            let decision = world.callout(&actor);
            prop_assert_eq!(decision.verdict, Verdict::Overtaken);
        }
        prop_assert_eq!((world.snapshot, world.alert), (snapshot, alert));
    }

    /// Whatever is thrown at it: no panic, effects that fit the alert, at most one that opens, accepts or ends.
    #[test]
    fn effects_fit_the_alert(
        preset in any_preset(),
        before in prop::option::of(any_state()),
        alert in any_alert(),
        now in any_state(),
        way in any_way(),
        times in any::<[Option<i32>; 4]>(),
        anyone in any::<bool>(),
        merged in any::<bool>(),
    ) {
        let mut world = World::new(preset);
        with_filter(&mut world);
        world.rules.leaving_filter = if anyone { LeavingFilter::Resolve } else { LeavingFilter::Keep };
        world.rules.accept_counts_for = if anyone { AcceptCountsFor::Anyone } else { AcceptCountsFor::Persons };
        if let Some(before) = &before {
            set(&mut world, before);
            world.see(&before.actor, Way::Baseline);
        }
        world.alert = alert;
        set(&mut world, &now);
        let time = |seconds: Option<i32>| seconds.map(|seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::from(seconds).abs()));
        [world.ticket.created_at, world.ticket.last_modified_at, world.ticket.last_activity_at, world.ticket.completed_at] = times.map(time);
        world.merged_into = merged.then(|| "T20261120.0007".to_owned());
        world.own_edits = vec![OwnEdit { resource: None, status: now.status, assignee: None, at: Timestamp::MIN }];
        let is_open = alert.is_some_and(|alert| alert.is_open());
        let decision = decide(&world.rules, world.snapshot.as_ref(), alert, &world.sighting(&now.actor, way));
        for effect in &decision.effects {
            prop_assert_eq!(matches!(effect, Effect::Open(_)), !is_open, "{:?}", effect);
        }
        let strong = decision.effects.iter().filter(|effect| matches!(effect, Effect::Open(_) | Effect::Accept { .. } | Effect::Resolve { .. } | Effect::NextLevel { .. }));
        prop_assert!(strong.count() <= 1);
        let json = serde_json::to_string(&decision.snapshot).unwrap();
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), decision.snapshot);
    }

    /// With "those my workflow rule picks" no poll ever opens.
    #[test]
    fn a_poll_never_opens_what_the_rule_picks(preset in any_preset(), states in prop::collection::vec(any_state(), 1..10)) {
        let mut world = World::new(preset);
        world.rules.which = Which::PickedByWorkflowRule;
        for state in &states {
            world.edit(|_| ());
            set(&mut world, state);
            world.poll(&state.actor);
        }
        prop_assert_eq!(world.opened, 0);
    }

    /// Labels are anybody's text.
    #[test]
    fn guessing_never_panics(label in any::<String>()) {
        guess_class(&label);
        guess_priority(&label);
        find_ticket_numbers(&label);
        is_recurring_instance(&label);
    }
}
