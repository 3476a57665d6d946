//! What templates read and alerts show.

use super::world::*;
use crate::autotask::*;
use crate::template::{TemplateError, render, render_or_default};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

struct Parts {
    ticket: Ticket,
    company: Map<String, Value>,
    contact: Map<String, Value>,
    resource: Map<String, Value>,
    labels: BTreeMap<String, String>,
}

fn parts() -> Parts {
    let mut ticket = World::new(Preset::LikeIlert).ticket;
    ticket.raw = object(json!({"id": 7865, "title": "old", "rmmAlertID": "A-1", "purchaseOrderNumber": null}));
    ticket.udfs = [("Site".to_owned(), Some("Berlin".to_owned())), ("Rack".to_owned(), None)].into();
    ticket.due_at = Some(at("2026-11-23T06:00:00Z"));
    let labels = [("queue", "Monitoring Alert"), ("priority", "Critical"), ("status", "New"), ("issueType", "Server")];
    Parts {
        ticket,
        company: object(json!({"companyName": "Acme <GmbH>", "phone": "+49 30 1"})),
        contact: object(
            json!({"firstName": "Carl", "lastName": "Customer", "phone": "+49 30 2", "extension": "17", "emailAddress": "carl@acme.example"}),
        ),
        resource: object(json!({"firstName": "Ann", "lastName": "Smith"})),
        labels: labels.map(|(name, label)| (name.to_owned(), label.to_owned())).into(),
    }
}

impl Parts {
    fn facts(&self) -> TicketFacts<'_> {
        TicketFacts {
            ticket: &self.ticket,
            company: Some(&self.company),
            contact: Some(&self.contact),
            resource: Some(&self.resource),
            labels: &self.labels,
            web_url: Some("https://ww3.autotask.net/"),
        }
    }

    fn bare(&self) -> TicketFacts<'_> {
        TicketFacts { company: None, contact: None, resource: None, web_url: None, ..self.facts() }
    }
}

#[test]
fn templates_reach_every_part() {
    let parts = parts();
    let context = parts.facts().template_context();
    for (source, text) in [
        (DEFAULT_SUMMARY, "Acme <GmbH>: Server down [T20261123.0001]"),
        ("{{ ticket.rmmAlertID }}{{ ticket.purchaseOrderNumber }}", "A-1"),
        ("{{ ticket.resolution | default('-') }}", "-"),
        ("{{ contact.fullName }} {{ contact.callBackNumber }}", "Carl Customer +49 30 2 ext. 17"),
        ("{{ resource.fullName }}", "Ann Smith"),
        ("{{ udf.Site }}{{ udf['Rack'] }}", "Berlin"),
        ("{{ label.queue }} {{ label.priority }}{{ label.source }}", "Monitoring Alert Critical"),
        (
            "{{ url }}",
            "https://ww3.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7865",
        ),
    ] {
        assert_eq!(render(source, &context).as_deref(), Ok(text), "{source}");
    }
    for source in ["{{ ticket.titel }}", "{{ udf.Sight }}", "{{ company.name }}", "{{ label.color }}"] {
        assert!(matches!(render(source, &context), Err(TemplateError::Unknown { .. })), "{source}");
    }
}

#[test]
fn a_ticket_without_contact_or_readable_company_still_has_its_texts() {
    let parts = parts();
    let context = parts.bare().template_context();
    assert_eq!(render(DEFAULT_SUMMARY, &context).as_deref(), Ok("Customer 0: Server down [T20261123.0001]"));
    assert_eq!(render("{{ contact.callBackNumber }}{{ resource.fullName }}{{ url }}", &context).as_deref(), Ok(""));
    let broken = render_or_default(Some("{{ ticket.titel }}"), DEFAULT_SUMMARY, "ticket", &context);
    assert_eq!(broken.text, "Customer 0: Server down [T20261123.0001]");
    assert!(broken.problem.is_some());
}

#[test]
fn the_alert_carries_who_where_and_until_when() {
    let parts = parts();
    let content = parts.facts().content();
    assert_eq!(content.customer.as_deref(), Some("Acme <GmbH>"));
    let caller = content.caller.unwrap();
    assert_eq!((caller.name.as_str(), caller.phone.as_deref()), ("Carl Customer", Some("+49 30 2 ext. 17")));
    assert_eq!(content.priority_label.as_deref(), Some("Critical"));
    let ticket = content.ticket.unwrap();
    assert_eq!((ticket.number.as_str(), ticket.queue.as_deref()), ("T20261123.0001", Some("Monitoring Alert")));
    assert_eq!(ticket.due, Some(at("2026-11-23T06:00:00Z")));
    assert_eq!(content.links.len(), 1);
    assert_eq!(content.labels.get("assignee").map(String::as_str), Some("Ann Smith"));
    let bare = parts.bare().content();
    assert_eq!((bare.caller, bare.links.len()), (None, 0));
}
