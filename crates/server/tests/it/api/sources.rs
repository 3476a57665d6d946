//! Alert sources and connectors.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, both_databases};

async fn dev(app: &mut TestApp) -> (Caller, Value) {
    let (caller, policy, _) = dev_and_person(app).await;
    (caller, policy)
}

async fn dev_and_person(app: &mut TestApp) -> (Caller, Value, Person) {
    let person = app.user_of_role("dev", Role::User).await;
    let id = person.id;
    let caller = app.as_user(id).await;
    let body = json!({"name": "Everybody", "escalationRules": [{"escalationTimeout": 1, "users": [{"id": id}]}]});
    let policy = caller.post("/api/escalation-policies", &body).await.expect(201).json()["id"].clone();
    (caller, policy, person)
}

const SECRET: &str = "n0t-to-be-seen";
/// Nobody listens there: saving an account asks it.
const NOWHERE: &str = "http://127.0.0.1:9";

fn autotask(name: &str, policy: &Value, secret: Option<&str>) -> Value {
    let mut metadata = json!({"userName": "watchbell@tenant.example", "webServer": format!("{NOWHERE}/ATServicesRest"), "somethingNew": 1});
    if let Some(secret) = secret {
        metadata["secret"] = json!(secret);
        metadata["apiIntegrationCode"] = json!(format!("{SECRET}-code"));
    }
    json!({"name": name, "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy}, "autotaskMetadata": metadata})
}

both_databases! {
    async fn a_source_is_made_with_a_working_address_and_keeps_what_clients_sent(app: TestApp) {
        let (dev, policy, person) = dev_and_person(app).await;
        let template = json!({"textTemplate": "{{ event.summary }}"});
        let body = json!({"id": 0, "name": "Nagios", "integrationType": "API", "escalationPolicy": {"id": policy, "name": "ignored"},
            "alertCreation": "ONE_ALERT_GROUPED_PER_WINDOW", "alertGroupingWindow": "PT5M", "autoResolutionTimeout": "PT60M", "alertPriorityRule": "LOW",
            "iconUrl": "https://example.com/i.png", "summaryTemplate": template, "eventFilter": "(event.customDetails.x == 1)", "teams": [], "linkTemplates": null});
        let made = dev.post("/api/alert-sources?include=summaryTemplate&include=eventFilter&include=unknown", &body).await.expect(201).json();
        assert_eq!((&made["summaryTemplate"], &made["eventFilter"], &made["iconUrl"]), (&template, &body["eventFilter"], &body["iconUrl"]));
        for field in ["alertCreation", "alertGroupingWindow", "autoResolutionTimeout", "alertPriorityRule"] {
            assert_eq!(made[field], body[field], "{field}");
        }
        assert_eq!((&made["status"], &made["active"], &made["escalationPolicy"]["name"]), (&json!("ALL_RESOLVED"), &json!(true), &json!("Everybody")));
        let key = made["integrationKey"].as_str().unwrap();
        assert_eq!(made["integrationUrl"], format!("{}/api/v1/events/api/{key}", app.url));
        app.http.post(&format!("/api/v1/events/api/{key}"), &json!({"eventType": "ALERT", "summary": "x"})).await.expect(202);
        app.settle().await;
        person.expect_mail(app, "[Quiet] x").await;
        let path = format!("/api/alert-sources/{}", made["id"]);
        let shown = dev.get(&path).await.expect(200).json();
        assert_eq!((shown.get("summaryTemplate"), &shown["status"], &shown["integrationKey"]), (None, &json!("PENDING"), &made["integrationKey"]));
        assert_eq!(dev.get("/api/alert-sources/name/nagios").await.expect(200).json(), shown);
        assert_eq!(dev.get("/api/alert-sources").await.expect(200).json(), json!([shown]));
        let guest = { let id = app.user_of_role("guest", Role::Guest).await.id; app.as_user(id).await };
        let hidden = guest.get(&path).await.expect(200).json();
        assert_eq!((&hidden["integrationKey"], &hidden["integrationUrl"], &hidden["name"]), (&Value::Null, &Value::Null, &json!("Nagios")));
        let off = dev.put(&path, &json!({"name": "Nagios", "integrationType": "API", "escalationPolicy": {"id": policy}, "active": false})).await.expect(200).json();
        assert_eq!((&off["status"], off.get("iconUrl"), &off["integrationKey"]), (&json!("DISABLED"), None, &made["integrationKey"]));
        dev.delete(&format!("/api/escalation-policies/{policy}")).await.expect(409);
        dev.delete(&path).await.expect(204);
        dev.get(&path).await.expect(404);
        app.app.clock.advance(watchbell_testkit::seconds(2));
        app.http.post(&format!("/api/v1/events/api/{key}"), &json!({"eventType": "ALERT", "summary": "x"})).await.expect(404);
    }

    async fn what_a_source_may_not_hold_is_named(app: TestApp) {
        let (dev, policy) = dev(app).await;
        let good = json!({"name": "x", "integrationType": "API", "escalationPolicy": {"id": policy}});
        for (field, value) in [
            ("name", json!("")), ("integrationType", json!("NAGIOS")), ("alertCreation", json!("INTELLIGENT_GROUPING")), ("alertGroupingWindow", json!("PT3M")),
            ("autoResolutionTimeout", json!("P1M")), ("iconUrl", json!("javascript:alert(1)")), ("escalationPolicy", json!({})),
            ("autotaskMetadata", json!({})), ("autotaskRules", json!({})), ("active", json!("yes")),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let error = dev.post("/api/alert-sources", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(field), "{field}: {error}");
        }
        for rule in ["HIGH_DURING_SUPPORT_HOURS", "LOW_DURING_SUPPORT_HOURS"] {
            let error = dev.post("/api/alert-sources", &json!({"name": "x", "integrationType": "API", "escalationPolicy": {"id": policy}, "alertPriorityRule": rule})).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().contains("supportHours"), "{error}");
        }
        let error = dev.post("/api/alert-sources", &json!({"name": "x", "integrationType": "API", "escalationPolicy": {"id": 987654}})).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().contains("987654"), "{error}");
        let big = json!({"name": "x", "integrationType": "API", "escalationPolicy": {"id": policy}, "summaryTemplate": {"textTemplate": "x".repeat(70_000)}});
        dev.post("/api/alert-sources", &big).await.expect(400);
        assert_eq!(dev.get("/api/alert-sources").await.expect(200).json(), json!([]));
    }

    async fn an_autotask_source_makes_its_account_and_a_second_one_finds_it(app: TestApp) {
        let (dev, policy) = dev(app).await;
        let made = dev.post("/api/alert-sources", &autotask("Autotask", &policy, Some(SECRET))).await.expect(201);
        assert!(!made.text.contains(SECRET), "{}", made.text);
        let first = made.json();
        assert_eq!((&first["autotaskMetadata"]["userName"], &first["bidirectional"]), (&json!("watchbell@tenant.example"), &json!(true)));
        assert!(first["integrationUrl"].as_str().unwrap().contains("/api/v1/events/autotask/") && first["autotaskRules"]["preset"] == "like_ilert");
        let mut again = autotask("Second", &policy, None);
        again["autotaskMetadata"]["webServer"] = json!(NOWHERE);
        let second = dev.post("/api/alert-sources", &again).await.expect(201).json();
        assert_eq!(second["autotaskMetadata"]["connectorId"], first["autotaskMetadata"]["connectorId"]);
        let connectors = dev.get("/api/connectors").await.expect(200);
        assert!(connectors.json().as_array().unwrap().len() == 1 && !connectors.text.contains(SECRET));
        let id = first["autotaskMetadata"]["connectorId"].as_str().unwrap();
        dev.delete(&format!("/api/connectors/{id}")).await.expect(409);
        let mut other = autotask("Third", &policy, None);
        other["autotaskMetadata"]["userName"] = json!("other@tenant.example");
        let error = dev.post("/api/alert-sources", &other).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().starts_with("autotaskMetadata.secret"), "{error}");
        assert_eq!(dev.get("/api/connectors").await.expect(200).json().as_array().unwrap().len(), 1, "nothing is left of a refused source");
        let changed = dev.put(&format!("/api/alert-sources/{}", first["id"]), &json!({"name": "Autotask", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy}})).await.expect(200).json();
        assert_eq!((&changed["autotaskMetadata"], &changed["autotaskRules"]), (&first["autotaskMetadata"], &first["autotaskRules"]));
    }

    async fn a_connector_is_changed_without_saying_its_secret_again(app: TestApp) {
        let (dev, _) = dev(app).await;
        let params = json!({"userName": "u@tenant", "secret": SECRET, "apiIntegrationCode": SECRET, "webServer": NOWHERE});
        let made = dev.post("/api/connectors", &json!({"name": "Tenant", "type": "autotask", "params": params})).await.expect(201);
        assert!(!made.text.contains(SECRET) && made.json()["state"] == "YELLOW", "{}", made.text);
        let path = format!("/api/connectors/{}", made.json()["id"].as_str().unwrap());
        let renamed = dev.put(&path, &json!({"name": "Tenant 2", "type": "autotask", "params": {"userName": "u@tenant"}})).await.expect(200).json();
        assert_eq!((&renamed["name"], &renamed["params"]["webServer"]), (&json!("Tenant 2"), &json!(NOWHERE)));
        assert_eq!(dev.get("/api/connectors/name/tenant%202").await.expect(200).json(), renamed);
        let id = watchbell_core::ids::ConnectorId(made.json()["id"].as_str().unwrap().to_owned());
        let kept = watchbell_server::accounts::AutotaskSecrets::open(&app.app, &app.scope(), &id).await.unwrap().unwrap();
        assert_eq!(secrecy::ExposeSecret::expose_secret(&kept.secret), SECRET);
        for bad in [
            json!({"name": "x", "type": "jira", "params": {}}), json!({"name": "x", "type": "autotask", "params": {"userName": "u"}}),
            json!({"name": "TENANT 2", "type": "autotask", "params": params}), json!({"name": "x", "type": "autotask", "params": {"userName": "u", "secret": "s", "apiIntegrationCode": "c", "webServer": "file:///etc"}}),
        ] {
            dev.post("/api/connectors", &bad).await.expect(400);
        }
        dev.delete(&path).await.expect(204);
        dev.get(&path).await.expect(404);
    }
}
