//! What is written of webhooks.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::record::Fields;

// The lengths are those of the vendor's help on the entity, "REST: Webhooks".

/// Longest name of a webhook that is sent, in characters; the rest is cut.
pub const WEBHOOK_NAME_CHARS_MAX: usize = 50;
/// Longest address that a webhook may have, in characters; a longer one is refused.
pub const WEBHOOK_URL_CHARS_MAX: usize = 500;
/// Shortest secret key, in characters; a shorter one is refused.
pub const WEBHOOK_SECRET_CHARS_MIN: usize = 10;
/// Longest secret key, in characters; a longer one is refused.
pub const WEBHOOK_SECRET_CHARS_MAX: usize = 64;
/// Longest address for mails about failures, in characters; a longer one is refused.
pub const WEBHOOK_EMAIL_CHARS_MAX: usize = 150;

/// What a webhook tells of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Subscriptions {
    /// New rows.
    pub create: bool,
    /// Changes of subscribed fields.
    pub update: bool,
    /// Deleted rows.
    pub delete: bool,
}

impl Subscriptions {
    fn fields(self) -> [(&'static str, bool); 3] {
        [
            ("isSubscribedToCreateEvents", self.create),
            ("isSubscribedToUpdateEvents", self.update),
            ("isSubscribedToDeleteEvents", self.delete),
        ]
    }
}

/// A webhook to be created. It sends nothing of new and changed rows before a field is subscribed.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Cut to [`WEBHOOK_NAME_CHARS_MAX`].
    pub name: String,
    /// Where events are sent: `https` at port 443.
    pub webhook_url: String,
    /// Where Autotask tells that the webhook was switched off.
    pub deactivation_url: String,
    /// The key of the signatures, [`WEBHOOK_SECRET_CHARS_MIN`] to [`WEBHOOK_SECRET_CHARS_MAX`] characters.
    pub secret_key: SecretString,
    /// Whether it sends from the start; subscribe the fields first where no event may lack one.
    pub is_active: bool,
    /// What it tells of.
    pub subscriptions: Subscriptions,
    /// Whom it belongs to; if that resource is deactivated, so is the webhook.
    pub owner_resource_id: i64,
    /// Who is told by e-mail when it fails.
    pub notification_email_address: Option<String>,
    /// Whether that address is told as well when the webhook is used too much.
    pub send_threshold_exceeded_notification: bool,
}

impl NewWebhook {
    pub(crate) fn into_row(self) -> Value {
        let mut row = json!({
            "name": cut(&self.name),
            "webhookUrl": self.webhook_url,
            "deactivationUrl": self.deactivation_url,
            "secretKey": self.secret_key.expose_secret(),
            "isActive": self.is_active,
            "ownerResourceID": self.owner_resource_id,
            "sendThresholdExceededNotification": self.send_threshold_exceeded_notification,
        });
        for (name, value) in self.subscriptions.fields() {
            row[name] = value.into();
        }
        if let Some(address) = self.notification_email_address {
            row["notificationEmailAddress"] = address.into();
        }
        row
    }
}

/// A change of a webhook: only what is named is touched.
#[derive(Clone)]
pub struct WebhookPatch {
    id: i64,
    fields: Fields,
    secret_key: Option<SecretString>,
}

impl WebhookPatch {
    /// A change of the webhook with this id, which changes nothing yet.
    pub fn new(id: i64) -> Self {
        Self { id, fields: Fields::new(), secret_key: None }
    }

    /// Switches it on or off. Autotask tells the deactivation URL when it is switched off.
    #[must_use]
    pub fn active(self, is_active: bool) -> Self {
        self.set("isActive", is_active)
    }

    /// Its name, cut to [`WEBHOOK_NAME_CHARS_MAX`].
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.set("name", cut(name))
    }

    /// Where events are sent.
    #[must_use]
    pub fn webhook_url(self, url: &str) -> Self {
        self.set("webhookUrl", url)
    }

    /// Where Autotask tells that it was switched off.
    #[must_use]
    pub fn deactivation_url(self, url: &str) -> Self {
        self.set("deactivationUrl", url)
    }

    /// The key of the signatures. Events under way are still signed with the old one.
    #[must_use]
    pub fn secret_key(mut self, secret: &SecretString) -> Self {
        self.secret_key = Some(secret.clone());
        self
    }

    /// What it tells of.
    #[must_use]
    pub fn subscriptions(self, subscriptions: Subscriptions) -> Self {
        subscriptions.fields().into_iter().fold(self, |patch, (name, value)| patch.set(name, value))
    }

    /// Whom it belongs to.
    #[must_use]
    pub fn owner(self, resource_id: i64) -> Self {
        self.set("ownerResourceID", resource_id)
    }

    /// Who is told by e-mail when it fails.
    #[must_use]
    pub fn notification_email_address(self, address: &str) -> Self {
        self.set("notificationEmailAddress", address)
    }

    fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    pub(crate) fn secret(&self) -> Option<SecretString> {
        self.secret_key.clone()
    }

    /// The row; the id goes into the body, since the URL is that of the collection.
    pub(crate) fn into_row(self) -> Value {
        let id = self.id;
        let secret = self.secret_key.clone();
        let patch = secret.into_iter().fold(self, |patch, secret| patch.set("secretKey", secret.expose_secret()));
        Value::Object(patch.set("id", id).fields)
    }
}

impl fmt::Debug for WebhookPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookPatch").field("id", &self.id).field("fields", &self.fields).finish_non_exhaustive()
    }
}

/// A field to be watched, or sent along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewWebhookField {
    /// The number of the field or user-defined field, from the picklist of their names.
    pub field_id: i64,
    /// Whether its change is an event.
    pub is_subscribed: bool,
    /// Whether it is sent with every event.
    pub is_display_always: bool,
}

impl NewWebhookField {
    /// A field whose change is an event.
    pub fn subscribed(field_id: i64) -> Self {
        Self { field_id, is_subscribed: true, is_display_always: false }
    }

    /// `id_name` is `fieldID` or `udfFieldID`.
    pub(crate) fn into_row(self, webhook_id: i64, id_name: &str) -> Value {
        let mut row = json!({
            "webhookID": webhook_id,
            "isSubscribedField": self.is_subscribed,
            "isDisplayAlwaysField": self.is_display_always,
        });
        row[id_name] = self.field_id.into();
        row
    }
}

fn cut(name: &str) -> String {
    name.chars().take(WEBHOOK_NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_webhook_says_everything_and_prints_no_secret() {
        let webhook = NewWebhook {
            name: "n".repeat(60),
            webhook_url: "https://a.example/h".to_owned(),
            deactivation_url: "https://a.example/d".to_owned(),
            secret_key: "hunter2-hunter2".into(),
            is_active: true,
            subscriptions: Subscriptions { create: true, update: true, delete: false },
            owner_resource_id: 29,
            notification_email_address: None,
            send_threshold_exceeded_notification: true,
        };
        assert!(!format!("{webhook:?}").contains("hunter2"));
        assert_eq!(
            webhook.into_row(),
            json!({"name": "n".repeat(50), "webhookUrl": "https://a.example/h", "deactivationUrl": "https://a.example/d",
                   "secretKey": "hunter2-hunter2", "isActive": true, "isSubscribedToCreateEvents": true,
                   "isSubscribedToUpdateEvents": true, "isSubscribedToDeleteEvents": false, "ownerResourceID": 29,
                   "sendThresholdExceededNotification": true})
        );
    }

    #[test]
    fn a_patch_holds_the_id_and_what_was_set_and_prints_no_secret() {
        let patch = WebhookPatch::new(177).active(true).secret_key(&"hunter2-hunter2".into());
        assert!(!format!("{patch:?}").contains("hunter2"));
        assert_eq!(patch.into_row(), json!({"id": 177, "isActive": true, "secretKey": "hunter2-hunter2"}));
    }
}
