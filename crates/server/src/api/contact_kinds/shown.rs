//! Contacts as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;
use watchbell_store::contacts::Contact;

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

/// A contact on a server that may ask for a token: ntfy, Gotify.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactWithToken)]
#[serde(rename_all = "camelCase")]
pub struct TokenOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    has_token: bool,
}

impl From<Contact> for TokenOut {
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
    pub(super) secret: Option<String>,
}

impl From<Contact> for WebhookOut {
    fn from(contact: Contact) -> Self {
        let status = contact.status.as_str().to_owned();
        Self { id: contact.id.0, target: contact.target, status, verified: contact.verified_at.is_some(), secret: None }
    }
}

/// A contact whose address tells people little: a user of Pushover, a browser that subscribed, a chat with our bot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactWithLabel)]
#[serde(rename_all = "camelCase")]
pub struct LabelledOut {
    id: i64,
    target: String,
    status: String,
    verified: bool,
    /// What tells it from others: the device, the name of the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl From<Contact> for LabelledOut {
    fn from(contact: Contact) -> Self {
        let (status, verified) = (contact.status.as_str().to_owned(), contact.verified_at.is_some());
        Self { id: contact.id.0, target: contact.target, status, verified, label: contact.label }
    }
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
