//! The parameters of an alert action that makes Autotask tickets, as ilert calls them, with ours beside them. Ids are texts; numbers
//! are taken as well. What is not known is refused.

use crate::error::ApiError;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use watchbell_core::alert_action::{CompanyBy, CompanyRule, TicketParams};
use watchbell_core::limits::{NAME_CHARS_MAX, TEXT_TEMPLATE_CHARS_MAX};

/// The parameters, by name.
const KNOWN: [&str; 20] = [
    "queueId",
    "companyId",
    "companyRules",
    "priority",
    "status",
    "ticketCategory",
    "ticketType",
    "issueType",
    "subIssueType",
    "source",
    "workType",
    "dueInMinutes",
    "userDefinedFields",
    "titleTemplate",
    "descriptionTemplate",
    "noteType",
    "notePublish",
    "noteOnRepeat",
    "inProgressOnAccept",
    "assignOnAccept",
];
const COMPLETE_ON_RESOLVE: &str = "completeOnResolve";

struct Params(Map<String, Json>);

/// What the parameters ask for. Errors: 400 with `params.` and the name.
pub fn read_params(given: Map<String, Json>) -> Result<TicketParams, ApiError> {
    if let Some(name) = given.keys().find(|name| !KNOWN.contains(&name.as_str()) && *name != COMPLETE_ON_RESOLVE) {
        let known = format!("is not known; known are {}, {COMPLETE_ON_RESOLVE}", KNOWN.join(", "));
        return Err(ApiError::field(&format!("params.{}", watchbell_core::text::cut(name, 60)), known));
    }
    let given = Params(given);
    let usual = TicketParams::default();
    let queue = given.id("queueId")?.ok_or_else(|| ApiError::field("params.queueId", "is required"))?;
    let params = TicketParams {
        company: given.id("companyId")?,
        company_rules: given.rules()?,
        queue,
        priority: given.id("priority")?,
        status: given.id("status")?,
        category: given.id("ticketCategory")?,
        ticket_type: given.id("ticketType")?,
        issue_type: given.id("issueType")?,
        sub_issue_type: given.id("subIssueType")?,
        source: given.id("source")?,
        work_type: given.id("workType")?,
        due_in_min: given.id("dueInMinutes")?,
        user_fields: given.user_fields()?,
        title: given.template("titleTemplate")?,
        description: given.template("descriptionTemplate")?,
        note_type: given.id("noteType")?.unwrap_or(usual.note_type),
        note_publish: given.id("notePublish")?.unwrap_or(usual.note_publish),
        note_on_repeat: given.flag("noteOnRepeat", usual.note_on_repeat)?,
        in_progress_on_accept: given.flag("inProgressOnAccept", usual.in_progress_on_accept)?,
        assign_on_accept: given.flag("assignOnAccept", usual.assign_on_accept)?,
        complete_on_resolve: given.flag(COMPLETE_ON_RESOLVE, usual.complete_on_resolve)?,
    };
    match params.validate().into_iter().next() {
        Some(problem) => Err(ApiError::field(&format!("params.{}", problem.field), problem.message)),
        None => Ok(params),
    }
}

impl Params {
    fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name).filter(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
    }

    fn id(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        number
            .map(Some)
            .ok_or_else(|| ApiError::field(&format!("params.{name}"), "must be a whole number, or its text"))
    }

    fn flag(&self, name: &str, usual: bool) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(usual),
            Some(value) => {
                let flag = value.as_bool().or_else(|| value.as_str()?.trim().parse().ok());
                flag.ok_or_else(|| ApiError::field(&format!("params.{name}"), "must be true or false"))
            }
        }
    }

    fn template(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.get(name).map(|value| text(&format!("params.{name}"), value, TEXT_TEMPLATE_CHARS_MAX)).transpose()
    }

    fn user_fields(&self) -> Result<BTreeMap<String, String>, ApiError> {
        let Some(value) = self.get("userDefinedFields") else { return Ok(BTreeMap::new()) };
        let fields = value.as_object().ok_or_else(|| {
            ApiError::field("params.userDefinedFields", "must be an object: names of fields with templates")
        })?;
        let one = |(name, value): (&String, &Json)| {
            let field = format!("params.userDefinedFields.{}", watchbell_core::text::cut(name, 60));
            match name.trim() {
                "" => Err(ApiError::field("params.userDefinedFields", "a name is empty")),
                name if name.chars().count() > NAME_CHARS_MAX => Err(ApiError::field(&field, "the name is too long")),
                name => Ok((name.to_owned(), text(&field, value, TEXT_TEMPLATE_CHARS_MAX)?)),
            }
        };
        fields.iter().map(one).collect()
    }

    fn rules(&self) -> Result<Vec<CompanyRule>, ApiError> {
        let Some(value) = self.get("companyRules") else { return Ok(Vec::new()) };
        let words = || CompanyBy::ALL.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", ");
        let rules = value.as_array().ok_or_else(|| ApiError::field("params.companyRules", "must be a list"))?;
        let one = |(nth, rule): (usize, &Json)| {
            let field = |name: &str| format!("params.companyRules[{nth}].{name}");
            let by = rule.get("by").and_then(Json::as_str).and_then(CompanyBy::parse);
            let by = by.ok_or_else(|| ApiError::field(&field("by"), format!("must be one of {}", words())))?;
            let value = rule.get("value").ok_or_else(|| ApiError::field(&field("value"), "is required"))?;
            let value = text(&field("value"), value, TEXT_TEMPLATE_CHARS_MAX)?;
            match value.trim() {
                "" => Err(ApiError::field(&field("value"), "is required")),
                value => Ok(CompanyRule { by, value: value.to_owned() }),
            }
        };
        rules.iter().enumerate().map(one).collect()
    }
}

fn text(field: &str, value: &Json, chars_max: usize) -> Result<String, ApiError> {
    let text = value.as_str().ok_or_else(|| ApiError::field(field, "must be a text"))?;
    match text.chars().count() {
        count if count > chars_max => Err(ApiError::field(field, format!("may have at most {chars_max} characters"))),
        _ => Ok(text.replace('\0', "")),
    }
}

/// The parameters as they are shown: what was left to Autotask is left out.
pub fn show_params(params: &TicketParams) -> Json {
    let id = |value: i64| Some(json!(value.to_string()));
    let optional = |value: Option<i64>| value.and_then(id);
    let rules: Vec<Json> =
        params.company_rules.iter().map(|rule| json!({"by": rule.by.as_str(), "value": rule.value})).collect();
    let all = [
        ("queueId", id(params.queue)),
        ("companyId", optional(params.company)),
        ("companyRules", (!rules.is_empty()).then_some(json!(rules))),
        ("priority", optional(params.priority)),
        ("status", optional(params.status)),
        ("ticketCategory", optional(params.category)),
        ("ticketType", optional(params.ticket_type)),
        ("issueType", optional(params.issue_type)),
        ("subIssueType", optional(params.sub_issue_type)),
        ("source", optional(params.source)),
        ("workType", optional(params.work_type)),
        ("dueInMinutes", params.due_in_min.map(|minutes| json!(minutes))),
        ("userDefinedFields", (!params.user_fields.is_empty()).then(|| json!(params.user_fields))),
        ("titleTemplate", params.title.as_ref().map(|text| json!(text))),
        ("descriptionTemplate", params.description.as_ref().map(|text| json!(text))),
        ("noteType", id(params.note_type)),
        ("notePublish", id(params.note_publish)),
        ("noteOnRepeat", Some(json!(params.note_on_repeat))),
        ("inProgressOnAccept", Some(json!(params.in_progress_on_accept))),
        ("assignOnAccept", Some(json!(params.assign_on_accept))),
        (COMPLETE_ON_RESOLVE, Some(json!(params.complete_on_resolve))),
    ];
    Json::Object(all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(given: Json) -> Result<TicketParams, String> {
        read_params(given.as_object().unwrap().clone()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn what_is_shown_is_read_again() {
        let given = json!({
            "queueId": "8", "companyId": 0, "companyRules": [{"by": "LABEL", "value": "customer"}], "dueInMinutes": 60, "issueType": "12",
            "userDefinedFields": {"Alert Id": "{{ alert.id }}"}, "completeOnResolve": "true", "subIssueType": null, "status": ""
        });
        let params = read(given).unwrap();
        assert_eq!((params.queue, params.company, params.complete_on_resolve, params.status), (8, Some(0), true, None));
        assert_eq!(read(show_params(&params)).unwrap(), params);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (given, says) in [
            (json!({"companyId": "1"}), "params.queueId: is required"),
            (json!({"queueId": "x"}), "params.queueId: must be a whole number"),
            (json!({"queueId": 8}), "params.companyId: is required"),
            (json!({"queueId": 8, "companyId": 1, "colour": 1}), "params.colour: is not known"),
            (
                json!({"queueId": 8, "companyRules": [{"by": "LUCK", "value": "x"}]}),
                "params.companyRules[0].by: must be one of",
            ),
            (
                json!({"queueId": 8, "companyRules": [{"by": "LABEL", "value": " "}]}),
                "params.companyRules[0].value: is required",
            ),
            (json!({"queueId": 8, "companyId": 1, "notePublish": 3}), "params.notePublish: must be"),
            (json!({"queueId": 8, "companyId": 1, "titleTemplate": "{{"}), "params.titleTemplate:"),
            (
                json!({"queueId": 8, "companyId": 1, "titleTemplate": "x".repeat(5_000)}),
                "params.titleTemplate: may have",
            ),
            (
                json!({"queueId": 8, "companyId": 1, "userDefinedFields": {"a": 1}}),
                "params.userDefinedFields.a: must be a text",
            ),
            (json!({"queueId": 8, "companyId": 1, "noteOnRepeat": 7}), "params.noteOnRepeat: must be true or false"),
        ] {
            let error = read(given).unwrap_err();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
