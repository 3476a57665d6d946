//! What the mail server kept, over HTTP: `GET` and `DELETE /messages`, `GET /messages/{id}`, `GET` and `PUT /faults`, a page at `/`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    http::StatusCode,
    response::Html,
    routing::get,
};

use super::{Mail, SmtpFaults, page, state::State};

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(show_page))
        .route("/messages", get(list).delete(clear))
        .route("/messages/{id}", get(one))
        .route("/faults", get(faults).put(set_faults))
        .with_state(state)
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    Html(page::page(&state.mails.all()).into_string())
}

async fn list(Shared(state): Shared<Arc<State>>) -> Json<Vec<Mail>> {
    Json(state.mails.all())
}

async fn one(Shared(state): Shared<Arc<State>>, Path(id): Path<u64>) -> Result<Json<Mail>, StatusCode> {
    state.mails.all().into_iter().find(|mail| mail.id == id).map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.mails.clear();
    StatusCode::NO_CONTENT
}

async fn faults(Shared(state): Shared<Arc<State>>) -> Json<SmtpFaults> {
    Json(state.faults())
}

async fn set_faults(Shared(state): Shared<Arc<State>>, Json(faults): Json<SmtpFaults>) -> Json<SmtpFaults> {
    state.set_faults(faults);
    Json(state.faults())
}
