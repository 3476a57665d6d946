//! API keys: made, shown once, revoked.

use super::answer::{self, Answer};
use super::choices;
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit, person};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{May, Own, PageCan};
use crate::error::ApiError;
use crate::ids::Token;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_core::ids::{ApiKeyId, UserId};
use watchbell_store::overview::{self, Counted};
use watchbell_store::{api_keys, users};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::api_keys::{ApiKeyRow, ApiKeysView, api_keys as page};
use watchbell_ui::shell::Shell;
use watchbell_ui::{Form, Person, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::API_KEYS, get(show).post(make)).route("/api-keys/{id}/delete", post(revoke))
}

async fn show(State(app): State<App>, visit: Visit<Own>, query: Query) -> Answer {
    let view = view(&app, &visit.can, &query, (None, Form::default())).await?;
    answer::page(page(&visit.shell, &view))
}

/// Administrators see everybody's keys, others their own.
async fn view(
    app: &App,
    can: &PageCan<Own>,
    query: &Query,
    (made, form): (Option<String>, Form),
) -> Result<ApiKeysView, ApiError> {
    let (administers, own) = (May::Administer.is_granted_to(can.role), own(can)?);
    let total = match administers {
        true => overview::count(&app.db, &can.scope, Counted::ApiKeys).await?,
        false => overview::count_api_keys_of(&app.db, &can.scope, own).await?,
    };
    let keys = api_keys::list(&app.db, &can.scope, (!administers).then_some(own), query.window()).await?;
    let owners: Vec<UserId> = keys.iter().map(|key| key.user).collect();
    let owners = users::get_many(&app.db, &can.scope, &owners).await?;
    let owner = |id: UserId| {
        owners.iter().find(|user| user.id == id).map_or_else(|| Person::new(id, format!("user {id}")), person)
    };
    let row = |key: api_keys::ApiKey| ApiKeyRow {
        id: key.id,
        name: key.name,
        owner: owner(key.user),
        created_at: key.created_at,
        last_used_at: key.used_at,
    };
    Ok(ApiKeysView {
        rows: keys.into_iter().map(row).collect(),
        paging: Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::API_KEYS)),
        made,
        users: if administers { choices::people(app, &can.scope).await? } else { Vec::new() },
        form: if form == Form::default() { Form::of([("user", own.to_string())]) } else { form },
    })
}

fn own(can: &PageCan<Own>) -> Result<UserId, ApiError> {
    can.scope.actor.user().ok_or_else(|| ApiError::forbidden("Only users have keys."))
}

/// The key is in this answer only; it is not redirected, because then it would have to be kept somewhere.
async fn make(State(app): State<App>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let shell: Shell = shell::of(&app, &can).await?;
    let mut reader = Reader::new(posted.form)?;
    let name = reader.name("name");
    let owner = reader.filled("user").and_then(|id| id.parse().ok()).map_or(own(&can)?, UserId);
    if owner != own(&can)? && !May::Administer.is_granted_to(can.role) {
        return Err(ApiError::forbidden("Only administrators make keys for others."));
    }
    let Some(name) = name else {
        return answer::refused(page(&shell, &view(&app, &can, &Query::default(), (None, reader.form)).await?));
    };
    let token = app.ids.token().text();
    match api_keys::create(&app.db, &can.scope, owner, name, Token::hash(&token), app.clock.now()).await {
        Ok(_) => {
            answer::page(page(&shell, &view(&app, &can, &Query::default(), (Some(token), Form::default())).await?))
        }
        Err(error) => {
            reader.refuse(error, &[])?;
            answer::refused(page(&shell, &view(&app, &can, &Query::default(), (None, reader.form)).await?))
        }
    }
}

async fn revoke(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let key = api_keys::get(&app.db, &can.scope, ApiKeyId(id)).await?;
    if key.user != own(&can)? && !May::Administer.is_granted_to(can.role) {
        return Err(ApiError::forbidden("This is not a key of yours."));
    }
    api_keys::delete(&app.db, &can.scope, key.id, app.clock.now()).await?;
    answer::done(routes::API_KEYS, &format!("The key {} is revoked.", key.name))
}
