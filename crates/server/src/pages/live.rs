//! Live pages: a stream waits for changes, and each viewer's page function renders what it shows of them. At most two renders a
//! second; a burst says "changed", and the page fetches itself. A stream ends with its session.

use crate::app::App;
use crate::auth::{LoggedIn, May, logged_in};
use crate::bus::Changed;
use crate::error::ApiError;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use watchbell_ui::Markup;

/// Streams of one node at once: each holds a connection and a place on the bus.
const STREAMS_MAX: usize = 2_000;
/// Between two renders of one stream.
const HOLD_BACK: SignedDuration = SignedDuration::from_millis(500);
/// Alerts that are rendered one by one; more are a list that changed.
const ALERTS_MAX: usize = 50;
/// Between two beats of a silent stream, in seconds: shorter than any proxy's patience.
const BEAT_S: u64 = 15;
/// How often a stream looks by itself for what the bus of this node does not carry.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(3);

/// Streams are a matter of the process, as memory is.
static STREAMS: std::sync::LazyLock<Arc<Semaphore>> =
    std::sync::LazyLock::new(|| Arc::new(Semaphore::new(STREAMS_MAX)));

/// What woke a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Woken {
    /// These alerts changed.
    Alerts(Vec<i64>),
    /// Too much changed to tell.
    Much,
    /// It is time to look.
    Look,
}

/// What a stream sends.
#[derive(Debug)]
pub(super) enum Sent {
    /// Ready HTML with the ids of what it replaces.
    Html(Markup),
    /// The page should fetch itself again.
    Changed,
    /// Nothing that the viewer sees.
    Nothing,
}

/// Which changes a stream waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// Of every alert.
    EveryAlert,
    /// Of one alert.
    Alert(i64),
    /// Of none: it looks by itself.
    Nothing,
}

/// A page that renders itself for a viewer when it is woken.
pub(super) trait LivePage: Send + Sync + 'static {
    /// What to send now.
    fn render(
        &mut self,
        app: &App,
        viewer: &LoggedIn,
        woken: Woken,
    ) -> impl Future<Output = Result<Sent, ApiError>> + Send;
}

struct Live<P> {
    app: App,
    headers: HeaderMap,
    may: May,
    changes: Receiver<Changed>,
    wants: Wants,
    looks: bool,
    rendered_at: Option<Timestamp>,
    started: bool,
    ended: bool,
    page: P,
    _permit: OwnedSemaphorePermit,
}

/// The stream of a page. It renders at once, so that nothing is missed between page and stream. Errors: 503 when too many are open.
pub(super) fn stream<P: LivePage>(
    app: &App,
    headers: HeaderMap,
    (may, wants): (May, Wants),
    page: P,
) -> Result<Response, ApiError> {
    let too_many = |_| ApiError::unavailable("Too many pages are open at once on this server.");
    let permit = STREAMS.clone().try_acquire_owned().map_err(too_many)?;
    let live = Live {
        changes: app.bus.listen(),
        // The bus carries the changes of this node; others' are found by looking.
        looks: wants == Wants::Nothing || app.db.is_postgres(),
        app: app.clone(),
        headers,
        may,
        wants,
        rendered_at: None,
        started: false,
        ended: false,
        page,
        _permit: permit,
    };
    let events = stream::unfold(live, |live| async move { live.next().await });
    let beat = KeepAlive::new().interval(std::time::Duration::from_secs(BEAT_S)).text("beat");
    let mut response = Sse::new(events).keep_alive(beat).into_response();
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

impl<P: LivePage> Live<P> {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if self.ended {
                return None;
            }
            let woken = self.wait().await?;
            let event = match self.viewer().await {
                Ok(Some(viewer)) => self.render(&viewer, woken).await,
                // Logged out, or no longer allowed: the page fetches itself and finds the log-in.
                Ok(None) => {
                    self.ended = true;
                    Some(Event::default().event("changed").data("end"))
                }
                Err(error) => {
                    error.log();
                    self.ended = true;
                    None
                }
            };
            if let Some(event) = event {
                return Some((Ok(event), self));
            }
        }
    }

    async fn viewer(&self) -> Result<Option<LoggedIn>, ApiError> {
        let session = logged_in(&self.app, &self.headers).await?;
        Ok(session.filter(|session| session.scope.role.is_some_and(|role| self.may.is_granted_to(role))))
    }

    async fn render(&mut self, viewer: &LoggedIn, woken: Woken) -> Option<Event> {
        self.rendered_at = Some(self.app.clock.now());
        match self.page.render(&self.app, viewer, woken).await {
            Ok(Sent::Html(html)) => Some(Event::default().event("html").data(html.into_string())),
            Ok(Sent::Changed) => Some(Event::default().event("changed").data("list")),
            Ok(Sent::Nothing) => None,
            Err(error) => {
                error.log();
                self.ended = error.status().is_client_error();
                self.ended.then(|| Event::default().event("changed").data("end"))
            }
        }
    }

    /// Waits until there is something to render, and until it may be rendered. `None`: the node stops.
    async fn wait(&mut self) -> Option<Woken> {
        if !std::mem::replace(&mut self.started, true) {
            return Some(Woken::Look);
        }
        let mut changed = BTreeSet::new();
        let mut much = false;
        let look_at = self.app.clock.now() + LOOK_EVERY;
        while changed.is_empty() && !much {
            tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(change) => self.note(change, &mut changed),
                    Err(RecvError::Lagged(_)) => much = true,
                    Err(RecvError::Closed) => return None,
                },
                () = self.app.clock.sleep_until(look_at), if self.looks => return Some(Woken::Look),
            }
        }
        if let Some(rendered_at) = self.rendered_at {
            self.app.clock.sleep_until(rendered_at + HOLD_BACK).await;
        }
        loop {
            match self.changes.try_recv() {
                Ok(change) => self.note(change, &mut changed),
                Err(TryRecvError::Lagged(_)) => much = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let much = much || changed.len() > ALERTS_MAX;
        Some(if much { Woken::Much } else { Woken::Alerts(changed.into_iter().collect()) })
    }

    /// Only the viewer's organization reads what is noted here: their scope does.
    fn note(&self, change: Changed, changed: &mut BTreeSet<i64>) {
        let is_wanted = match self.wants {
            Wants::EveryAlert => true,
            Wants::Alert(id) => change.alert == id,
            Wants::Nothing => false,
        };
        if is_wanted {
            changed.insert(change.alert);
        }
    }
}
