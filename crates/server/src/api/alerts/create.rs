//! An alert opened by hand. It goes the way of every event, so that one place makes alerts; what is special is noted afterwards.

use super::shapes::{AlertOut, ImageShape, LinkShape, show_alert};
use crate::api::extract::InJson;
use crate::api::refs::IdRef;
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::ApiError;
use crate::hooks;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_connect::sources::api;
use watchbell_core::event::Event;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{PolicyId, SourceId, UserId};
use watchbell_core::limits::LEVEL_TARGETS_MAX;
use watchbell_store::ingest::{Incoming, IngestSource, Parsed};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, holds, manual_alerts, policies, sources, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(create_alert))
}

/// A person to be paged.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ManualAlertResponder)]
struct ResponderIn {
    user: IdRef,
}

/// What an alert opened by hand is made of.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ManualAlert)]
#[serde(rename_all = "camelCase")]
struct ManualAlertIn {
    summary: String,
    details: Option<String>,
    alert_source: IdRef,
    /// Who is paged, where it is not the source's own policy.
    escalation_policy: Option<IdRef>,
    /// HIGH or LOW; left out, the source's rule decides.
    priority: Option<String>,
    /// Deprecated: use `responders`.
    assigned_to: Option<IdRef>,
    images: Option<Vec<ImageShape>>,
    links: Option<Vec<LinkShape>>,
    /// People who are paged at once, beside the escalation policy.
    responders: Option<Vec<ResponderIn>>,
}

impl ManualAlertIn {
    /// Read by the parser of the events API: the same limits and the same errors.
    fn event(&self) -> Result<Event, ApiError> {
        let event = json!({
            "eventType": "ALERT", "summary": self.summary, "details": self.details, "priority": self.priority,
            "images": self.images, "links": self.links,
        });
        let parsed =
            api::parse(event.to_string().as_bytes()).map_err(|error| ApiError::field(&error.field, error.problem))?;
        let event = parsed.events.into_iter().next().map(|parsed| parsed.event);
        event.ok_or_else(|| ApiError::field("body", "must be an object"))
    }

    async fn responders(&self, app: &App, scope: &Scope) -> Result<Vec<UserId>, ApiError> {
        let named = self.responders.iter().flatten().map(|responder| responder.user).chain(self.assigned_to);
        let mut ids: Vec<UserId> = Vec::new();
        for id in named.map(|user| UserId(user.id)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.len() > LEVEL_TARGETS_MAX {
            return Err(ApiError::field("responders", format!("may name at most {LEVEL_TARGETS_MAX} users")));
        }
        let found = users::get_many(&app.db, scope, &ids).await?;
        match ids.iter().find(|id| !found.iter().any(|user| user.id == **id)) {
            Some(missing) => Err(ApiError::field("responders", format!("user {missing} does not exist"))),
            None => Ok(ids),
        }
    }

    /// The source as this alert uses it: it stands alone, whatever the source groups.
    async fn source(&self, app: &App, scope: &Scope) -> Result<IngestSource, ApiError> {
        let missing = |field: &'static str| {
            move |error: StoreError| match error {
                StoreError::NotFound { .. } => ApiError::field(field, error),
                other => other.into(),
            }
        };
        let source =
            sources::get(&app.db, scope, SourceId(self.alert_source.id)).await.map_err(missing("alertSource"))?;
        if !source.active {
            return Err(ApiError::field("alertSource", "is switched off: it opens no alerts"));
        }
        let policy = match self.escalation_policy {
            Some(policy) => {
                policies::get(&app.db, scope, PolicyId(policy.id)).await.map_err(missing("escalationPolicy"))?.id
            }
            None => source.policy,
        };
        let opening = holds::opening(&app.db, scope, &source, app.clock.now()).await?;
        Ok(IngestSource {
            policy,
            by_person: true,
            grouping: Grouping::EachEvent,
            grouping_window_s: None,
            ..hooks::ingest_source(scope, &source, opening)
        })
    }
}

/// Open an alert by hand.
#[utoipa::path(post, path = "/alerts", tag = "Alerts", request_body = ManualAlertIn, responses((status = 201, body = AlertOut)))]
async fn create_alert(
    State(app): State<App>,
    can: Can<Respond>,
    InJson(body): InJson<ManualAlertIn>,
) -> Result<(StatusCode, Json<AlertOut>), ApiError> {
    let event = body.event()?;
    let source = Arc::new(body.source(&app, &can.scope).await?);
    let responders = body.responders(&app, &can.scope).await?;
    let bytes = serde_json::to_vec(&body).map_err(ApiError::internal)?;
    let incoming = Incoming {
        source,
        parsed: Parsed::Event(Box::new(event)),
        content_type: Some("application/json".into()),
        body: bytes,
    };
    let ingested = hooks::keep(&app, vec![incoming]).await?;
    let opened = ingested.first().and_then(|one| one.alert);
    let id = opened
        .ok_or_else(|| ApiError::conflict("The escalation policy was deleted meanwhile: no alert was opened."))?;
    manual_alerts::opened(&app.db, &can.scope, id, responders, app.clock.now()).await?;
    app.bus.changed(can.scope.org, id.0);
    app.wake.notify_one();
    let alert = alerts::get(&app.db, &can.scope, id).await?;
    Ok((StatusCode::CREATED, Json(show_alert(&app, &can.scope, alert, &[]).await?)))
}
