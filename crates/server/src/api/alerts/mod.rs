//! Alerts: lists, one alert, what people do with it, who has it, and what happened to it.

mod act;
pub(crate) mod actions;
mod complete;
mod create;
mod events;
mod history;
mod list;
mod log_text;
mod log_words;
mod notifications;
mod query;
mod responders;
mod shapes;
pub(crate) mod snooze;
mod suggestions;

pub use shapes::{ImageShape, LinkShape};

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(list::router())
        .merge(create::router())
        .merge(act::router())
        .merge(complete::router())
        .merge(actions::router())
        .merge(snooze::router())
        .merge(responders::router())
        .merge(suggestions::router())
        .merge(notifications::router())
        .merge(history::router())
        .merge(events::router())
}
