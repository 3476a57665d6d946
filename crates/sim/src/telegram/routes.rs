//! The doors of Telegram: the bot's, and people's.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Form, Path, RawQuery, State as Shared},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{State, TelegramPressed, calls::Answer, page, refusal::Refusal};
use crate::{look, push::parameters::Parameters};

/// People kept.
const PEOPLE_MAX: usize = 1_000;

pub(super) fn router(state: &Arc<State>) -> Router {
    let api = Router::new().route("/{bot}/{method}", any(call));
    let own = Router::new()
        .route("/sim/people", get(people).post(add_person))
        .route("/sim/people/{id}/start", post(start))
        .route("/sim/people/{id}/write", post(write))
        .route("/sim/people/{id}/press", post(press))
        .route("/sim/people/{id}/block", post(block))
        .route("/sim/people/{id}/unblock", post(unblock))
        .route("/", get(show_page));
    state.common.router(api, own, state.clone())
}

async fn call(
    Shared(state): Shared<Arc<State>>,
    Path((bot, method)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        let token = bot.strip_prefix("bot").filter(|token| token.contains(':')).ok_or_else(Refusal::not_found)?;
        if token != state.token {
            return Err(Refusal::unauthorized());
        }
        let parameters = Parameters::read(query.as_deref(), &headers, &body);
        let parameters = parameters.ok_or_else(|| Refusal::bad("can't parse request: expected a JSON object"))?;
        state.call(&method, &parameters).await
    };
    answer.await.map(Answer::into_response).unwrap_or_else(Refusal::into_response)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut body = json!({"ok": true, "result": self.result});
        if let Some(description) = self.description {
            body["description"] = description.into();
        }
        Json(body).into_response()
    }
}

async fn people(Shared(state): Shared<Arc<State>>) -> Json<Vec<Value>> {
    let person = |person: super::people::Row| json!({"id": person.id, "name": person.name, "started": person.has_started, "blocked": person.has_blocked});
    Json(state.people().into_iter().map(person).collect())
}

#[derive(Deserialize)]
struct NewPerson {
    name: String,
}

async fn add_person(Shared(state): Shared<Arc<State>>, Json(new): Json<NewPerson>) -> Result<Json<Value>, StatusCode> {
    if state.people().len() >= PEOPLE_MAX {
        return Err(StatusCode::INSUFFICIENT_STORAGE);
    }
    Ok(Json(json!({"id": state.add_person(&new.name), "name": new.name})))
}

#[derive(Deserialize)]
struct StartForm {
    #[serde(default)]
    payload: String,
}

/// Takes the payload, and a whole link to the bot too: it is what a person would tap on.
async fn start(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<i64>,
    Form(form): Form<StartForm>,
) -> Result<Redirect, Refusal> {
    let payload = form.payload.split_once("start=").map_or(form.payload.as_str(), |(_, payload)| payload);
    state.start(id, payload.trim()).map_err(|bad| Refusal::bad(&bad.to_string()))?;
    Ok(Redirect::to("/"))
}

#[derive(Deserialize)]
struct WriteForm {
    text: String,
}

async fn write(Shared(state): Shared<Arc<State>>, Path(id): Path<i64>, Form(form): Form<WriteForm>) -> Redirect {
    if !form.text.trim().is_empty() {
        state.write(id, form.text.trim());
    }
    Redirect::to("/")
}

#[derive(Deserialize)]
struct PressForm {
    message_id: i64,
    label: String,
}

async fn press(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<i64>,
    Form(form): Form<PressForm>,
) -> Result<Redirect, Refusal> {
    match state.press(id, id, form.message_id, &form.label) {
        TelegramPressed::Asked(_) => Ok(Redirect::to("/")),
        TelegramPressed::Opens(url) => Ok(Redirect::to(&url)),
        TelegramPressed::Nothing => Err(Refusal::new(404, "there is no such button")),
    }
}

async fn block(Shared(state): Shared<Arc<State>>, Path(id): Path<i64>) -> Redirect {
    state.block(id, true);
    Redirect::to("/")
}

async fn unblock(Shared(state): Shared<Arc<State>>, Path(id): Path<i64>) -> Redirect {
    state.block(id, false);
    Redirect::to("/")
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    let sentence = "The chats with the bot, the newest message first. The buttons do what they do in the app.";
    Html(look::page("Telegram", sentence, &page::cards(&state)).into_string())
}
