//! Alert actions as the API shows and takes them: ilert's fields, and ours among the parameters.

use super::alert_action_params::{read_params, show_params};
use super::parse;
use super::refs::{IdRef, TeamRel};
use crate::accounts::AUTOTASK;
use crate::error::ApiError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use watchbell_core::alert_action::{ActionRules, AlertField, Trigger, TriggerMode};
use watchbell_core::condition::Condition;
use watchbell_core::ids::{ConnectorId, SourceId};
use watchbell_core::limits::ALERT_ACTION_SOURCES_MAX;
use watchbell_store::alert_actions::{ActionIn, AlertAction};

/// An alert action as it is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertActionIn {
    name: String,
    connector_id: Option<String>,
    connector_type: Option<String>,
    alert_sources: Option<Vec<IdRef>>,
    alert_source_ids: Option<Vec<i64>>,
    trigger_mode: Option<String>,
    trigger_types: Option<Vec<String>>,
    conditions: Option<Json>,
    alert_filter: Option<Json>,
    escalation_ended_delay_sec: Option<i64>,
    not_resolved_delay_sec: Option<i64>,
    params: Option<serde_json::Map<String, Json>>,
}

impl AlertActionIn {
    /// Whether it names its sources as old clients do, which then read them so.
    pub fn is_legacy(&self) -> bool {
        self.alert_source_ids.is_some()
    }

    /// What it asks for. Errors: 400 with the field.
    pub fn parse(self) -> Result<ActionIn, ApiError> {
        match self.connector_type.as_deref() {
            None | Some(AUTOTASK) => {}
            Some(_) => return Err(ApiError::field("connectorType", format!("must be {AUTOTASK}"))),
        }
        let connector = self.connector_id.filter(|id| !id.trim().is_empty());
        let connector = connector.ok_or_else(|| ApiError::field("connectorId", "is required: the account to use"))?;
        if self.alert_filter.is_some_and(|filter| !filter.is_null()) {
            return Err(ApiError::field("alertFilter", "is not known here: use conditions"));
        }
        if self.escalation_ended_delay_sec.unwrap_or(0) != 0 || self.not_resolved_delay_sec.unwrap_or(0) != 0 {
            let field = if self.not_resolved_delay_sec.unwrap_or(0) != 0 {
                "notResolvedDelaySec"
            } else {
                "escalationEndedDelaySec"
            };
            return Err(ApiError::field(field, "is not known here: an action acts at once"));
        }
        let sources = sources(self.alert_sources, self.alert_source_ids)?;
        let rules = ActionRules {
            mode: mode(self.trigger_mode.as_deref())?,
            triggers: triggers(self.trigger_types)?,
            conditions: conditions(self.conditions)?,
            ticket: read_params(self.params.unwrap_or_default())?,
        };
        Ok(ActionIn { name: parse::name("name", &self.name)?, connector: ConnectorId(connector), sources, rules })
    }
}

fn sources(now: Option<Vec<IdRef>>, former: Option<Vec<i64>>) -> Result<Vec<SourceId>, ApiError> {
    let ids = now.map(|refs| refs.into_iter().map(|source| source.id).collect()).or(former).unwrap_or_default();
    let mut ids: Vec<i64> = ids;
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Err(ApiError::field("alertSources", "is required: upon whose alerts it acts")),
        1..=ALERT_ACTION_SOURCES_MAX => Ok(ids.into_iter().map(SourceId).collect()),
        _ => Err(ApiError::field("alertSources", format!("at most {ALERT_ACTION_SOURCES_MAX}"))),
    }
}

fn mode(word: Option<&str>) -> Result<TriggerMode, ApiError> {
    let Some(word) = word else { return Ok(TriggerMode::Automatic) };
    TriggerMode::parse(word).ok_or_else(|| ApiError::field("triggerMode", "must be one of AUTOMATIC, MANUAL"))
}

/// All of them where none is named, as ilert has it.
fn triggers(words: Option<Vec<String>>) -> Result<Vec<Trigger>, ApiError> {
    let words = words.filter(|words| !words.is_empty());
    let Some(words) = words else { return Ok(Trigger::ALL.to_vec()) };
    let known = || Trigger::ALL.iter().map(|trigger| trigger.as_str()).collect::<Vec<_>>().join(", ");
    let parse = |(nth, word): (usize, &String)| {
        Trigger::parse(word)
            .ok_or_else(|| ApiError::field(&format!("triggerTypes[{nth}]"), format!("must be one of {}", known())))
    };
    let mut triggers = words.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    triggers.sort_unstable();
    triggers.dedup();
    Ok(triggers)
}

/// A tree of conditions, or its JSON as a text.
fn conditions(given: Option<Json>) -> Result<Option<Condition<AlertField>>, ApiError> {
    let wrong = |error: &dyn std::fmt::Display| {
        ApiError::field(
            "conditions",
            format!(
                "must be conditions such as {{\"all\": [{{\"test\": {{\"field\": \"priority\", \"op\": \"is\", \"value\": \"HIGH\"}}}}]}} (ICL is not known here): {error}"
            ),
        )
    };
    let tree = match given {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Json::String(text)) => serde_json::from_str(&text).map_err(|error| wrong(&error))?,
        Some(other) => other,
    };
    let conditions: Condition<AlertField> = serde_json::from_value(tree).map_err(|error| wrong(&error))?;
    conditions.validate().map_err(|error| ApiError::field("conditions", error))?;
    Ok(Some(conditions))
}

/// An alert source by id, with the name for show.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertActionSource)]
struct SourceOut {
    id: i64,
    name: String,
}

/// What becomes of alerts in an outside tool: a ticket in Autotask.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertAction)]
#[serde(rename_all = "camelCase")]
pub struct AlertActionOut {
    id: String,
    name: String,
    /// Upon whose alerts it acts; no AUTOTASK sources, which are told to their tickets by themselves.
    alert_sources: Vec<SourceOut>,
    /// The same, for old clients: with `version=1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_source_ids: Option<Vec<i64>>,
    connector_id: String,
    /// autotask
    connector_type: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// AUTOMATIC or MANUAL.
    trigger_mode: String,
    /// The first of them that happens makes the ticket, the others are told to it: alert-created, alert-assigned, alert-auto-escalated,
    /// alert-acknowledged, alert-raised, alert-comment-added, alert-escalation-ended, alert-resolved, alert-auto-resolved. All of them
    /// where none is named.
    trigger_types: Vec<String>,
    /// The completed ticket resolves the alert.
    bidirectional: bool,
    /// The JSON of conditions, as a text; an object is taken as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<String>,
    /// The ticket: `queueId`, `companyId` or `companyRules`, `priority`, `status`, `ticketCategory`, `ticketType`, `issueType`,
    /// `subIssueType`, `source`, `workType`, `dueInMinutes`, `userDefinedFields`, `titleTemplate`, `descriptionTemplate`, `noteType`,
    /// `notePublish`, `noteOnRepeat`, `inProgressOnAccept`, `assignOnAccept`, `completeOnResolve`. Ids are texts.
    #[schema(value_type = Object)]
    params: Json,
    teams: Vec<TeamRel>,
}

impl AlertActionOut {
    /// An action; with the ids of its sources for old clients.
    pub fn of(action: AlertAction, legacy: bool) -> Self {
        let rules = action.rules;
        let ids = || action.sources.iter().map(|(id, _)| id.0).collect();
        Self {
            id: action.id.0.clone(),
            name: action.name.clone(),
            alert_source_ids: legacy.then(ids),
            alert_sources: action.sources.iter().map(|(id, name)| SourceOut { id: id.0, name: name.clone() }).collect(),
            connector_id: action.connector.0.clone(),
            connector_type: action.kind.clone(),
            created_at: action.created_at,
            updated_at: action.updated_at,
            trigger_mode: rules.mode.as_str().to_owned(),
            trigger_types: rules.triggers.iter().map(|trigger| trigger.as_str().to_owned()).collect(),
            bidirectional: true,
            conditions: rules.conditions.as_ref().and_then(|conditions| serde_json::to_string(conditions).ok()),
            params: show_params(&rules.ticket),
            teams: Vec::new(),
        }
    }
}
