//! REST webhooks: Autotask tells an address of ours which fields of which row changed, signed with a secret of ours.
//!
//! They are made through the API, so nobody has to set up workflow rules. They get lost and are switched off by Autotask after
//! 25 failed events in a row (its help, "Webhooks Error Handling"), so read the tickets now and then all the same.

mod calls;
mod event;
mod kind;
mod row;
mod signature;
mod write;

pub use event::{WEBHOOK_BYTES_MAX, WebhookAction, WebhookEvent, WebhookEventError};
pub use kind::WebhookKind;
pub use row::{Webhook, WebhookEventErrorLog, WebhookExcludedResource, WebhookField, WebhookUdfField, Withheld};
pub use signature::{SignatureError, WEBHOOK_SIGNATURE_HEADER, verify_signature};
pub use write::{
    NewWebhook, NewWebhookField, Subscriptions, WEBHOOK_EMAIL_CHARS_MAX, WEBHOOK_NAME_CHARS_MAX,
    WEBHOOK_SECRET_CHARS_MAX, WEBHOOK_SECRET_CHARS_MIN, WEBHOOK_URL_CHARS_MAX, WebhookPatch,
};
