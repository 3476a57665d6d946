//! Alert sources.

use super::connectors::AutotaskIn;
use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf50;
use super::source_shapes::{
    AUTOTASK_TYPE, AlertSourceIn, AlertSourceNoIncludes, AlertSourceOut, IncludeQuery, View, show_source, show_sources,
};
use crate::accounts::{AUTOTASK, AutotaskParams, EnteredAutotask};
use crate::app::App;
use crate::auth::{Can, Configure, May, Permission, Read};
use crate::engine::autotask;
use crate::error::{ApiError, ApiResult};
use crate::ids::Token;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ConnectorId, SourceId};
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, ConnectorIn};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, IntegrationKey, KEY_SEALED, Source, SourceIn};
use watchbell_store::support_hours::{self, HoursIn};

/// Where a new account is tested, its source begins to poll this much later at the latest.
const TEST_FIRST: SignedDuration = SignedDuration::from_secs(10);

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_sources, create_source)).routes(routes!(find_source)).routes(routes!(
        get_source,
        update_source,
        delete_source
    ))
}

fn view<'a, P: Permission>(can: &Can<P>, include: &'a [String]) -> View<'a> {
    View { with_keys: can.may(May::Configure), include }
}

/// List alert sources.
#[utoipa::path(get, path = "/alert-sources", tag = "Alert Sources", params(PageOf50), responses((status = 200, body = Vec<AlertSourceNoIncludes>)))]
async fn list_sources(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf50>,
) -> ApiResult<Vec<AlertSourceNoIncludes>> {
    let sources = sources::list(&app.db, &can.scope, page.page()?).await?;
    let shown = show_sources(&app, &can.scope, sources, view(&can, &[])).await?;
    Ok(Json(shown.into_iter().map(AlertSourceNoIncludes).collect()))
}

/// Create an alert source; the answer carries its webhook URL. An AUTOTASK source is live at once; its credentials are tested, and `autotaskMetadata` says what is wrong with them.
#[utoipa::path(post, path = "/alert-sources", tag = "Alert Sources", params(IncludeQuery), request_body = AlertSourceIn, responses((status = 201, body = AlertSourceOut)))]
async fn create_source(
    State(app): State<App>,
    can: Can<Configure>,
    InQuery(query): InQuery<IncludeQuery>,
    InJson(mut body): InJson<AlertSourceIn>,
) -> Result<(StatusCode, Json<AlertSourceOut>), ApiError> {
    let metadata = body.autotask_metadata.take();
    let inline = body.inline_hours()?;
    let mut new = body.parse(None, inline.is_some())?;
    let account = match (new.integration_type.as_str(), metadata) {
        (AUTOTASK_TYPE, metadata) => Some(account(&app, &can.scope, metadata).await?),
        (_, None) => None,
        (_, Some(_)) => return Err(ApiError::field("autotaskMetadata", "belongs to sources of the type AUTOTASK")),
    };
    keep_hours(&app, &can.scope, &mut new, inline).await?;
    new.connector = account.as_ref().map(|account| account.id.clone());
    let (key, now) = (make_key(&app)?, app.clock.now());
    let scope = can.scope.clone();
    let (is_new, change) =
        account.map_or((false, None), |account| (account.is_new, account.change.map(|change| (account.id, change))));
    let (made, kept) = if is_new { (change, None) } else { (None, change) };
    let is_tested = made.is_some() || kept.is_some();
    let source = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                if let Some((id, connector)) = made {
                    connectors::create_in(tx, &scope, id, connector, now).await?;
                }
                let source = sources::create_in(tx, &scope, new, key, now).await?;
                if let Some(connector) = &source.connector {
                    // The test below goes first: a wrong secret is refused once, not twice.
                    let at = if is_tested { now + TEST_FIRST } else { now };
                    autotask::live_in(tx, &scope, source.id, connector, at).await?;
                }
                Ok(source)
            })
        })
        .await?;
    if let Some((id, connector)) = kept {
        connectors::update(&app.db, &can.scope, &id, connector, now).await?;
    }
    if let Some(connector) = source.connector.as_ref().filter(|_| is_tested) {
        autotask::test_saved(&app, &can.scope, connector).await?;
        autotask::make_source_live(&app, &can.scope, source.id, connector).await?;
    }
    app.wake.notify_one();
    Ok((StatusCode::CREATED, Json(show_source(&app, &can.scope, source, view(&can, &query.include)).await?)))
}

/// Support hours that a client sends with its source, as ilert had it once, are kept under the name of the source.
async fn keep_hours(app: &App, scope: &Scope, new: &mut SourceIn, inline: Option<HoursIn>) -> Result<(), ApiError> {
    if let Some(hours) = inline {
        new.support_hours = Some(support_hours::put_by_name(&app.db, scope, hours, app.clock.now()).await?.id);
    }
    Ok(())
}

/// 256 random bits: looked up by hash, shown again from the seal.
fn make_key(app: &App) -> Result<IntegrationKey, StoreError> {
    let key = app.ids.token().text();
    Ok(IntegrationKey {
        hash: Token::hash(&key),
        sealed: app.sealer.seal(KEY_SEALED, key.as_bytes(), &app.ids.fresh())?,
    })
}

/// The account that a source will use.
struct Account {
    id: ConnectorId,
    is_new: bool,
    /// What it is to be; `None` leaves it as it is.
    change: Option<ConnectorIn>,
}

/// Finds the account of the same user at the same address, or says what a new one is made of.
async fn account(app: &App, scope: &Scope, metadata: Option<AutotaskIn>) -> Result<Account, ApiError> {
    let prefixed = |error: ApiError| error.within("autotaskMetadata");
    let metadata = metadata.ok_or_else(|| {
        ApiError::field("autotaskMetadata", "is required: userName, secret, apiIntegrationCode, webServer")
    })?;
    let entered = metadata.parse(None).map_err(prefixed)?;
    let wanted = entered.params();
    let fits = |params: &serde_json::Value| {
        serde_json::from_value::<AutotaskParams>(params.clone()).is_ok_and(|params| params.is_same_account(&wanted))
    };
    match connectors::find_fitting(&app.db, scope, AUTOTASK, fits).await? {
        Some(found) => {
            let sealed = entered.sealed(app, scope, Some(&found.id)).await.map_err(prefixed)?;
            let change = sealed.is_some().then(|| entered.to_connector(found.name, sealed)).transpose()?;
            Ok(Account { id: found.id, is_new: false, change })
        }
        None => {
            let sealed = entered.sealed(app, scope, None).await.map_err(prefixed)?;
            let name = free_name(app, scope, &entered).await?;
            let change = Some(entered.to_connector(name, sealed)?);
            Ok(Account { id: ConnectorId(app.ids.uuid()), is_new: true, change })
        }
    }
}

async fn free_name(app: &App, scope: &Scope, entered: &EnteredAutotask) -> Result<String, StoreError> {
    let name = watchbell_core::text::cut(&format!("Autotask {}", entered.user_name), 200);
    let taken = connectors::of_kind(&app.db, scope, AUTOTASK).await?;
    let is_free = |name: &String| !taken.iter().any(|connector| connector.name.eq_ignore_ascii_case(name));
    let numbered = (2..).map(|nth| format!("{name} ({nth})"));
    Ok(std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name))
}

/// Find an alert source by its name.
#[utoipa::path(get, path = "/alert-sources/name/{name}", tag = "Alert Sources", params(("name" = String, Path), IncludeQuery), responses((status = 200, body = AlertSourceOut)))]
async fn find_source(
    State(app): State<App>,
    can: Can<Read>,
    InPath(name): InPath<String>,
    InQuery(query): InQuery<IncludeQuery>,
) -> ApiResult<AlertSourceOut> {
    let source = sources::find_by_name(&app.db, &can.scope, &name).await?;
    let source = source.ok_or_else(|| StoreError::not_found("alert source", &name))?;
    Ok(Json(show_source(&app, &can.scope, source, view(&can, &query.include)).await?))
}

/// Get an alert source.
#[utoipa::path(get, path = "/alert-sources/{id}", tag = "Alert Sources", params(("id" = i64, Path), IncludeQuery), responses((status = 200, body = AlertSourceOut)))]
async fn get_source(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<IncludeQuery>,
) -> ApiResult<AlertSourceOut> {
    let source = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    Ok(Json(show_source(&app, &can.scope, source, view(&can, &query.include)).await?))
}

/// Change an alert source; its key, its type and an account that is left out stay.
#[utoipa::path(put, path = "/alert-sources/{id}", tag = "Alert Sources", params(("id" = i64, Path), IncludeQuery), request_body = AlertSourceIn, responses((status = 200, body = AlertSourceOut)))]
async fn update_source(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<IncludeQuery>,
    InJson(mut body): InJson<AlertSourceIn>,
) -> ApiResult<AlertSourceOut> {
    let before = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    let metadata = body.autotask_metadata.take();
    let inline = body.inline_hours()?;
    let mut new = body.parse(Some(&before), inline.is_some())?;
    keep_hours(&app, &can.scope, &mut new, inline).await?;
    if let Some(metadata) = metadata {
        update_account(&app, &can.scope, &before, metadata).await?;
    }
    let source = sources::update(&app.db, &can.scope, before.id, new, app.clock.now()).await?;
    app.source_keys.forget_all();
    if let Some(connector) = &source.connector {
        autotask::make_source_live(&app, &can.scope, source.id, connector).await?;
    }
    app.wake.notify_one();
    Ok(Json(show_source(&app, &can.scope, source, view(&can, &query.include)).await?))
}

/// A source keeps its account: what is entered anew changes that account, for all sources that use it.
async fn update_account(app: &App, scope: &Scope, before: &Source, metadata: AutotaskIn) -> Result<(), ApiError> {
    let prefixed = |error: ApiError| error.within("autotaskMetadata");
    let id = before
        .connector
        .as_ref()
        .ok_or_else(|| ApiError::field("autotaskMetadata", "belongs to sources of the type AUTOTASK"))?;
    let connector = connectors::get(&app.db, scope, id).await?;
    let kept = AutotaskParams::of(&connector)?;
    let entered = metadata.parse(Some(&kept)).map_err(prefixed)?;
    let sealed = entered.sealed(app, scope, Some(id)).await.map_err(prefixed)?;
    if sealed.is_none() && entered.params() == kept {
        return Ok(());
    }
    connectors::update(&app.db, scope, id, entered.to_connector(connector.name, sealed)?, app.clock.now()).await?;
    autotask::test_saved(app, scope, id).await?;
    Ok(())
}

/// Delete an alert source: its key is unknown from now on, webhooks that Autotask has for it are removed there, its alerts stay.
#[utoipa::path(delete, path = "/alert-sources/{id}", tag = "Alert Sources", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_source(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    sources::delete(&app.db, &can.scope, SourceId(id), app.clock.now()).await?;
    app.source_keys.forget_all();
    app.wake.notify_one();
    Ok(StatusCode::NO_CONTENT)
}
