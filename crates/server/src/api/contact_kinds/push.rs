//! Contacts of the push channels and of Telegram.

use super::ContactKind;
use crate::api::parse;
use crate::app::App;
use crate::contact_parts::{self, plain, seal};
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{Contact, ContactIn};

type Parsed = Result<(ContactIn, Option<String>), ApiError>;

/// A user of Pushover.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactPushoverPost)]
pub struct PushoverIn {
    /// The user key, or `key/device`.
    target: String,
}

/// A user of Pushover.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactPushover)]
#[serde(rename_all = "camelCase")]
pub struct PushoverOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// What tells it from others: the device, the name of the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl From<Contact> for PushoverOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, label: contact.label }
    }
}

impl ContactKind for PushoverIn {
    const CHANNEL: Channel = Channel::Pushover;
    type Out = PushoverOut;

    fn looking_for(target: String) -> Self {
        Self { target }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::pushover_key("target", &self.target).map(|(target, _)| target)
    }

    fn parse(self, _: &App, _: bool) -> Parsed {
        let (target, label) = contact_parts::pushover_key("target", &self.target)?;
        Ok((ContactIn { label, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// An application on a Gotify server.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactGotifyPost)]
pub struct GotifyIn {
    /// The server, such as https://gotify.example.com.
    target: String,
    /// Token of the application; left out on a change, the old one stays.
    token: Option<String>,
}

/// An application on a Gotify server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactGotify)]
#[serde(rename_all = "camelCase")]
pub struct GotifyOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    has_token: bool,
}

impl From<Contact> for GotifyOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, has_token: contact.has_secret }
    }
}

impl ContactKind for GotifyIn {
    const CHANNEL: Channel = Channel::Gotify;
    type Out = GotifyOut;

    fn looking_for(target: String) -> Self {
        Self { target, token: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::server("target", &self.target)
    }

    fn parse(self, app: &App, is_new: bool) -> Parsed {
        let target = self.target()?;
        let token = parse::optional_text("token", self.token)?;
        if token.is_none() && is_new {
            return Err(ApiError::field("token", "is required"));
        }
        let sealed = token.map(|token| seal(app, &token)).transpose()?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// An app that its owner's distributor reaches.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactUnifiedPushPost)]
pub struct UnifiedPushIn {
    /// The address that the distributor gave it.
    target: String,
    /// Its public key, 65 bytes in base64url; with it and `auth` messages are encrypted.
    p256dh: Option<String>,
    /// The secret beside it, 16 bytes in base64url.
    auth: Option<String>,
}

/// An app that its owner's distributor reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactUnifiedPush)]
#[serde(rename_all = "camelCase")]
pub struct UnifiedPushOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// Whether its messages are encrypted.
    has_keys: bool,
}

impl From<Contact> for UnifiedPushOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, has_keys: contact.has_secret }
    }
}

impl ContactKind for UnifiedPushIn {
    const CHANNEL: Channel = Channel::UnifiedPush;
    type Out = UnifiedPushOut;

    fn looking_for(target: String) -> Self {
        Self { target, p256dh: None, auth: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::endpoint("target", &self.target)
    }

    fn parse(self, app: &App, _: bool) -> Parsed {
        let target = self.target()?;
        let keys = contact_parts::keys(self.p256dh.as_deref(), self.auth.as_deref())?;
        let sealed = keys.map(|keys| seal(app, &keys)).transpose()?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// A browser or an installed page that subscribed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactWebPushPost)]
pub struct WebPushIn {
    /// The endpoint of the subscription.
    target: String,
    /// Its public key, 65 bytes in base64url; left out on a change, the old one stays.
    p256dh: Option<String>,
    /// Its secret, 16 bytes in base64url.
    auth: Option<String>,
    /// How its owner calls the device.
    label: Option<String>,
}

/// A browser or an installed page that subscribed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactWebPush)]
#[serde(rename_all = "camelCase")]
pub struct WebPushOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// What tells it from others: the device, the name of the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl From<Contact> for WebPushOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, label: contact.label }
    }
}

impl ContactKind for WebPushIn {
    const CHANNEL: Channel = Channel::WebPush;
    type Out = WebPushOut;

    fn looking_for(target: String) -> Self {
        Self { target, p256dh: None, auth: None, label: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::endpoint("target", &self.target)
    }

    fn parse(self, app: &App, is_new: bool) -> Parsed {
        let target = self.target()?;
        let keys = contact_parts::keys(self.p256dh.as_deref(), self.auth.as_deref())?;
        if keys.is_none() && is_new {
            return Err(ApiError::field("p256dh", "is required"));
        }
        let label = parse::optional_text("label", self.label)?;
        let sealed = keys.map(|keys| seal(app, &keys)).transpose()?;
        Ok((ContactIn { sealed, label, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// A chat with our bot.
#[derive(Debug)]
pub struct TelegramIn {
    target: String,
}

/// A chat with our bot. It becomes a contact when its owner opens the bot by the link of their profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactTelegram)]
#[serde(rename_all = "camelCase")]
pub struct TelegramOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// What tells it from others: the device, the name of the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl From<Contact> for TelegramOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, label: contact.label }
    }
}

impl ContactKind for TelegramIn {
    const CHANNEL: Channel = Channel::Telegram;
    type Out = TelegramOut;

    fn looking_for(target: String) -> Self {
        Self { target }
    }

    fn target(&self) -> Result<String, ApiError> {
        Ok(self.target.trim().to_owned())
    }

    /// No request leads here: which chat is whose, only the bot hears.
    fn parse(self, _: &App, _: bool) -> Parsed {
        Err(ApiError::conflict("A chat becomes a contact when its owner opens the bot."))
    }
}
