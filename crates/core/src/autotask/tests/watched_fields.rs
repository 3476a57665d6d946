//! Which fields webhooks watch.

use super::super::{OfferedField, RoutingRow, SourceRules, Watched, WebhookKind, is_same};
use crate::ids::PolicyId;
use serde_json::json;

fn offered(names: &[&str]) -> Vec<OfferedField> {
    (1..).zip(names).map(|(id, name)| OfferedField { id, name: (*name).to_owned() }).collect()
}

fn ids(fields: &[OfferedField]) -> Vec<i64> {
    let mut ids: Vec<i64> = fields.iter().map(|field| field.id).collect();
    ids.sort_unstable();
    ids
}

const USUAL: [&str; 9] = [
    "Status",
    "Priority",
    "QueueID",
    "AssignedResourceID",
    "Title",
    "CompanyID",
    "CompletedDate",
    "IssueType",
    "DueDateTime",
];

#[test]
fn every_source_watches_what_acts() {
    let watched =
        Watched::choose(WebhookKind::Ticket, &SourceRules::default(), &offered(&USUAL), &offered(&["After Hours"]));
    assert_eq!((ids(&watched.fields), watched.udfs, watched.missing), ((1..=7).collect(), vec![], vec![]));
}

#[test]
fn filter_routing_and_templates_add_theirs() {
    let mut rules = SourceRules::default();
    rules.filter.condition = serde_json::from_value(json!({"any": [
        {"test": {"field": "description", "op": "contains", "value": "down"}},
        {"none": [{"test": {"field": {"udf": "after hours"}, "op": "is", "value": "No"}}]},
        {"test": {"field": {"udf": "Gone"}, "op": "is_set"}},
    ]}))
    .unwrap();
    rules.routing.0.push(RoutingRow {
        queue: None,
        company: None,
        issue_type: Some(1),
        priority: None,
        policy: PolicyId(1),
    });
    rules.templates.summary = Some("{{ ticket.dueDateTime }} {{ udf[\"Site\"] }}".to_owned());
    let watched =
        Watched::choose(WebhookKind::Ticket, &rules, &offered(&USUAL), &offered(&["After Hours", "Site", "Other"]));
    assert_eq!((ids(&watched.fields), ids(&watched.udfs)), ((1..=9).collect(), vec![1, 2]));
    assert_eq!(watched.missing, ["Description", "Gone"]);
    assert!(watched.names().contains(&"Gone".to_owned()) && watched.names().contains(&"Site".to_owned()));
}

#[test]
fn notes_bring_their_ticket() {
    let watched =
        Watched::choose(WebhookKind::TicketNote, &SourceRules::default(), &offered(&["Description", "Ticket"]), &[]);
    assert_eq!((ids(&watched.fields), watched.missing), (vec![1, 2], vec!["Title".to_owned()]));
}

#[test]
fn names_are_compared_as_tenants_show_them() {
    assert!(is_same("QueueID", "Queue") && is_same("Assigned Resource", "assignedResourceID"));
    assert!(!is_same("IssueType", "SubIssueType"));
}
