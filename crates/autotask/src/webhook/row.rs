//! Webhooks as Autotask keeps them. Names and types are those of `ContactWebhooks` in the vendor's REST description.

use jiff::Timestamp;
use serde_json::Value;

use crate::entity::entity_at;
use crate::record::{Slot, record};

record! {
    /// A webhook.
    pub struct Webhook {
        /// The row's id.
        "id" id: i64,
        /// Where Autotask tells that it switched the webhook off.
        "deactivationUrl" deactivation_url: Option<String>,
        /// Whether events are sent. Autotask sets it to false after 25 failed events in a row.
        "isActive" is_active: bool,
        /// Whether it watches anything yet; set by Autotask, true from the first subscribed field on.
        "isReady" is_ready: bool,
        /// Whether new rows are told.
        "isSubscribedToCreateEvents" on_create: bool,
        /// Whether deleted rows are told.
        "isSubscribedToDeleteEvents" on_delete: bool,
        /// Whether changed rows are told.
        "isSubscribedToUpdateEvents" on_update: bool,
        "name" name: Option<String>,
        /// Who is told by e-mail when it fails.
        "notificationEmailAddress" notification_email_address: Option<String>,
        "ownerResourceID" owner_resource_id: Option<i64>,
        /// The key of the signatures.
        "secretKey" secret_key: Withheld,
        /// Whether somebody is told when it is used too much.
        "sendThresholdExceededNotification" send_threshold_exceeded_notification: Option<bool>,
        /// What its events call it; given by Autotask.
        "webhookGUID" guid: Option<String>,
        /// Where events are sent.
        "webhookUrl" webhook_url: Option<String>,
    }
}

record! {
    /// A field that a webhook watches or sends along.
    pub struct WebhookField {
        /// The row's id, which is not that of the field.
        "id" id: i64,
        /// The field: a value of [`Client::webhook_field_names`](crate::Client::webhook_field_names).
        "fieldID" field_id: Option<i64>,
        /// Whether it is sent with every event.
        "isDisplayAlwaysField" is_display_always: bool,
        /// Whether its change is an event.
        "isSubscribedField" is_subscribed: bool,
        "webhookID" webhook_id: Option<i64>,
    }
}

record! {
    /// A user-defined field that a webhook watches or sends along.
    pub struct WebhookUdfField {
        /// The row's id, which is not that of the field.
        "id" id: i64,
        /// Whether it is sent with every event.
        "isDisplayAlwaysField" is_display_always: bool,
        /// Whether its change is an event.
        "isSubscribedField" is_subscribed: bool,
        /// The field: a value of [`Client::webhook_udf_field_names`](crate::Client::webhook_udf_field_names).
        "udfFieldID" udf_field_id: Option<i64>,
        "webhookID" webhook_id: Option<i64>,
    }
}

record! {
    /// A person whose changes a webhook does not tell.
    pub struct WebhookExcludedResource {
        /// The row's id, which is not that of the resource.
        "id" id: i64,
        "resourceID" resource_id: Option<i64>,
        "webhookID" webhook_id: Option<i64>,
    }
}

record! {
    /// An event that Autotask gave up after its tries, kept for 30 days. The names of the two ids follow those of the other
    /// kinds (`contactWebhookID`): the vendor's description at hand is older than webhooks of tickets.
    pub struct WebhookEventErrorLog {
        /// The row's id.
        "id" id: i64,
        "createDateTime" create_date_time: Option<Timestamp>,
        /// What went wrong.
        "errorMessage" error_message: Option<String>,
        /// The event's body.
        "payload" payload: Option<String>,
        "sequenceNumber" sequence_number: Option<i64>,
        "ticketNoteWebhookID" ticket_note_webhook_id: Option<i64>,
        "ticketWebhookID" ticket_webhook_id: Option<i64>,
    }
}
entity_at!(WebhookEventErrorLog, "WebhookEventErrorLogs");

/// A secret that came in an answer: not kept, only whether there was one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Withheld {
    /// Whether the answer had one.
    pub is_given: bool,
}

impl Slot for Withheld {
    fn fill(value: &Value) -> Option<Self> {
        Some(Self { is_given: !value.is_null() && value.as_str() != Some("") })
    }

    fn empty_out(self) -> Value {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Webhook;
    use crate::record::Fields;

    #[test]
    fn the_secret_of_an_answer_is_not_kept() {
        let Some(row) = json!({"id": 177, "SecretKey": "hunter2-hunter2", "isActive": true}).as_object().cloned()
        else {
            return;
        };
        let webhook = Webhook::from(row);
        assert!(webhook.secret_key.is_given && webhook.is_active);
        let shown = format!("{webhook:?} {:?}", Fields::from(webhook.clone()));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
