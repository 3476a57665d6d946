//! Accounts of outside tools: listed, made, changed and tested, tried again, deleted.

mod entry;
mod people;

pub(super) use entry::{Saved, save_new};

use super::answer::{self, Answer};
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::accounts::{AUTOTASK, AutotaskParams};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::engine::autotask::try_again;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{Facts, form_of, label_of, save_changed};
use jiff::Timestamp;
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::overview;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, connector_cache, sources};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::account::{AccountView, account};
use watchbell_ui::pages::accounts::{AccountRow, AccountState, accounts};
use watchbell_ui::pages::source_autotask::account_step::ZONE_FIND;
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::ACCOUNTS, get(list))
        .route(routes::ACCOUNT_NEW, get(blank).post(make))
        .route("/accounts/{id}", get(show).post(save))
        .route("/accounts/{id}/try-again", post(again))
        .route("/accounts/{id}/delete", post(delete))
        .merge(people::router())
}

async fn list(State(app): State<App>, visit: Visit<Configure>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    // Those that carry messages have pages of their own, which are for administrators only.
    let connectors = connectors::of_kind(&app.db, scope, AUTOTASK).await?;
    let paging = Paging::of(query.page(), connectors.len() as i64, |page| format!("{}?page={page}", routes::ACCOUNTS));
    let uses = overview::sources_by_connector(&app.db, scope).await?;
    let window = query.window();
    let row = |connector: &Connector| AccountRow {
        id: connector.id.to_string(),
        name: connector.name.clone(),
        kind: "Autotask".into(),
        place: place(connector),
        state: state(connector),
        sources: uses.get(&connector.id).copied().unwrap_or(0),
        since: Some(connector.state_since),
    };
    let rows: Vec<AccountRow> =
        connectors.iter().skip(window.start_index as usize).take(window.max_results as usize).map(row).collect();
    answer::page(accounts(&visit.shell, &rows, &paging, true))
}

fn place(connector: &Connector) -> String {
    let params = AutotaskParams::of(connector).ok();
    params.map_or_else(String::new, |params| label_of(params.web_server.as_deref(), &Facts::of(connector)))
}

/// Whether it carries messages: such accounts have pages of their own, for administrators.
fn is_carrier(connector: &Connector) -> bool {
    ProviderKind::parse(&connector.kind).is_some()
}

/// An account that is not one of those. Errors: `NotFound`.
async fn of_tool(app: &App, scope: &Scope, id: String) -> Result<Connector, StoreError> {
    let connector = connectors::get(&app.db, scope, &ConnectorId(id)).await?;
    match is_carrier(&connector) {
        true => Err(StoreError::not_found("account", &connector.id)),
        false => Ok(connector),
    }
}

/// How an account does, as far as is known.
pub(super) fn state(connector: &Connector) -> AccountState {
    let reason = || {
        connector.state_reason.clone().unwrap_or_else(|| "no reason was kept".into()).trim_end_matches('.').to_owned()
    };
    match connector.state {
        ConnectorState::Red => AccountState::Red(reason()),
        ConnectorState::Yellow => AccountState::Yellow(reason()),
        // It is tried whenever it is saved.
        ConnectorState::Green if is_carrier(connector) => AccountState::Green,
        ConnectorState::Green if Facts::of(connector).tested_at.is_none() => AccountState::Untested,
        ConnectorState::Green => AccountState::Green,
    }
}

async fn blank(visit: Visit<Configure>) -> Answer {
    answer::page(account(&visit.shell, &new_view(Form::of([("zone", ZONE_FIND)]))))
}

fn new_view(form: Form) -> AccountView {
    AccountView {
        id: None,
        name: String::new(),
        state: AccountState::Untested,
        since: None,
        next_try_at: None,
        address: String::new(),
        calls: None,
        calls_at: None,
        sources: Vec::new(),
        form,
        may_edit: true,
    }
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    match save_new(&app, &can.scope, &mut reader).await? {
        Some(Saved { id, words }) => answer::done(&routes::account(&id), &words),
        None => answer::refused(account(&shell::of(&app, &can).await?, &new_view(reader.form))),
    }
}

async fn show(State(app): State<App>, InPath(id): InPath<String>, visit: Visit<Configure>) -> Answer {
    let connector = connectors::get(&app.db, &visit.can.scope, &ConnectorId(id)).await?;
    if is_carrier(&connector) {
        return Ok(answer::to(&routes::provider(&connector.id)));
    }
    let form = form_of(&connector)?;
    answer::page(account(&visit.shell, &view(&app, &visit.can.scope, &connector, form).await?))
}

async fn view(app: &App, scope: &Scope, connector: &Connector, form: Form) -> Result<AccountView, ApiError> {
    let facts = Facts::of(connector);
    let sources = sources::of_connector(&app.db, scope, &connector.id).await?;
    Ok(AccountView {
        id: Some(connector.id.to_string()),
        name: connector.name.clone(),
        state: state(connector),
        since: Some(connector.state_since),
        next_try_at: next_try_at(app, scope, connector).await?,
        address: place(connector),
        calls: facts.calls,
        calls_at: facts.tested_at,
        sources: sources.into_iter().map(|source| (source.name, routes::source(source.id))).collect(),
        form,
        may_edit: true,
    })
}

/// When an account that is away is asked again by itself, as the engine keeps it.
async fn next_try_at(app: &App, scope: &Scope, connector: &Connector) -> Result<Option<Timestamp>, StoreError> {
    if connector.state != ConnectorState::Yellow {
        return Ok(None);
    }
    let away = connector_cache::get(&app.db, scope, &connector.id, "away").await?;
    Ok(away.and_then(|away| away.value.get("retry_at")?.as_str()?.parse().ok()))
}

async fn save(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let connector = of_tool(&app, &can.scope, id).await?;
    let mut reader = Reader::new(posted.form)?;
    match save_changed(&app, &can.scope, &connector, &mut reader).await? {
        Some(Saved { id, words }) => answer::done(&routes::account(&id), &words),
        None => page_refused(&app, &can, &connector, reader).await,
    }
}

async fn page_refused(app: &App, can: &PageCan<Configure>, connector: &Connector, reader: Reader) -> Answer {
    let view = view(app, &can.scope, connector, reader.form).await?;
    answer::refused(account(&shell::of(app, can).await?, &view))
}

async fn again(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let connector = of_tool(&app, &posted.can.scope, id).await?;
    try_again(&app, &posted.can.scope, &connector.id).await?;
    answer::done(&routes::account(&connector.id), "The account is used again; what it says next stands here.")
}

async fn delete(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let connector = of_tool(&app, &can.scope, id).await?;
    let mut reader = Reader { form: form_of(&connector)? };
    if !Form::of(posted.form).is_on("confirmed") {
        reader.form.error("", "Tick the box to delete the account.");
        return page_refused(&app, &can, &connector, reader).await;
    }
    match connectors::delete(&app.db, &can.scope, &connector.id, app.clock.now()).await {
        Ok(()) => answer::done(routes::ACCOUNTS, "The account is deleted, its credentials are erased."),
        Err(error) => {
            reader.refuse(error, &[])?;
            page_refused(&app, &can, &connector, reader).await
        }
    }
}
