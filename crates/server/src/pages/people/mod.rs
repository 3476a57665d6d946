//! Users: who they are, where they are reached, and how.

mod absences;
mod contacts;
mod numbers;
mod password;
mod push;
mod rules;
mod silence;
mod telegram;
mod user;
mod users;
mod view;
mod ways;

pub(super) use contacts::contact_entry;
pub(super) use user::own;
pub(super) use view::{alert_rules, test_view};

use crate::app::App;
use axum::Router;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(absences::router())
        .merge(contacts::router())
        .merge(numbers::router())
        .merge(password::router())
        .merge(push::router())
        .merge(rules::router())
        .merge(silence::router())
        .merge(telegram::router())
        .merge(user::router())
        .merge(users::router())
}
