//! Users: who they are, where they are reached, and how.

mod absences;
mod contacts;
mod password;
mod rules;
mod silence;
mod user;
mod users;
mod view;

pub(super) use contacts::contact_entry;
pub(super) use user::own;
pub(super) use view::{alert_rules, delivery_of_test};

use crate::app::App;
use axum::Router;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(absences::router())
        .merge(contacts::router())
        .merge(password::router())
        .merge(rules::router())
        .merge(silence::router())
        .merge(user::router())
        .merge(users::router())
}
