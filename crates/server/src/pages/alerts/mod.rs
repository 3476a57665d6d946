//! Alerts: the list, one alert, what people do with them, and both live.

mod act;
mod around;
mod detail;
mod detail_stream;
mod filter;
mod history;
mod list;
mod list_stream;
mod picture;
mod rows;
mod strip;
mod why;

pub(super) use around::Around;
pub(super) use detail::without_key;

use crate::app::App;
use axum::Router;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(list::router())
        .merge(list_stream::router())
        .merge(detail::router())
        .merge(detail_stream::router())
        .merge(act::router())
}
