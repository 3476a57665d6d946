//! Changing the own password: the current one proves who asks, and all other sessions end.

use super::super::answer::{self, Answer};
use super::super::reader::Reader;
use super::super::shell;
use super::user::own;
use super::view::view;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{LoginError, Own, Posted, client_address, end_other_sessions, hash_password, login as prove};
use crate::error::ApiError;
use axum::Router;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use secrecy::SecretString;
use watchbell_core::ids::UserId;
use watchbell_store::users;
use watchbell_ui::pages::profile;
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route("/users/{id}/password", post(change))
}

async fn change(State(app): State<App>, InPath(id): InPath<i64>, request: Request) -> Result<Response, Response> {
    let address = client_address(&app, request.extensions(), request.headers());
    let posted = Posted::<Own, super::super::reader::Pairs>::from_request(request, &app).await?;
    change_own(&app, UserId(id), posted, address).await.map_err(ApiError::into_response)
}

async fn change_own(
    app: &App,
    id: UserId,
    posted: Posted<Own, super::super::reader::Pairs>,
    address: Option<std::net::IpAddr>,
) -> Answer {
    let can = posted.can;
    if own(&can)? != id {
        return Err(ApiError::forbidden("Everybody changes their own password."));
    }
    let mut reader = Reader::new(posted.form)?;
    let user = users::get(&app.db, &can.scope, id).await?;
    let proven = prove(app, &user.email, SecretString::from(reader.value("current")), address).await;
    match proven {
        Ok(_) => {}
        Err(LoginError::Failed(error)) => return Err(error),
        Err(LoginError::Wrong) => reader.form.error("current", "This is not your current password."),
        Err(LoginError::Wait(_)) => {
            reader.form.error("current", "Too many wrong passwords. Try again in a few minutes.")
        }
    }
    let hashed = hash_password(SecretString::from(reader.value("new")), app.ids.salt()).await;
    let hashed = reader.take("new", hashed);
    match hashed.filter(|_| !reader.form.is_refused()) {
        Some(hash) => {
            users::set_password_hash(&app.db, &can.scope, id, Some(hash), app.clock.now()).await?;
            end_other_sessions(app, &can.scope, id, Some(can.session.token_hash)).await?;
            answer::done(routes::PROFILE, "The password is changed. Other sessions have ended.")
        }
        None => {
            let shell = shell::of(app, &can).await?;
            let view = view(app, &can, id, None).await?;
            answer::refused(profile::profile(&shell, &view, &reader.form))
        }
    }
}
