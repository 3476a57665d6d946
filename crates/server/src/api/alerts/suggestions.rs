//! To whom an alert could be given, for pickers: first those of its own policy, then everybody, then policies.

use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::escalation::{Level, Policy};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::user::Role;
use watchbell_store::policies::EscalationPolicy;
use watchbell_store::scope::Scope;
use watchbell_store::users::User;
use watchbell_store::{Page, StoreError, alerts, policies, responders, rosters, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(suggest_responders))
}

/// Users and policies offered at most, each.
const SUGGESTED_MAX: i64 = 500;

/// Somebody, or a policy, that an alert could be given to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SuggestedResponder)]
struct SuggestedOut {
    /// SUGGESTED, USER or ESCALATION_POLICY. The id of the first two is a user's.
    group: &'static str,
    id: i64,
    name: String,
    /// Has it already.
    disabled: bool,
}

fn suggest(
    alert: &Alert,
    behind: &[UserId],
    people: &[User],
    policies: &[EscalationPolicy],
    taken: &[UserId],
) -> Vec<SuggestedOut> {
    let person = |group: &'static str, user: &User| SuggestedOut {
        group,
        id: user.id.0,
        name: user.name(),
        disabled: taken.contains(&user.id),
    };
    let own =
        behind.iter().filter_map(|id| people.iter().find(|user| user.id == *id)).map(|user| person("SUGGESTED", user));
    let mut others: Vec<SuggestedOut> =
        people.iter().filter(|user| user.role >= Role::Responder).map(|user| person("USER", user)).collect();
    others.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let runs = |policy: &EscalationPolicy| alert.status == Status::Pending && policy.id == alert.escalation.policy;
    let mut policies: Vec<SuggestedOut> = policies
        .iter()
        .map(|policy| SuggestedOut {
            group: "ESCALATION_POLICY",
            id: policy.id.0,
            name: policy.name.clone(),
            disabled: runs(policy),
        })
        .collect();
    policies.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    own.chain(others).chain(policies).collect()
}

/// Who is behind the levels of a policy now, each once.
async fn behind(app: &App, scope: &Scope, version: &Policy) -> Result<Vec<UserId>, StoreError> {
    let levels: Vec<&Level> = version.levels.iter().collect();
    let roster = rosters::load(&app.db, scope, &levels, &[], app.clock.now()).await?;
    let mut behind = Vec::new();
    for user in levels.into_iter().flat_map(|level| roster.resolve_level(level).people) {
        if !behind.contains(&user) {
            behind.push(user);
        }
    }
    Ok(behind)
}

/// Suggest to whom an alert could be given.
#[utoipa::path(get, path = "/alerts/{id}/suggested-responders", tag = "Alerts",
    params(("id" = i64, Path), ("lang" = Option<String>, Query, description = "Accepted for ilert's clients: names have no language.")),
    responses((status = 200, body = Vec<SuggestedOut>)))]
async fn suggest_responders(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
) -> ApiResult<Vec<SuggestedOut>> {
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    let version = policies::get_version(&app.db, &can.scope, alert.escalation.policy, alert.escalation.version).await?;
    let people = users::list(&app.db, &can.scope, Page::first(SUGGESTED_MAX)).await?;
    let all = policies::list(&app.db, &can.scope, Page::first(SUGGESTED_MAX)).await?;
    let taken: Vec<UserId> = responders::of_alerts(&app.db, &can.scope, &[alert.id])
        .await?
        .into_iter()
        .filter(|r| !r.is_paged_only)
        .map(|r| r.user)
        .collect();
    let behind = behind(&app, &can.scope, &version).await?;
    Ok(Json(suggest(&alert, &behind, &people, &all, &taken)))
}
