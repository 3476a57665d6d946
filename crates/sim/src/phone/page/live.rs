//! Tells the page that something changed, as server-sent events.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::State as Shared,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use crate::phone::State;

/// One event for each change, or for several at once; the page then reads itself again.
pub(super) async fn changes(
    Shared(state): Shared<Arc<State>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let watched = [state.messages.changes(), state.calls.changes(), state.touches()];
    let stream = stream::unfold(watched, async |watched| next(watched).await);
    Sse::new(stream).keep_alive(KeepAlive::default())
}

type Watched = [watch::Receiver<u64>; 3];

async fn next(mut watched: Watched) -> Option<(Result<Event, Infallible>, Watched)> {
    let [messages, calls, touches] = &mut watched;
    let changed = tokio::select! {
        changed = messages.changed() => changed,
        changed = calls.changed() => changed,
        changed = touches.changed() => changed,
    };
    changed.ok()?;
    Some((Ok(Event::default().data("changed")), watched))
}
