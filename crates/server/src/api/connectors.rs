//! Connectors: accounts in outside tools. Secrets go in and never come out.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use super::provider_params::{Params, save_carrier, show};
use crate::accounts::{AUTOTASK, AutotaskParams, EnteredAutotask};
use crate::app::App;
use crate::auth::{Can, Configure, May};
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
use watchbell_core::provider::ProviderKind;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector};
use watchbell_store::providers::{self, ChannelProvider};
use watchbell_store::scope::Scope;

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
    /// By type: an Autotask account, or the settings of an account that carries messages.
    #[schema(value_type = Object)]
    params: Params,
}

/// Of which type a connector is.
enum Kind {
    Autotask,
    Carrier(ProviderKind),
}

impl ConnectorIn {
    fn kind(&self) -> Result<Kind, ApiError> {
        match (self.kind.as_str(), ProviderKind::parse(&self.kind)) {
            (AUTOTASK, _) => Ok(Kind::Autotask),
            (_, Some(kind)) => Ok(Kind::Carrier(kind)),
            _ => {
                let known: Vec<&str> = ProviderKind::ALL.iter().map(|kind| kind.as_str()).collect();
                Err(ApiError::field("type", format!("must be one of {AUTOTASK}, {}", known.join(", "))))
            }
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

impl ConnectorOut {
    /// As somebody sees it: the settings of an account that carries messages are for administrators.
    fn of(connector: Connector, carriers: &[ChannelProvider], sees_all: bool) -> Self {
        let params = match ProviderKind::parse(&connector.kind) {
            Some(_) => show(&connector, carriers, sees_all),
            None => connector.params,
        };
        Self {
            id: connector.id.0,
            name: connector.name,
            kind: connector.kind,
            created_at: connector.created_at,
            updated_at: connector.updated_at,
            params,
            state: connector.state.as_str().to_owned(),
            state_reason: connector.state_reason,
            state_since: connector.state_since,
        }
    }
}

/// A connector as it is now.
pub(super) async fn show_one(
    app: &App,
    scope: &Scope,
    connector: Connector,
    sees_all: bool,
) -> ApiResult<ConnectorOut> {
    let carriers = providers::of_connector(&app.db, scope, &connector.id).await?;
    Ok(Json(ConnectorOut::of(connector, &carriers, sees_all)))
}

async fn show_to<P>(app: &App, can: &Can<P>, connector: Connector) -> ApiResult<ConnectorOut> {
    show_one(app, &can.scope, connector, can.may(May::Administer)).await
}

/// List connectors.
#[utoipa::path(get, path = "/connectors", tag = "Connectors", params(PageOf100), responses((status = 200, body = Vec<ConnectorOut>)))]
async fn list_connectors(
    State(app): State<App>,
    can: Can<Configure>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<ConnectorOut>> {
    let connectors = connectors::list(&app.db, &can.scope, page.page()?).await?;
    let carriers = providers::all(&app.db, &can.scope).await?;
    let sees_all = can.may(May::Administer);
    Ok(Json(connectors.into_iter().map(|connector| ConnectorOut::of(connector, &carriers, sees_all)).collect()))
}

/// Create a connector. Its credentials are tested; it is kept all the same, and its state names what is wrong. One that carries
/// messages needs an administrator.
#[utoipa::path(post, path = "/connectors", tag = "Connectors", request_body = ConnectorOut, responses((status = 201, body = ConnectorOut)))]
async fn create_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<ConnectorIn>,
) -> Result<(StatusCode, Json<ConnectorOut>), ApiError> {
    let kind = body.kind()?;
    let name = parse::name("name", &body.name)?;
    let made = match kind {
        Kind::Autotask => create_autotask(&app, &can.scope, name, body.params).await?,
        Kind::Carrier(kind) => {
            can.need(May::Administer)?;
            save_carrier(&app, &can.scope, kind, None, (name, body.params)).await?
        }
    };
    Ok((StatusCode::CREATED, show_to(&app, &can, made).await?))
}

async fn create_autotask(app: &App, scope: &Scope, name: String, params: Params) -> Result<Connector, ApiError> {
    let entered = params.read::<AutotaskIn>()?.parse(None)?;
    let sealed = entered.sealed(app, scope, None).await?;
    let new = entered.to_connector(name, sealed)?;
    let made = connectors::create(&app.db, scope, ConnectorId(app.ids.uuid()), new, app.clock.now()).await?;
    test_saved(app, scope, &made.id).await?;
    Ok(connectors::get(&app.db, scope, &made.id).await?)
}

/// Find a connector by its name.
#[utoipa::path(get, path = "/connectors/name/{name}", tag = "Connectors", params(("name" = String, Path)), responses((status = 200, body = ConnectorOut)))]
async fn find_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(name): InPath<String>,
) -> ApiResult<ConnectorOut> {
    let found = connectors::find_by_name(&app.db, &can.scope, &name).await?;
    let connector = found.ok_or_else(|| StoreError::not_found("connector", &name))?;
    show_to(&app, &can, connector).await
}

/// Get a connector.
#[utoipa::path(get, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), responses((status = 200, body = ConnectorOut)))]
async fn get_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> ApiResult<ConnectorOut> {
    let connector = connectors::get(&app.db, &can.scope, &ConnectorId(id)).await?;
    show_to(&app, &can, connector).await
}

/// Change a connector; what is left out stays, secrets too. The credentials are tested, and the state says how the account is now.
#[utoipa::path(put, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), request_body = ConnectorOut, responses((status = 200, body = ConnectorOut)))]
async fn update_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
    InJson(body): InJson<ConnectorIn>,
) -> ApiResult<ConnectorOut> {
    let kind = body.kind()?;
    let kept = connectors::get(&app.db, &can.scope, &ConnectorId(id)).await?;
    if kept.kind != body.kind {
        return Err(ApiError::field("type", format!("cannot be changed: this connector is of the type {}", kept.kind)));
    }
    let name = parse::name("name", &body.name)?;
    let changed = match kind {
        Kind::Autotask => update_autotask(&app, &can.scope, &kept, (name, body.params)).await?,
        Kind::Carrier(kind) => {
            can.need(May::Administer)?;
            save_carrier(&app, &can.scope, kind, Some(&kept), (name, body.params)).await?
        }
    };
    show_to(&app, &can, changed).await
}

async fn update_autotask(
    app: &App,
    scope: &Scope,
    connector: &Connector,
    (name, params): (String, Params),
) -> Result<Connector, ApiError> {
    let id = &connector.id;
    let entered = params.read::<AutotaskIn>()?.parse(Some(&AutotaskParams::of(connector)?))?;
    let sealed = entered.sealed(app, scope, Some(id)).await?;
    let new = entered.to_connector(name, sealed)?;
    connectors::update(&app.db, scope, id, new, app.clock.now()).await?;
    test_saved(app, scope, id).await?;
    Ok(connectors::get(&app.db, scope, id).await?)
}

/// Delete a connector that no alert source uses.
#[utoipa::path(delete, path = "/connectors/{id}", tag = "Connectors", params(("id" = String, Path)), responses((status = 204)))]
async fn delete_connector(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, ApiError> {
    let connector = connectors::get(&app.db, &can.scope, &ConnectorId(id)).await?;
    if ProviderKind::parse(&connector.kind).is_some() {
        can.need(May::Administer)?;
    }
    connectors::delete(&app.db, &can.scope, &connector.id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
