//! Paging that is held back after a restore, and letting it go on: what `watchbell resume` does, for administrators.

use super::answer::{self, Answer};
use super::reader::Filled;
use super::shell::{self, Visit};
use crate::app::App;
use crate::auth::Administer;
use crate::engine::hold;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_store::overview::{self, Counted};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, hold as stored};
use watchbell_ui::pages::paging::{PagingView, paging as page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::PAGING, get(show)).route(routes::PAGING_RESUME, post(resume))
}

async fn view(app: &App, scope: &Scope, form: Form) -> Result<PagingView, StoreError> {
    Ok(PagingView {
        held: hold::look(app).await?.map(|hold| (hold.reason, hold.since)),
        pending: overview::count(&app.db, scope, Counted::PendingAlerts).await?,
        form,
    })
}

async fn show(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    answer::page(page(&visit.shell, &view(&app, &visit.can.scope, Form::default()).await?))
}

async fn resume(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut form = Form::of(posted.form);
    if !form.is_on("confirmed") {
        form.error("", "Paging is still held back: tick the box that says that you are sure.");
        return answer::refused(page(&shell::of(&app, &can).await?, &view(&app, &can.scope, form).await?));
    }
    let ended = stored::end(&app.db, &can.scope, app.clock.now()).await?;
    app.wake.notify_one();
    answer::done(
        routes::ALERTS,
        if ended { "Paging goes on: what is pending calls its people now." } else { "Paging was not held back." },
    )
}
