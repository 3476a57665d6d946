//! Escalation policies.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf50;
use super::policy_shapes::{
    EscalationPolicyIn, EscalationPolicyOut, EscalationRuleIn, EscalationRuleOut, show_policies, show_policy,
};
use super::targets::Targets;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::PolicyId;
use watchbell_store::{StoreError, policies};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_policies, create_policy))
        .routes(routes!(resolve_policy))
        .routes(routes!(find_policy))
        .routes(routes!(get_policy, update_policy, delete_policy))
        .routes(routes!(update_level))
}

/// List escalation policies.
#[utoipa::path(get, path = "/escalation-policies", tag = "Escalation Policies", params(PageOf50), responses((status = 200, body = Vec<EscalationPolicyOut>)))]
async fn list_policies(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf50>,
) -> ApiResult<Vec<EscalationPolicyOut>> {
    let policies = policies::list(&app.db, &can.scope, page.page()?).await?;
    Ok(Json(show_policies(&app, &can.scope, &policies).await?))
}

/// Create an escalation policy.
#[utoipa::path(post, path = "/escalation-policies", tag = "Escalation Policies", request_body = EscalationPolicyOut, responses((status = 201, body = EscalationPolicyOut)))]
async fn create_policy(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<EscalationPolicyIn>,
) -> Result<(StatusCode, Json<EscalationPolicyOut>), ApiError> {
    let policy = policies::create(&app.db, &can.scope, body.parse()?, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(show_policy(&app, &can.scope, policy).await?)))
}

/// What events carry to choose a policy.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RoutingKeyQuery {
    /// One key, or several separated by commas: the first that is known counts.
    #[serde(rename = "routing-key")]
    routing_key: String,
}

/// Find the escalation policy of a routing key.
#[utoipa::path(get, path = "/escalation-policies/resolve", tag = "Escalation Policies", params(RoutingKeyQuery), responses((status = 200, body = EscalationPolicyOut)))]
async fn resolve_policy(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<RoutingKeyQuery>,
) -> ApiResult<EscalationPolicyOut> {
    let policy = policies::resolve(&app.db, &can.scope, &query.routing_key).await?;
    let policy = policy.ok_or_else(|| ApiError::not_found("No escalation policy has this routing key."))?;
    Ok(Json(show_policy(&app, &can.scope, policy).await?))
}

/// Find an escalation policy by its name.
#[utoipa::path(get, path = "/escalation-policies/name/{name}", tag = "Escalation Policies", params(("name" = String, Path)), responses((status = 200, body = EscalationPolicyOut)))]
async fn find_policy(
    State(app): State<App>,
    can: Can<Read>,
    InPath(name): InPath<String>,
) -> ApiResult<EscalationPolicyOut> {
    let policy = policies::find_by_name(&app.db, &can.scope, &name).await?;
    let policy = policy.ok_or_else(|| StoreError::not_found("escalation policy", &name))?;
    Ok(Json(show_policy(&app, &can.scope, policy).await?))
}

/// Get an escalation policy.
#[utoipa::path(get, path = "/escalation-policies/{id}", tag = "Escalation Policies", params(("id" = i64, Path)), responses((status = 200, body = EscalationPolicyOut)))]
async fn get_policy(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<EscalationPolicyOut> {
    let policy = policies::get(&app.db, &can.scope, PolicyId(id)).await?;
    Ok(Json(show_policy(&app, &can.scope, policy).await?))
}

/// Change an escalation policy; alerts that run keep the version they began with.
#[utoipa::path(put, path = "/escalation-policies/{id}", tag = "Escalation Policies", params(("id" = i64, Path)), request_body = EscalationPolicyOut, responses((status = 200, body = EscalationPolicyOut)))]
async fn update_policy(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<EscalationPolicyIn>,
) -> ApiResult<EscalationPolicyOut> {
    let policy = policies::update(&app.db, &can.scope, PolicyId(id), body.parse()?, app.clock.now()).await?;
    Ok(Json(show_policy(&app, &can.scope, policy).await?))
}

/// Delete an escalation policy that no alert source escalates to.
#[utoipa::path(delete, path = "/escalation-policies/{id}", tag = "Escalation Policies", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_policy(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    policies::delete(&app.db, &can.scope, PolicyId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change one level, counted from 0.
#[utoipa::path(put, path = "/escalation-policies/{id}/levels/{level}", tag = "Escalation Policies", params(("id" = i64, Path), ("level" = i32, Path)), request_body = EscalationRuleOut, responses((status = 200, body = EscalationRuleOut)))]
async fn update_level(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, level)): InPath<(i64, u32)>,
    InJson(body): InJson<EscalationRuleIn>,
) -> ApiResult<EscalationRuleOut> {
    let index = usize::try_from(level).unwrap_or(usize::MAX);
    let policy =
        policies::update_level(&app.db, &can.scope, PolicyId(id), index, body.parse("")?, app.clock.now()).await?;
    let changed = policy.levels.get(index).ok_or_else(|| StoreError::not_found("escalation level", index))?;
    let targets = Targets::load(&app, &can.scope, std::iter::once(changed), None).await?;
    Ok(Json(EscalationRuleOut::of(changed, &targets)))
}
