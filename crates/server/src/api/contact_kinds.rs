//! The kinds of contacts as the API shows them. Tokens and secrets go in and never come out again, but a secret made here: once.

mod push;

pub use push::{
    GotifyIn, GotifyOut, PushoverIn, PushoverOut, TelegramIn, TelegramOut, UnifiedPushIn, UnifiedPushOut, WebPushIn,
    WebPushOut,
};

use super::parse;
use crate::app::App;
use crate::contact_parts::{self, plain, seal};
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{Contact, ContactIn};

/// One kind of contact.
pub trait ContactKind: Sized {
    /// How it is stored.
    const CHANNEL: Channel;
    /// How it is shown.
    type Out: From<Contact>;

    /// A body of nothing but a target, to look for it.
    fn looking_for(target: String) -> Self;

    /// The same, read as people of a region write it.
    fn in_region(self, _: Option<&str>) -> Self {
        self
    }

    /// The parsed target.
    fn target(&self) -> Result<String, ApiError>;

    /// The contact; for a new one with what is shown only once.
    fn parse(self, app: &App, is_new: bool) -> Result<(ContactIn, Option<String>), ApiError>;

    /// Adds what is shown only once.
    fn show_once(_: &mut Self::Out, _: String) {}
}

/// A mailbox.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactEmailPost)]
pub struct EmailIn {
    target: String,
}

/// A mailbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactEmail)]
pub struct EmailOut {
    id: i64,
    target: String,
    status: String,
    /// Whether it was proven that messages arrive; only then it is used.
    verified: bool,
}

impl From<Contact> for EmailOut {
    fn from(contact: Contact) -> Self {
        let status = contact.status.as_str().to_owned();
        Self { id: contact.id.0, target: contact.target, status, verified: contact.verified_at.is_some() }
    }
}

impl ContactKind for EmailIn {
    const CHANNEL: Channel = Channel::Email;
    type Out = EmailOut;

    fn looking_for(target: String) -> Self {
        Self { target }
    }

    fn target(&self) -> Result<String, ApiError> {
        parse::email("target", &self.target)
    }

    fn parse(self, _: &App, _: bool) -> Result<(ContactIn, Option<String>), ApiError> {
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

/// A phone number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactPhoneNumber)]
#[serde(rename_all = "camelCase")]
pub struct PhoneOut {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_code: Option<String>,
    target: String,
    primary: bool,
    status: String,
    verified: bool,
}

impl From<Contact> for PhoneOut {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.0,
            region_code: contact.region,
            target: contact.target,
            primary: contact.primary,
            status: contact.status.as_str().to_owned(),
            verified: contact.verified_at.is_some(),
        }
    }
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

    fn looking_for(target: String) -> Self {
        Self { target, region_code: None, primary: None }
    }

    fn in_region(self, region: Option<&str>) -> Self {
        Self { region_code: self.region_code.or_else(|| region.map(str::to_owned)), ..self }
    }

    fn target(&self) -> Result<String, ApiError> {
        self.number().map(|(target, _)| target)
    }

    fn parse(self, _: &App, _: bool) -> Result<(ContactIn, Option<String>), ApiError> {
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
    /// Access token of the server; left out on a change, the old one stays.
    token: Option<String>,
}

/// A topic of an ntfy server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactNtfy)]
#[serde(rename_all = "camelCase")]
pub struct NtfyOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    has_token: bool,
}

impl From<Contact> for NtfyOut {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.0,
            target: contact.target,
            status: contact.status.as_str().to_owned(),
            verified: contact.verified_at.is_some(),
            has_token: contact.has_secret,
        }
    }
}

impl ContactKind for NtfyIn {
    const CHANNEL: Channel = Channel::Ntfy;
    type Out = NtfyOut;

    fn looking_for(target: String) -> Self {
        Self { target, token: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::topic("target", &self.target)
    }

    fn parse(self, app: &App, _: bool) -> Result<(ContactIn, Option<String>), ApiError> {
        let target = self.target()?;
        let token = parse::optional_text("token", self.token)?;
        let sealed = token.map(|token| seal(app, &token)).transpose()?;
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

/// An address that is sent signed messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactWebhook)]
pub struct WebhookOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// Only in the answer to the request that made it without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Contact> for WebhookOut {
    fn from(contact: Contact) -> Self {
        let status = contact.status.as_str().to_owned();
        Self { id: contact.id.0, target: contact.target, status, verified: contact.verified_at.is_some(), secret: None }
    }
}

impl ContactKind for WebhookIn {
    const CHANNEL: Channel = Channel::Webhook;
    type Out = WebhookOut;

    fn looking_for(target: String) -> Self {
        Self { target, secret: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        parse::url("target", &self.target)
    }

    fn parse(self, app: &App, is_new: bool) -> Result<(ContactIn, Option<String>), ApiError> {
        let target = self.target()?;
        let given = parse::optional_text("secret", self.secret)?;
        let made = (given.is_none() && is_new).then(|| app.ids.token().text());
        let sealed = given.as_ref().or(made.as_ref()).map(|secret| seal(app, secret)).transpose()?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, made))
    }

    fn show_once(out: &mut WebhookOut, secret: String) {
        out.secret = Some(secret);
    }
}
