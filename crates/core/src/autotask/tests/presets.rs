//! Every cell of both presets: status by status, situation by situation, carried through [`decide`].

use super::world::*;
use crate::alert::Status;
use crate::autotask::*;

/// first seen, became with no open alert, pending, accepted
type Row = (i64, [&'static str; 4]);

const OPENS: [&str; 4] = ["open", "open", "-", "-"];
const ACCEPTS: [&str; 4] = ["-", "-", "accept", "-"];
const ENDS: [&str; 4] = ["-", "-", "resolve", "resolve"];

const LIKE_ILERT: &[Row] = &[
    (1, OPENS),
    (8, ["open", "open", "accept", "-"]),
    (5, ENDS),
    (25, ENDS),
    (7, ACCEPTS),
    (9, ACCEPTS),
    (12, ACCEPTS),
    (13, ACCEPTS),
    (24, ACCEPTS),
    (29, ACCEPTS),
    (10, ACCEPTS),
    (11, ACCEPTS),
    (14, ACCEPTS),
    (15, OPENS),
    (16, OPENS),
    (17, OPENS),
    (19, OPENS),
    (20, OPENS),
    (21, OPENS),
    (22, OPENS),
    (23, OPENS),
    (26, OPENS),
    (999, OPENS),
];

const AFTER_HOURS_MSP: &[Row] = &[
    (1, OPENS),
    (8, ["open unless assigned", "open unless assigned", "accept", "-"]),
    (5, ENDS),
    (25, ENDS),
    (21, ENDS),
    (22, ENDS),
    (23, ENDS),
    (20, ENDS),
    (16, ENDS),
    (7, ACCEPTS),
    (9, ACCEPTS),
    (12, ACCEPTS),
    (13, ACCEPTS),
    (29, ACCEPTS),
    (10, ACCEPTS),
    (17, ACCEPTS),
    (24, OPENS),
    (14, OPENS),
    (11, ["open", "open", "next level", "next level"]),
    (19, ["open", "open", "tell", "tell"]),
    (26, ["open", "open", "tell", "tell"]),
    (15, OPENS),
    (999, OPENS),
];

fn word(decision: &Decision) -> &'static str {
    let is_quiet = |effect: &&Effect| matches!(effect, Effect::Refresh | Effect::Touched { .. });
    let strongest = decision.effects.iter().find(|effect| !is_quiet(effect));
    match strongest {
        Some(Effect::Open(_)) => "open",
        Some(Effect::Accept { .. }) => "accept",
        Some(Effect::NextLevel { .. }) => "next level",
        Some(Effect::Resolve { .. }) => "resolve",
        Some(Effect::TellResponder { .. }) => "tell",
        Some(other) => panic!("{other:?}"),
        None => "-",
    }
}

fn first_seen(preset: Preset, status: i64, assignee: Option<i64>) -> &'static str {
    let mut world = World::new(preset);
    world.ticket.status = status;
    world.ticket.assignee = assignee;
    word(&world.callout(&robot()))
}

/// A ticket without an open alert: its last one was ended by the ticket itself.
fn became(preset: Preset, status: i64, assignee: Option<i64>) -> &'static str {
    let mut world = World::new(preset);
    world.ticket.assignee = assignee;
    world.callout(&robot());
    world.edit(|ticket| ticket.status = COMPLETE).callout(&robot());
    if status == COMPLETE {
        world.edit(|ticket| ticket.status = 25).callout(&robot());
    }
    assert_eq!(world.status(), Some(Status::Resolved));
    word(&world.edit(|ticket| ticket.status = status).callout(&bob()))
}

fn with_alert(preset: Preset, status: i64, accepted: bool) -> &'static str {
    let mut world = World::new(preset);
    // From another status of the open class, so that every row is a change.
    world.ticket.status = if status == NEW { 999 } else { NEW };
    world.callout(&contact());
    if accepted {
        world.accept_by_person();
    }
    word(&world.edit(|ticket| ticket.status = status).callout(&ann()))
}

fn check(preset: Preset, rows: &[Row]) {
    let listed: std::collections::BTreeSet<_> = rows.iter().map(|(id, _)| *id).collect();
    assert!(statuses().iter().all(|value| listed.contains(&value.id)), "every status of the tenant has its row here");
    for &(status, [first, later, pending, accepted]) in rows {
        let unassigned = |cell: &'static str| if cell == "open unless assigned" { "open" } else { cell };
        let assigned = |cell: &'static str| if cell == "open unless assigned" { "-" } else { cell };
        assert_eq!(first_seen(preset, status, None), unassigned(first), "{preset:?} {status} first seen");
        assert_eq!(first_seen(preset, status, Some(ANN)), assigned(first), "{preset:?} {status} first seen, assigned");
        assert_eq!(became(preset, status, None), unassigned(later), "{preset:?} {status} became");
        assert_eq!(became(preset, status, Some(ANN)), assigned(later), "{preset:?} {status} became, assigned");
        assert_eq!(with_alert(preset, status, false), pending, "{preset:?} {status} pending");
        assert_eq!(with_alert(preset, status, true), accepted, "{preset:?} {status} accepted");
    }
}

#[test]
fn like_ilert_cell_by_cell() {
    check(Preset::LikeIlert, LIKE_ILERT);
}

#[test]
fn after_hours_msp_cell_by_cell() {
    check(Preset::AfterHoursMsp, AFTER_HOURS_MSP);
}

#[test]
fn only_a_persons_change_accepts_unless_the_setting_says_anyone() {
    for (preset, status) in [
        (Preset::LikeIlert, WAITING_DISPATCH),
        (Preset::LikeIlert, IN_PROGRESS),
        (Preset::AfterHoursMsp, WAITING_CUSTOMER),
    ] {
        let api_user = Actor::ApiUser { id: 30, name: "RMM".into() };
        for actor in [robot(), api_user, contact(), Actor::Unknown] {
            let mut world = World::new(preset);
            world.callout(&contact());
            let decision = world.edit(|ticket| ticket.status = status).callout(&actor);
            assert_eq!(decision.effects, [Effect::Refresh], "{actor:?}");
            assert_eq!(decision.verdict, Verdict::AcceptNotCounted { by: actor.clone() });
            assert_eq!(world.status(), Some(Status::Pending));

            world = World::new(preset);
            world.rules.accept_counts_for = AcceptCountsFor::Anyone;
            world.callout(&contact());
            let decision = world.edit(|ticket| ticket.status = status).callout(&actor);
            assert_eq!(decision.verdict, Verdict::Accepted { by: actor });
        }
    }
}

#[test]
fn a_german_tenant_and_a_renamed_complete() {
    let labels = [
        (1, "Neu"),
        (5, "Fakturiert"),
        (8, "In Bearbeitung"),
        (9, "Warten auf Kunde"),
        (20, "Abgelehnt"),
        (21, "Eskaliert"),
    ];
    let picklist: Vec<_> = labels.map(|(id, label)| PicklistValue::new(id, label, id)).into();
    let table = StatusTable::preset(Preset::AfterHoursMsp, &picklist);
    let class = |id| table.rows.iter().find(|row| row.id == id).unwrap().class;
    use StatusClass as C;
    let classes = [1, 5, 8, 9, 20, 21].map(class);
    assert_eq!(classes, [C::New, C::Complete, C::InProgress, C::WaitingCustomer, C::Denied, C::Escalate]);
    assert!(table.cells(5).resolves(), "5 is Complete whatever it is called");
    assert_eq!(table.first_of(C::InProgress), Some(8));
}
