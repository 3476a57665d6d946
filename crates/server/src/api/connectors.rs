//! Connectors: accounts in outside tools. Secrets go in and never come out.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use crate::accounts::{AUTOTASK, AutotaskParams, EnteredAutotask};
use crate::app::App;
use crate::auth::{Can, Configure};
use crate::engine::autotask::test_saved;
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::ConnectorId;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_connectors, create_connector))
        .routes(routes!(find_connector))
        .routes(routes!(get_connector, update_connector, delete_connector))
}

/// An Autotask account as it is entered, in a connector or in an alert source.
#[derive(Deserialize, ToSchema)]
#[schema(as = AutotaskParamsPost)]
#[serde(rename_all = "camelCase")]
pub struct AutotaskIn {
    /// "Username (Key)" of the API user.
    #[serde(alias = "username", alias = "email")]
    user_name: Option<String>,
    /// "Password (Secret)" of the API user.
    #[serde(alias = "password")]
    secret: Option<String>,
    /// "Tracking Identifier" of the API user.
    #[serde(alias = "integrationCode")]
    api_integration_code: Option<String>,
    /// A zone's number, label or host, or any base URL; Autotask is asked for the zone if left out.
    #[serde(alias = "webserver", alias = "url")]
    web_server: Option<String>,
}

impl std::fmt::Debug for AutotaskIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AutotaskIn")
            .field("user_name", &self.user_name)
            .field("web_server", &self.web_server)
            .finish_non_exhaustive()
    }
}

impl AutotaskIn {
    /// The account; what is left out stays as in `kept`.
    pub fn parse(self, kept: Option<&AutotaskParams>) -> Result<EnteredAutotask, ApiError> {
        let user_name = match (self.user_name, kept) {
            (Some(name), _) => parse::name("userName", &name)?,
            (None, Some(kept)) => kept.user_name.clone(),
            (None, None) => return Err(ApiError::field("userName", "is required")),
        };
        let web_server = parse::optional_text("webServer", self.web_server)?;
        if let Some(Err(error)) = web_server.as_deref().map(str::parse::<autotask::Address>) {
            return Err(ApiError::field("webServer", error));
        }
        let web_server = web_server.or_else(|| kept.and_then(|kept| kept.web_server.clone()));
        let secret = |field, text| parse::optional_text(field, text).map(|text| text.map(SecretString::from));
        Ok(EnteredAutotask {
            user_name,
            web_server,
            secret: secret("secret", self.secret)?,
            integration_code: secret("apiIntegrationCode", self.api_integration_code)?,
        })
    }
}

/// A connector.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConnectorPost)]
struct ConnectorIn {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    params: AutotaskIn,
}

impl ConnectorIn {
    fn check_kind(&self) -> Result<(), ApiError> {
        match self.kind.as_str() {
            AUTOTASK => Ok(()),
            _ => Err(ApiError::field("type", "is not supported yet; this version connects to autotask")),
        }
    }
}

/// A connector.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connector)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorOut {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Never with secrets.
    #[schema(value_type = Object)]
    params: serde_json::Value,
    /// GREEN, YELLOW or RED.
    state: String,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
    state_since: Timestamp,
}

impl From<Connector> for ConnectorOut {
    fn from(connector: Connector) -> Self {
        Self {
            id: connector.id.0,
            name: connector.name,
            kind: connector.kind,
            created_at: connector.created_at,
            updated_at: connector.updated_at,
            params: connector.params,
            state: connector.state.as_str().to_owned(),
            state_reason: connector.state_reason,
            state_since: connector.state_since,
        }
    }
}

/// List connectors.
#[utoipa::path(get, path = "/connectors", tag = "Connectors", params(PageOf100), responses((status = 200, body = Vec<ConnectorOut>)))]
async fn list_connectors(
    State(app): State<App>,
    can: Can<Configure>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<ConnectorOut>> {
    let connectors = connectors::list(&app.db, &can.scope, page.page()?).await?;
    Ok(Json(connectors.into_iter().map(ConnectorOut::from).collect()))
}

/// Create a connector. Its credentials are tested; it is kept all the same, and its state names what is wrong.
#[utoipa::path(post, path = "/connectors", tag = "Connectors", request_body = ConnectorOut, responses((status = 201, body = ConnectorOut)))]
async fn create_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<ConnectorIn>,
) -> Result<(StatusCode, Json<ConnectorOut>), ApiError> {
    body.check_kind()?;
    let name = parse::name("name", &body.name)?;
    let entered = body.params.parse(None)?;
    let sealed = entered.sealed(&app, &can.scope, None).await?;
    let new = entered.to_connector(name, sealed)?;
    let made = connectors::create(&app.db, &can.scope, ConnectorId(app.ids.uuid()), new, app.clock.now()).await?;
    test_saved(&app, &can.scope, &made.id).await?;
    Ok((StatusCode::CREATED, Json(connectors::get(&app.db, &can.scope, &made.id).await?.into())))
}

/// Find a connector by its name.
#[utoipa::path(get, path = "/connectors/name/{name}", tag = "Connectors", params(("name" = String, Path)), responses((status = 200, body = ConnectorOut)))]
async fn find_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(name): InPath<String>,
) -> ApiResult<ConnectorOut> {
    let found = connectors::find_by_name(&app.db, &can.scope, &name).await?;
    found.map(|connector| Json(connector.into())).ok_or_else(|| StoreError::not_found("connector", &name).into())
}

/// Get a connector.
#[utoipa::path(get, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), responses((status = 200, body = ConnectorOut)))]
async fn get_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> ApiResult<ConnectorOut> {
    Ok(Json(connectors::get(&app.db, &can.scope, &ConnectorId(id)).await?.into()))
}

/// Change a connector; secrets that are left out stay. The credentials are tested, and the state says how the account is now.
#[utoipa::path(put, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), request_body = ConnectorOut, responses((status = 200, body = ConnectorOut)))]
async fn update_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
    InJson(body): InJson<ConnectorIn>,
) -> ApiResult<ConnectorOut> {
    body.check_kind()?;
    let id = ConnectorId(id);
    let kept = AutotaskParams::of(&connectors::get(&app.db, &can.scope, &id).await?)?;
    let name = parse::name("name", &body.name)?;
    let entered = body.params.parse(Some(&kept))?;
    let sealed = entered.sealed(&app, &can.scope, Some(&id)).await?;
    let new = entered.to_connector(name, sealed)?;
    connectors::update(&app.db, &can.scope, &id, new, app.clock.now()).await?;
    test_saved(&app, &can.scope, &id).await?;
    Ok(Json(connectors::get(&app.db, &can.scope, &id).await?.into()))
}

/// Delete a connector that no alert source uses.
#[utoipa::path(delete, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), responses((status = 204)))]
async fn delete_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, ApiError> {
    connectors::delete(&app.db, &can.scope, &ConnectorId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
