//! Push to the browser that the viewer sits at: its subscription becomes a contact of theirs, and follows where it moves. That it is
//! theirs needs no code: they are logged in with it.

use super::super::reader::{Filled, Reader};
use super::user::own;
use crate::app::App;
use crate::auth::{Own, PageCan};
use crate::contact_parts::{self, device_name};
use crate::error::ApiError;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use watchbell_core::ids::UserId;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::contacts::{self, Contact, ContactIn};
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, PreferenceIn};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::PROFILE_PUSH, get(door).post(keep))
}

/// What a browser subscribes with, and the proof that its forms are ours.
#[derive(Serialize)]
struct Door {
    key: String,
    csrf: String,
}

async fn door(State(app): State<App>, can: PageCan<Own>) -> Result<Json<Door>, ApiError> {
    let key = app.channels.vapid_public_key();
    let key = key.ok_or_else(|| ApiError::conflict("This installation has no key for push messages yet."))?;
    Ok(Json(Door { key, csrf: can.session.csrf }))
}

/// Whether messages go to this browser.
#[derive(Serialize)]
struct Kept {
    known: bool,
}

async fn keep(State(app): State<App>, headers: HeaderMap, posted: Filled<Own>) -> Result<Json<Kept>, ApiError> {
    let (can, reader) = (posted.can, Reader::new(posted.form)?);
    let user = own(&can)?;
    let endpoint = contact_parts::endpoint("endpoint", reader.form.value("endpoint"))?;
    let found = find(&app, &can, user, [&endpoint, reader.form.value("previous")]).await?;
    if reader.form.is_on("off") {
        if let Some(contact) = found {
            contacts::delete(&app.db, &can.scope, user, contact.id, app.clock.now()).await?;
        }
        return Ok(Json(Kept { known: false }));
    }
    let is_asked = !reader.form.is_on("sync");
    let Some(contact) = kept(&app, &can, &headers, (&reader, endpoint, is_asked), found).await? else {
        return Ok(Json(Kept { known: false }));
    };
    if is_asked {
        switch_on(&app, &can, &contact).await?;
        if reader.form.is_on("rule") {
            page_here(&app, &can, &contact).await?;
        }
    }
    Ok(Json(Kept { known: is_asked || contact.status == ContactStatus::Ok }))
}

/// The contact of a subscription, made or moved where that is due. `None`: it was removed, and nobody asks for it.
async fn kept(
    app: &App,
    can: &PageCan<Own>,
    headers: &HeaderMap,
    (reader, endpoint, is_asked): (&Reader, String, bool),
    found: Option<Contact>,
) -> Result<Option<Contact>, ApiError> {
    let (user, now) = (own(can)?, app.clock.now());
    Ok(match found {
        Some(contact) if contact.target == endpoint && !is_asked => Some(contact),
        Some(contact) => {
            let new = subscription(app, reader, endpoint, None)?;
            Some(contacts::update(&app.db, &can.scope, user, contact.id, new, now).await?)
        }
        // It was removed from the contacts: a browser does not bring itself back.
        None if !is_asked => None,
        None => {
            let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
            let new = subscription(app, reader, endpoint, Some(device_name(agent)))?;
            Some(contacts::create(&app.db, &can.scope, user, new, now).await?)
        }
    })
}

async fn find(app: &App, can: &PageCan<Own>, user: UserId, endpoints: [&str; 2]) -> Result<Option<Contact>, ApiError> {
    for endpoint in endpoints.into_iter().filter(|endpoint| !endpoint.is_empty()) {
        if let Some(found) = contacts::find_by_target(&app.db, &can.scope, user, Channel::WebPush, endpoint).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn subscription(app: &App, reader: &Reader, target: String, label: Option<String>) -> Result<ContactIn, ApiError> {
    let keys = contact_parts::keys(Some(reader.form.value("p256dh")), Some(reader.form.value("auth")))?;
    let keys = keys.ok_or_else(|| ApiError::field("p256dh", "is required"))?;
    let sealed = Some(contact_parts::seal(app, &keys)?);
    Ok(ContactIn { label, sealed, vouched: true, ..contact_parts::plain(Channel::WebPush, target) })
}

/// One that was refused before is used again: its owner asks for it.
async fn switch_on(app: &App, can: &PageCan<Own>, contact: &Contact) -> Result<(), ApiError> {
    if contact.status != ContactStatus::Ok {
        contacts::set_status(&app.db, &can.scope, contact.id, ContactStatus::Ok, app.clock.now()).await?;
    }
    Ok(())
}

/// A rule that pages this browser at once, unless there is one.
async fn page_here(app: &App, can: &PageCan<Own>, contact: &Contact) -> Result<(), ApiError> {
    let rules = preferences::list(&app.db, &can.scope, contact.user, Collection::Alerts).await?;
    if rules.iter().any(|rule| rule.contact == contact.id && rule.kind == HIGH_PRIORITY) {
        return Ok(());
    }
    let rule = PreferenceIn {
        collection: Collection::Alerts,
        method: Channel::WebPush,
        contact: contact.id,
        kind: HIGH_PRIORITY.into(),
        delay_s: 0,
    };
    preferences::create(&app.db, &can.scope, contact.user, rule, app.clock.now()).await?;
    Ok(())
}
