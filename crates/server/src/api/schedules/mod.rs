//! Schedules in ilert's shapes. What ilert has not stands beside under the same conventions.

mod body;
mod coverage;
mod crud;
mod layers;
pub(crate) mod overrides;
mod periods;
mod preview;
mod shapes;
mod shifts;
mod temporaries;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

pub use shapes::{around, whole_shifts};
pub use shifts::span as span_asked;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    crud::router()
        .merge(preview::router())
        .merge(shifts::router())
        .merge(coverage::router())
        .merge(overrides::router())
        .merge(temporaries::router())
}
