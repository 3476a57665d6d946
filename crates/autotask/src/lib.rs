#![doc = include_str!("../README.md")]

mod address;
mod callout;
mod client;
mod connection;
mod credentials;
mod discovery;
mod entity;
mod error;
mod gate;
mod http;
mod link;
mod lookups;
mod metadata;
mod pages;
mod picklist;
mod query;
mod record;
mod ticket_number;
mod tickets;
mod time;
mod verdict;
mod webhook;
mod write;
mod zone;

pub use address::{Address, AddressError};
pub use callout::{CALLOUT_BYTES_MAX, Callout, CalloutError, TicketRef, decode_text};
pub use client::Client;
pub use connection::{Connection, Threshold, Version};
pub use credentials::Credentials;
pub use discovery::{ZoneInformation, discover_zone};
pub use entity::{
    Company, ConfigurationItem, Contact, DeletedTicketLog, Entity, Publish, Resource, ResourceRole, Role, Ticket,
    TicketHistory, TicketNote, UserDefinedField,
};
pub use error::{Backoff, Cause, Error, Fault};
pub use gate::REQUESTS_PER_ENDPOINT_MAX;
pub use http::{BODY_BYTES_MAX, TIMEOUT};
pub use link::{ticket_link, web_url_of};
pub use metadata::{EntityInformation, FieldInformation, picklist_of};
pub use pages::{Pages, Rows};
pub use picklist::{Picklist, PicklistValue};
pub use query::{Filter, Operand, Page, Query, ROWS_PER_PAGE_MAX};
pub use record::Fields;
pub use ticket_number::{NotATicketNumber, TicketNumber};
pub use webhook::{
    NewWebhook, NewWebhookField, SignatureError, Subscriptions, WEBHOOK_BYTES_MAX, WEBHOOK_EMAIL_CHARS_MAX,
    WEBHOOK_NAME_CHARS_MAX, WEBHOOK_SECRET_CHARS_MAX, WEBHOOK_SECRET_CHARS_MIN, WEBHOOK_SIGNATURE_HEADER,
    WEBHOOK_URL_CHARS_MAX, Webhook, WebhookAction, WebhookEvent, WebhookEventError, WebhookEventErrorLog,
    WebhookExcludedResource, WebhookField, WebhookKind, WebhookPatch, WebhookUdfField, Withheld, verify_signature,
};
pub use write::{NOTE_TEXT_CHARS_MAX, NOTE_TITLE_CHARS_MAX, NewNote, NewTicket, TicketPatch};
pub use zone::{ZONES, Zone, ZoneHost};
