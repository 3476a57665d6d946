//! The rest of the navigation, for phones.

use super::answer::{self, Answer};
use super::shell::Visit;
use crate::app::App;
use crate::auth::Own;
use axum::Router;
use axum::routing::get;
use watchbell_ui::{pages, routes};

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::MORE, get(show))
}

async fn show(visit: Visit<Own>) -> Answer {
    answer::page(pages::more::more(&visit.shell))
}
