//! An event of a webhook: what happened to which row. Pure: bytes in, an event or an error out.

use jiff::Timestamp;
use serde_json::Value;

use crate::callout::{clean, decode_text};
use crate::record::{Fields, Scalar};
use crate::time::{self, Naive};
use crate::webhook::WebhookKind;
use crate::write::NOTE_TEXT_CHARS_MAX;

/// Largest body that is read, in bytes: a long note in which every character is escaped (`\u00e4`) fits several times.
pub const WEBHOOK_BYTES_MAX: usize = 1024 * 1024;
/// Fields that are kept of an event; a ticket has 72 and at most 300 user-defined ones.
const FIELDS_MAX: usize = 500;
/// Longest name of a field, and longest GUID, action or type that is kept, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Most characters of outside text that an error quotes.
const QUOTE_CHARS_MAX: usize = 40;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WebhookAction {
    /// The row is new.
    Create,
    /// A subscribed field of the row was changed.
    Update,
    /// The row was deleted.
    Delete,
    /// The webhook was switched off: by Autotask after failures, by a person, or because it was deleted.
    Deactivated,
    /// Something that is not known here, as it came.
    Other(String),
}

impl WebhookAction {
    fn read(text: &str) -> Self {
        const KNOWN: [(&str, WebhookAction); 4] = [
            ("create", WebhookAction::Create),
            ("update", WebhookAction::Update),
            ("delete", WebhookAction::Delete),
            ("deactivated", WebhookAction::Deactivated),
        ];
        let known = KNOWN.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        known.map_or_else(|| Self::Other(text.to_owned()), |(_, action)| action)
    }

    /// Whether it happened to a row, so that the event must name one.
    fn is_of_row(&self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }
}

/// An event. Its fields are a hint, and may be stale when it arrives: read the row itself for the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookEvent {
    /// What happened.
    pub action: WebhookAction,
    /// The webhook's `webhookGUID`.
    pub guid: Option<String>,
    /// What the row is, as it came: see [`Self::kind`].
    pub entity_type: Option<String>,
    /// The row's id, positive; there is always one of [`WebhookAction::Create`], [`WebhookAction::Update`] and [`WebhookAction::Delete`].
    pub id: Option<i64>,
    /// The fields under their names as they came (`TicketNumber`): see [`Self::field`].
    pub fields: Fields,
    /// When it happened.
    pub event_time: Option<Timestamp>,
    /// Counts the events of a webhook, so that lost and doubled ones can be told.
    pub sequence_number: Option<i64>,
    /// Who did it: a resource or a contact.
    pub person_id: Option<i64>,
}

/// Why an event cannot be read. The texts quote little of what came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookEventError {
    /// More than [`WEBHOOK_BYTES_MAX`].
    #[error("the webhook's body is larger than {WEBHOOK_BYTES_MAX} bytes")]
    TooLarge,
    /// Looks like nothing that a webhook sends.
    #[error("the webhook's body is not valid JSON: {0}")]
    Json(String),
    /// JSON, but a list, a text or a number.
    #[error("the webhook's body is not a JSON object")]
    NotAnObject,
    /// It does not say what happened.
    #[error("the webhook's body has no \"Action\"")]
    NoAction,
    /// It does not say to which row.
    #[error("the webhook's body has no \"Id\"")]
    NoId,
    /// The id is none.
    #[error("the webhook's \"Id\" {0} is not a positive whole number")]
    BadId(String),
}

impl WebhookEvent {
    /// Reads an event. The case of the keys does not count; numbers may come as texts. Check the signature before.
    pub fn parse(body: &[u8]) -> Result<Self, WebhookEventError> {
        if body.len() > WEBHOOK_BYTES_MAX {
            return Err(WebhookEventError::TooLarge);
        }
        let value = serde_json::from_str(&decode_text(body)).map_err(|e| WebhookEventError::Json(e.to_string()))?;
        match value {
            Value::Object(body) => Self::from_body(&body),
            _ => Err(WebhookEventError::NotAnObject),
        }
    }

    fn from_body(body: &Fields) -> Result<Self, WebhookEventError> {
        let name = |key: &str| find(body, key).and_then(Value::as_str).and_then(short_text);
        let number = |key: &str| find(body, key).and_then(i64::read);
        let action = name("Action").map(|text| WebhookAction::read(&text)).ok_or(WebhookEventError::NoAction)?;
        Ok(Self {
            id: read_id(find(body, "Id"), &action)?,
            action,
            guid: name("Guid"),
            entity_type: name("EntityType"),
            fields: find(body, "Fields").and_then(Value::as_object).map(kept).unwrap_or_default(),
            event_time: find(body, "EventTime").and_then(Value::as_str).and_then(|t| time::parse(t, Naive::IsUtc)),
            sequence_number: number("SequenceNumber"),
            // Clients of Autotask spell it both ways; `find` does not care.
            person_id: number("PersonID"),
        })
    }

    /// What the row is; `None` for a type that is missing or not known here.
    pub fn kind(&self) -> Option<WebhookKind> {
        WebhookKind::of_entity_type(self.entity_type.as_deref()?)
    }

    /// A field by its name, in any case: `status` finds `Status`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        find(&self.fields, name)
    }

    /// The number in a field, also where it came as a text.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.field(name).and_then(i64::read)
    }
}

fn find<'a>(fields: &'a Fields, key: &str) -> Option<&'a Value> {
    fields.get(key).or_else(|| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

/// The id, which what happened to a row must have. Elsewhere a bad one is left out.
fn read_id(value: Option<&Value>, action: &WebhookAction) -> Result<Option<i64>, WebhookEventError> {
    let id = value.and_then(i64::read).filter(|id| *id > 0);
    match (id, value.filter(|value| !value.is_null())) {
        (Some(id), _) => Ok(Some(id)),
        (None, _) if !action.is_of_row() => Ok(None),
        (None, None) => Err(WebhookEventError::NoId),
        (None, Some(other)) => Err(WebhookEventError::BadId(clean(&other.to_string(), QUOTE_CHARS_MAX))),
    }
}

fn short_text(text: &str) -> Option<String> {
    Some(clean(text, NAME_CHARS_MAX)).filter(|text| !text.is_empty())
}

/// The fields without control characters, cut; of lists and objects nothing is known, so they are left out.
fn kept(fields: &Fields) -> Fields {
    let one = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Some((short_text(name)?, clean(text, NOTE_TEXT_CHARS_MAX).into())),
        Value::Array(_) | Value::Object(_) => None,
        other => Some((short_text(name)?, other.clone())),
    };
    fields.iter().filter_map(one).take(FIELDS_MAX).collect()
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
