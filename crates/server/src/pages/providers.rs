//! Settings, Providers: accounts that carry messages; how each does, their order, their settings, a test.

mod entry;
mod words;

use super::answer::{self, Answer};
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Administer, PageCan};
use crate::error::ApiError;
use crate::providers::{self as carriers, AccountStanding, ChannelStanding};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{blank_form, form_of, save, view_of};
use jiff::Timestamp;
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::providers::{self as accounts};
use watchbell_store::scope::Scope;
use watchbell_ui::pages::accounts::AccountState;
use watchbell_ui::pages::provider::provider as page;
use watchbell_ui::pages::providers::{ChannelView, ProviderRow, provider_kinds, providers as list_page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::PROVIDERS, get(list))
        .route(routes::PROVIDER_NEW, get(blank).post(make))
        .route("/providers/{id}", get(show).post(change))
        .route("/providers/{id}/move", post(reorder))
        .route("/providers/{id}/test", post(test))
        .route("/providers/{id}/delete", post(delete))
}

async fn list(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    let channels = carriers::standing(&app, &visit.can.scope).await?;
    answer::page(list_page(&visit.shell, &channels.into_iter().map(channel_view).collect::<Vec<_>>()))
}

fn channel_view(standing: ChannelStanding) -> ChannelView {
    ChannelView {
        channel: standing.channel,
        rows: standing.accounts.into_iter().map(row).collect(),
        waiting: standing.waiting,
        waiting_since: standing.waiting_since,
        people: standing.people,
    }
}

fn row(account: AccountStanding) -> ProviderRow {
    ProviderRow {
        id: account.id.to_string(),
        state: state_of(&account),
        name: account.name,
        kind: ProviderKind::parse(&account.kind).map_or(account.kind, |kind| kind.name().to_owned()),
        since: account.since,
        sent_at: account.sent_at,
        sent_lately: account.sent_lately,
        failure: account.failure.zip(account.failed_at),
    }
}

fn state_of(account: &AccountStanding) -> AccountState {
    let reason = || words::clause(account.reason.as_deref());
    match account.state {
        ConnectorState::Green => AccountState::Green,
        ConnectorState::Yellow => AccountState::Yellow(reason()),
        ConnectorState::Red => AccountState::Red(reason()),
    }
}

/// Accounts that are not well: name, address of the page, how each does, since when.
pub(super) async fn in_trouble(
    app: &App,
    scope: &Scope,
) -> Result<Vec<(String, String, AccountState, Timestamp)>, StoreError> {
    let channels = carriers::standing(app, scope).await?;
    let troubled =
        carriers::each_account(&channels).into_iter().filter(|account| account.state != ConnectorState::Green);
    let line = |account: &AccountStanding| {
        (account.name.clone(), routes::provider(&account.id), state_of(account), account.since)
    };
    Ok(troubled.map(line).collect())
}

/// An account that carries messages. Errors: `NotFound`.
async fn carrier(app: &App, scope: &Scope, id: String) -> Result<(Connector, ProviderKind), StoreError> {
    let connector = connectors::get(&app.db, scope, &ConnectorId(id)).await?;
    let kind = ProviderKind::parse(&connector.kind);
    kind.map(|kind| (connector.clone(), kind)).ok_or_else(|| StoreError::not_found("provider", &connector.id))
}

async fn blank(State(app): State<App>, query: Query, visit: Visit<Administer>) -> Answer {
    match ProviderKind::parse(query.0.value("type")) {
        Some(kind) => {
            let view = view_of(&app, &visit.can.scope, kind, None, blank_form(kind)).await?;
            answer::page(page(&visit.shell, &view))
        }
        None => answer::page(provider_kinds(&visit.shell)),
    }
}

async fn make(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let Some(kind) = ProviderKind::parse(reader.form.value("type")) else {
        return answer::refused(provider_kinds(&shell::of(&app, &can).await?));
    };
    match save(&app, &can.scope, kind, None, &mut reader).await? {
        Some(made) => answer::done(&routes::provider(&made.id), &words::saved(kind, &made)),
        None => refused(&app, &can, kind, None, reader.form).await,
    }
}

async fn refused(
    app: &App,
    can: &PageCan<Administer>,
    kind: ProviderKind,
    connector: Option<&Connector>,
    form: Form,
) -> Answer {
    let view = view_of(app, &can.scope, kind, connector, form).await?;
    answer::refused(page(&shell::of(app, can).await?, &view))
}

async fn show(State(app): State<App>, InPath(id): InPath<String>, visit: Visit<Administer>) -> Answer {
    let scope = &visit.can.scope;
    let (connector, kind) = carrier(&app, scope, id).await?;
    let form = form_of(&app, scope, &connector).await?;
    answer::page(page(&visit.shell, &view_of(&app, scope, kind, Some(&connector), form).await?))
}

async fn change(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let (connector, kind) = carrier(&app, &can.scope, id).await?;
    let mut reader = Reader::new(posted.form)?;
    match save(&app, &can.scope, kind, Some(&connector), &mut reader).await? {
        Some(kept) => answer::done(&routes::provider(&kept.id), &words::saved(kind, &kept)),
        None => refused(&app, &can, kind, Some(&connector), reader.form).await,
    }
}

async fn reorder(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Administer>) -> Answer {
    let scope = posted.can.scope;
    let form = Form::of(posted.form);
    let channel = Channel::parse(form.value("channel")).ok_or_else(|| ApiError::field("channel", "is not known"))?;
    let mut order: Vec<ConnectorId> =
        accounts::of_channel(&app.db, &scope, channel).await?.into_iter().map(|account| account.connector).collect();
    let place = order.iter().position(|known| known.0 == id).ok_or_else(|| StoreError::not_found("provider", &id))?;
    let other = match form.value("to") {
        "up" => place.checked_sub(1),
        "down" => Some(place + 1).filter(|other| *other < order.len()),
        _ => return Err(ApiError::field("to", "must be up or down")),
    };
    if let Some(other) = other {
        order.swap(place, other);
        accounts::set_order(&app.db, &scope, channel, order, app.clock.now()).await?;
    }
    answer::done(&format!("{}#{}", routes::PROVIDERS, channel.as_str().to_lowercase()), "The order is changed.")
}

async fn test(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Administer>) -> Answer {
    let scope = posted.can.scope;
    let (connector, kind) = carrier(&app, &scope, id).await?;
    let outcome = carriers::test(&app, &scope, &connector.id).await.map_err(ApiError::from)?;
    answer::done(&routes::provider(&connector.id), &words::tested(kind, &outcome))
}

async fn delete(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let (connector, kind) = carrier(&app, &can.scope, id).await?;
    if !Form::of(posted.form).is_on("confirmed") {
        let mut form = form_of(&app, &can.scope, &connector).await?;
        form.error("", "Tick the box to delete the account.");
        return refused(&app, &can, kind, Some(&connector), form).await;
    }
    let alone = entry::alone(&app, &can.scope, &connector.id).await?;
    connectors::delete(&app.db, &can.scope, &connector.id, app.clock.now()).await?;
    answer::done(routes::PROVIDERS, &words::deleted(&alone))
}
