//! Who would be paged when: an escalation policy run ahead of time, by the code that pages.

use super::extract::{InJson, InPath, InQuery};
use super::parse;
use super::policy_shapes::{EscalationPolicyIn, EscalationPolicyOut};
use super::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{Policy, Simulated, SimulatedStep};
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::timeline::Entry;
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, policies, simulations};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(simulate_policy, simulate_draft))
}

/// For which alert.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SimulateQuery {
    /// HIGH or LOW; HIGH unless said.
    priority: Option<String>,
    /// When it opens; now unless said.
    at: Option<String>,
}

impl SimulateQuery {
    fn parse(self, now: Timestamp) -> Result<(Priority, Timestamp), ApiError> {
        let words = [("HIGH", Priority::High), ("LOW", Priority::Low)];
        let priority = self.priority.map(|word| parse::word("priority", &word, &words)).transpose()?;
        let at = self.at.map(|at| parse::time("at", &at)).transpose()?;
        Ok((priority.unwrap_or(Priority::High), at.unwrap_or(now)))
    }
}

/// One message that would go out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulatedNotification)]
#[serde(rename_all = "camelCase")]
struct PageOut {
    user: UserRel,
    /// EMAIL, NTFY or WEBHOOK.
    method: &'static str,
    contact_id: i64,
    at: Timestamp,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulatedStep)]
#[serde(rename_all = "camelCase")]
struct StepOut {
    at: Timestamp,
    /// What the timeline would say: level_started, level_empty, not_paged_by_rule, handed_over, escalation_ended, nobody_notified.
    kind: String,
    /// Which pass, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pass: Option<i64>,
    /// Which level, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<i64>,
    /// Who is behind the level at that moment.
    users: Vec<UserRel>,
    /// Those of them who cannot be paged.
    unreachable: Vec<UserRel>,
    /// Why nobody is paged by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    notifications: Vec<PageOut>,
}

/// How an escalation would go that nobody answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Simulation)]
#[serde(rename_all = "camelCase")]
struct SimulationOut {
    priority: &'static str,
    at: Timestamp,
    steps: Vec<StepOut>,
    /// Whether there would be more than is shown.
    goes_on: bool,
    /// Whether nobody would be notified.
    nobody_notified: bool,
}

/// The people that a step names.
fn named(entry: &Entry) -> (Vec<UserId>, Vec<UserId>) {
    match entry {
        Entry::LevelStarted { users, unreachable, .. } | Entry::HandedOver { users, unreachable, .. } => {
            (users.clone(), unreachable.clone())
        }
        Entry::LevelEmpty { unreachable, .. } => (unreachable.clone(), unreachable.clone()),
        _ => (Vec::new(), Vec::new()),
    }
}

fn place(entry: &Entry) -> Option<(i64, i64)> {
    match entry {
        Entry::LevelStarted { pass, level, .. }
        | Entry::LevelEmpty { pass, level, .. }
        | Entry::NotPagedByRule { pass, level, .. }
        | Entry::HandedOver { pass, level, .. } => Some((*pass, *level)),
        _ => None,
    }
}

fn kind(entry: &Entry) -> String {
    let json = serde_json::to_value(entry).unwrap_or_default();
    json["kind"].as_str().unwrap_or_default().to_owned()
}

/// A step's entries as steps of their own; the pages stand at the one that calls.
fn steps(step: &SimulatedStep, people: &[User]) -> Vec<StepOut> {
    let shown = |entry: &Entry| {
        let (users, unreachable) = named(entry);
        let rels = |ids: Vec<UserId>| ids.into_iter().map(|id| UserRel::of(id, people)).collect();
        let calls = matches!(entry, Entry::LevelStarted { .. } | Entry::HandedOver { .. });
        let pages = step.pages.iter().filter(|_| calls).map(|page| PageOut {
            user: UserRel::of(page.planned.user, people),
            method: page.planned.channel.as_str(),
            contact_id: page.planned.contact.0,
            at: page.planned.due_at,
        });
        StepOut {
            at: step.at,
            kind: kind(entry),
            pass: place(entry).map(|(pass, _)| pass),
            level: place(entry).map(|(_, level)| level),
            users: rels(users),
            unreachable: rels(unreachable),
            reason: match entry {
                Entry::NotPagedByRule { reason, .. } => Some(reason.clone()),
                _ => None,
            },
            notifications: pages.collect(),
        }
    };
    step.entries.iter().map(shown).collect()
}

async fn answer(
    app: &App,
    scope: &Scope,
    policy: &Policy,
    (priority, at): (Priority, Timestamp),
) -> Result<SimulationOut, StoreError> {
    let done: Simulated = simulations::simulate(&app.db, scope, policy, priority, at).await?;
    let ids: BTreeSet<UserId> =
        done.steps.iter().flat_map(|step| &step.entries).flat_map(|entry| named(entry).0).collect();
    let people = users::get_many(&app.db, scope, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(SimulationOut {
        priority: priority.as_str(),
        at,
        steps: done.steps.iter().flat_map(|step| steps(step, &people)).collect(),
        goes_on: done.goes_on,
        nobody_notified: done.nobody,
    })
}

/// Simulate an escalation policy for an alert that nobody answers: who is paged when, over which contact.
#[utoipa::path(get, path = "/escalation-policies/{id}/simulate", tag = "Escalation Policies", params(("id" = i64, Path), SimulateQuery), responses((status = 200, body = SimulationOut)))]
async fn simulate_policy(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<SimulateQuery>,
) -> ApiResult<SimulationOut> {
    let asked = query.parse(app.clock.now())?;
    let policy = policies::get(&app.db, &can.scope, PolicyId(id)).await?.to_core();
    Ok(Json(answer(&app, &can.scope, &policy, asked).await?))
}

/// Simulate an escalation policy as it would be after a change that is not kept.
#[utoipa::path(post, path = "/escalation-policies/{id}/simulate", tag = "Escalation Policies", params(("id" = i64, Path), SimulateQuery), request_body = EscalationPolicyOut, responses((status = 200, body = SimulationOut)))]
async fn simulate_draft(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<SimulateQuery>,
    InJson(body): InJson<EscalationPolicyIn>,
) -> ApiResult<SimulationOut> {
    let asked = query.parse(app.clock.now())?;
    let kept = policies::get(&app.db, &can.scope, PolicyId(id)).await?;
    let draft = body.parse()?.to_core(kept.id, kept.version + 1);
    Ok(Json(answer(&app, &can.scope, &draft, asked).await?))
}
