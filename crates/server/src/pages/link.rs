//! The links in messages: whoever holds one may accept or resolve that alert as the person it was sent to, after a confirming
//! click. Opening one changes nothing, so a scanner of links accepts nothing. A link ends with its alert.

use super::alerts::Around;
use super::answer::{self, Answer};
use super::shell;
use crate::api::extract::InPath;
use crate::app::App;
use crate::error::ApiError;
use crate::links::{self, Link, Use};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::SignedDuration;
use watchbell_connect::channels::zone_named;
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, alerts, doors, notifications};
use watchbell_ui::pages::confirm::{ConfirmView, LinkState, LinkVerb, confirm, expired};
use watchbell_ui::routes;
use watchbell_ui::shell::Shell;
use watchbell_ui::time::When;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/l/{token}/{verb}", get(ask).post(act))
}

/// How long the page of a resolved alert still says what became of it.
const AFTERGLOW: SignedDuration = SignedDuration::from_hours(24);

/// What a link leads to.
struct Led {
    verb: LinkVerb,
    scope: Scope,
    user: User,
    alert: Alert,
}

/// What a link leads to; `None` for one that was not signed here, or has ended.
async fn follow(app: &App, token: &str, verb: &str) -> Result<Option<Led>, ApiError> {
    let (Some(link), Some(verb)) = (links::verify(app, Use::Link, token), LinkVerb::parse(verb)) else {
        return Ok(None);
    };
    match lead(app, link, verb).await {
        Ok(led) => Ok(led.filter(|led| !is_over(app, &led.alert))),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn lead(app: &App, link: Link, verb: LinkVerb) -> Result<Option<Led>, StoreError> {
    let notification = notifications::get(&app.db, &doors::system(link.org), link.notification).await?;
    let Some(alert) = notification.alert else { return Ok(None) };
    let Some(scope) = doors::signed_link(&app.db, link.org, notification.user).await? else { return Ok(None) };
    let user = users::get(&app.db, &scope, notification.user).await?;
    let alert = alerts::get(&app.db, &scope, alert).await?;
    Ok(Some(Led { verb, scope, user, alert }))
}

fn is_over(app: &App, alert: &Alert) -> bool {
    alert.resolved_at.is_some_and(|at| app.clock.now().duration_since(at) > AFTERGLOW)
}

async fn ask(State(app): State<App>, InPath((token, verb)): InPath<(String, String)>) -> Answer {
    let Some(led) = follow(&app, &token, &verb).await? else { return Ok(gone(&app)) };
    let state = standing(&app, &led).await?;
    page(&app, &led, (state, routes::link(&token, &verb))).await
}

fn gone(app: &App) -> Response {
    (StatusCode::NOT_FOUND, expired(&shell::bare(app))).into_response()
}

/// Where the alert stands for somebody who has not pressed yet.
async fn standing(app: &App, led: &Led) -> Result<LinkState, StoreError> {
    let alert = &led.alert;
    let own = alert.accepted_by == Some(led.user.id);
    match alert.status {
        Status::Pending => Ok(LinkState::Ask),
        Status::Accepted if own && led.verb == LinkVerb::Accept => Ok(LinkState::Done),
        Status::Accepted if own => Ok(LinkState::Ask),
        Status::Accepted => {
            let around = Around::load(app, &led.scope, std::slice::from_ref(alert)).await?;
            Ok(LinkState::AlreadyAccepted {
                by: around.accepted_by(alert),
                at: alert.accepted_at.unwrap_or(alert.report_time),
            })
        }
        Status::Resolved => {
            let around = Around::load(app, &led.scope, std::slice::from_ref(alert)).await?;
            let (by, reason) = around.resolution(alert);
            Ok(LinkState::AlreadyResolved { by, reason, at: alert.resolved_at.unwrap_or(alert.report_time) })
        }
    }
}

/// The confirming click, from the page or from a button of a push message. Without `confirm=1` it only asks.
async fn act(
    State(app): State<App>,
    InPath((token, verb)): InPath<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let Some(led) = follow(&app, &token, &verb).await? else { return Ok(gone(&app)) };
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&body).unwrap_or_default();
    let is_confirmed = pairs.iter().any(|(name, value)| name == "confirm" && value == "1");
    let action = routes::link(&token, &verb);
    if !is_confirmed || led.alert.status == Status::Resolved {
        let state = standing(&app, &led).await?;
        return reply(&app, &headers, &led, (state, action)).await;
    }
    let happening = match led.verb {
        LinkVerb::Accept => Happening::Accepted,
        LinkVerb::Resolve => Happening::Resolved { reason: None },
        LinkVerb::Complete => Happening::ResolvedAndCompleted { resolution: None },
    };
    let alert = alerts::apply(&app.db, &led.scope, led.alert.id, happening, app.clock.now()).await?;
    app.bus.changed(led.scope.org, alert.id.0);
    app.wake.notify_one();
    let led = Led { alert, ..led };
    // Somebody may have resolved it between the two: then that is what is said.
    let is_done = match led.verb {
        LinkVerb::Accept => led.alert.status == Status::Accepted,
        LinkVerb::Resolve | LinkVerb::Complete => led.alert.status == Status::Resolved,
    };
    let state = if is_done { LinkState::Done } else { standing(&app, &led).await? };
    reply(&app, &headers, &led, (state, action)).await
}

/// A page for browsers; a line for programs, such as the app that shows a push message.
async fn reply(app: &App, headers: &HeaderMap, led: &Led, (state, action): (LinkState, String)) -> Answer {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return page(app, led, (state, action)).await;
    }
    let id = led.alert.id;
    let line = match (&state, led.alert.status) {
        (LinkState::Ask, _) => format!("alert {id}: send confirm=1 to do it\n"),
        (LinkState::Done, Status::Accepted) => format!("alert {id} accepted\n"),
        (LinkState::Done, _) => format!("alert {id} resolved\n"),
        (LinkState::AlreadyAccepted { by, .. }, _) => format!("alert {id} was accepted by {by}\n"),
        (LinkState::AlreadyResolved { .. }, _) => format!("alert {id} was resolved already\n"),
    };
    Ok(line.into_response())
}

async fn page(app: &App, led: &Led, (state, action): (LinkState, String)) -> Answer {
    let around = Around::load(app, &led.scope, std::slice::from_ref(&led.alert)).await?;
    let alert = &led.alert;
    let shell = Shell { when: When { now: app.clock.now(), zone: zone_named(&led.user.timezone) }, ..shell::bare(app) };
    let view = ConfirmView {
        verb: led.verb,
        state,
        person: shell::full_name(&led.user),
        id: alert.id,
        status: alert.status,
        priority: alert.priority,
        label: around.label(alert),
        summary: alert.summary.clone(),
        details: alert.details.clone(),
        customer: alert.content.customer.clone(),
        caller: alert.content.caller.clone(),
        ticket: alert.content.ticket.as_ref().map(|ticket| ticket.number.clone()),
        source: around.source_name(alert),
        events: alert.event_count,
        opened_at: alert.report_time,
        action,
    };
    answer::page(confirm(&shell, &view))
}
