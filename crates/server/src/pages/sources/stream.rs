//! One source, live: it waits for the first event and turns green by itself; new events appear.

use super::super::live::{self, LivePage, Sent, Wants, Woken};
use super::super::query::Query;
use super::super::shell::{self, Visit};
use super::detail::view;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{LoggedIn, May, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use watchbell_core::ids::SourceId;
use watchbell_core::user::Role;
use watchbell_ui::PreEscaped;
use watchbell_ui::pages::source::{SourceView, source_events_live, source_live, source_webhooks};
use watchbell_ui::shell::Shell;
use watchbell_ui::time::When;

pub(super) fn router() -> Router<App> {
    Router::new().route("/sources/{id}/stream", get(stream))
}

async fn stream(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    visit: Visit<Read>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let page = LiveSource { id: SourceId(id), zone: visit.shell.when.zone.clone(), sent: None };
    live::stream(&app, headers, (May::Read, Wants::Nothing), page)
}

struct LiveSource {
    id: SourceId,
    zone: jiff::tz::TimeZone,
    sent: Option<String>,
}

impl LivePage for LiveSource {
    async fn render(&mut self, app: &App, viewer: &LoggedIn, _: Woken) -> Result<Sent, ApiError> {
        let role = viewer.scope.role.unwrap_or(Role::Stakeholder);
        let view = view(app, &viewer.scope, role, self.id, &Query::default()).await?;
        let state = fingerprint(&view);
        if self.sent.as_ref() == Some(&state) {
            return Ok(Sent::Nothing);
        }
        self.sent = Some(state);
        let shell = Shell {
            when: When { now: app.clock.now(), zone: self.zone.clone() },
            csrf: viewer.csrf.clone(),
            ..shell::bare(app)
        };
        let parts =
            [source_live(&shell, &view, true), source_webhooks(&shell, &view, true), source_events_live(&shell, &view)];
        Ok(Sent::Html(PreEscaped(parts.map(PreEscaped::into_string).concat())))
    }
}

/// What the viewer sees: nothing is sent while it stays the same.
fn fingerprint(view: &SourceView) -> String {
    format!("{:?} {:?} {:?}", view.state, view.kind, view.events)
}
