//! Policies and API sources.

use super::browser::{Browser, between, location};
use serde_json::json;
use watchbell_core::alert::Status;
use watchbell_core::ids::SourceId;
use watchbell_core::user::Role;
use watchbell_store::{events, policies};
use watchbell_testkit::{both_databases, event};

both_databases! {
    async fn from_a_policy_to_the_first_alert_by_pages_alone(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        assert!(browser.get("/alerts").await.text.contains("Nothing can ring yet"));
        let id = ada.id.to_string();
        let levels = [("name", "Night"), ("passes", "2"), ("delay_min", "0"), ("level.0.user", id.as_str()), ("level.0.timeout_min", "5")];
        let page = browser.submit("/policies/new", &levels).await;
        assert!(page.text.contains("ada Example") && page.text.contains("2 passes in all"), "{}", page.text);
        let policy = policies::find_by_name(&app.app.db, &app.scope(), "night").await.unwrap().unwrap();
        let policy_id = policy.id.to_string();
        let form = [("name", "Monitoring"), ("policy", policy_id.as_str()), ("priority", "HIGH"), ("grouping", "ONE_ALERT_PER_EMAIL")];
        let page = browser.submit("/sources/new/api", &form).await;
        assert!(page.text.contains("Waiting for the first event"), "{}", page.text);
        let key = between(&page.text, "id=\"integration-key\" type=\"text\" readonly value=\"", "\"").unwrap().to_owned();
        let body = json!({"integrationKey": key, "eventType": "ALERT", "summary": "It works", "alertKey": "first"});
        app.http.post("/api/events", &body).await.expect(202);
        app.settle().await;
        ada.expect_mail(app, "It works").await;
        let list = browser.get("/sources").await.expect(200);
        let source = between(&list.text, "href=\"/sources/", "\"").map(str::to_owned);
        let page = browser.get(&format!("/sources/{}", source.filter(|id| id != "new").unwrap_or_else(|| "1".into()))).await.expect(200);
        assert!(page.text.contains("It works") && page.text.contains("Opened <a"), "{}", page.text);
        // The key stands in the body that was sent, and is not shown there.
        assert_eq!(page.text.matches(&key).count(), 2, "the key field and the example");
        assert!(page.text.contains("(integration key)"));
    }

    async fn a_refused_form_keeps_what_was_typed(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.post("/policies/new", &[("name", "Night"), ("passes", "12"), ("delay_min", "0")]).await.expect(422);
        assert!(page.text.contains("value=\"Night\"") && page.text.contains("whole number from 1 to 9") && !page.text.contains("Choose at least one person"));
        let page = browser.post("/sources/new/api", &[("name", "Monitoring"), ("auto_resolve_min", "-4")]).await.expect(422);
        assert!(page.text.contains("value=\"Monitoring\"") && page.text.contains("policy-error") && page.text.contains("auto_resolve_min-error"), "{}", page.text);
        let many: Vec<(String, String)> = (0..6_000).map(|nth| (format!("f{nth}"), String::new())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/policies/new", &many).await.expect(400);
    }

    async fn a_paused_source_keeps_events_and_pages_nobody(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let source = app.source().escalating_to([]).await;
        let mut browser = Browser::of(app, &ada).await;
        let base = format!("/sources/{}", source.id);
        browser.post(&format!("{base}/pause"), &[]).await.expect(400);
        assert!(browser.submit(&format!("{base}/pause"), &[("confirmed", "on")]).await.text.contains("Paused: events are kept"));
        app.advance(watchbell_testkit::seconds(2)).await;
        assert_eq!(source.send(app, event("quiet please")).await, None);
        let page = browser.get(&base).await.expect(200);
        assert!(page.text.contains("Not paged: the alert source is switched off"), "{}", page.text);
        browser.submit(&format!("{base}/resume"), &[]).await;
        app.advance(watchbell_testkit::seconds(2)).await;
        assert!(source.send(app, event("loud")).await.is_some());
    }

    async fn deleting_a_source_resolves_what_nothing_can_end_any_more(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let source = app.source().escalating_to([]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let mut browser = Browser::of(app, &ada).await;
        let answer = browser.post(&format!("/sources/{}/delete", source.id), &[("confirmed", "on")]).await.expect(303);
        assert_eq!(location(&answer), "/sources");
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
        browser.get(&format!("/sources/{}", source.id)).await.expect(404);
        assert!(browser.get(&format!("/alerts/{alert}")).await.expect(200).text.contains("was deleted"));
    }

    async fn a_new_webhook_address_ends_the_old_one(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let source = app.source().escalating_to([]).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.submit(&format!("/sources/{}/rotate-key", source.id), &[("confirmed", "on")]).await;
        app.advance(watchbell_testkit::seconds(2)).await;
        let body = json!({"integrationKey": source.key, "eventType": "ALERT", "summary": "old"});
        app.http.post("/api/events", &body).await.expect(404);
        assert!(events::list_of_source(&app.app.db, &app.scope(), SourceId(source.id.0), None, 1).await.unwrap().is_empty());
    }

    async fn events_are_searched(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let source = app.source().escalating_to([]).await;
        for summary in ["Disk full", "Link down"] {
            source.send(app, event(summary)).await;
        }
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.get(&format!("/sources/{}?q=LINK", source.id)).await.expect(200);
        assert!(page.text.contains("<b>Link down</b>") && !page.text.contains("<b>Disk full</b>"), "{}", page.text);
        assert!(browser.get(&format!("/sources/{}?q=100%25", source.id)).await.text.contains("No event yet"));
    }
}
