//! Alert actions over HTTP, as clients of ilert send them.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases};

/// Nobody listens there: saving an account asks it.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Somebody who configures, a connector, an API source and an AUTOTASK source.
async fn desk(app: &mut TestApp) -> (Caller, String, i64, i64) {
    let dev = app.user_of_role("dev", Role::User).await.id;
    let dev = app.as_user(dev).await;
    let params = json!({"userName": "u@tenant", "secret": "s", "apiIntegrationCode": "c", "webServer": NOWHERE});
    let connector = dev.post("/api/connectors", &json!({"name": "Tenant", "type": "autotask", "params": params})).await;
    let connector = connector.expect(201).json()["id"].as_str().unwrap().to_owned();
    let source = app.source().escalating_to([]).await;
    let of_tickets = app.source().with(|source| source.integration_type = "AUTOTASK".into()).escalating_to([]).await;
    (dev, connector, source.id.0, of_tickets.id.0)
}

fn action(connector: &str, source: i64) -> Value {
    json!({
        "name": "Tickets", "alertSources": [{"id": source, "name": "ignored"}], "connectorId": connector, "connectorType": "autotask",
        "triggerMode": "AUTOMATIC", "triggerTypes": ["alert-resolved", "alert-created", "alert-created"],
        "conditions": "{\"test\":{\"field\":\"priority\",\"op\":\"is\",\"value\":\"HIGH\"}}",
        "params": {"queueId": "8", "companyId": "29683511", "ticketCategory": 2}, "teams": [{"id": 1}], "bidirectional": false
    })
}

both_databases! {
    async fn an_action_is_made_read_changed_and_deleted(app: TestApp) {
        let (dev, connector, source, _) = desk(app).await;
        let made = dev.post("/api/alert-actions", &action(&connector, source)).await.expect(201).json();
        assert_eq!((&made["triggerTypes"], &made["bidirectional"], &made["teams"]), (&json!(["alert-created", "alert-resolved"]), &json!(true), &json!([])));
        assert_eq!((&made["params"]["queueId"], &made["params"]["ticketCategory"], &made["params"]["notePublish"]), (&json!("8"), &json!("2"), &json!("2")));
        assert_eq!((&made["conditions"], &made["alertSources"][0]["id"]), (&action("", 0)["conditions"], &json!(source)));
        let path = format!("/api/alert-actions/{}", made["id"].as_str().unwrap());
        assert_eq!(dev.get(&format!("{path}?include=conditions&")).await.expect(200).json(), made);
        assert_eq!(dev.get(&format!("{path}?version=1")).await.expect(200).json()["alertSourceIds"], json!([source]));
        assert_eq!(dev.get("/api/alert-actions/name/TICKETS").await.expect(200).json(), made);
        for (query, count) in [("", 1), ("?source=987654", 0), (&format!("?source={source}&connector={connector}"), 1), ("?connector=x", 0)] {
            assert_eq!(dev.get(&format!("/api/alert-actions{query}")).await.expect(200).json().as_array().unwrap().len(), count, "{query}");
        }
        dev.get("/api/alert-actions?max-results=101").await.expect(400);
        dev.delete(&format!("/api/connectors/{connector}")).await.expect(409);

        let mut legacy = action(&connector, source);
        legacy["alertSourceIds"] = json!([source]);
        legacy.as_object_mut().unwrap().remove("alertSources");
        legacy.as_object_mut().unwrap().remove("triggerTypes");
        legacy.as_object_mut().unwrap().remove("conditions");
        legacy["params"] = made["params"].clone();
        legacy["triggerMode"] = json!("MANUAL");
        let changed = dev.put(&path, &legacy).await.expect(200).json();
        assert_eq!((&changed["alertSourceIds"], &changed["triggerMode"], changed.get("conditions")), (&json!([source]), &json!("MANUAL"), None));
        assert_eq!((changed["triggerTypes"].as_array().unwrap().len(), &changed["params"]), (9, &made["params"]), "what is shown is taken again");
        let boss = app.user_of_role("boss", Role::Admin).await.id;
        let boss = app.as_user(boss).await;
        let guest = app.user_of_role("guest", Role::Guest).await.id;
        app.as_user(guest).await.put(&path, &legacy).await.expect(403);
        boss.delete(&path).await.expect(204);
        for verb in ["GET", "PUT", "DELETE"] {
            dev.send(verb.parse().unwrap(), &path, Some(&legacy)).await.expect(404);
        }
        dev.delete(&format!("/api/connectors/{connector}")).await.expect(204);
    }

    async fn what_cannot_work_is_refused_with_its_field(app: TestApp) {
        let (dev, connector, source, of_tickets) = desk(app).await;
        let with = |field: &str, value: Value| {
            let mut body = action(&connector, source);
            body[field] = value;
            body
        };
        for (body, says) in [
            (with("name", json!(" ")), "name: "),
            (with("connectorType", json!("jira")), "connectorType: must be autotask"),
            (with("connectorId", Value::Null), "connectorId: is required"),
            (with("connectorId", json!("nobody")), "connector nobody does not exist"),
            (with("alertSources", json!([])), "alertSources: is required"),
            (with("alertSources", json!([{"id": 987_654}])), "alert source 987654 does not exist"),
            (with("alertSources", json!([{"id": of_tickets}])), "tickets of the same tool"),
            (with("triggerMode", json!("SOMETIMES")), "triggerMode: must be one of"),
            (with("triggerTypes", json!(["alert-created", "alert-channel-attached"])), "triggerTypes[1]: must be one of"),
            (with("conditions", json!("(alert.priority in [\"HIGH\"])")), "conditions: must be conditions such as"),
            (with("conditions", json!({"test": {"field": "priority", "op": "is"}})), "conditions: a condition needs a value"),
            (with("alertFilter", json!({"operator": "AND"})), "alertFilter: is not known here"),
            (with("notResolvedDelaySec", json!(60)), "notResolvedDelaySec: is not known here"),
            (with("params", json!({"companyId": "1"})), "params.queueId: is required"),
            (with("params", json!({"queueId": "8"})), "params.companyId: is required"),
            (with("params", json!({"queueId": "8", "companyId": "1", "color": 1})), "params.color: is not known"),
        ] {
            let error = dev.post("/api/alert-actions", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().to_lowercase().contains(&says.to_lowercase()), "{says}: {error}");
        }
        dev.post("/api/alert-actions", &json!([])).await.expect(400);
        assert_eq!(dev.get("/api/alert-actions").await.expect(200).json(), json!([]));
    }
}
