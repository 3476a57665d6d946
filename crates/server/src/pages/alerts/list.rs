//! The list of alerts.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::Query;
use super::super::shell::Visit;
use super::filter::Filter;
use super::rows::rows;
use crate::app::App;
use crate::auth::{May, Read};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use jiff::Timestamp;
use watchbell_core::limits;
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, alert_search, maintenance};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::alerts::{AlertsView, alerts as page};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::ALERTS, get(list))
}

/// Maintenance that is open now: name, address, until when.
async fn open_windows(app: &App, scope: &Scope) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    let open = maintenance::open_now(&app.db, scope.org, app.clock.now()).await?;
    Ok(open.into_iter().map(|(known, until)| (known.name, routes::maintenance(known.id), until)).collect())
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let filter = Filter::of(&query);
    let total = alert_search::count(&app.db, scope, &filter.search).await?;
    let paging = Paging::of(filter.page, total, |page| filter.at_page(page));
    let window = Page { start_index: (paging.page - 1) * limits::PAGE_ROWS, max_results: limits::PAGE_ROWS };
    let found = alert_search::list(&app.db, scope, &filter.search, window).await?;
    let sources = choices::sources(&app, scope).await?;
    let view = AlertsView {
        tabs: filter.tabs(&app, scope).await?,
        filter: filter.form(),
        has_source: !sources.is_empty(),
        sources,
        filtered: filter.is_narrowed(),
        maintenance: open_windows(&app, scope).await?,
        rows: rows(&app, scope, &found).await?,
        paging,
        here: filter.here()?,
        stream: filter.stream()?,
        may_respond: May::Respond.is_granted_to(visit.can.role),
    };
    answer::page(page(&visit.shell, &view))
}
