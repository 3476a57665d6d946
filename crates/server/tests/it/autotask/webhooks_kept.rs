//! Webhooks in Autotask: made by a click, watched, removed; and what is told where that fails.

use super::super::pages::browser::Browser;
use super::tenant::{COMPLETE, Plan, Tenant, ben, connect_as, rules};
use super::webhooks::{config, hooked, of_tickets, path};
use serde_json::{Value, json};
use watchbell_core::alert::Status;
use watchbell_core::user::Role;
use watchbell_sim::autotask::{TicketIn, seed};
use watchbell_store::connectors::ConnectorState;
use watchbell_store::jobs;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

fn filtered() -> Plan {
    let rules = rules(|rules| {
        rules.filter.condition = serde_json::from_value(json!({"any": [
            {"test": {"field": "description", "op": "contains_not", "value": "planned"}},
            {"test": {"field": {"udf": "No such field"}, "op": "is_set"}},
        ]}))
        .unwrap();
    });
    Plan { rules, ..Plan::default() }
}

/// What the webhooks of a source say is wrong.
async fn faults(tenant: &Tenant, ada: &Caller) -> Vec<String> {
    let all = ada.get(&path(tenant)).await.expect(200).json();
    all.as_array().unwrap().iter().filter_map(|webhook| Some(webhook["error"].as_str()?.to_owned())).collect()
}

fn ids(tenant: &Tenant) -> Vec<(String, i64)> {
    let of = |row: &serde_json::Map<String, Value>| {
        (row["entityType"].as_str().unwrap().to_owned(), row["id"].as_i64().unwrap())
    };
    tenant.sim.webhooks().iter().map(of).collect()
}

fn are_on(tenant: &Tenant) -> bool {
    let all = tenant.sim.webhooks();
    all.len() == 2 && all.iter().all(|webhook| webhook["isActive"] == true && webhook["isReady"] == true)
}

async fn given_up(app: &TestApp) -> Vec<String> {
    let jobs = jobs::list_given_up(&app.app.db, &app.scope(), 10).await.unwrap();
    jobs.into_iter().filter_map(|job| job.last_error).collect()
}

both_databases! {
    async fn one_click_makes_both_and_the_next_one_changes_nothing(app: TestApp) {
        let (tenant, ada) = hooked(app, filtered()).await;
        assert!(are_on(&tenant), "{:?}", tenant.sim.webhooks());
        let made = tenant.sim.webhooks();
        let (tickets, notes) = (&made[0], &made[1]);
        for field in ["Status", "Priority", "QueueID", "AssignedResourceID", "Title", "CompanyID", "CompletedDate", "Description"] {
            assert!(tickets["subscribedFields"].as_array().unwrap().contains(&json!(field)), "{field}: {tickets:?}");
        }
        assert!(notes["subscribedFields"].as_array().unwrap().contains(&json!("TicketID")), "{notes:?}");
        for webhook in &made {
            assert_eq!(webhook["excludedResources"], json!([seed::API_USER]));
            let (url, gone) = (webhook["webhookUrl"].as_str().unwrap(), webhook["deactivationUrl"].as_str().unwrap());
            assert!(url.starts_with(&app.url) && gone == format!("{url}/deactivated"), "{url} {gone}");
        }
        assert_eq!((&tickets["isSubscribedToDeleteEvents"], &notes["isSubscribedToDeleteEvents"]), (&json!(true), &json!(false)));
        let shown = of_tickets(&tenant, &ada).await;
        assert_eq!((&shown["phase"], &shown["active"], &shown["error"]), (&json!("LIVE"), &json!(true), &Value::Null));
        assert_eq!(shown["unwatchedFields"], json!(["No such field"]));
        let before = (ids(&tenant), tenant.calls("Webhooks"));
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        assert!(are_on(&tenant) && ids(&tenant) == before.0);
        let watched = tenant.calls("Webhooks");
        app.advance(minutes(30)).await;
        assert_eq!(tenant.calls("Webhooks") - watched, 6, "one query each in ten minutes");
    }

    async fn the_page_makes_shows_and_removes_them(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { config: config(), callout: false, ..Plan::default() }).await;
        let admin = app.user_of_role("admin", Role::Admin).await;
        let mut browser = Browser::of(app, &admin).await;
        let source = format!("/sources/{}", tenant.source.id);
        assert!(browser.get(&source).await.expect(200).text.contains("Create the webhooks"));
        browser.submit(&format!("{source}/webhooks"), &[]).await;
        assert!(browser.get(&source).await.expect(200).text.contains("being made"));
        app.settle().await;
        tenant.create(app, TicketIn::new("Shown")).await;
        let page = browser.get(&source).await.expect(200).text;
        for part in ["Of tickets", "Of ticket notes", "Webhooks arrive", "<b>webhook</b>", "Remove the webhooks"] {
            assert!(page.contains(part) || part.starts_with("<b>"), "{part}: {page}");
        }
        assert!(!page.contains("Create the webhooks"));
        browser.post(&format!("{source}/remove-webhooks"), &[]).await.expect(400);
        browser.submit(&format!("{source}/remove-webhooks"), &[("confirmed", "on")]).await;
        tenant.settle(app).await;
        assert!(tenant.sim.webhooks().is_empty());
        assert!(browser.get(&source).await.expect(200).text.contains("Create the webhooks"));
    }

    async fn a_missing_right_is_told_in_plain_words_and_the_next_click_goes_on(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { config: config(), callout: false, ..Plan::default() }).await;
        let ada = app.user_of_role("ada", Role::Admin).await;
        let ada = app.as_user(ada.id).await;
        tenant.sim.faults(|faults| faults.deny_webhooks = true);
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        let told = faults(&tenant, &ada).await;
        assert!(told.len() == 2 && told.iter().all(|text| text.contains("\"Can create webhooks\"") && text.contains("Security Levels")), "{told:?}");
        assert_eq!(tenant.account(app).await.state, ConnectorState::Green, "tickets are read as before");
        assert!(tenant.sim.webhooks().is_empty());
        tenant.sim.heal();
        tenant.sim.faults(|faults| {
            faults.refuse_writes = "The maximum number of webhooks is reached.".into();
            faults.only_endpoint = "TicketNoteWebhooks".into();
        });
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        let told = faults(&tenant, &ada).await;
        assert!(told.len() == 1 && told[0].contains("maximum number of webhooks") && told[0].contains("security level"), "{told:?}");
        let half = ids(&tenant);
        assert_eq!(half.len(), 1);
        tenant.sim.heal();
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        assert!(are_on(&tenant) && ids(&tenant)[0] == half[0], "{:?}", tenant.sim.webhooks());
        assert_eq!(faults(&tenant, &ada).await, Vec::<String>::new());
    }

    async fn what_autotask_switches_off_is_switched_on_once(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan::default()).await;
        tenant.create(app, TicketIn::new("First")).await;
        tenant.sim.deactivate_webhooks();
        tenant.settle(app).await;
        assert!(are_on(&tenant), "at once, since it was told");
        let shown = of_tickets(&tenant, &ada).await;
        assert!(shown["rearmedAt"].is_string() && shown["error"].is_null(), "{shown}");
        let id = tenant.create(app, TicketIn::new("After it")).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        tenant.sim.faults(|faults| faults.lose_webhooks = true);
        tenant.sim.deactivate_webhooks();
        tenant.sim.heal();
        app.advance(minutes(11)).await;
        let told = faults(&tenant, &ada).await;
        assert!(told.len() == 2 && told[0].contains("off again"), "{told:?}");
        assert!(!are_on(&tenant));
        tenant.set_status(app, ben(), id, COMPLETE).await;
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Resolved, "the poll is there");
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        assert!(are_on(&tenant) && faults(&tenant, &ada).await.is_empty());
    }

    async fn one_that_somebody_deleted_is_told_and_made_again_by_a_click(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan::default()).await;
        let before = ids(&tenant);
        app.advance(minutes(5)).await;
        tenant.sim.with(|world| world.delete_webhook(watchbell_sim::autotask::Watched::Tickets, before[0].1)).unwrap();
        tenant.settle(app).await;
        let told = faults(&tenant, &ada).await;
        assert!(told.len() == 1 && told[0].contains("no longer in Autotask"), "{told:?}");
        app.advance(minutes(30)).await;
        assert_eq!(tenant.sim.webhooks().len(), 1, "not without a person");
        ada.post(&path(&tenant), &json!({})).await.expect(202);
        app.settle().await;
        assert!(are_on(&tenant) && faults(&tenant, &ada).await.is_empty());
        let id = tenant.create(app, TicketIn::new("Heard again")).await;
        assert!(tenant.events(app).await.iter().any(|event| event.kind == "WEBHOOK" && event.verdict == "OPENED"), "{id}");
    }

    async fn a_deleted_source_leaves_no_webhook_also_while_autotask_is_away(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan::default()).await;
        tenant.sim.stop().await;
        ada.delete(&format!("/api/alert-sources/{}", tenant.source.id)).await.expect(204);
        app.advance(minutes(3)).await;
        assert_eq!(tenant.sim.webhooks().len(), 2);
        tenant.sim.restart().await.unwrap();
        app.advance(minutes(2)).await;
        tenant.settle(app).await;
        assert!(tenant.sim.webhooks().is_empty(), "{:?}", tenant.sim.webhooks());
        app.advance(minutes(30)).await;
        assert_eq!(given_up(app).await, Vec::<String>::new());
    }

    async fn removing_is_given_up_in_the_end_and_says_so(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan::default()).await;
        tenant.sim.stop().await;
        ada.delete(&format!("/api/alert-sources/{}", tenant.source.id)).await.expect(204);
        app.settle().await;
        app.jump(minutes(8 * 24 * 60)).await;
        let told = given_up(app).await;
        assert!(told.len() == 1 && told[0].contains("webhook of tickets") && told[0].contains("delete it there"), "{told:?}");
    }

    async fn autotask_itself_needs_an_address_that_it_can_reach(app: TestApp) {
        let connector = connect_as(app, "14", "Real", ("user@example.com", "secret", "code")).await;
        let builder = app.source().with(|source| (source.integration_type, source.connector) = ("AUTOTASK".into(), Some(connector)));
        let source = builder.escalating_to([]).await;
        let other = app.source().escalating_to([]).await;
        let ada = app.user_of_role("ada", Role::Admin).await;
        let ada = app.as_user(ada.id).await;
        let answer = ada.post(&format!("/api/alert-sources/{}/webhooks", source.id), &json!({})).await.expect(400).json();
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains("https at port 443") && message.contains("WATCHBELL_PUBLIC_URL") && message.contains(&app.url), "{message}");
        assert_eq!(ada.get(&format!("/api/alert-sources/{}/webhooks", source.id)).await.expect(200).json(), json!([]));
        ada.post(&format!("/api/alert-sources/{}/webhooks", other.id), &json!({})).await.expect(400);
    }
}
