//! Logging in and out.

use super::answer::{self, Answer};
use super::query::Query;
use super::reader::{Filled, Pairs, Reader};
use super::shell;
use crate::app::App;
use crate::auth::{LoginError, Own, begin_session, client_address, end_session, is_same_origin, logged_in, login};
use crate::error::ApiError;
use crate::setup;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{RequestExt as _, http::StatusCode};
use secrecy::SecretString;
use watchbell_core::user::Role;
use watchbell_ui::pages::login::login as login_page;
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(front_door))
        .route(routes::LOGIN, get(show).post(log_in))
        .route(routes::LOGOUT, post(log_out))
}

async fn front_door(State(app): State<App>, headers: HeaderMap) -> Answer {
    let role = logged_in(&app, &headers).await?.and_then(|session| session.scope.role);
    Ok(answer::to(shell::home(role.unwrap_or(Role::Admin))))
}

async fn show(State(app): State<App>, headers: HeaderMap, query: Query) -> Answer {
    if let Some(session) = logged_in(&app, &headers).await? {
        return Ok(answer::to(shell::home(session.scope.role.unwrap_or(Role::Stakeholder))));
    }
    if !setup::is_over(&app).await? {
        return Ok(answer::to(routes::SETUP));
    }
    let form = Form::of([("next", query.0.value("next"))]);
    answer::page(login_page(&shell::of_headers(&app, &headers).await?, &form))
}

async fn log_in(State(app): State<App>, request: Request) -> Answer {
    let (headers, address) = (request.headers().clone(), client_address(&app, request.extensions(), request.headers()));
    refuse_foreign(&headers)?;
    let mut reader = Reader::new(read_body(request).await?)?;
    let password = SecretString::from(reader.value("password"));
    match login(&app, &reader.value("email"), password, address).await {
        Ok(scope) => {
            let home = shell::home(scope.role.unwrap_or(Role::Stakeholder));
            let mut response = answer::to(&answer::local_path(reader.form.value("next"), home));
            let cookie = begin_session(&app, &scope, &headers).await?;
            answer::set_cookie(&mut response, &cookie.to_string());
            Ok(response)
        }
        Err(LoginError::Failed(error)) => Err(error),
        Err(refusal) => {
            let error = ApiError::from(refusal);
            reader.form.error("", error.message());
            let page = login_page(&shell::bare(&app), &reader.form);
            let mut response = answer::refused(page)?;
            if error.status() == StatusCode::TOO_MANY_REQUESTS {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            }
            Ok(response)
        }
    }
}

async fn log_out(State(app): State<App>, posted: Filled<Own>) -> Answer {
    let cookie = end_session(&app, &posted.can.session).await?;
    let mut response: Response = answer::to(routes::LOGIN);
    answer::set_cookie(&mut response, &cookie.to_string());
    Ok(response)
}

/// Errors: 403 for a form without a session that was sent from a page of somebody else.
pub(super) fn refuse_foreign(headers: &HeaderMap) -> Result<(), ApiError> {
    match is_same_origin(headers) {
        true => Ok(()),
        false => {
            Err(ApiError::forbidden("This form was sent from another site. Open the page here and send it again."))
        }
    }
}

/// The fields of a form that needs no session.
pub(super) async fn read_body(request: Request) -> Result<Pairs, ApiError> {
    let body: Bytes = request.extract().await.map_err(|_| ApiError::too_large("The form is too large."))?;
    serde_html_form::from_bytes(&body)
        .map_err(|error| ApiError::bad_request(format!("The form cannot be read: {error}")))
}
