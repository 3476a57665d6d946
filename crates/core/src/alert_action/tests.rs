use super::*;
use crate::alert::tests::alert;
use crate::alert::{Priority, Status, TicketNews};
use crate::autotask::PicklistValue;
use crate::condition::Condition;
use crate::template::render;
use crate::timeline::{Actor, Entry};

fn condition(json: &str) -> Condition<AlertField> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn conditions_look_at_the_alert() {
    let mut one = alert(Status::Pending, Priority::High);
    one.content.labels.insert("env".into(), "Production".into());
    let asked = |json: &str| holds(Some(&condition(json)), &one);
    assert!(holds(None, &one));
    assert!(asked(r#"{"test":{"field":"summary","op":"contains","value":"DISK"}}"#));
    assert!(asked(
        r#"{"all":[{"test":{"field":"priority","op":"is","value":"HIGH"}},{"test":{"field":{"label":"env"},"op":"is","value":"production"}}]}"#
    ));
    assert!(!asked(r#"{"test":{"field":{"label":"site"},"op":"is_set"}}"#));
    assert!(asked(r#"{"test":{"field":"escalation_policy","op":"is","value":1}}"#));
    assert!(!asked(r#"{"none":[{"test":{"field":"alert_key","op":"is","value":"disk"}}]}"#));
    assert!(
        serde_json::from_str::<Condition<AlertField>>(r#"{"test":{"field":"colour","op":"is","value":1}}"#).is_err()
    );
}

#[test]
fn what_happens_lets_act_and_is_told_late() {
    let by = Actor::System;
    let resolved = Entry::Resolved { reason: None };
    assert_eq!(Trigger::of(&resolved, &by), Some(Trigger::AutoResolved));
    assert_eq!(Trigger::of(&resolved, &Actor::CommandLine), Some(Trigger::Resolved));
    assert_eq!(Trigger::of(&Entry::TicketTouched, &by), None);
    for trigger in Trigger::ALL {
        assert_eq!(Trigger::parse(trigger.as_str()), Some(*trigger));
    }
    assert_eq!(news_of(&Entry::Accepted), Some(TicketNews::Accepted));
    assert_eq!(news_of(&Entry::Raised), None);
}

#[test]
fn rules_ask_for_the_company_by_what_the_alert_says() {
    let rule = |by, value: &str| CompanyRule { by, value: value.into() };
    let label = rule(CompanyBy::Label, "customer");
    let mut one = alert(Status::Pending, Priority::High);
    let context = |alert: &crate::alert::Alert| ActionFacts { alert, source: "Nagios", url: "u" }.template_context();
    assert_eq!(render(&label.template(), &context(&one)).unwrap(), "", "a label that is missing says nothing");
    one.content.labels.insert("customer".into(), " 29683511 ".into());
    assert_eq!(label.lookup(&render(&label.template(), &context(&one)).unwrap()), Some(Lookup::Company(29_683_511)));
    assert_eq!(label.lookup("Crumb & Crust"), Some(Lookup::CompanyName("Crumb & Crust".into())));
    assert_eq!(label.lookup("  "), None);
    let domain = rule(CompanyBy::ContactDomain, "{{ caller.email }}");
    assert_eq!(domain.lookup("greta@Bakery.example"), Some(Lookup::Domain("bakery.example".into())));
    for nobody in ["greta@gmail.com", "greta", "a b.c"] {
        assert_eq!(domain.lookup(nobody), None, "{nobody}");
    }
    assert_eq!(rule(CompanyBy::RmmDevice, "x").lookup("501"), Some(Lookup::RmmDevice("501".into())));
}

#[test]
fn a_ticket_has_the_priority_of_its_alert_by_the_tenants_list() {
    let list: Vec<PicklistValue> = [(4, "Kritisch"), (1, "Hoch"), (2, "Mittel"), (3, "Niedrig")]
        .iter()
        .zip(1..)
        .map(|((id, label), order)| PicklistValue::new(*id, *label, order))
        .collect();
    let params = TicketParams::default();
    assert_eq!((params.priority_for(Priority::High, &list), params.priority_for(Priority::Low, &list)), (1, 3));
    let odd = [PicklistValue::new(7, "P1", 1), PicklistValue::new(8, "P2", 2), PicklistValue::new(9, "P3", 3)];
    assert_eq!((params.priority_for(Priority::High, &odd), params.priority_for(Priority::Low, &odd)), (8, 9));
    assert_eq!((params.priority_for(Priority::High, &[]), params.priority_for(Priority::Low, &[])), (1, 3));
    let fixed = TicketParams { priority: Some(4), ..params };
    assert_eq!(fixed.priority_for(Priority::Low, &list), 4);
}

#[test]
fn a_ticket_is_told_what_the_action_acts_upon() {
    let params = TicketParams::default();
    let rules = params.rules_for(&[Trigger::Created, Trigger::Resolved], &[], &[]);
    assert!(rules.write_back.note_on_resolve && !rules.write_back.note_on_accept);
    assert!(!rules.write_back.in_progress_on_accept && rules.write_back.note_on_repeat);
    assert!(rules.validate().is_empty());
}

#[test]
fn texts_have_their_limits_and_the_way_back() {
    let mut one = alert(Status::Pending, Priority::High);
    one.summary = "a\nb".repeat(200);
    one.details = "x".repeat(20_000);
    let facts = ActionFacts { alert: &one, source: "Nagios", url: "https://w/alerts/42" };
    let (params, context) = (TicketParams::default(), facts.template_context());
    let (title, text) = (title(&params, &facts, &context), description(&params, &facts, &context));
    assert!(title.text.chars().count() <= 255 && !title.text.contains('\n') && title.problem.is_none());
    assert!(text.text.chars().count() <= 8_000 && text.text.ends_with("\n\nWatchbell alert 42: https://w/alerts/42"));
    let broken = TicketParams { title: Some("{{ nothing.here }}".into()), ..TicketParams::default() };
    let rendered = super::title(&broken, &facts, &context);
    assert!(rendered.problem.is_some() && rendered.text.starts_with("a b"), "{rendered:?}");
}

#[test]
fn a_refusal_names_the_field_and_where_to_change_it() {
    let said = explain_refusal("Autotask refused the request: Missing Required Field: dueDateTime.", "Nagios tickets");
    assert!(said.contains("\"Due in\" (API: dueInMinutes) in the alert action \"Nagios tickets\""), "{said}");
    for (error, field) in [
        ("Value does not reference an existing entity for queueID . ", Some("queueId")),
        ("Reference value on field: companyID of type: Company does not exist or is invalid.", Some("companyId")),
        ("Missing Required Field: subIssueType.", Some("subIssueType")),
        ("Resources are busy", None),
        ("priority must", Some("priority")),
    ] {
        assert_eq!(field_named_in(error).map(|(_, api)| api), field, "{error}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_their_field() {
    let wrong = TicketParams {
        sub_issue_type: Some(1),
        note_publish: 3,
        due_in_min: Some(0),
        title: Some("{{".into()),
        user_fields: [("Alert Id".to_owned(), "{% if %}".to_owned())].into(),
        ..TicketParams::default()
    };
    let fields: Vec<String> = wrong.validate().into_iter().map(|problem| problem.field).collect();
    assert_eq!(
        fields,
        ["companyId", "subIssueType", "notePublish", "dueInMinutes", "titleTemplate", "userDefinedFields.Alert Id"]
    );
    assert!(TicketParams { company: Some(0), ..TicketParams::default() }.validate().is_empty());
    let stored = serde_json::to_string(&TicketParams::default()).unwrap();
    assert_eq!(serde_json::from_str::<TicketParams>(&stored).unwrap(), TicketParams::default());
    assert_eq!(serde_json::from_str::<TicketParams>("{}").unwrap(), TicketParams::default());
}
