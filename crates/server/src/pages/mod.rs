//! The pages: handlers that load what a page shows, and carry out what its forms ask for. The HTML is the `ui` crate's.
//! A POST answers 303; a refused form is the same page again with 422.

mod accounts;
mod alert_actions;
mod alerts;
mod answer;
mod api_keys;
mod assets;
mod audit;
mod choices;
mod feeds;
pub mod frame;
mod handoff;
mod health;
mod holidays;
mod jobs;
mod levels;
mod link;
mod live;
mod local_time;
mod login;
mod maintenance;
mod more;
mod on_call;
mod on_duty;
mod paging;
mod people;
mod policies;
mod providers;
mod query;
mod reader;
mod schedules;
mod settings;
mod setup;
mod shell;
mod sources;
mod support_hours;
mod teams;
mod texts;
mod unsubscribe;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use watchbell_core::limits;

/// The routes of all pages.
pub fn router() -> Router<App> {
    Router::new()
        .merge(accounts::router())
        .merge(alert_actions::router())
        .merge(alerts::router())
        .merge(api_keys::router())
        .merge(audit::router())
        .merge(handoff::router())
        .merge(health::router())
        .merge(holidays::router())
        .merge(jobs::router())
        .merge(link::router())
        .merge(unsubscribe::router())
        .merge(login::router())
        .merge(maintenance::router())
        .merge(more::router())
        .merge(on_call::router())
        .merge(paging::router())
        .merge(people::router())
        .merge(policies::router())
        .merge(providers::router())
        .merge(schedules::router())
        .merge(settings::router())
        .merge(setup::router())
        .merge(sources::router())
        .merge(support_hours::router())
        .merge(teams::router())
        .merge(texts::router())
        .layer(DefaultBodyLimit::max(limits::REQUEST_BODY_BYTES_MAX))
        .merge(assets::router())
}
