//! The OpenAPI document, as ilert's command line reads it.

use std::collections::BTreeSet;
use watchbell_testkit::both_databases;

const TAGS: [&str; 19] = [
    "Alerts",
    "Events",
    "Users",
    "Contacts",
    "Notification Preferences",
    "Escalation Policies",
    "Alert Sources",
    "Teams",
    "Schedules",
    "On-Calls",
    "Holiday Calendars",
    "Absences",
    "Calendar Feeds",
    "Cover Requests",
    "Connectors",
    "API Keys",
    "Integrations",
    "Numbers",
    "Texts",
];

both_databases! {
    async fn the_document_has_the_shape_that_ilerts_command_line_reads(app: TestApp) {
        let answer = app.http.get("/api-docs/openapi.json").await.expect(200);
        assert_eq!(answer.headers["content-type"], "application/json");
        let document = answer.json();
        assert_eq!(document["servers"][0]["url"], "/api");
        let mut tags = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(!path.starts_with("/api/"), "{path}");
            for (method, operation) in item.as_object().unwrap() {
                let at = format!("{method} {path}");
                assert!(operation.get("operationId").is_none(), "{at}");
                tags.insert(operation["tags"][0].as_str().unwrap().to_owned());
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let schema = &parameter["schema"];
                    assert!(parameter["name"] != "max-results" || schema["maximum"].is_number(), "{at}: {schema}");
                    assert!(parameter["in"] != "path" || parameter["required"] == true, "{at}");
                }
                let bodies = operation["requestBody"]["content"].as_object().into_iter().flatten();
                let answers = operation["responses"].as_object().unwrap().values().flat_map(|r| r["content"].as_object().into_iter().flatten());
                assert!(bodies.chain(answers).all(|(kind, _)| kind == "application/json"), "{at}");
                assert!(operation["responses"]["default"].is_object(), "{at}");
            }
        }
        for tag in TAGS {
            assert!(tags.contains(tag), "{tag}");
        }
        let missing = dangling(&document);
        assert!(missing.is_empty(), "schemas that are named and not there: {missing:?}");
    }
}

fn dangling(document: &serde_json::Value) -> BTreeSet<String> {
    let text = document.to_string();
    let named = text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
    named.filter(|name| document["components"]["schemas"].get(name).is_none()).map(str::to_owned).collect()
}
