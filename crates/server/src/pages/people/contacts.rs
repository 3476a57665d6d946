//! Contacts: added, proven by a code, tested over the real way, removed.

use super::super::answer::{self, Answer, local_path};
use super::super::reader::{Filled, Reader};
use super::user::{home, may_change, page_with_secret, refused};
use crate::api::extract::InPath;
use crate::api::parse;
use crate::app::App;
use crate::auth::{May, Own, PageCan};
use crate::contact_parts;
use crate::contact_proof::{self, Unproven};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::contact_tests;
use watchbell_store::contacts::{self, Contact, ContactIn};

pub(super) fn router() -> Router<App> {
    Router::new().route("/users/{id}/contacts", post(add)).route("/users/{id}/contacts/{contact}/{verb}", post(act))
}

/// A contact as it was entered, with the secret that was made for it: it is shown once. `None`: it was refused, and the form says why.
pub(in super::super) fn contact_entry(
    app: &App,
    reader: &mut Reader,
    vouched: bool,
) -> Result<Option<(ContactIn, Option<String>)>, ApiError> {
    let Some(channel) = Channel::parse(reader.form.value("channel")) else {
        reader.form.error("channel", "Choose a channel.");
        return Ok(None);
    };
    let Some(entered) = entered(app, reader, channel) else { return Ok(None) };
    let sealed = entered.secret.as_deref().map(|secret| contact_parts::seal(app, secret)).transpose()?;
    let (region, label) = (entered.region, entered.label);
    let new = ContactIn { region, label, sealed, vouched, ..contact_parts::plain(channel, entered.target) };
    Ok(Some((new, entered.secret.filter(|_| channel == Channel::Webhook))))
}

/// What the fields of a kind say.
#[derive(Default)]
struct Entered {
    target: String,
    region: Option<String>,
    label: Option<String>,
    secret: Option<String>,
}

fn entered(app: &App, reader: &mut Reader, channel: Channel) -> Option<Entered> {
    let address = reader.value("address");
    let target = |target: String| Entered { target, ..Entered::default() };
    match channel {
        Channel::Email => reader.take("address", parse::email("address", &address)).map(target),
        Channel::Sms => phone(reader, &address),
        Channel::Ntfy => ntfy(reader, &address),
        Channel::Webhook => {
            let url = reader.take("address", parse::url("address", address.trim()))?;
            Some(Entered { secret: Some(app.ids.token().text()), ..target(url) })
        }
        Channel::Pushover => {
            let (target, label) = reader.take("address", contact_parts::pushover_key("address", &address))?;
            Some(Entered { target, label, ..Entered::default() })
        }
        Channel::Gotify => gotify(reader, &address),
        Channel::UnifiedPush => unified_push(reader, &address),
        Channel::Voice | Channel::WhatsApp | Channel::Telegram | Channel::WebPush => {
            reader.form.error("channel", "Choose a channel.");
            None
        }
    }
}

fn phone(reader: &mut Reader, address: &str) -> Option<Entered> {
    let region = reader.value("region");
    let (target, region) = reader.take("address", contact_parts::phone("address", address, &region))?;
    Some(Entered { target, region, ..Entered::default() })
}

/// A topic of their own, or one that is made.
fn ntfy(reader: &mut Reader, address: &str) -> Option<Entered> {
    let target = match (address.trim().is_empty(), reader.filled("server")) {
        (true, Some(server)) => reader.take("server", contact_parts::fresh_topic("server", &server)),
        _ => reader.take("address", contact_parts::topic("address", address)),
    };
    let token = parse::optional_text("token", reader.filled("token"));
    let token = reader.take("token", token);
    Some(Entered { target: target?, secret: token?, ..Entered::default() })
}

fn gotify(reader: &mut Reader, address: &str) -> Option<Entered> {
    let target = reader.take("address", contact_parts::server("address", address));
    let token = parse::name("token", reader.form.value("token"));
    let token = reader.take("token", token);
    Some(Entered { target: target?, secret: Some(token?), ..Entered::default() })
}

fn unified_push(reader: &mut Reader, address: &str) -> Option<Entered> {
    let target = reader.take("address", contact_parts::endpoint("address", address));
    let (p256dh, auth) = (reader.filled("p256dh"), reader.filled("auth"));
    match contact_parts::keys(p256dh.as_deref(), auth.as_deref()) {
        Ok(secret) => Some(Entered { target: target?, secret, ..Entered::default() }),
        Err(error) => {
            let field = if error.message().starts_with("auth") { "auth" } else { "p256dh" };
            reader.take::<()>(field, Err(error));
            None
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
    reader.type_again(&["token", "auth"]);
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
        "rang" => rang(&app, &can, &contact, &reader).await,
        "send-code" => send_code(&app, &can, &contact, reader).await,
        "verify" => verify(&app, &can, &contact, reader).await,
        "switch-on" => {
            contacts::set_status(&app.db, &can.scope, contact.id, ContactStatus::Ok, app.clock.now()).await?;
            answer::done(&home(&can, id), "It is used again. Test it.")
        }
        "start-texts" => {
            contacts::start_texts(&app.db, &can.scope, id, contact.id, app.clock.now()).await?;
            answer::done(&home(&can, id), "Text messages go there again. Test it.")
        }
        "delete" => {
            contacts::delete(&app.db, &can.scope, id, contact.id, app.clock.now()).await?;
            answer::done(&home(&can, id), "The contact is removed, with the rules that used it.")
        }
        _ => Err(ApiError::not_found("There is nothing at this address.")),
    }
}

/// Over which channel of the contact; its own where none is said.
fn over(reader: &Reader, contact: &Contact) -> Channel {
    Channel::parse(reader.form.value("over")).unwrap_or(contact.channel)
}

async fn test(app: &App, can: &PageCan<Own>, contact: &Contact, reader: Reader) -> Answer {
    match contact_proof::test(app, &can.scope, contact, over(&reader, contact)).await {
        Ok(()) => answer::done(&home(can, contact.user), "A test is on its way."),
        Err(why) => say_why(app, can, contact, (reader, why)).await,
    }
}

async fn rang(app: &App, can: &PageCan<Own>, contact: &Contact, reader: &Reader) -> Answer {
    let (way, rang) = ((contact.id, over(reader, contact)), reader.form.has("rang", "yes"));
    let known = contact_tests::answer(&app.db, &can.scope, contact.user, way, rang, app.clock.now()).await?;
    let words = match (known, rang) {
        (false, _) => "No test was sent there since the last answer.",
        (true, true) => "Good: what comes next will ring as well.",
        (true, false) => "Then it would wake nobody. Look at the phone's settings for the app, or use another contact.",
    };
    answer::done(&local_path(reader.form.value("back"), &home(can, contact.user)), words)
}

async fn send_code(app: &App, can: &PageCan<Own>, contact: &Contact, reader: Reader) -> Answer {
    match contact_proof::send_code(app, &can.scope, contact, over(&reader, contact)).await {
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
