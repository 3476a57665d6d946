//! Who carries messages, and how they do: health by channel, order, a test. The accounts themselves are connectors.

use super::connectors::{ConnectorOut, show_one};
use super::extract::{InJson, InPath};
use crate::app::App;
use crate::auth::{Administer, Can};
use crate::error::{ApiError, ApiResult};
use crate::providers::{self as carriers, AccountStanding, ChannelStanding};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::ConnectorId;
use watchbell_core::user::Channel;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, connectors, providers as accounts};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_providers)).routes(routes!(put_order)).routes(routes!(test_provider))
}

/// A channel that needs an account, and who carries it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderChannel)]
#[serde(rename_all = "camelCase")]
struct ChannelOut {
    #[schema(example = "SMS")]
    channel: String,
    /// In the order in which they are asked.
    accounts: Vec<AccountOut>,
    /// Messages that are due and wait.
    waiting: i64,
    /// Since when the oldest of them is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_since: Option<Timestamp>,
    /// People whose notification preferences name the channel.
    people: i64,
}

impl From<ChannelStanding> for ChannelOut {
    fn from(standing: ChannelStanding) -> Self {
        Self {
            channel: standing.channel.as_str().to_owned(),
            accounts: standing.accounts.into_iter().map(AccountOut::from).collect(),
            waiting: standing.waiting,
            waiting_since: standing.waiting_since,
            people: standing.people,
        }
    }
}

/// An account that carries messages, and how it does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderAccount)]
#[serde(rename_all = "camelCase")]
struct AccountOut {
    /// Of the connector.
    id: String,
    name: String,
    #[serde(rename = "type")]
    #[schema(example = "twilio")]
    kind: String,
    /// GREEN, YELLOW or RED.
    state: String,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
    state_since: Timestamp,
    /// When it last took a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success_at: Option<Timestamp>,
    /// What it said when it last failed; it stays after it works again.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_at: Option<Timestamp>,
    /// Messages that it took in the last hour, over all its channels.
    sent_last_hour: i64,
}

impl From<AccountStanding> for AccountOut {
    fn from(account: AccountStanding) -> Self {
        Self {
            id: account.id.0,
            name: account.name,
            kind: account.kind,
            state: account.state.as_str().to_owned(),
            state_reason: account.reason,
            state_since: account.since,
            last_success_at: account.sent_at,
            last_error: account.failure,
            last_error_at: account.failed_at,
            sent_last_hour: account.sent_lately,
        }
    }
}

/// The order of the accounts of a channel.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ProviderOrder)]
struct OrderIn {
    /// Ids of connectors; those that are left out come after them as they were.
    connectors: Vec<String>,
}

/// List the channels that need an account, with who carries them and how they do.
#[utoipa::path(get, path = "/providers", tag = "Connectors", responses((status = 200, body = Vec<ChannelOut>)))]
async fn list_providers(State(app): State<App>, can: Can<Administer>) -> ApiResult<Vec<ChannelOut>> {
    let channels = carriers::standing(&app, &can.scope).await?;
    Ok(Json(channels.into_iter().map(ChannelOut::from).collect()))
}

/// Put the accounts of a channel into an order: the first is asked first, the next one where it fails.
#[utoipa::path(put, path = "/providers/{channel}/order", tag = "Connectors", params(("channel" = String, Path)), request_body = OrderIn, responses((status = 200, body = ChannelOut)))]
async fn put_order(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(channel): InPath<String>,
    InJson(body): InJson<OrderIn>,
) -> ApiResult<ChannelOut> {
    let known = Channel::parse(&channel).filter(|channel| channel.needs_provider());
    let channel =
        known.ok_or_else(|| ApiError::not_found("There is no channel of this name that needs an account."))?;
    let order = order(&app, &can.scope, channel, body.connectors).await?;
    accounts::set_order(&app.db, &can.scope, channel, order, app.clock.now()).await?;
    let now = carriers::standing(&app, &can.scope).await?.into_iter().find(|standing| standing.channel == channel);
    now.map(|standing| Json(standing.into())).ok_or_else(|| StoreError::not_found("channel", channel).into())
}

async fn order(app: &App, scope: &Scope, channel: Channel, wanted: Vec<String>) -> Result<Vec<ConnectorId>, ApiError> {
    let carriers = accounts::of_channel(&app.db, scope, channel).await?;
    let mut order: Vec<ConnectorId> = Vec::new();
    for (nth, id) in wanted.into_iter().map(ConnectorId).enumerate() {
        let refuse = |why: &str| Err(ApiError::field(&format!("connectors[{nth}]"), why));
        if order.contains(&id) {
            return refuse("is named twice");
        }
        if !carriers.iter().any(|carrier| carrier.connector == id) {
            return refuse("is no account that carries this channel");
        }
        order.push(id);
    }
    Ok(order)
}

/// Log in with an account, sending nothing; the answer says how it is now.
#[utoipa::path(post, path = "/providers/{id}/test", tag = "Connectors", params(("id" = String, Path)), responses((status = 200, body = ConnectorOut)))]
async fn test_provider(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(id): InPath<String>,
) -> ApiResult<ConnectorOut> {
    let id = ConnectorId(id);
    carriers::test(&app, &can.scope, &id).await?;
    let connector = connectors::get(&app.db, &can.scope, &id).await?;
    show_one(&app, &can.scope, connector, true).await
}
