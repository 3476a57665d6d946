//! One alert, live: its head, its escalation and its timeline.

use super::super::live::{self, LivePage, Sent, Wants, Woken};
use super::super::query::Query;
use super::super::shell::{self, Visit};
use super::detail::{Looks, view};
use super::history::LINES;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{LoggedIn, May, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use watchbell_core::ids::AlertId;
use watchbell_core::user::Role;
use watchbell_ui::pages::alert::{AlertView, alert_head};
use watchbell_ui::pages::escalation::escalation;
use watchbell_ui::pages::timeline::timeline;
use watchbell_ui::shell::Shell;
use watchbell_ui::time::When;
use watchbell_ui::{Form, PreEscaped};

pub(super) fn router() -> Router<App> {
    Router::new().route("/alerts/{id}/stream", get(stream))
}

async fn stream(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    visit: Visit<Read>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, ApiError> {
    let lines = query.number("lines").unwrap_or(LINES.0).clamp(LINES.0, LINES.1);
    let page = LiveAlert { id: AlertId(id), lines, zone: visit.shell.when.zone.clone(), sent: None };
    live::stream(&app, headers, (May::Read, Wants::Alert(id)), page)
}

struct LiveAlert {
    id: AlertId,
    lines: i64,
    zone: jiff::tz::TimeZone,
    /// What was sent last, told without the times that tick.
    sent: Option<String>,
}

impl LivePage for LiveAlert {
    async fn render(&mut self, app: &App, viewer: &LoggedIn, woken: Woken) -> Result<Sent, ApiError> {
        let role = viewer.scope.role.unwrap_or(Role::Stakeholder);
        let when = When { now: app.clock.now(), zone: self.zone.clone() };
        let looks = Looks { scope: &viewer.scope, role, when: &when, lines: self.lines };
        let view = view(app, &looks, self.id, Form::default()).await?;
        let state = fingerprint(&view);
        if woken == Woken::Look && self.sent.as_ref() == Some(&state) {
            return Ok(Sent::Nothing);
        }
        self.sent = Some(state);
        let shell = Shell { when, csrf: viewer.csrf.clone(), ..shell::bare(app) };
        let parts = [
            alert_head(&shell, &view, true),
            escalation(&view.escalation, &shell.when, true),
            timeline(&view.timeline, &view.names, &shell.when, view.timeline_older.as_deref(), true),
        ];
        Ok(Sent::Html(PreEscaped(parts.map(PreEscaped::into_string).concat())))
    }
}

/// What the viewer sees, without the clock: nothing is sent while this stays the same.
fn fingerprint(view: &AlertView) -> String {
    format!("{:?} {:?} {:?}", view.row, view.escalation, view.timeline)
}
