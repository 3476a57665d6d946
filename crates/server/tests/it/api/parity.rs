//! Our OpenAPI document beside ilert's: the same paths, parameters, tags, schema names and status codes for what is implemented.

use serde_json::Value;
use std::collections::BTreeSet;

const ILERT: &str = include_str!("ilert-paths.txt");

/// Tags in which nothing may be missing; what is missing in others is printed.
const COMPLETE: [&str; 13] = [
    "Alerts",
    "Events",
    "Users",
    "Contacts",
    "Notification Preferences",
    "Numbers",
    "Integrations",
    "Alert Sources",
    "Escalation Policies",
    "Connectors",
    "Teams",
    "Schedules",
    "On-Calls",
];

/// Where ilert's clients want something else than its document says: they accept 201 only.
const DIFFERENT: [&str; 2] = ["POST /connectors: answers 201, not 200", "POST /teams: answers 201, not 200"];

#[derive(Debug, Default)]
struct Operation {
    method: String,
    path: String,
    tag: String,
    params: Vec<String>,
    body: Option<String>,
    status: String,
    answer: String,
}

fn ilerts() -> Vec<Operation> {
    let mut all: Vec<Operation> = Vec::new();
    for line in ILERT.lines().filter(|line| !line.starts_with('#')) {
        match (line.trim().split_once(' ').unwrap(), all.last_mut()) {
            (("params", params), Some(last)) => last.params = params.split(' ').map(str::to_owned).collect(),
            (("body", schema), Some(last)) => last.body = Some(schema.to_owned()),
            (("answer", answer), Some(last)) => {
                let (status, schema) = answer.split_once(' ').unwrap_or((answer, ""));
                (last.status, last.answer) = (status.to_owned(), schema.to_owned());
            }
            ((method, rest), _) => {
                let (path, tag) = rest.split_once(' ').unwrap();
                let tag = tag.trim_matches(['[', ']']).to_owned();
                all.push(Operation { method: method.to_owned(), path: path.to_owned(), tag, ..Operation::default() });
            }
        }
    }
    all
}

/// The name of a schema: `[User]` for a list; empty where it has none.
fn name_of(schema: &Value) -> String {
    match schema["$ref"].as_str() {
        Some(reference) => reference.rsplit('/').next().unwrap_or_default().to_owned(),
        None if schema["type"] == "array" => format!("[{}]", name_of(&schema["items"])),
        None => String::new(),
    }
}

fn differences(wanted: &Operation, document: &Value) -> Vec<String> {
    let at = format!("{} {}", wanted.method, wanted.path);
    let ours = &document["paths"][&wanted.path][wanted.method.to_lowercase()];
    if ours.is_null() {
        return vec![format!("{at}: missing")];
    }
    let mut found = Vec::new();
    if ours["tags"][0] != wanted.tag.as_str() {
        found.push(format!("{at}: the first tag is {}, not {}", ours["tags"][0], wanted.tag));
    }
    let params: BTreeSet<String> = ours["parameters"].as_array().into_iter().flatten().map(short).collect();
    found.extend(
        wanted
            .params
            .iter()
            .filter(|param| !params.contains(*param))
            .map(|param| format!("{at}: no parameter {param}")),
    );
    let schema = |holder: &Value| name_of(&holder["content"]["application/json"]["schema"]);
    let is_named = |name: &str| !name.is_empty() && !name.starts_with(['{', '(']);
    if let Some(body) = wanted.body.as_deref().filter(|body| is_named(body) && schema(&ours["requestBody"]) != *body) {
        found.push(format!("{at}: the body is {}, not {body}", schema(&ours["requestBody"])));
    }
    let answers = &ours["responses"];
    match answers.get(&wanted.status) {
        None => found.push(format!(
            "{at}: answers {}, not {}",
            answers.as_object().unwrap().keys().next().unwrap(),
            wanted.status
        )),
        Some(answer) if is_named(&wanted.answer) && schema(answer) != wanted.answer => {
            found.push(format!("{at}: answers with {}, not {}", schema(answer), wanted.answer));
        }
        Some(_) => {}
    }
    found
}

fn short(parameter: &Value) -> String {
    let place = parameter["in"].as_str().unwrap_or_default().chars().next().unwrap_or('?');
    format!("{place}:{}", parameter["name"].as_str().unwrap_or_default())
}

#[test]
#[expect(clippy::print_stdout, reason = "what is not there yet is for people to read")]
fn the_document_names_what_ilerts_names() {
    let document = serde_json::to_value(watchbell_server::api::openapi()).unwrap();
    let mut wrong = Vec::new();
    for operation in ilerts() {
        for difference in differences(&operation, &document) {
            match (COMPLETE.contains(&operation.tag.as_str()), DIFFERENT.contains(&difference.as_str())) {
                (_, true) => {}
                (true, false) => wrong.push(difference),
                (false, false) => println!("not as ilert has it: {difference}"),
            }
        }
    }
    assert!(ilerts().len() > 60, "{}", ilerts().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
