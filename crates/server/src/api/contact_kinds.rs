//! The kinds of contacts as the API shows them. Tokens and secrets go in and never come out again, but a secret made here: once.

mod push;
mod shown;

pub use push::{GotifyIn, PushoverIn, Telegram, UnifiedPushIn, WebPushIn};
pub use shown::{EmailOut, LabelledOut, PhoneOut, TokenOut, UnifiedPushOut, WebhookOut};

use super::parse;
use crate::app::App;
use crate::contact_parts::{self, plain, seal};
use crate::error::ApiError;
use serde::Deserialize;
use utoipa::ToSchema;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{Contact, ContactIn};

/// One kind of contact.
pub trait ContactKind {
    /// How it is stored.
    const CHANNEL: Channel;
    /// How it is shown.
    type Out: From<Contact>;
}

/// One that a request can enter.
pub trait ContactEntry: ContactKind + Sized {
    /// A body of nothing but a target, to look for it.
    fn looking_for(target: String) -> Self;

    /// The same, read as people of a region write it.
    fn in_region(self, _: Option<&str>) -> Self {
        self
    }

    /// The parsed target.
    fn target(&self) -> Result<String, ApiError>;

    /// The contact; for a new one with what is shown only once. `before`: the one that it changes.
    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed;

    /// Adds what is shown only once.
    fn show_once(_: &mut Self::Out, _: String) {}
}

/// What was entered, and what is shown only once.
pub type Parsed = Result<(ContactIn, Option<String>), ApiError>;

/// The secret of a contact, sealed. Left out, the one that is kept stays, unless the contact moves: a secret is not sent elsewhere than it
/// was entered for. `needed`: whether there has to be one.
fn secret_of(
    app: &App,
    (field, typed, needed): (&str, Option<String>, bool),
    before: Option<&Contact>,
    moves: impl FnOnce(&Contact) -> bool,
) -> Result<Option<Vec<u8>>, ApiError> {
    let kept = before.filter(|before| before.has_secret);
    match (typed, kept) {
        (Some(secret), _) => seal(app, &secret).map(Some),
        (None, Some(kept)) if moves(kept) => {
            Err(ApiError::field(field, "is needed again, because the address is another one now"))
        }
        (None, None) if needed => Err(ApiError::field(field, "is required")),
        (None, _) => Ok(None),
    }
}

/// The token of a contact on a server.
fn token_of(
    app: &App,
    (typed, needed): (Option<String>, bool),
    before: Option<&Contact>,
    target: &str,
) -> Result<Option<Vec<u8>>, ApiError> {
    let typed = parse::optional_text("token", typed)?;
    let moves = |kept: &Contact| parse::server_of(&kept.target) != parse::server_of(target);
    secret_of(app, ("token", typed, needed), before, moves)
}

/// A mailbox.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactEmailPost)]
pub struct EmailIn {
    target: String,
}

impl ContactKind for EmailIn {
    const CHANNEL: Channel = Channel::Email;
    type Out = EmailOut;
}

impl ContactEntry for EmailIn {
    fn looking_for(target: String) -> Self {
        Self { target }
    }

    fn target(&self) -> Result<String, ApiError> {
        parse::email("target", &self.target)
    }

    fn parse(self, _: &App, _: Option<&Contact>) -> Parsed {
        Ok((plain(Self::CHANNEL, self.target()?), None))
    }
}

/// A phone number, for text messages and calls.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactPhoneNumberPost)]
#[serde(rename_all = "camelCase")]
pub struct PhoneIn {
    /// By which a number without a country code is read; left out, that of the user.
    region_code: Option<String>,
    /// As people write it; kept as it is called, such as +4915123456789.
    target: String,
    primary: Option<bool>,
}

impl PhoneIn {
    /// The number in E.164 and the region that it belongs to.
    fn number(&self) -> Result<(String, Option<String>), ApiError> {
        let region = parse::optional_text("regionCode", self.region_code.clone())?;
        let region = region.map(|code| parse::code("regionCode", &code, 2)).transpose()?;
        contact_parts::phone("target", &self.target, &region.unwrap_or_default())
    }
}

impl ContactKind for PhoneIn {
    const CHANNEL: Channel = Channel::Sms;
    type Out = PhoneOut;
}

impl ContactEntry for PhoneIn {
    fn looking_for(target: String) -> Self {
        Self { target, region_code: None, primary: None }
    }

    fn in_region(self, region: Option<&str>) -> Self {
        Self { region_code: self.region_code.or_else(|| region.map(str::to_owned)), ..self }
    }

    fn target(&self) -> Result<String, ApiError> {
        self.number().map(|(target, _)| target)
    }

    fn parse(self, _: &App, _: Option<&Contact>) -> Parsed {
        let (target, region) = self.number()?;
        Ok((ContactIn { region, primary: self.primary.unwrap_or(false), ..plain(Self::CHANNEL, target) }, None))
    }
}

/// A topic of an ntfy server.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactNtfyPost)]
pub struct NtfyIn {
    /// The topic's URL, such as https://ntfy.sh/my-topic.
    target: String,
    /// Access token of the server; left out on a change, the old one stays, unless the server is another one.
    token: Option<String>,
}

impl ContactKind for NtfyIn {
    const CHANNEL: Channel = Channel::Ntfy;
    type Out = TokenOut;
}

impl ContactEntry for NtfyIn {
    fn looking_for(target: String) -> Self {
        Self { target, token: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::topic("target", &self.target)
    }

    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed {
        let target = self.target()?;
        let sealed = token_of(app, (self.token, false), before, &target)?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// An address that is sent signed messages.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactWebhookPost)]
pub struct WebhookIn {
    /// Where to POST.
    target: String,
    /// What messages are signed with; made here if left out at first, and kept if left out later.
    secret: Option<String>,
}

impl ContactKind for WebhookIn {
    const CHANNEL: Channel = Channel::Webhook;
    type Out = WebhookOut;
}

impl ContactEntry for WebhookIn {
    fn looking_for(target: String) -> Self {
        Self { target, secret: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        parse::url("target", &self.target)
    }

    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed {
        let target = self.target()?;
        let given = parse::optional_text("secret", self.secret)?;
        let made = (given.is_none() && before.is_none()).then(|| app.ids.token().text());
        let sealed = given.as_ref().or(made.as_ref()).map(|secret| seal(app, secret)).transpose()?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, made))
    }

    fn show_once(out: &mut WebhookOut, secret: String) {
        out.secret = Some(secret);
    }
}
