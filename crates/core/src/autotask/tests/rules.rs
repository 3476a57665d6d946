//! Settings: defaults, validation, picklists that change, the wire.

use super::world::*;
use crate::autotask::*;

type Spoil = fn(&mut SourceRules);

fn fields(rules: &SourceRules) -> Vec<String> {
    rules.validate().into_iter().map(|problem| problem.field).collect()
}

#[test]
fn the_defaults_are_valid_and_survive_the_wire() {
    for rules in [SourceRules::default(), rules(Preset::LikeIlert), rules(Preset::AfterHoursMsp)] {
        assert_eq!(rules.validate(), []);
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<SourceRules>(&json).unwrap(), rules);
    }
    let default: SourceRules = serde_json::from_str("{}").unwrap();
    assert_eq!(
        (default.preset, default.poll_interval_s, default.unreadable_after_s),
        (Preset::LikeIlert, Some(60), 60)
    );
    let named: SourceRules = serde_json::from_str(r#"{"preset":"after_hours_msp","poll_interval_s":null}"#).unwrap();
    assert_eq!(named.priorities.treatment(Some(MEDIUM)), Treatment::Quiet, "tables that are left out are the preset's");
    assert_eq!((named.preset, named.poll_interval_s), (Preset::AfterHoursMsp, None));
    assert!(!default.filter.recurring_instances && !default.filter.change_requests);
    assert_eq!(default.which, Which::AllFilteredHere);
}

#[test]
fn each_problem_names_its_field() {
    let cases: Vec<(Spoil, &str)> = vec![
        (|rules| rules.poll_interval_s = Some(29), "poll_interval_s"),
        (|rules| rules.poll_interval_s = Some(3_601), "poll_interval_s"),
        (|rules| rules.unreadable_after_s = 3_601, "unreadable_after_s"),
        (|rules| rules.write_back.publish = 3, "write_back.publish"),
        (|rules| rules.statuses.rows[2].cells.became = Cell::Accept, "statuses.rows[2].became"),
        (|rules| rules.statuses.rows[0].cells.first_seen = Cell::Resolve, "statuses.rows[0].first_seen"),
        (|rules| rules.statuses.rows[0].cells.pending = Cell::Open, "statuses.rows[0].pending"),
        (|rules| rules.statuses.other.accepted = Cell::Accept, "statuses.other.accepted"),
        (|rules| rules.statuses.rows[1].id = 1, "statuses.rows[1].id"),
        (|rules| rules.priorities.rows[1].id = 4, "priorities.rows[1].id"),
        (
            |rules| rules.filter.condition = serde_json::from_str(r#"{"test":{"field":"queue","op":"is"}}"#).ok(),
            "filter.condition",
        ),
        (|rules| rules.templates.summary = Some("{{ ticket.title".into()), "templates.summary"),
        (|rules| rules.templates.details = Some("x".repeat(9_000)), "templates.details"),
        (|rules| rules.routing = serde_json::from_str(r#"[{"policy": 1}]"#).unwrap(), "routing[0]"),
    ];
    for (spoil, field) in cases {
        let mut rules = rules(Preset::LikeIlert);
        spoil(&mut rules);
        assert_eq!(fields(&rules), [field]);
        assert!(!rules.validate()[0].message.is_empty());
    }
    for interval in [None, Some(30), Some(3_600)] {
        assert_eq!(SourceRules { poll_interval_s: interval, ..SourceRules::default() }.validate(), []);
    }
}

#[test]
fn tables_are_limited() {
    let many = |count: i64| (0..count).map(|id| PicklistValue::new(id, "x", id)).collect::<Vec<_>>();
    let with =
        |statuses, priorities| SourceRules::for_tenant(Preset::LikeIlert, &many(statuses), &many(priorities), &[]);
    assert_eq!(fields(&with(500, 100)), Vec::<String>::new());
    assert_eq!(fields(&with(501, 101)), ["statuses.rows", "priorities.rows"]);
}

#[test]
fn unknown_words_are_refused() {
    for json in [
        r#"{"preset":"mine"}"#,
        r#"{"which":"some"}"#,
        r#"{"statuses":{"rows":[],"other":{"first_seen":"explode","became":"open","pending":"nothing","accepted":"nothing"}}}"#,
        r#"{"routing":[{"queue":1,"polcy":2}]}"#,
    ] {
        assert!(serde_json::from_str::<SourceRules>(json).is_err(), "{json}");
    }
}

#[test]
fn a_picklist_that_changes_renews_labels_and_keeps_what_people_set() {
    let mut rules = SourceRules { preset: Preset::AfterHoursMsp, ..SourceRules::default() };
    rules.statuses.rows[0].cells.became = Cell::Nothing;
    rules.priorities.rows[0].treatment = Treatment::Quiet;
    let statuses = [PicklistValue::new(1, "Neu", 1), PicklistValue::new(8, "In Bearbeitung", 2)];
    let priorities = [PicklistValue::new(4, "Notfall", 1), PicklistValue::new(7, "Niedrig", 9)];
    rules.adopt(&statuses, &priorities, &[PicklistValue::new(4, "Änderungsantrag", 1)]);
    assert_eq!((rules.statuses.rows[0].label.as_str(), rules.statuses.rows[0].cells.became), ("Neu", Cell::Nothing));
    assert_eq!(rules.statuses.rows.last().unwrap().class, StatusClass::InProgress);
    assert_eq!(rules.write_back.in_progress_status, Some(8));
    assert_eq!(
        (rules.priorities.rows[0].label.as_str(), rules.priorities.rows[0].treatment),
        ("Notfall", Treatment::Quiet)
    );
    assert_eq!(rules.priorities.treatment(Some(7)), Treatment::NoAlert);
    assert_eq!(rules.filter.change_request_types, [4]);
    assert_eq!(rules.validate(), []);
}

#[test]
fn a_guess_can_be_corrected() {
    let mut row = StatusRow::preset(Preset::AfterHoursMsp, &PicklistValue::new(30, "Parked", 1));
    assert_eq!(row.class, StatusClass::Other);
    row.confirm(Preset::AfterHoursMsp, StatusClass::OnHold);
    assert_eq!(row.cells.pending, Cell::Accept);
}
