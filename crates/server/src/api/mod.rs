//! The REST API in ilert's shapes, paths and status codes, with its OpenAPI document. Paths are given without `/api`.

pub(crate) mod absences;
pub(crate) mod alert_action_params;
pub(crate) mod alert_action_shapes;
mod alert_actions;
pub(crate) mod alerts;
mod api_keys;
mod calendar_feeds;
mod catalogue;
mod connector_people;
mod connectors;
mod contact_kinds;
mod contacts;
pub(crate) mod cover_requests;
mod docs;
mod durations;
mod events_doc;
pub mod extract;
pub(crate) mod fallback;
mod handoff;
pub(crate) mod holiday_calendars;
pub(crate) mod maintenance;
pub mod maintenance_shapes;
mod on_calls;
pub mod paging;
pub mod parse;
mod policies;
pub(crate) mod policy_shapes;
mod preference_kinds;
mod preferences;
mod provider_params;
mod providers;
pub mod refs;
pub mod schedules;
mod simulate;
mod source_shapes;
mod source_webhooks;
mod sources;
mod support_hours;
mod support_hours_shapes;
pub(crate) mod targets;
mod teams;
pub(crate) mod texts;
pub(crate) mod users;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use watchbell_core::limits;

pub use policy_shapes::{EscalationPolicyOut, EscalationRuleOut, show_policies, show_policy};
pub use source_shapes::{AUTOTASK_TYPE, AlertSourceOut, View, integration_url, show_sources};
pub use users::UserOut;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(users::router())
        .merge(contacts::router())
        .merge(preferences::router())
        .merge(policies::router())
        .merge(schedules::router())
        .merge(on_calls::router())
        .merge(cover_requests::router())
        .merge(simulate::router())
        .merge(fallback::router())
        .merge(texts::router())
        .merge(maintenance::router())
        .merge(teams::router())
        .merge(holiday_calendars::router())
        .merge(absences::router())
        .merge(handoff::router())
        .merge(sources::router())
        .merge(source_webhooks::router())
        .merge(support_hours::router())
        .merge(alerts::router())
        .merge(alert_actions::router())
        .merge(connectors::router())
        .merge(connector_people::router())
        .merge(providers::router())
        .merge(calendar_feeds::router())
        .merge(api_keys::router())
        .merge(catalogue::router())
}

/// The routes, to be nested below `/api`.
pub fn router() -> Router<App> {
    routes().split_for_parts().0.layer(DefaultBodyLimit::max(limits::REQUEST_BODY_BYTES_MAX))
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    let mut document = routes().into_openapi();
    document.merge(events_doc::document());
    docs::finish(document)
}

/// `/api-docs/openapi.json`, which needs no credentials.
pub fn docs_router() -> Router<App> {
    Router::new().route("/api-docs/openapi.json", get(serve_openapi))
}

async fn serve_openapi() -> Result<axum::response::Response, crate::error::ApiError> {
    let document = openapi().to_json().map_err(crate::error::ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}
