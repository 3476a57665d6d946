//! Escalation policies as the API shows them.

use super::parse;
use super::refs::{IdRef, UserRel};
use crate::app::App;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::escalation::Level;
use watchbell_core::ids::UserId;
use watchbell_core::limits::{
    LEVEL_TARGETS_MAX, LEVEL_TIMEOUT_MIN_MAX, POLICY_DELAY_MIN_MAX, POLICY_LEVELS_MAX, POLICY_PASSES_MAX,
};
use watchbell_store::StoreError;
use watchbell_store::policies::{EscalationPolicy, PolicyIn};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};

/// One level.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EscalationRulePost)]
#[serde(rename_all = "camelCase")]
pub struct EscalationRuleIn {
    /// Minutes until the next level.
    escalation_timeout: i64,
    /// Deprecated: use `users`.
    user: Option<IdRef>,
    /// Deprecated: use `schedules`.
    schedule: Option<IdRef>,
    /// Deprecated: use `teams`.
    team: Option<IdRef>,
    users: Option<Vec<IdRef>>,
    /// Not supported yet.
    schedules: Option<Vec<IdRef>>,
    /// Not supported yet.
    teams: Option<Vec<IdRef>>,
}

impl EscalationRuleIn {
    /// The level. `at`: the path of this rule in the body, for errors.
    pub fn parse(self, at: &str) -> Result<Level, ApiError> {
        let field = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        for (name, given) in [
            ("schedules", self.schedule.is_some() || self.schedules.is_some_and(|list| !list.is_empty())),
            ("teams", self.team.is_some() || self.teams.is_some_and(|list| !list.is_empty())),
        ] {
            if given {
                return Err(ApiError::field(&field(name), "are not supported yet: name users"));
            }
        }
        let timeout_min =
            parse::within(&field("escalationTimeout"), self.escalation_timeout, 0..=LEVEL_TIMEOUT_MIN_MAX)?;
        let mut users: Vec<UserId> = Vec::new();
        for user in self.users.into_iter().flatten().chain(self.user) {
            if !users.contains(&UserId(user.id)) {
                users.push(UserId(user.id));
            }
        }
        match users.len() {
            0 => Err(ApiError::field(&field("users"), "must name at least one user")),
            count if count > LEVEL_TARGETS_MAX => {
                Err(ApiError::field(&field("users"), format!("may name at most {LEVEL_TARGETS_MAX} users")))
            }
            _ => Ok(Level { timeout_s: timeout_min * 60, users }),
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
}

impl EscalationPolicyIn {
    /// The policy.
    pub fn parse(self) -> Result<PolicyIn, ApiError> {
        let count = self.escalation_rules.len();
        if !(1..=POLICY_LEVELS_MAX).contains(&count) {
            return Err(ApiError::field("escalationRules", format!("must have 1 to {POLICY_LEVELS_MAX} rules")));
        }
        let level = |(i, rule): (usize, EscalationRuleIn)| rule.parse(&format!("escalationRules[{i}]"));
        let routing_key = parse::optional_text("routingKey", self.routing_key)?;
        if routing_key.as_deref().is_some_and(|key| key.contains(',')) {
            return Err(ApiError::field("routingKey", "must not contain a comma: commas separate keys"));
        }
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
        })
    }
}

/// One level.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EscalationRule)]
#[serde(rename_all = "camelCase")]
pub struct EscalationRuleOut {
    escalation_timeout: i64,
    users: Vec<UserRel>,
    schedules: Vec<IdRef>,
    teams: Vec<IdRef>,
}

impl EscalationRuleOut {
    /// A level with the names of its users.
    pub fn of(level: &Level, users: &[User]) -> Self {
        Self {
            escalation_timeout: level.timeout_s / 60,
            users: level.users.iter().map(|id| UserRel::of(*id, users)).collect(),
            schedules: Vec::new(),
            teams: Vec::new(),
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
}

/// The users that levels name, for their names.
pub async fn users_of(app: &App, scope: &Scope, levels: impl Iterator<Item = &Level>) -> Result<Vec<User>, StoreError> {
    let mut ids: Vec<UserId> = levels.flat_map(|level| level.users.iter().copied()).collect();
    ids.sort();
    ids.dedup();
    users::get_many(&app.db, scope, &ids).await
}

/// Policies with the names of their users.
pub async fn show_policies(
    app: &App,
    scope: &Scope,
    policies: &[EscalationPolicy],
) -> Result<Vec<EscalationPolicyOut>, StoreError> {
    let users = users_of(app, scope, policies.iter().flat_map(|policy| &policy.levels)).await?;
    let show = |policy: &EscalationPolicy| EscalationPolicyOut {
        id: policy.id.0,
        name: policy.name.clone(),
        escalation_rules: policy.levels.iter().map(|level| EscalationRuleOut::of(level, &users)).collect(),
        teams: Vec::new(),
        repeating: policy.repeating,
        frequency: policy.passes,
        delay_min: policy.delay_s / 60,
        routing_key: policy.routing_key.clone(),
    };
    Ok(policies.iter().map(show).collect())
}

/// One policy with the names of its users.
pub async fn show_policy(app: &App, scope: &Scope, policy: EscalationPolicy) -> Result<EscalationPolicyOut, ApiError> {
    let id = policy.id;
    let shown = show_policies(app, scope, &[policy]).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("escalation policy", id).into())
}
