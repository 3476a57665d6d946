//! Escalation policies as the API shows them.

use super::parse;
use super::refs::{IdRef, UserRel};
use super::targets::{ScheduleOfLevel, Targets, TeamOfLevel};
use crate::app::App;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::escalation::{AfterAccept, Level};
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_core::limits::{
    AFTER_ACCEPT_MIN_MAX, LEVEL_TARGETS_MAX, LEVEL_TIMEOUT_MIN_MAX, POLICY_DELAY_MIN_MAX, POLICY_LEVELS_MAX,
    POLICY_PASSES_MAX,
};
use watchbell_store::StoreError;
use watchbell_store::policies::{EscalationPolicy, PolicyIn};
use watchbell_store::scope::Scope;

/// One level.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EscalationRulePost)]
#[serde(rename_all = "camelCase")]
pub struct EscalationRuleIn {
    /// Minutes until the next level; 0 calls it at once.
    escalation_timeout: i64,
    /// Deprecated: use `users`.
    user: Option<IdRef>,
    /// Deprecated: use `schedules`.
    schedule: Option<IdRef>,
    /// Deprecated: use `teams`.
    team: Option<IdRef>,
    users: Option<Vec<IdRef>>,
    /// Who is on call when the level starts.
    schedules: Option<Vec<IdRef>>,
    /// Everybody who is a member when the level starts.
    teams: Option<Vec<IdRef>>,
    /// How many people have to accept before the escalation stops; 1 unless said.
    accepts_needed: Option<i64>,
    /// Whether one target takes the page, another one at the next alert.
    round_robin: Option<bool>,
}

/// Ids of a list and of the deprecated single field, each once.
fn ids<T: PartialEq>(list: Option<Vec<IdRef>>, single: Option<IdRef>, to: fn(i64) -> T) -> Vec<T> {
    let mut ids = Vec::new();
    for id in list.into_iter().flatten().chain(single).map(|reference| to(reference.id)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

impl EscalationRuleIn {
    /// The level. `at`: the path of this rule in the body, for errors.
    pub fn parse(self, at: &str) -> Result<Level, ApiError> {
        let field = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        let timeout_min =
            parse::within(&field("escalationTimeout"), self.escalation_timeout, 0..=LEVEL_TIMEOUT_MIN_MAX)?;
        let most = i64::try_from(LEVEL_TARGETS_MAX).unwrap_or(i64::MAX);
        let level = Level {
            timeout_s: timeout_min * 60,
            users: ids(self.users, self.user, UserId),
            schedules: ids(self.schedules, self.schedule, ScheduleId),
            teams: ids(self.teams, self.team, TeamId),
            accepts_needed: parse::within(&field("acceptsNeeded"), self.accepts_needed.unwrap_or(1), 1..=most)?,
            round_robin: self.round_robin.unwrap_or(false),
        };
        let targets = level.targets().len();
        match targets {
            0 => Err(ApiError::field(&field("users"), "name nobody: name at least one user, schedule or team")),
            count if count > LEVEL_TARGETS_MAX => Err(ApiError::field(
                &field("users"),
                format!("may name at most {LEVEL_TARGETS_MAX} users, schedules and teams together"),
            )),
            _ if level.needs_more_than_it_names() => {
                Err(ApiError::field(&field("acceptsNeeded"), "must not be more than the users of the level"))
            }
            _ => Ok(level),
        }
    }
}

/// A policy.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EscalationPolicyPost)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicyIn {
    name: String,
    escalation_rules: Vec<EscalationRuleIn>,
    /// Whether it goes through the levels more than once.
    repeating: Option<bool>,
    /// Passes when repeating, 1 to 9.
    frequency: Option<i64>,
    /// Minutes before the first page: what resolves by then pages nobody.
    delay_min: Option<i64>,
    routing_key: Option<String>,
    /// Minutes after which an accepted alert that is not resolved is pending again and pages; 0: never.
    accept_timeout_min: Option<i64>,
    /// Minutes after an accept without any comment, note or change after which the responder is asked; 0: never.
    ask_untouched_min: Option<i64>,
    /// Minutes after that question after which the alert is pending again and pages; 0: never.
    page_untouched_min: Option<i64>,
}

impl EscalationPolicyIn {
    /// The policy.
    pub fn parse(self) -> Result<PolicyIn, ApiError> {
        let count = self.escalation_rules.len();
        if !(1..=POLICY_LEVELS_MAX).contains(&count) {
            return Err(ApiError::field("escalationRules", format!("must have 1 to {POLICY_LEVELS_MAX} rules")));
        }
        let level = |(i, rule): (usize, EscalationRuleIn)| rule.parse(&format!("escalationRules[{i}]"));
        let routing_key = checked_routing_key("routingKey", self.routing_key)?;
        Ok(PolicyIn {
            name: parse::name("name", &self.name)?,
            routing_key,
            levels: self.escalation_rules.into_iter().enumerate().map(level).collect::<Result<_, _>>()?,
            // 0 is what clients send that do not repeat.
            passes: parse::within(
                "frequency",
                self.frequency.filter(|passes| *passes != 0).unwrap_or(1),
                1..=POLICY_PASSES_MAX,
            )?,
            repeating: self.repeating.unwrap_or(false),
            delay_s: parse::within("delayMin", self.delay_min.unwrap_or(0), 0..=POLICY_DELAY_MIN_MAX)? * 60,
            after_accept: AfterAccept {
                timeout_s: after_accept("acceptTimeoutMin", self.accept_timeout_min)?,
                ask_after_s: after_accept("askUntouchedMin", self.ask_untouched_min)?,
                page_after_s: after_accept("pageUntouchedMin", self.page_untouched_min)?,
            },
        })
    }
}

fn after_accept(field: &str, minutes: Option<i64>) -> Result<i64, ApiError> {
    Ok(parse::within(field, minutes.unwrap_or(0), 0..=AFTER_ACCEPT_MIN_MAX)? * 60)
}

/// One level.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EscalationRule)]
#[serde(rename_all = "camelCase")]
pub struct EscalationRuleOut {
    escalation_timeout: i64,
    users: Vec<UserRel>,
    schedules: Vec<ScheduleOfLevel>,
    teams: Vec<TeamOfLevel>,
    /// How many people have to accept before the escalation stops.
    accepts_needed: i64,
    /// Whether one target takes the page, another one at the next alert.
    round_robin: bool,
}

impl EscalationRuleOut {
    /// A level with the names of what it names.
    pub fn of(level: &Level, targets: &Targets) -> Self {
        Self {
            escalation_timeout: level.timeout_s / 60,
            users: level.users.iter().map(|id| targets.user(*id)).collect(),
            schedules: level.schedules.iter().map(|id| targets.schedule(*id)).collect(),
            teams: level.teams.iter().map(|id| targets.team(*id)).collect(),
            accepts_needed: level.accepts_needed,
            round_robin: level.round_robin,
        }
    }
}

/// A policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EscalationPolicy)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicyOut {
    id: i64,
    name: String,
    escalation_rules: Vec<EscalationRuleOut>,
    teams: Vec<IdRef>,
    repeating: bool,
    #[schema(minimum = 1, maximum = 9)]
    frequency: i64,
    delay_min: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_key: Option<String>,
    accept_timeout_min: i64,
    ask_untouched_min: i64,
    page_untouched_min: i64,
}

/// Policies with the names of what they name.
pub async fn show_policies(
    app: &App,
    scope: &Scope,
    policies: &[EscalationPolicy],
) -> Result<Vec<EscalationPolicyOut>, StoreError> {
    let targets = Targets::load(app, scope, policies.iter().flat_map(|policy| &policy.levels), None).await?;
    let show = |policy: &EscalationPolicy| EscalationPolicyOut {
        id: policy.id.0,
        name: policy.name.clone(),
        escalation_rules: policy.levels.iter().map(|level| EscalationRuleOut::of(level, &targets)).collect(),
        teams: Vec::new(),
        repeating: policy.repeating,
        frequency: policy.passes,
        delay_min: policy.delay_s / 60,
        routing_key: policy.routing_key.clone(),
        accept_timeout_min: policy.after_accept.timeout_s / 60,
        ask_untouched_min: policy.after_accept.ask_after_s / 60,
        page_untouched_min: policy.after_accept.page_after_s / 60,
    };
    Ok(policies.iter().map(show).collect())
}

/// One policy with the names of what it names.
pub async fn show_policy(app: &App, scope: &Scope, policy: EscalationPolicy) -> Result<EscalationPolicyOut, ApiError> {
    let id = policy.id;
    let shown = show_policies(app, scope, &[policy]).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("escalation policy", id).into())
}

/// The key by which events choose a policy. Errors: 400 for one with a comma.
pub(crate) fn checked_routing_key(field: &str, key: Option<String>) -> Result<Option<String>, ApiError> {
    match parse::optional_text(field, key)? {
        Some(key) if key.contains(',') => Err(ApiError::field(field, "must not contain a comma: commas separate keys")),
        key => Ok(key),
    }
}
