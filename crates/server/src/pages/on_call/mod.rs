//! My on-call: shifts of the viewer, and what they do about them.

mod shifts;
mod take_over;
mod view;

use super::answer::{self, Answer};
use super::query::Query;
use super::shell::Visit;
use crate::app::App;
use crate::auth::Read;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_ui::pages::on_call::on_call;
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::ON_CALL, get(show)).route("/on-call/take-over", post(take_over::take_over))
}

async fn show(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let form = Form::of([("hours", "2")]);
    let view = view::view(&app, &visit.can, &visit.shell, &query, form).await?;
    answer::page(on_call(&visit.shell, &view))
}
