//! Alert sources as the API shows them.

use super::catalogue::INTEGRATIONS;
use super::connectors::AutotaskIn;
use super::policy_shapes::{EscalationPolicyOut, show_policies};
use super::refs::IdRef;
use super::support_hours_shapes::{SourceHoursIn, SupportHoursOut, show};
use super::{durations, parse};
use crate::accounts::AutotaskParams;
use crate::app::App;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::{IntoParams, ToSchema};
use watchbell_core::autotask::SourceRules;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{PolicyId, SupportHoursId};
use watchbell_core::priority_rule::PriorityRule;
use watchbell_store::scope::Scope;
use watchbell_store::sources::{KEY_SEALED, Source, SourceIn};
use watchbell_store::support_hours::{self, HoursIn};
use watchbell_store::{StoreError, connectors, policies, source_status};

/// The word of Autotask's sources.
pub const AUTOTASK_TYPE: &str = "AUTOTASK";

/// Templates and filters, kept as they were sent: shown only where `include` names them.
const INCLUDED: [&str; 12] = [
    "summaryTemplate",
    "detailsTemplate",
    "routingTemplate",
    "alertKeyTemplate",
    "linkTemplates",
    "priorityTemplate",
    "severityTemplate",
    "servicesTemplate",
    "eventFilter",
    "eventTypeFilterCreate",
    "eventTypeFilterAccept",
    "eventTypeFilterResolve",
];
const ICONS: [&str; 3] = ["iconUrl", "lightIconUrl", "darkIconUrl"];

/// Most bytes of what is kept as it was sent.
const SETTINGS_BYTES_MAX: usize = 64 * 1024;

/// What an answer should hold besides the usual.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IncludeQuery {
    /// Names of templates and filters; repeatable.
    #[serde(default)]
    pub include: Vec<String>,
}

/// An alert source.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AlertSourceRel)]
#[serde(rename_all = "camelCase")]
pub struct AlertSourceIn {
    name: String,
    integration_type: String,
    escalation_policy: IdRef,
    active: Option<bool>,
    alert_creation: Option<String>,
    /// ISO 8601.
    alert_grouping_window: Option<String>,
    /// ISO 8601.
    auto_resolution_timeout: Option<String>,
    /// HIGH, LOW, HIGH_DURING_SUPPORT_HOURS, LOW_DURING_SUPPORT_HOURS or SILENT_OUTSIDE_SUPPORT_HOURS.
    alert_priority_rule: Option<String>,
    /// By id. Sent whole without an id, they are kept under the name of the source. Left out, they stay; null takes them away.
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<SourceHoursIn>)]
    support_hours: Option<Option<SourceHoursIn>>,
    /// Whether quiet alerts that nobody has are raised at the border of the support hours.
    auto_raise_alerts: Option<bool>,
    /// The account of an AUTOTASK source: it is made, or found by user and address. Left out on a change, it stays.
    pub autotask_metadata: Option<AutotaskIn>,
    /// What the tickets of an AUTOTASK source mean. Left out, it stays as it is; at first it is the preset "like ilert".
    #[schema(value_type = Option<Object>)]
    autotask_rules: Option<SourceRules>,
    /// Icons, templates, filters and what is not known.
    #[serde(flatten)]
    #[schema(ignore)]
    others: Map<String, Json>,
}

impl AlertSourceIn {
    /// Support hours that were sent whole, to be kept under the name of the source.
    pub fn inline_hours(&mut self) -> Result<Option<HoursIn>, ApiError> {
        let Some(Some(hours)) = &mut self.support_hours else { return Ok(None) };
        let name = parse::name("name", &self.name)?;
        hours.take_inline(&name).map_err(|error| error.within("supportHours"))
    }

    /// The source without its account. `before`: what it was, on a change. `inline`: whether support hours were sent whole.
    pub fn parse(self, before: Option<&Source>, inline: bool) -> Result<SourceIn, ApiError> {
        let integration_type = self.check_type(before)?;
        let grouping = self.alert_creation.as_deref().map_or(Ok(Grouping::EachEvent), grouping)?;
        let window =
            durations::parse("alertGroupingWindow", self.alert_grouping_window.as_deref(), durations::WINDOWS)?;
        if grouping == Grouping::PerWindow && window.is_none() {
            return Err(ApiError::field("alertGroupingWindow", format!("is required with {}", Grouping::PerWindow)));
        }
        let kept = before.and_then(|before| before.support_hours);
        let named = |hours: &SourceHoursIn| hours.id.map(SupportHoursId);
        let support_hours = self.support_hours.as_ref().map_or(kept, |given| given.as_ref().and_then(named));
        let priority_rule = self.alert_priority_rule.as_deref().map_or(Ok(PriorityRule::High), priority_rule)?;
        if priority_rule.needs_hours() && support_hours.is_none() && !inline {
            return Err(ApiError::field("supportHours", format!("are required with {priority_rule}: name them by id")));
        }
        let wished = self.support_hours.iter().flatten().find_map(|hours| hours.auto_raise_alerts);
        let auto_raise = self.auto_raise_alerts.or(wished).or(before.map(|before| before.auto_raise));
        Ok(SourceIn {
            name: parse::name("name", &self.name)?,
            rules: rules(&integration_type, self.autotask_rules, before)?,
            integration_type,
            policy: PolicyId(self.escalation_policy.id),
            active: self.active.unwrap_or(true),
            grouping,
            grouping_window_s: window,
            priority_rule,
            support_hours,
            auto_raise: auto_raise.unwrap_or(false),
            auto_resolve_s: durations::parse(
                "autoResolutionTimeout",
                self.auto_resolution_timeout.as_deref(),
                durations::RESOLUTIONS,
            )?,
            connector: before.and_then(|before| before.connector.clone()),
            settings: settings(self.others)?,
        })
    }

    fn check_type(&self, before: Option<&Source>) -> Result<String, ApiError> {
        let given = self.integration_type.trim();
        match before {
            Some(before) if before.integration_type != given => {
                Err(ApiError::field("integrationType", "cannot be changed: make another alert source"))
            }
            _ if INTEGRATIONS.iter().any(|(word, ..)| *word == given) => Ok(given.to_owned()),
            _ => {
                let known: Vec<&str> = INTEGRATIONS.iter().map(|(word, ..)| *word).collect();
                Err(ApiError::field(
                    "integrationType",
                    format!("is not supported yet; this version has {}", known.join(", ")),
                ))
            }
        }
    }
}

fn grouping(word: &str) -> Result<Grouping, ApiError> {
    Grouping::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Grouping::ALL.iter().map(|mode| mode.as_str()).collect();
        ApiError::field("alertCreation", format!("must be one of {}", words.join(", ")))
    })
}

fn priority_rule(word: &str) -> Result<PriorityRule, ApiError> {
    let words: Vec<_> = PriorityRule::ALL.iter().map(|rule| (rule.as_str(), *rule)).collect();
    parse::word("alertPriorityRule", word, &words)
}

fn rules(
    integration_type: &str,
    given: Option<SourceRules>,
    before: Option<&Source>,
) -> Result<Option<String>, ApiError> {
    let kept = before.and_then(|before| before.rules.clone());
    match (integration_type, given, kept) {
        (AUTOTASK_TYPE, None, Some(kept)) => Ok(Some(kept)),
        (AUTOTASK_TYPE, given, _) => {
            let rules = given.unwrap_or_default();
            if let Some(problem) = rules.validate().first() {
                return Err(ApiError::field(&format!("autotaskRules.{}", problem.field), &problem.message));
            }
            serde_json::to_string(&rules).map(Some).map_err(ApiError::internal)
        }
        (_, None, kept) => Ok(kept),
        (_, Some(_), _) => Err(ApiError::field("autotaskRules", "belong to sources of the type AUTOTASK")),
    }
}

/// Keeps the fields that clients expect back as they sent them; a null takes one away.
fn settings(others: Map<String, Json>) -> Result<Json, ApiError> {
    let mut kept = Map::new();
    for (field, value) in others {
        let is_icon = ICONS.contains(&field.as_str());
        match &value {
            Json::Null => continue,
            Json::String(url) if is_icon && url.trim().is_empty() => continue,
            Json::String(url) if is_icon => drop(parse::url(&field, url)?),
            _ if is_icon => return Err(ApiError::field(&field, "must be an address")),
            _ => {}
        }
        if is_icon || INCLUDED.contains(&field.as_str()) {
            kept.insert(field, value);
        }
    }
    let settings = Json::Object(kept);
    match settings.to_string().len() {
        0..=SETTINGS_BYTES_MAX => Ok(settings),
        _ => Err(ApiError::bad_request(format!(
            "Templates and filters may have at most {SETTINGS_BYTES_MAX} bytes together."
        ))),
    }
}

/// The account of a source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AutotaskMetadata)]
#[serde(rename_all = "camelCase")]
struct AutotaskOut {
    user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_server: Option<String>,
    connector_id: String,
    /// How the account is: GREEN, YELLOW or RED.
    state: &'static str,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
}

/// An alert source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AlertSource)]
#[serde(rename_all = "camelCase")]
pub struct AlertSourceOut {
    id: i64,
    teams: Vec<IdRef>,
    name: String,
    escalation_policy: Option<EscalationPolicyOut>,
    integration_type: String,
    /// Null to callers who may not change the source.
    integration_key: Option<String>,
    /// The webhook URL; null to callers who may not change the source.
    integration_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_resolution_timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_grouping_window: Option<String>,
    alert_creation: String,
    status: String,
    active: bool,
    alert_priority_rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    support_hours: Option<SupportHoursOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_raise_alerts: Option<bool>,
    bidirectional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    autotask_metadata: Option<AutotaskOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    autotask_rules: Option<Json>,
    /// Icons, and what `include` names.
    #[serde(flatten)]
    #[schema(ignore)]
    others: Map<String, Json>,
}

/// An alert source in a list: without what `include` could name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
pub struct AlertSourceNoIncludes(pub AlertSourceOut);

/// How sources are shown.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Whether integration keys are shown.
    pub with_keys: bool,
    /// What else is shown.
    pub include: &'a [String],
}

/// Sources with their policies, accounts and states.
pub async fn show_sources(
    app: &App,
    scope: &Scope,
    sources: Vec<Source>,
    view: View<'_>,
) -> Result<Vec<AlertSourceOut>, ApiError> {
    let mut ids: Vec<PolicyId> = sources.iter().map(|source| source.policy).collect();
    ids.sort();
    ids.dedup();
    let found = policies::get_many(&app.db, scope, &ids).await?;
    let shown = show_policies(app, scope, &found).await?;
    let statuses = source_status::statuses(&app.db, scope, &sources, app.clock.now()).await?;
    let hours = hours_of(app, scope, &sources).await?;
    let mut all = Vec::with_capacity(sources.len());
    for source in sources {
        let policy = found.iter().position(|policy| policy.id == source.policy).and_then(|at| shown.get(at)).cloned();
        let status = statuses.get(&source.id).map_or("ALL_RESOLVED", |status| status.as_str()).to_owned();
        let account = account_of(app, scope, &source).await?;
        let hours = source
            .support_hours
            .and_then(|id| hours.iter().find(|(known, _)| *known == id))
            .map(|(_, shown)| shown.clone());
        all.push(show_with(app, source, (policy, status, account, hours), view)?);
    }
    Ok(all)
}

/// One source.
pub async fn show_source(app: &App, scope: &Scope, source: Source, view: View<'_>) -> Result<AlertSourceOut, ApiError> {
    let id = source.id;
    show_sources(app, scope, vec![source], view)
        .await?
        .pop()
        .ok_or_else(|| StoreError::not_found("alert source", id).into())
}

async fn account_of(app: &App, scope: &Scope, source: &Source) -> Result<Option<AutotaskOut>, StoreError> {
    let Some(id) = &source.connector else { return Ok(None) };
    let account = connectors::get(&app.db, scope, id).await?;
    let AutotaskParams { user_name, web_server } = AutotaskParams::of(&account)?;
    let (state, state_reason) = (account.state.as_str(), account.state_reason);
    Ok(Some(AutotaskOut { user_name, web_server, connector_id: id.0.clone(), state, state_reason }))
}

/// The support hours of sources.
async fn hours_of(
    app: &App,
    scope: &Scope,
    sources: &[Source],
) -> Result<Vec<(SupportHoursId, SupportHoursOut)>, StoreError> {
    let ids: Vec<SupportHoursId> = sources.iter().filter_map(|source| source.support_hours).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let kept = support_hours::get_many(&app.db, scope, &ids).await?;
    let found: Vec<SupportHoursId> = kept.iter().map(|kept| kept.id).collect();
    Ok(found.into_iter().zip(show(app, scope, kept, true).await?).collect())
}

type Around = (Option<EscalationPolicyOut>, String, Option<AutotaskOut>, Option<SupportHoursOut>);

fn show_with(
    app: &App,
    source: Source,
    (escalation_policy, status, autotask_metadata, support_hours): Around,
    view: View<'_>,
) -> Result<AlertSourceOut, ApiError> {
    let key = view.with_keys.then(|| app.sealer.open_text(KEY_SEALED, &source.key_sealed)).transpose()?;
    let url = key.as_ref().map(|key| integration_url(app, &source.integration_type, key));
    let is_shown = |field: &String| ICONS.contains(&field.as_str()) || view.include.contains(field);
    let others = match source.settings {
        Json::Object(settings) => settings.into_iter().filter(|(field, _)| is_shown(field)).collect(),
        _ => Map::new(),
    };
    Ok(AlertSourceOut {
        id: source.id.0,
        teams: Vec::new(),
        name: source.name,
        escalation_policy,
        bidirectional: source.integration_type == AUTOTASK_TYPE,
        integration_type: source.integration_type,
        integration_key: key,
        integration_url: url,
        auto_resolution_timeout: durations::show(source.auto_resolve_s, durations::RESOLUTIONS),
        alert_grouping_window: durations::show(source.grouping_window_s, durations::WINDOWS),
        alert_creation: source.grouping.as_str().to_owned(),
        status,
        active: source.active,
        alert_priority_rule: source.priority_rule.as_str().to_owned(),
        auto_raise_alerts: support_hours.is_some().then_some(source.auto_raise),
        support_hours,
        autotask_metadata,
        autotask_rules: source.rules.as_deref().map(serde_json::from_str).transpose().map_err(ApiError::internal)?,
        others,
    })
}

/// The webhook URL of a source.
pub fn integration_url(app: &App, integration_type: &str, key: &str) -> String {
    format!("{}/api/v1/events/{}/{key}", app.config.public_url(), integration_type.to_lowercase())
}
