//! Webhooks as a way in: what an event leads to, beside callouts and the poll; and what is believed of one.

use super::tenant::{COMPLETE, IN_PROGRESS, NEW, Plan, Tenant, anna, ben, rules};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use watchbell_core::alert::Status;
use watchbell_core::autotask::{Reason, SourceRules, Verdict, Which};
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Config, Entity, Fate, TicketIn, Watched};
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, level, minutes, seconds};

/// A stand-in whose webhooks try each event once: nobody waits for tests.
pub fn config() -> Config {
    let mut config = Config::default();
    config.habits.webhook_tries_max = 1;
    config
}

/// Rules without a poll, so that only what is told counts.
fn without_poll() -> Option<SourceRules> {
    rules(|rules| rules.poll_interval_s = None)
}

/// A tenant without callouts, whose webhooks were made by a click.
pub async fn hooked(app: &mut TestApp, plan: Plan) -> (Tenant, Caller) {
    let tenant = Tenant::planned(app, Plan { config: config(), callout: false, ..plan }).await;
    let ada = app.user_of_role("ada", Role::Admin).await;
    let ada = app.as_user(ada.id).await;
    ada.post(&path(&tenant), &json!({})).await.expect(202);
    app.settle().await;
    (tenant, ada)
}

/// Where the webhooks of a source are.
pub fn path(tenant: &Tenant) -> String {
    format!("/api/alert-sources/{}/webhooks", tenant.source.id)
}

/// What is shown of the webhook of tickets.
pub async fn of_tickets(tenant: &Tenant, ada: &Caller) -> Value {
    let all = ada.get(&path(tenant)).await.expect(200).json();
    all.as_array().unwrap().iter().find(|webhook| webhook["kind"] == "TICKET").cloned().unwrap()
}

both_databases! {
    async fn a_ticket_pages_and_resolves_by_webhook_alone(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, ada) = hooked(app, Plan { rules: without_poll(), levels: vec![level(&ann, minutes(15))], ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Server down")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!(alert.status, Status::Pending);
        ann.expect_mail(app, "Server down").await;
        let told = tenant.events(app).await.into_iter().find(|event| event.kind == "WEBHOOK").unwrap();
        assert_eq!((told.verdict.as_str(), told.alert), ("OPENED", Some(alert.id)));
        assert!(String::from_utf8_lossy(&told.body).contains("\"Action\":\"Create\""));
        tenant.set_status(app, ben(), id, IN_PROGRESS).await;
        assert_eq!(app.alert(alert.id).await.status, Status::Accepted);
        let reads = tenant.calls("Tickets/");
        tenant.sim.note(ben(), id, "Look", "On my way").unwrap();
        tenant.settle(app).await;
        assert!(tenant.calls("Tickets/") > reads, "a note has its ticket read");
        assert_eq!(app.alert(alert.id).await.status, Status::Accepted);
        tenant.set_status(app, ben(), id, COMPLETE).await;
        assert_eq!(app.alert(alert.id).await.status, Status::Resolved);
        let shown = of_tickets(&tenant, &ada).await;
        assert_eq!((&shown["missingEvents"], &shown["lastGapAt"], shown["lastEventAt"].is_string()), (&json!(0), &Value::Null, true));
    }

    async fn a_deleted_ticket_resolves_its_alert(app: TestApp) {
        let (tenant, _) = hooked(app, Plan { rules: without_poll(), ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("By mistake")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sim.delete(ben(), id).unwrap();
        tenant.settle(app).await;
        app.advance(seconds(11)).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn callout_webhook_and_poll_make_one_alert(app: TestApp) {
        let (tenant, _) = hooked(app, Plan::default()).await;
        tenant.sim.callout_to(&tenant.callout_url(app));
        let id = tenant.create(app, TicketIn::new("Once")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        tenant.advance(app, minutes(5)).await;
        let events = tenant.events(app).await;
        assert!(["CALLOUT", "WEBHOOK"].iter().all(|way| events.iter().any(|event| event.kind == *way && event.alert == Some(alert.id))));
        let now = tenant.alert(app, id).await.unwrap();
        assert_eq!((now.id, now.event_count, now.status), (alert.id, 1, Status::Pending));
    }

    async fn a_webhook_opens_nothing_that_a_workflow_rule_has_to_pick(app: TestApp) {
        let picked = rules(|rules| (rules.which, rules.poll_interval_s) = (Which::PickedByWorkflowRule, None));
        let (tenant, _) = hooked(app, Plan { rules: picked, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Not picked yet")).await;
        assert_eq!(tenant.verdict(app, id).await, Some(Verdict::NotPaged { reason: Reason::NoCallout }));
        tenant.sim.callout_to(&tenant.callout_url(app));
        tenant.edit(app, anna(), id, json!({"title": "Picked"})).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        tenant.sim.clear_rules();
        tenant.sim.faults(|faults| faults.transient_500 = true);
        tenant.sync(app);
        tenant.sim.create_ticket(TicketIn::new("Never picked, never read")).unwrap();
        tenant.settle(app).await;
        app.advance(minutes(3)).await;
        let events = tenant.events(app).await;
        let alerts: BTreeSet<_> = events.iter().filter_map(|event| event.alert).collect();
        assert_eq!(alerts.len(), 1, "{events:?}");
        tenant.sim.heal();
        app.advance(minutes(2)).await;
    }

    async fn what_is_wrongly_signed_changes_nothing(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan { rules: without_poll(), ..Plan::default() }).await;
        tenant.sim.faults(|faults| faults.missign_webhooks = true);
        let id = tenant.create(app, TicketIn::new("Forged")).await;
        tenant.sim.deactivate_webhooks();
        tenant.settle(app).await;
        let sent = tenant.sim.webhook_deliveries();
        assert!(sent.len() >= 3 && sent.iter().all(|sent| sent.fate == Fate::Failed && sent.attempts[0].status == Some(401)), "{sent:?}");
        assert_eq!((tenant.alert(app, id).await, tenant.events(app).await), (None, vec![]));
        let shown = of_tickets(&tenant, &ada).await;
        assert!(shown["active"] == true && shown["refusedAt"].is_string() && shown["lastEventAt"].is_null(), "{shown}");
        assert!(tenant.sim.webhooks().iter().all(|webhook| webhook["isActive"] == false), "nobody has looked");
        let url = sent[0].message.url.strip_prefix(&app.url).unwrap().to_owned();
        for body in ["{}", "{\"Action\":\"Deactivated\"}", "", "nonsense"] {
            for path in [url.clone(), format!("{url}/deactivated")] {
                let answer = app.http.send_bytes(Method::POST, &path, "application/json", body.into()).await.expect(401);
                assert!(answer.json()["message"].as_str().unwrap().contains("X-Hook-Signature"), "{}", answer.text);
            }
        }
        let unknown = "/api/v1/webhooks/autotask/nobody";
        app.http.send_bytes(Method::POST, unknown, "application/json", b"{}".to_vec()).await.expect(404);
        app.http.send_bytes(Method::POST, &url, "application/json", vec![b' '; 1024 * 1024 + 1]).await.expect(413);
    }

    async fn a_signed_event_of_something_else_is_refused_and_kept(app: TestApp) {
        let (tenant, _) = hooked(app, Plan { rules: without_poll(), ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Mixed up")).await;
        tenant.sim.with(|world| {
            let tickets = world.tables.all(Entity::TicketWebhooks).next().cloned().unwrap();
            let notes = world.tables.all(Entity::TicketNoteWebhooks).next().and_then(|row| row["id"].as_i64()).unwrap();
            let changed = json!({"webhookUrl": tickets["webhookUrl"], "secretKey": tickets["secretKey"]});
            world.edit_webhook(Watched::TicketNotes, notes, changed.as_object().unwrap(), false).unwrap();
        });
        tenant.sim.note(ben(), id, "Look", "A note").unwrap();
        tenant.settle(app).await;
        let sent = tenant.sim.webhook_deliveries().pop().unwrap();
        assert_eq!((sent.watched, sent.attempts[0].status), (Watched::TicketNotes, Some(400)));
        let kept = &tenant.events(app).await[0];
        assert_eq!(kept.verdict, "REJECTED");
        assert!(kept.reason.as_deref().unwrap().contains("tells of tickets"), "{kept:?}");
    }

    async fn a_lost_event_is_caught_up_at_once_when_the_next_one_comes(app: TestApp) {
        let hourly = rules(|rules| rules.poll_interval_s = Some(3_600));
        let (tenant, ada) = hooked(app, Plan { rules: hourly, ..Plan::default() }).await;
        tenant.create(app, TicketIn::new("First")).await;
        tenant.sim.faults(|faults| faults.lose_webhooks = true);
        let lost = tenant.create(app, TicketIn::new("Lost")).await;
        tenant.sim.heal();
        assert_eq!(tenant.alert(app, lost).await, None);
        let next = tenant.create(app, TicketIn::new("Next")).await;
        for id in [lost, next] {
            assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        }
        let shown = of_tickets(&tenant, &ada).await;
        assert!(shown["missingEvents"] == 1 && shown["lastGapAt"].is_string(), "{shown}");
    }

    async fn doubled_and_overtaken_events_change_nothing_wrongly(app: TestApp) {
        let (tenant, ada) = hooked(app, Plan { rules: without_poll(), ..Plan::default() }).await;
        tenant.sim.faults(|faults| faults.duplicate_webhooks = true);
        let id = tenant.create(app, TicketIn::new("Twice")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!((alert.status, alert.event_count), (Status::Pending, 1));
        assert_eq!(of_tickets(&tenant, &ada).await["lastGapAt"], Value::Null);
        tenant.sim.faults(|faults| (faults.duplicate_webhooks, faults.reorder_webhooks) = (false, true));
        tenant.sync(app);
        tenant.sim.edit(ben(), id, json!({"status": IN_PROGRESS})).unwrap();
        tenant.sim.edit(ben(), id, json!({"status": COMPLETE})).unwrap();
        tenant.settle(app).await;
        assert_eq!(app.alert(alert.id).await.status, Status::Resolved);
        let shown = of_tickets(&tenant, &ada).await;
        assert!(shown["missingEvents"] == 0 && shown["lastGapAt"].is_string(), "{shown}");
        tenant.sim.heal();
        tenant.set_status(app, ben(), id, NEW).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
    }

    async fn a_source_that_is_switched_off_keeps_events_and_pages_nobody(app: TestApp) {
        let (tenant, _) = hooked(app, Plan { active: false, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Unheard")).await;
        let events = tenant.events(app).await;
        assert_eq!((events[0].verdict.as_str(), events[0].reason.as_deref()), ("NOT_PAGED", Some("the alert source is switched off")));
        assert_eq!(tenant.alert(app, id).await, None);
    }
}
