//! Alert sources: listed, made, changed; and what became of their events, live.

mod actions;
mod api_source;
mod autotask;
mod detail;
mod events;
mod list;
mod look;
mod loudness;
mod rules;
mod stream;
mod webhooks;

use crate::app::App;
use axum::Router;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(list::router())
        .merge(api_source::router())
        .merge(autotask::router())
        .merge(detail::router())
        .merge(look::router())
        .merge(stream::router())
        .merge(webhooks::router())
        .merge(actions::router())
}
