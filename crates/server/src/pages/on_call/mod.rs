//! My on-call: shifts of the viewer, and what they do about them.

mod cover;
mod requests;
mod shifts;
mod take_over;
mod view;

use super::answer::{self, Answer};
use super::feeds;
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Read;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use view::Forms;
use watchbell_ui::pages::on_call::on_call;
use watchbell_ui::routes;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::ON_CALL, get(show))
        .route("/on-call/take-over", post(take_over::take_over))
        .merge(cover::router())
        .route("/on-call/feed", post(make_feed))
        .route("/on-call/feed/{feed}/revoke", post(revoke_feed))
}

async fn show(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let view = view::view(&app, &visit.can, &visit.shell, &query, Forms::default()).await?;
    answer::page(on_call(&visit.shell, &view))
}

/// The address is in this answer only.
async fn make_feed(State(app): State<App>, posted: Filled<Read>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let shown = view::feed_of(&can)?;
    let made = feeds::make(&app, &can, shown.0, &mut reader).await?;
    let (shell, is_made) = (shell::of(&app, &can).await?, made.is_some());
    let forms = Forms { own: Some(reader.form.with("hours", "2")), ..Forms::default() };
    let mut view = view::view(&app, &can, &shell, &Query::default(), forms).await?;
    view.feed = Some(feeds::panel(&app, &can, shown, made).await?);
    if is_made { answer::page(on_call(&shell, &view)) } else { answer::refused(on_call(&shell, &view)) }
}

async fn revoke_feed(State(app): State<App>, InPath(feed): InPath<i64>, posted: Filled<Read>) -> Answer {
    let words = feeds::revoke(&app, &posted.can, feed).await?;
    answer::done(routes::ON_CALL, &words)
}
