//! The doors for scripts that every push service has: what came, and to forget it.

use axum::{Json, Router, http::StatusCode, routing::get};
use serde::Serialize;

use crate::shelf::Shelf;

/// `GET|DELETE /sim/messages`.
pub(crate) fn messages<T>(shelf: &Shelf<T>) -> Router
where
    T: Clone + Serialize + Send + Sync + 'static,
{
    let (shown, emptied) = (shelf.clone(), shelf.clone());
    let list = move || async move { Json(shown.all()) };
    let clear = move || async move {
        emptied.clear();
        StatusCode::NO_CONTENT
    };
    Router::new().route("/sim/messages", get(list).delete(clear))
}
