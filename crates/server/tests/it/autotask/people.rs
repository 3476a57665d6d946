//! Who is who: users that were linked with resources by hand, and writing as them.

use super::tenant::{COMPLETE, IN_PROGRESS, Plan, Tenant, ben, rules};
use serde_json::{Value, json};
use watchbell_core::alert::{Happening, Status};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Entity, TicketIn, seed};
use watchbell_store::{Page, audit};
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, both_databases, minutes};

/// Somebody whose address no resource has, and an administrator's calls.
async fn setting(app: &mut TestApp, plan: Plan) -> (Tenant, Person, Caller, String) {
    let tenant = Tenant::planned(app, plan).await;
    let ann = app.user("ann").await;
    let boss = app.user_of_role("boss", Role::Admin).await.id;
    let people = format!("/api/connectors/{}/people", tenant.connector);
    (tenant, ann, app.as_user(boss).await, people)
}

fn is(resource: i64) -> Value {
    json!({"resourceId": resource})
}

async fn failures(app: &TestApp, alert: watchbell_core::ids::AlertId) -> Vec<String> {
    let entries = app.entries(alert).await.into_iter();
    entries
        .filter_map(|entry| {
            if let Entry::WriteBackFailed { what, error } = entry { Some(format!("{what}: {error}")) } else { None }
        })
        .collect()
}

both_databases! {
    async fn a_resource_that_was_chosen_by_hand_counts_both_ways(app: TestApp) {
        let (tenant, ann, boss, people) = setting(app, Plan::default()).await;
        let of_ann = format!("{people}/{}", ann.id);
        let chosen = boss.put(&of_ann, &is(seed::BEN)).await.expect(200).json();
        assert_eq!((&chosen["resourceId"], &chosen["name"], &chosen["user"]["id"]), (&json!(seed::BEN), &json!("Ben Ortiz"), &json!(ann.id.0)));
        assert_eq!(boss.get(&people).await.expect(200).json(), json!([chosen]));

        let ticket = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, ticket).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.sim.ticket(ticket).unwrap()["assignedResourceID"].as_i64(), failures(app, alert).await), (Some(seed::BEN), vec![]));
        let taken = tenant.create(app, TicketIn::new("Two")).await;
        tenant.set_status(app, ben(), taken, IN_PROGRESS).await;
        assert_eq!(tenant.alert(app, taken).await.unwrap().accepted_by, Some(ann.id));

        // Without the link Ben is an outsider again, and Ann nobody.
        boss.delete(&of_ann).await.expect(204);
        assert_eq!(boss.get(&people).await.expect(200).json(), json!([]));
        let third = tenant.create(app, TicketIn::new("Three")).await;
        let alert = tenant.alert(app, third).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert!(failures(app, alert).await[0].contains("no active resource in Autotask has the e-mail address"), "{:?}", failures(app, alert).await);
        let verbs: Vec<String> = audit::list(&app.app.db, &app.scope(), Page::first(10)).await.unwrap().into_iter()
            .filter(|row| row.noun == "person of a tool").map(|row| row.verb).collect();
        assert_eq!(verbs.len(), 2);
    }

    async fn what_cannot_be_chosen_is_refused_and_says_why(app: TestApp) {
        let (tenant, ann, boss, people) = setting(app, Plan::default()).await;
        let dan = app.user("dan").await;
        let (of_ann, of_dan) = (format!("{people}/{}", ann.id), format!("{people}/{}", dan.id));
        for resource in [seed::API_USER, 4, 999_999] {
            let refused = boss.put(&of_ann, &is(resource)).await.expect(400);
            assert!(refused.text.contains("is no active resource that can have tickets"), "{}", refused.text);
        }
        boss.put(&of_ann, &is(seed::BEN)).await.expect(200);
        let second = boss.put(&of_dan, &is(seed::BEN)).await.expect(400);
        assert!(second.text.contains("Ben Ortiz is chosen for another user already"), "{}", second.text);
        boss.put(&format!("{people}/4711"), &is(seed::CARLA)).await.expect(404);
        boss.get("/api/connectors/none/people").await.expect(404);
        tenant.sim.faults(|faults| faults.maintenance = true);
        let away = boss.put(&of_dan, &is(seed::CARLA)).await.expect(400);
        assert!(away.text.contains("cannot be looked up"), "{}", away.text);
        // Gone in Autotask since: named, and the rest is written.
        tenant.sim.faults(|faults| faults.maintenance = false);
        app.advance(minutes(5)).await;
        tenant.sim.with(|world| world.tables.get_mut(Entity::Resources, seed::BEN).unwrap()["isActive"] = json!(false));
        let ticket = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, ticket).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!(tenant.status(ticket), IN_PROGRESS);
        assert!(failures(app, alert).await[0].contains("choose another one on the account's page"), "{:?}", failures(app, alert).await);
    }

    async fn what_a_person_does_is_written_as_them_where_autotask_lets_us(app: TestApp) {
        let rules = rules(|rules| (rules.write_back.write_as_person, rules.write_back.complete_on_resolve) = (true, true));
        let (tenant, ann, boss, people) = setting(app, Plan { rules, ..Plan::default() }).await;
        boss.put(&format!("{people}/{}", ann.id), &is(seed::BEN)).await.expect(200);
        let ticket = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, ticket).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        let note = tenant.sim.notes(ticket).into_iter().find(|note| note["title"].as_str().unwrap().starts_with("On call: ")).unwrap();
        assert_eq!((note["creatorResourceID"].as_i64(), note["impersonatorCreatorResourceID"].as_i64()), (Some(seed::BEN), Some(seed::API_USER)));
        assert_eq!((tenant.status(ticket), tenant.sim.ticket(ticket).unwrap()["lastActivityResourceID"].as_i64()), (IN_PROGRESS, Some(seed::BEN)));
        tenant.advance(app, minutes(3)).await;
        let now = app.alert(alert).await;
        assert_eq!((now.status, now.accepted_by), (Status::Accepted, Some(ann.id)), "our own edit is no second accept");
        assert_eq!(app.entries(alert).await.iter().filter(|entry| **entry == Entry::Accepted).count(), 1);

        tenant.sim.faults(|faults| faults.deny_impersonation = true);
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(ticket), tenant.our_notes(ticket).len()), (COMPLETE, 2));
        let said = failures(app, alert).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("write it as ann Example; the API user wrote it: ") && said[0].contains("impersonate"), "{said:?}");
    }
}
