//! Calendar feeds on the page of a schedule and of one's own on-call: made, shown once, revoked.

use super::people::own;
use super::reader::Reader;
use crate::app::App;
use crate::auth::PageCan;
use crate::error::ApiError;
use crate::feeds::address;
use crate::ids::Token;
use watchbell_core::ids::FeedId;
use watchbell_core::limits::FEEDS_MAX;
use watchbell_store::feeds::{self, Feed, Subject};
use watchbell_store::{Page, StoreError};
use watchbell_ui::pages::schedule::feed::{FeedRow, FeedView};

/// What a panel says is in its feed.
fn about(shown: Subject) -> &'static str {
    match shown {
        Subject::Schedule(_) => "A calendar program shows all shifts of this schedule, and keeps them up to date.",
        Subject::Person(_) => "A calendar program shows your shifts of all schedules, and keeps them up to date.",
    }
}

/// The feeds of something that the viewer has made.
pub(super) async fn panel<P>(
    app: &App,
    can: &PageCan<P>,
    (shown, action): (Subject, String),
    made: Option<String>,
) -> Result<FeedView, ApiError> {
    let all = feeds::list(&app.db, &can.scope, own(can)?, Page::first(FEEDS_MAX)).await?;
    let row = |feed: Feed| FeedRow { id: feed.id, name: feed.name, used_at: feed.used_at };
    let feeds = all.into_iter().filter(|feed| feed.subject == shown).map(row).collect();
    Ok(FeedView { action, about: about(shown), made, feeds })
}

/// Makes a feed; its address. `None`: it was refused, and the form says why.
pub(super) async fn make<P>(
    app: &App,
    can: &PageCan<P>,
    shown: Subject,
    reader: &mut Reader,
) -> Result<Option<String>, ApiError> {
    let name = match reader.filled("feed_name") {
        Some(_) => reader.name("feed_name"),
        None => Some("My calendar".to_owned()),
    };
    let Some(name) = name else { return Ok(None) };
    let token = app.ids.token().text();
    let by = (own(can)?, name);
    match feeds::create(&app.db, &can.scope, by, shown, Token::hash(&token), app.clock.now()).await {
        Ok(_) => Ok(Some(address(app, &token))),
        Err(error) => reader.refuse(error, &[]).map(|()| None),
    }
}

/// Revokes a feed of the viewer. Errors: `NotFound`, also for somebody else's.
pub(super) async fn revoke<P>(app: &App, can: &PageCan<P>, id: i64) -> Result<String, ApiError> {
    let feed = feeds::get(&app.db, &can.scope, FeedId(id)).await?;
    if feed.user != own(can)? {
        return Err(StoreError::not_found("calendar feed", id).into());
    }
    feeds::delete(&app.db, &can.scope, feed.id, app.clock.now()).await?;
    Ok(format!("The address for {} is revoked.", feed.name))
}
