//! Contacts: added, proven by a code, tested over the real way, removed.

use super::super::answer::{self, Answer};
use super::super::reader::{Filled, Reader};
use super::user::{home, may_change, page_with_secret, refused};
use crate::api::extract::InPath;
use crate::api::parse;
use crate::app::App;
use crate::auth::{May, Own, PageCan};
use crate::contact_proof::{self, Unproven};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::user::Channel;
use watchbell_store::contact_tests;
use watchbell_store::contacts::{self, Contact, ContactIn, SEALED};

pub(super) fn router() -> Router<App> {
    Router::new().route("/users/{id}/contacts", post(add)).route("/users/{id}/contacts/{contact}/{verb}", post(act))
}

/// A contact as it was entered, with the secret that was made for it: it is shown once. `None`: it was refused, and the form says why.
pub(in super::super) fn contact_entry(
    app: &App,
    reader: &mut Reader,
    vouched: bool,
) -> Result<Option<(ContactIn, Option<String>)>, ApiError> {
    let address = reader.value("address");
    let channel = Channel::parse(reader.form.value("channel"));
    let target = match channel {
        Some(Channel::Email) => parse::email("address", &address),
        Some(Channel::Ntfy) => topic(&address),
        Some(Channel::Webhook) => parse::url("address", address.trim()),
        Some(_) | None => {
            reader.form.error("channel", "Choose a channel.");
            return Ok(None);
        }
    };
    let (Some(target), Some(channel)) = (reader.take("address", target), channel) else { return Ok(None) };
    let secret = (channel == Channel::Webhook).then(|| app.ids.token().text());
    let sealed = secret.as_ref().map(|secret| app.sealer.seal(SEALED, secret.as_bytes(), &app.ids.fresh()));
    let new = ContactIn { channel, target, region: None, primary: false, label: None, sealed: sealed.transpose()?, vouched };
    Ok(Some((new, secret)))
}

fn topic(address: &str) -> Result<String, ApiError> {
    let url = parse::url("address", address.trim().trim_end_matches('/'))?;
    let topic = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, topic)| topic);
    match topic.is_some_and(|topic| !topic.is_empty() && !topic.contains(['?', '#'])) {
        true => Ok(url),
        false => {
            Err(ApiError::field("address", "must be the address of a topic such as https://ntfy.sh/my-secret-topic"))
        }
    }
}

/// What an administrator enters is vouched for; what people enter for themselves is proven by a code.
async fn add(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    let vouched = May::Administer.is_granted_to(can.role);
    if let Some((new, secret)) = contact_entry(&app, &mut reader, vouched)? {
        match contacts::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) if secret.is_some() => return answer::page(page_with_secret(&app, &can, id, secret).await?),
            Ok(_) if vouched => {
                return answer::done(&home(&can, id), "The contact is added. Test it, and make a rule that uses it.");
            }
            Ok(_) => {
                return answer::done(
                    &home(&can, id),
                    "The contact is added. Send a code to it, and enter what arrives.",
                );
            }
            Err(error) => reader.refuse(error, &[("target", "address")])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

async fn act(
    State(app): State<App>,
    InPath((id, contact, verb)): InPath<(i64, i64, String)>,
    posted: Filled<Own>,
) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let contact = contacts::get(&app.db, &can.scope, id, ContactId(contact)).await?;
    let reader = Reader::new(posted.form)?;
    match verb.as_str() {
        "test" => test(&app, &can, &contact, reader).await,
        "rang" => rang(&app, &can, &contact, reader.form.has("rang", "yes")).await,
        "send-code" => send_code(&app, &can, &contact, reader).await,
        "verify" => verify(&app, &can, &contact, reader).await,
        "delete" => {
            contacts::delete(&app.db, &can.scope, id, contact.id, app.clock.now()).await?;
            answer::done(&home(&can, id), "The contact is removed, with the rules that used it.")
        }
        _ => Err(ApiError::not_found("There is nothing at this address.")),
    }
}

async fn test(app: &App, can: &PageCan<Own>, contact: &Contact, reader: Reader) -> Answer {
    match contact_proof::test(app, &can.scope, contact).await {
        Ok(()) => answer::done(&home(can, contact.user), "A test is on its way."),
        Err(why) => say_why(app, can, contact, (reader, why)).await,
    }
}

async fn rang(app: &App, can: &PageCan<Own>, contact: &Contact, rang: bool) -> Answer {
    let known = contact_tests::answer(&app.db, &can.scope, (contact.user, contact.id), rang, app.clock.now()).await?;
    let words = match (known, rang) {
        (false, _) => "No test was sent to this contact yet.",
        (true, true) => "Good: what comes next will ring as well.",
        (true, false) => "Then it would wake nobody. Look at the phone's settings for the app, or use another contact.",
    };
    answer::done(&home(can, contact.user), words)
}

async fn send_code(app: &App, can: &PageCan<Own>, contact: &Contact, reader: Reader) -> Answer {
    match contact_proof::send_code(app, &can.scope, contact, contact.channel).await {
        Ok(_) => answer::done(&home(can, contact.user), "A code is on its way; it counts for 15 minutes."),
        Err(why) => say_why(app, can, contact, (reader, why)).await,
    }
}

async fn verify(app: &App, can: &PageCan<Own>, contact: &Contact, reader: Reader) -> Answer {
    match contact_proof::verify(app, &can.scope, contact, reader.form.value("code")).await {
        Ok(()) => answer::done(&home(can, contact.user), "Verified: messages arrive there."),
        Err(why) => say_why(app, can, contact, (reader, why)).await,
    }
}

/// The form again, with the reason beside the contact.
async fn say_why(app: &App, can: &PageCan<Own>, contact: &Contact, (mut reader, why): (Reader, Unproven)) -> Answer {
    if let Unproven::Failed(error) = why {
        return Err(error);
    }
    reader.form.error(format!("code.{}", contact.id), why.to_string());
    refused(app, can, contact.user, reader.form).await
}
