//! The page behind "unsubscribe" in news by mail: no log-in. Opening it changes nothing; a POST does it, also the one that mail
//! programs send by themselves when their button is pressed (RFC 8058).

use super::answer::{self, Answer};
use super::shell;
use crate::api::extract::InPath;
use crate::app::App;
use crate::links::{self, Link};
use crate::mail_in::{self, Taken};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use watchbell_store::unsubscribing::{self, Newsletter};
use watchbell_store::{StoreError, doors};
use watchbell_ui::pages::confirm::expired;
use watchbell_ui::pages::unsubscribe::{asked, done};
use watchbell_ui::routes;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/l/{token}/unsubscribe", get(ask).post(act))
}

async fn find(app: &App, token: &str) -> Result<Option<(Link, Newsletter)>, StoreError> {
    let Some(link) = links::verify_address(&app.sealer, token) else { return Ok(None) };
    let news = unsubscribing::of_message(&app.db, &doors::system(link.org), link.notification).await?;
    Ok(news.map(|news| (link, news)))
}

async fn ask(State(app): State<App>, InPath(token): InPath<String>) -> Answer {
    match find(&app, &token).await? {
        Some((_, news)) => answer::page(asked(&shell::bare(&app), news.update, &routes::link(&token, "unsubscribe"))),
        None => Ok((StatusCode::NOT_FOUND, expired(&shell::bare(&app))).into_response()),
    }
}

async fn act(State(app): State<App>, InPath(token): InPath<String>) -> Answer {
    let gone = || Ok((StatusCode::NOT_FOUND, expired(&shell::bare(&app))).into_response());
    let Some((link, news)) = find(&app, &token).await? else { return gone() };
    match mail_in::unsubscribe(&app, link).await? {
        Taken::Unsubscribed => answer::page(done(&shell::bare(&app), news.update)),
        _ => gone(),
    }
}
