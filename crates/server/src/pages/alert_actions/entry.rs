//! An alert action as a form, and back. What the form holds is read as the API reads it.

use super::super::reader::{Reader, sentence};
use crate::api::alert_action_shapes::AlertActionIn;
use crate::engine::autotask::TenantLists;
use crate::error::ApiError;
use serde_json::{Map, Value as Json, json};
use watchbell_core::alert_action::{COMPANY_RULES_MAX, TicketParams, Trigger, TriggerMode, USER_FIELDS_MAX};
use watchbell_core::ids::ConnectorId;
use watchbell_store::alert_actions::{ActionIn, AlertAction};
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::alert_actions::TicketLists;

/// Parameters that are one field: as the API calls them, as the form does.
const FIELDS: [(&str, &str); 15] = [
    ("queueId", "queue"),
    ("companyId", "company"),
    ("priority", "priority"),
    ("status", "status"),
    ("ticketCategory", "category"),
    ("ticketType", "ticket_type"),
    ("issueType", "issue_type"),
    ("subIssueType", "sub_issue_type"),
    ("source", "ticket_source"),
    ("workType", "work_type"),
    ("dueInMinutes", "due_in"),
    ("titleTemplate", "title"),
    ("descriptionTemplate", "description"),
    ("noteType", "note_type"),
    ("notePublish", "publish"),
];
/// The same for those that are ticked.
const TICKS: [(&str, &str); 4] = [
    ("noteOnRepeat", "repeat"),
    ("inProgressOnAccept", "in_progress"),
    ("assignOnAccept", "assign"),
    ("completeOnResolve", "complete"),
];

/// The form of a new action: all that happens, as the API has it.
pub(super) fn blank_form() -> Form {
    // The first value of a name counts: no queue is chosen.
    let form = Form::of([("mode", TriggerMode::Automatic.as_str()), ("queue", "")]);
    with_triggers(params_form(form, &TicketParams::default()), Trigger::ALL)
}

fn with_triggers(form: Form, triggers: &[Trigger]) -> Form {
    triggers.iter().fold(form, |form, trigger| form.with("trigger", trigger.as_str()))
}

/// The form of an action that is kept.
pub(super) fn form_of(action: &AlertAction) -> Form {
    let rules = &action.rules;
    let conditions = rules.conditions.as_ref().and_then(|tree| serde_json::to_string(tree).ok()).unwrap_or_default();
    let form = Form::of([("name", action.name.clone()), ("mode", rules.mode.as_str().to_owned())]);
    let form = form.with("conditions", conditions);
    let form = action.sources.iter().fold(form, |form, (id, _)| form.with("source", id.to_string()));
    with_triggers(params_form(form, &rules.ticket), &rules.triggers)
}

fn params_form(form: Form, params: &TicketParams) -> Form {
    let shown = crate::api::alert_action_params::show_params(params);
    let text = |name: &str| match shown.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let form = FIELDS.iter().fold(form, |form, (api, field)| form.with(*field, text(api)));
    let is_on = |name: &str| shown.get(name) == Some(&Json::Bool(true));
    let form = TICKS.iter().fold(form, |form, (api, field)| form.ticked(*field, is_on(api)));
    let rules = params.company_rules.iter().enumerate();
    let form = rules.fold(form, |form, (nth, rule)| {
        form.with(format!("rule.{nth}.by"), rule.by.as_str()).with(format!("rule.{nth}.value"), rule.value.clone())
    });
    params.user_fields.iter().enumerate().fold(form, |form, (nth, (name, value))| {
        form.with(format!("udf.{nth}.name"), name.clone()).with(format!("udf.{nth}.value"), value.clone())
    })
}

/// The action that a form describes. `None`: it was refused, and the form says why.
pub(super) fn read(reader: &mut Reader, connector: ConnectorId) -> Option<ActionIn> {
    let (body, rows) = body_of(reader, &connector);
    let parsed =
        serde_json::from_value::<AlertActionIn>(body).map_err(|error| ApiError::bad_request(error.to_string()));
    match parsed.and_then(AlertActionIn::parse) {
        Ok(new) if !reader.form.is_refused() => Some(new),
        Ok(_) => None,
        Err(error) => {
            let field = field_of(error.message(), &rows);
            reader.form.error(field, sentence(error.message()));
            None
        }
    }
}

/// Which rows of the form are which rules.
type Rows = Vec<usize>;

fn body_of(reader: &Reader, connector: &ConnectorId) -> (Json, Rows) {
    let form = &reader.form;
    let mut params: Map<String, Json> =
        FIELDS.iter().map(|(api, field)| ((*api).to_owned(), json!(form.value(field).trim()))).collect();
    params.extend(TICKS.iter().map(|(api, field)| ((*api).to_owned(), json!(form.is_on(field)))));
    let rows: Rows = (0..COMPANY_RULES_MAX).filter(|nth| !form.value(&format!("rule.{nth}.by")).is_empty()).collect();
    let rule = |nth: &usize| json!({"by": form.value(&format!("rule.{nth}.by")), "value": form.value(&format!("rule.{nth}.value"))});
    params.insert("companyRules".into(), rows.iter().map(rule).collect());
    let fields = (0..USER_FIELDS_MAX).filter_map(|nth| {
        let name = form.value(&format!("udf.{nth}.name")).trim();
        (!name.is_empty()).then(|| (name.to_owned(), json!(form.value(&format!("udf.{nth}.value")))))
    });
    params.insert("userDefinedFields".into(), Json::Object(fields.collect()));
    let sources: Vec<Json> =
        form.all("source").filter_map(|id| id.parse::<i64>().ok()).map(|id| json!({"id": id})).collect();
    let triggers: Vec<&str> = form.all("trigger").collect();
    let body = json!({
        "name": form.value("name"), "connectorId": connector.0, "alertSources": sources, "triggerMode": form.value("mode"),
        "triggerTypes": if triggers.is_empty() { json!(["none"]) } else { json!(triggers) }, "conditions": form.value("conditions"), "params": params,
    });
    (body, rows)
}

/// Beside which field of the form a refusal of the API stands.
fn field_of(message: &str, rows: &[usize]) -> String {
    let name = message.split_once(": ").map_or("", |(name, _)| name);
    let of_api = name.strip_prefix("params.").unwrap_or(name);
    if let Some(nth) = of_api.strip_prefix("companyRules[").and_then(|rest| rest.split_once(']')) {
        let row = nth.0.parse::<usize>().ok().and_then(|nth| rows.get(nth));
        return row.map_or_else(|| "company".to_owned(), |row| format!("rule.{row}"));
    }
    let one = FIELDS.iter().chain(&TICKS).find(|(api, _)| *api == of_api).map(|(_, field)| *field);
    let other = match of_api {
        "name" => "name",
        "alertSources" => "source",
        "triggerMode" => "mode",
        "conditions" => "conditions",
        of_api if of_api.starts_with("triggerTypes") => "trigger",
        _ => "",
    };
    one.unwrap_or(other).to_owned()
}

/// The tenant's lists as the form offers them.
pub(super) fn lists(found: &TenantLists) -> TicketLists {
    let choices = |values: &[watchbell_core::autotask::PicklistValue]| {
        values.iter().map(|value| Choice::new(value.id.to_string(), value.label.clone())).collect()
    };
    let of = |field: &str| choices(found.of(field));
    TicketLists {
        queues: of("queueID"),
        priorities: of("priority"),
        statuses: of("status"),
        categories: of("ticketCategory"),
        ticket_types: of("ticketType"),
        issue_types: of("issueType"),
        sub_issue_types: of("subIssueType"),
        sources: of("source"),
        note_types: choices(&found.note_types),
        user_fields: found.user_defined_fields.clone(),
    }
}
