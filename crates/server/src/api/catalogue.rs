//! What an installation offers: integrations, and phone numbers that it calls from.

use super::extract::InQuery;
use super::paging::PageOf100;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::ApiResult;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_integrations)).routes(routes!(list_numbers))
}

/// The tools that alert sources can be made for: the word of the type, the name, the page that explains it.
pub const INTEGRATIONS: [(&str, &str, &str); 4] = [
    ("API", "Events API", "docs/events-api.md"),
    ("AUTOTASK", "Autotask PSA", "docs/autotask.md"),
    ("KAFKA", "Kafka, through an agent", "docs/events-api.md"),
    ("MQTT", "MQTT, through an agent", "docs/events-api.md"),
];

/// A tool that can be connected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Integration)]
#[serde(rename_all = "camelCase")]
struct IntegrationOut {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    documentation_url: String,
}

/// List what can be connected.
#[utoipa::path(get, path = "/integrations", tag = "Integrations", params(PageOf100), responses((status = 200, body = Vec<IntegrationOut>)))]
async fn list_integrations(_can: Can<Read>, InQuery(page): InQuery<PageOf100>) -> ApiResult<Vec<IntegrationOut>> {
    let page = page.page()?;
    let cut = |number: i64| usize::try_from(number).unwrap_or(0);
    let show = |(id, name, docs): &(&str, &str, &str)| IntegrationOut {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        kind: "INBOUND".to_owned(),
        documentation_url: (*docs).to_owned(),
    };
    Ok(Json(INTEGRATIONS.iter().skip(cut(page.start_index)).take(cut(page.max_results)).map(show).collect()))
}

/// A phone number that messages come from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutboundNumber)]
#[serde(rename_all = "camelCase")]
struct NumberOut {
    country_code: String,
    phone_number: String,
    supports_inbound_sms: bool,
    types: Vec<String>,
}

/// List the numbers that messages and calls come from: none, as long as no gateway is connected.
#[utoipa::path(get, path = "/numbers", tag = "Numbers", responses((status = 200, body = Vec<NumberOut>)))]
async fn list_numbers(_can: Can<Read>) -> ApiResult<Vec<NumberOut>> {
    Ok(Json(Vec::new()))
}
