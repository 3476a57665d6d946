use serde_json::{Value, json};
use watchbell_sim::autotask::{Actor, By, Condition, Event, On, Rule, TicketIn, seed};

use super::support::Tenant;

fn rule(name: &str, on: &[(Event, By)], conditions: &[(&str, &str, Value)], updates: Value) -> Rule {
    Rule {
        id: 0,
        name: name.to_owned(),
        active: true,
        on: on.iter().map(|&(event, by)| On { event, by }).collect(),
        conditions: conditions
            .iter()
            .map(|(field, op, value)| Condition {
                field: (*field).to_owned(),
                op: (*op).to_owned(),
                value: value.clone(),
                udf: false,
            })
            .collect(),
        updates: updates.as_object().unwrap().clone(),
        callouts: Vec::new(),
        delay_ms: 0,
    }
}

#[tokio::test]
async fn rules_set_each_other_off_as_resource_4() {
    let tenant = Tenant::new().await;
    tenant.sim.put_rule(rule(
        "dispatch",
        &[(Event::Created, By::Anyone)],
        &[("status", "eq", json!(1))],
        json!({"status": 21}),
    ));
    tenant.sim.put_rule(rule(
        "raise",
        &[(Event::Edited, By::Anyone)],
        &[("status", "changedTo", json!(21))],
        json!({"priority": 4}),
    ));
    tenant.sim.put_rule(rule(
        "move",
        &[(Event::Edited, By::Anyone)],
        &[("priority", "changed", Value::Null)],
        json!({"queueID": 8}),
    ));
    let id = tenant.sim.create_ticket(TicketIn::new("Oven")).unwrap();
    let ticket = tenant.sim.ticket(id).unwrap();
    assert_eq!((&ticket["status"], &ticket["priority"], &ticket["queueID"]), (&json!(21), &json!(4), &json!(8)));
    assert_eq!((&ticket["creatorResourceID"], &ticket["lastActivityResourceID"]), (&json!(seed::ANNA), &json!(4)));
    let by: Vec<_> = tenant.sim.history(id).iter().map(|row| row["resourceID"].clone()).collect();
    assert_eq!(by, [json!(seed::ANNA), json!(4), json!(4), json!(4)]);
}

#[tokio::test]
async fn a_chain_ends_after_five_rules() {
    let tenant = Tenant::new().await;
    for (from, to) in [(8, 9), (9, 8)] {
        tenant.sim.put_rule(rule(
            "flip",
            &[(Event::Edited, By::Anyone)],
            &[("status", "changedTo", json!(from))],
            json!({"status": to}),
        ));
    }
    let id = tenant.sim.create_ticket(TicketIn::new("Loop")).unwrap();
    tenant.sim.edit(Actor::resource(seed::BEN), id, json!({"status": 8})).unwrap();
    // Created, Ben's edit, and five of the engine.
    assert_eq!(tenant.sim.history(id).len(), 7);
    assert_eq!(tenant.sim.ticket(id).unwrap()["status"], 9);
}

#[tokio::test]
async fn rules_tell_persons_apart() {
    let tenant = Tenant::new().await;
    for (by, queue) in [(By::Technician, 5), (By::ApiUser, 6), (By::Contact, 8)] {
        tenant.sim.put_rule(rule("by", &[(Event::Created, by)], &[], json!({"queueID": queue})));
    }
    for (actor, queue) in [
        (Actor::resource(seed::CARLA), 5),
        (Actor::resource(seed::RMM_USER), 6),
        (Actor::contact(seed::BAKER), 8),
        (Actor::robot(), 29_682_833),
    ] {
        let id = tenant.sim.create_ticket(TicketIn::new("Who").by(actor)).unwrap();
        assert_eq!(tenant.sim.ticket(id).unwrap()["queueID"], queue, "{actor}");
    }
}

#[tokio::test]
async fn changed_from_and_operators_of_queries_decide() {
    let tenant = Tenant::new().await;
    let reopened = [("status", "changedFrom", json!(5)), ("companyID", "in", json!([seed::BAKERY]))];
    tenant.sim.put_rule(rule("reopened", &[(Event::Edited, By::Anyone)], &reopened, json!({"priority": 1})));
    let id = tenant.sim.create_ticket(TicketIn::new("Again").with("status", 5)).unwrap();
    tenant.sim.edit(Actor::resource(seed::ANNA), id, json!({"title": "Again!"})).unwrap();
    assert_eq!(tenant.sim.ticket(id).unwrap()["priority"], 2);
    tenant.sim.edit(Actor::resource(seed::ANNA), id, json!({"status": 1})).unwrap();
    assert_eq!(tenant.sim.ticket(id).unwrap()["priority"], 1);
}

#[tokio::test]
async fn a_customers_note_can_reopen_a_completed_ticket() {
    let tenant = Tenant::new().await;
    tenant.sim.put_rule(rule(
        "answer",
        &[(Event::NoteAdded, By::Contact)],
        &[("status", "eq", json!(5))],
        json!({"status": 19}),
    ));
    let id = tenant.sim.create_ticket(TicketIn::new("Done").with("status", 5)).unwrap();
    tenant.sim.note(Actor::resource(seed::ANNA), id, "Done", "Replaced the fuse.").unwrap();
    assert_eq!(tenant.sim.ticket(id).unwrap()["status"], 5);
    tenant.sim.note(Actor::contact(seed::BAKER), id, "Not done", "It went out again.").unwrap();
    let ticket = tenant.sim.ticket(id).unwrap();
    assert_eq!((&ticket["status"], &ticket["completedDate"]), (&json!(19), &Value::Null));
    let note = &tenant.sim.notes(id)[1];
    assert_eq!(
        (&note["noteType"], &note["publish"], &note["createdByContactID"]),
        (&json!(18), &json!(1), &json!(seed::BAKER))
    );
}

#[tokio::test]
async fn a_rule_with_a_delay_acts_later() {
    let tenant = Tenant::new().await;
    let late = Rule { delay_ms: 50, ..rule("late", &[(Event::Created, By::Anyone)], &[], json!({"queueID": 8})) };
    tenant.sim.put_rule(late);
    let id = tenant.sim.create_ticket(TicketIn::new("Later")).unwrap();
    assert_eq!(tenant.sim.ticket(id).unwrap()["queueID"], 29_682_833);
    super::support::until(|| tenant.sim.ticket(id).filter(|ticket| ticket["queueID"] == 8)).await;
}
