//! Contacts of the push channels and of Telegram.

use super::{ContactEntry, ContactKind, LabelledOut, Parsed, TokenOut, UnifiedPushOut, secret_of, token_of};
use crate::api::parse;
use crate::app::App;
use crate::contact_parts::{self, plain};
use crate::error::ApiError;
use serde::Deserialize;
use utoipa::ToSchema;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{Contact, ContactIn};

/// The keys of an endpoint.
fn keys_of(
    app: &App,
    (p256dh, auth, needed): (Option<String>, Option<String>, bool),
    before: Option<&Contact>,
    target: &str,
) -> Result<Option<Vec<u8>>, ApiError> {
    let keys = contact_parts::keys(p256dh.as_deref(), auth.as_deref())?;
    secret_of(app, ("p256dh", keys, needed), before, |kept| kept.target != target)
}

/// A user of Pushover.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactPushoverPost)]
pub struct PushoverIn {
    /// The user key, or `key/device`.
    target: String,
}

impl ContactKind for PushoverIn {
    const CHANNEL: Channel = Channel::Pushover;
    type Out = LabelledOut;
}

impl ContactEntry for PushoverIn {
    fn looking_for(target: String) -> Self {
        Self { target }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::pushover_key("target", &self.target).map(|(target, _)| target)
    }

    fn parse(self, _: &App, _: Option<&Contact>) -> Parsed {
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
    /// Token of the application; left out on a change, the old one stays, unless the server is another one.
    token: Option<String>,
}

impl ContactKind for GotifyIn {
    const CHANNEL: Channel = Channel::Gotify;
    type Out = TokenOut;
}

impl ContactEntry for GotifyIn {
    fn looking_for(target: String) -> Self {
        Self { target, token: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::server("target", &self.target)
    }

    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed {
        let target = self.target()?;
        let sealed = token_of(app, (self.token, true), before, &target)?;
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

impl ContactKind for UnifiedPushIn {
    const CHANNEL: Channel = Channel::UnifiedPush;
    type Out = UnifiedPushOut;
}

impl ContactEntry for UnifiedPushIn {
    fn looking_for(target: String) -> Self {
        Self { target, p256dh: None, auth: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::endpoint("target", &self.target)
    }

    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed {
        let target = self.target()?;
        let sealed = keys_of(app, (self.p256dh, self.auth, false), before, &target)?;
        Ok((ContactIn { sealed, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// A browser or an installed page that subscribed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactWebPushPost)]
pub struct WebPushIn {
    /// The endpoint of the subscription.
    target: String,
    /// Its public key, 65 bytes in base64url; left out on a change, the old one stays, unless the endpoint is another one.
    p256dh: Option<String>,
    /// Its secret, 16 bytes in base64url.
    auth: Option<String>,
    /// How its owner calls the device.
    label: Option<String>,
}

impl ContactKind for WebPushIn {
    const CHANNEL: Channel = Channel::WebPush;
    type Out = LabelledOut;
}

impl ContactEntry for WebPushIn {
    fn looking_for(target: String) -> Self {
        Self { target, p256dh: None, auth: None, label: None }
    }

    fn target(&self) -> Result<String, ApiError> {
        contact_parts::endpoint("target", &self.target)
    }

    fn parse(self, app: &App, before: Option<&Contact>) -> Parsed {
        let target = self.target()?;
        let sealed = keys_of(app, (self.p256dh, self.auth, true), before, &target)?;
        let label = parse::optional_text("label", self.label)?;
        Ok((ContactIn { sealed, label, ..plain(Self::CHANNEL, target) }, None))
    }
}

/// A chat with our bot: no request enters one, since only the bot hears which chat is whose.
#[derive(Debug)]
pub struct Telegram;

impl ContactKind for Telegram {
    const CHANNEL: Channel = Channel::Telegram;
    type Out = LabelledOut;
}
