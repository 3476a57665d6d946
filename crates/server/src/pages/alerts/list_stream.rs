//! The list of alerts, live: rows that changed, rows that join, and the counts.

use super::super::live::{self, LivePage, Sent, Wants, Woken};
use super::super::query::Query;
use super::super::shell::Visit;
use super::filter::Filter;
use super::rows::rows;
use super::strip::Strip;
use crate::app::App;
use crate::auth::{LoggedIn, May, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use std::collections::HashMap;
use watchbell_core::alert::Alert;
use watchbell_core::limits;
use watchbell_core::notify::NotificationState;
use watchbell_store::{Page, alert_search};
use watchbell_ui::pages::alert_row::{AlertRow, Arrival, alert_row};
use watchbell_ui::pages::alerts::live_tabs;
use watchbell_ui::time::When;
use watchbell_ui::{Markup, PreEscaped, routes};

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::ALERTS_STREAM, get(stream))
}

async fn stream(
    State(app): State<App>,
    visit: Visit<Read>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, ApiError> {
    let page = LiveList {
        filter: Filter::of(&query),
        zone: visit.shell.when.zone.clone(),
        may_respond: May::Respond.is_granted_to(visit.can.role),
        seen: HashMap::new(),
        is_first: true,
        strip: Strip::new(visit.shell.on_call),
    };
    live::stream(&app, headers, (May::Read, Wants::EveryAlert), page)
}

/// What a row looked like when it was sent: the version of its alert, and how far its message came.
type Look = (i64, Option<NotificationState>);

struct LiveList {
    filter: Filter,
    zone: jiff::tz::TimeZone,
    may_respond: bool,
    seen: HashMap<i64, Look>,
    is_first: bool,
    strip: Strip,
}

impl LivePage for LiveList {
    async fn render(&mut self, app: &App, viewer: &LoggedIn, woken: Woken) -> Result<Sent, ApiError> {
        match woken {
            Woken::Much => Ok(Sent::Changed),
            Woken::Look => self.look_at_all(app, viewer).await,
            Woken::Alerts(ids) => {
                let alerts = alert_search::get_many(&app.db, &viewer.scope, ids).await?;
                self.html(app, viewer, &alerts).await
            }
        }
    }
}

impl LiveList {
    /// The list, and each minute who is on call: a board that hangs on a wall lives through hand-overs.
    async fn look_at_all(&mut self, app: &App, viewer: &LoggedIn) -> Result<Sent, ApiError> {
        let when = When { now: app.clock.now(), zone: self.zone.clone() };
        let strip = self.strip.changed(app, &viewer.scope, &when).await?;
        Ok(match (self.look(app, viewer).await?, strip) {
            (Sent::Html(html), Some(strip)) => Sent::Html(PreEscaped(html.into_string() + &strip.into_string())),
            (Sent::Nothing, Some(strip)) => Sent::Html(strip),
            (sent, _) => sent,
        })
    }

    /// The first page as it is now, compared with what was sent: finds what other nodes did.
    async fn look(&mut self, app: &App, viewer: &LoggedIn) -> Result<Sent, ApiError> {
        let window = Page { start_index: (self.filter.page - 1) * limits::PAGE_ROWS, max_results: limits::PAGE_ROWS };
        let alerts = alert_search::list(&app.db, &viewer.scope, &self.filter.search, window).await?;
        let shown = rows(app, &viewer.scope, &alerts).await?;
        let looks: HashMap<i64, Look> =
            alerts.iter().zip(&shown).map(|(alert, row)| (alert.id.0, look(alert, row))).collect();
        let is_first = std::mem::replace(&mut self.is_first, false);
        let gone: Vec<i64> = self.seen.keys().filter(|id| !looks.contains_key(id)).copied().collect();
        let moved: Vec<i64> = looks
            .iter()
            .filter(|(id, look)| is_first || self.seen.get(id) != Some(look))
            .map(|(id, _)| *id)
            .chain(gone)
            .collect();
        self.seen = looks;
        if moved.is_empty() {
            return Ok(if is_first { Sent::Html(self.tabs(app, viewer).await?) } else { Sent::Nothing });
        }
        let alerts = alert_search::get_many(&app.db, &viewer.scope, moved).await?;
        self.html(app, viewer, &alerts).await
    }

    async fn tabs(&self, app: &App, viewer: &LoggedIn) -> Result<Markup, ApiError> {
        Ok(live_tabs(&self.filter.tabs(app, &viewer.scope).await?))
    }

    /// Rows that belong to the list join it; others are replaced where they are shown, so that people see what became of them.
    async fn html(&mut self, app: &App, viewer: &LoggedIn, alerts: &[Alert]) -> Result<Sent, ApiError> {
        let ids: Vec<i64> = alerts.iter().map(|alert| alert.id.0).collect();
        let belonging = self.filter.among(app, &viewer.scope, &ids).await?;
        let when = When { now: app.clock.now(), zone: self.zone.clone() };
        let mut html = String::new();
        for (alert, row) in alerts.iter().zip(rows(app, &viewer.scope, alerts).await?) {
            let arrival = if belonging.contains(&alert.id.0) { Arrival::Join } else { Arrival::Update };
            html.push_str(&alert_row(&row, &when, self.may_respond, arrival).into_string());
            if belonging.contains(&alert.id.0) {
                self.seen.insert(alert.id.0, look(alert, &row));
            }
        }
        html.push_str(&self.tabs(app, viewer).await?.into_string());
        Ok(Sent::Html(PreEscaped(html)))
    }
}

fn look(alert: &Alert, row: &AlertRow) -> Look {
    (alert.version, row.delivery.as_ref().map(|delivery| delivery.state))
}
