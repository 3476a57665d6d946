//! The page: a person acts as technician, contact or robot, and sees each callout and webhook event with the answer it got. Works without script.

mod desk;
mod faults;
mod forms;
mod layout;
mod log;
mod rules;
mod ticket;
mod tickets;
mod webhooks;

use axum::Router;
use axum::routing::{get, post};

use super::rest::Site;

/// The routes of the page.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(tickets::show))
        .route("/ui/tickets", post(desk::create))
        .route("/ui/bulk", post(desk::bulk))
        .route("/ui/tickets/{id}", get(ticket::show).post(desk::edit))
        .route("/ui/tickets/{id}/note", post(desk::note))
        .route("/ui/tickets/{id}/merge", post(desk::merge))
        .route("/ui/tickets/{id}/delete", post(desk::delete))
        .route("/ui/callouts", get(log::show))
        .route("/ui/webhooks", get(webhooks::show))
        .route("/ui/webhooks/deactivate", post(faults::deactivate_webhooks))
        .route("/ui/rules", get(rules::show))
        .route("/ui/rules/rule", post(rules::save_rule))
        .route("/ui/rules/callout", post(rules::save_callout))
        .route("/ui/faults", get(faults::show).post(faults::save))
        .route("/ui/habits", post(faults::save_habits))
        .route("/ui/heal", post(faults::heal))
        .route("/ui/clock", post(faults::advance))
        .route("/ui/label", post(faults::rename))
}
