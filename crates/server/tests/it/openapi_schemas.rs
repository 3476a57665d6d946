//! The schemas of our OpenAPI document beside ilert's, and the copy of the document under `docs`.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use watchbell_testkit::environment::setting;

const ILERT: &str = include_str!("facts/ilert-schemas.txt");

/// What is not there, and why not.
const ABSENT: [(&str, &str, &str); 12] = [
    ("AlertSourceRel", "id", "only taken in requests, where it is ignored"),
    ("AlertSourceRel", "teams", "only taken in requests, where it is ignored"),
    ("AlertSourceRel", "integrationKey", "only taken in requests, where it is ignored"),
    ("AlertSourceRel", "status", "only taken in requests, where it is ignored"),
    ("AlertSourceRel", "bidirectional", "only taken in requests, where it is ignored"),
    ("User", "avatarUrl", "people have no pictures"),
    ("UserPost", "avatarUrl", "people have no pictures"),
    ("Integration", "iconUrl", "optional, and there are no icons at addresses"),
    ("Integration", "integrationPath", "optional"),
    ("EscalationRule", "user", "deprecated: taken in requests, not shown"),
    ("EscalationRule", "schedule", "deprecated: taken in requests, not shown"),
    ("EscalationRule", "team", "deprecated: taken in requests, not shown"),
];

/// Kept as they were sent, so the document shows them as additional properties.
const KEPT_AS_SENT: [&str; 3] = ["AlertSource", "AlertSourceNoIncludes", "AlertSourceRel"];

fn document() -> Value {
    serde_json::to_value(watchbell_server::api::openapi()).unwrap()
}

/// The fields of a schema, through references and parts.
fn fields(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut all: BTreeSet<String> =
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        all.extend(fields(document, &document["components"]["schemas"][name]));
    }
    for part in schema["allOf"].as_array().into_iter().chain(schema["oneOf"].as_array()).flatten() {
        all.extend(fields(document, part));
    }
    all
}

#[test]
#[expect(clippy::print_stdout, reason = "what differs is for people to read")]
fn the_schemas_have_the_fields_that_ilerts_have() {
    let document = document();
    let mut wrong = Vec::new();
    for line in ILERT.lines().filter(|line| !line.starts_with('#')) {
        let (name, wanted) = line.split_once(' ').unwrap();
        let schema = &document["components"]["schemas"][name];
        if schema.is_null() {
            wrong.push(format!("{name}: missing"));
            continue;
        }
        let ours = fields(&document, schema);
        for field in wanted.split(' ').filter(|field| !ours.contains(*field)) {
            let is_open = KEPT_AS_SENT.contains(&name)
                && (field.ends_with("Template")
                    || field.ends_with("Templates")
                    || field.contains("Filter")
                    || field.ends_with("Url"));
            match ABSENT.iter().find(|(schema, absent, _)| (*schema, *absent) == (name, field)) {
                Some((.., why)) => println!("{name}.{field}: {why}"),
                None if is_open => {}
                None => wrong.push(format!("{name}.{field}: missing")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What ilert's document requires of the schemas that are sent: clients ask their users for no more.
const REQUIRED: [(&str, &[&str]); 13] = [
    ("AlertSourceRel", &["escalationPolicy", "integrationType", "name"]),
    ("Connector", &["name", "type"]),
    ("EscalationPolicy", &["escalationRules", "name"]),
    ("EscalationRule", &["escalationTimeout"]),
    ("Event", &["eventType", "integrationKey", "summary"]),
    ("ManualAlert", &["alertSource", "summary"]),
    ("Schedule", &[]),
    ("ScheduleLayerConfig", &["rotation", "startsOn", "users"]),
    ("ScheduleLayerRestriction", &["from", "to"]),
    ("Shift", &[]),
    ("TimeOfWeek", &["dayOfWeek", "time"]),
    ("User", &["email", "firstName", "lastName"]),
    ("UserPost", &["email", "firstName", "lastName"]),
];

#[test]
fn no_more_is_required_than_ilert_requires() {
    let document = document();
    for (name, wanted) in REQUIRED {
        let required = document["components"]["schemas"][name]["required"].as_array();
        let mut required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        required.sort_unstable();
        assert_eq!(required, wanted, "{name}");
    }
}

#[test]
fn what_is_said_to_be_absent_is_absent() {
    let document = document();
    for (name, field, _) in ABSENT {
        assert!(
            !fields(&document, &document["components"]["schemas"][name]).contains(field),
            "{name}.{field} is there: take it off the list"
        );
    }
}

#[test]
fn the_copy_of_the_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let mut now = serde_json::to_string_pretty(&document()).unwrap();
    now.push('\n');
    if setting("WATCHBELL_UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "docs/openapi.json is out of date; write it with\n    WATCHBELL_UPDATE_OPENAPI=1 cargo nextest run -p watchbell-server openapi_schemas"
    );
}

#[test]
#[expect(clippy::print_stdout, reason = "what differs is for people to read")]
fn every_operation_says_what_it_does_and_what_is_ours_stands_beside() {
    let document = document();
    let ilerts = include_str!("api/ilert-paths.txt");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{} {path}", method.to_uppercase());
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 5), "{at}: no summary");
            assert_eq!(operation["deprecated"], Value::Null, "{at}");
            if !ilerts.lines().any(|line| line.starts_with(&format!("{at} "))) {
                println!("beside ilert's: {at}");
            }
        }
    }
}
