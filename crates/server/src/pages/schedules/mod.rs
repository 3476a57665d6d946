//! Schedules: all of them on one chart, one with its layers and overrides, the editor, and who is on call on every page.

mod away;
mod chart;
mod civil;
mod duties;
mod editor;
mod list;
mod names;
mod overrides;
mod sharing;
mod show;
mod strip;
mod temporary;
mod window;

use crate::app::App;
use axum::Router;

pub(super) use civil::Civil;
pub(super) use duties::merged;
pub(super) use names::Names;
pub(super) use strip::on_call_now;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(editor::router())
        .merge(list::router())
        .merge(overrides::router())
        .merge(show::router())
        .merge(temporary::router())
}
