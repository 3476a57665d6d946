//! What a source says, parsed: the four event types of the events API and what they carry.

use crate::alert::Priority;
use crate::ids::ActionId;
use crate::limits;
use crate::text::{self, TextError};
use crate::user::words;
use serde::{Deserialize, Serialize};

words! {
    /// What an event wants.
    EventType {
        /// Open an alert, or add to the open one.
        Alert = "ALERT",
        /// Accept the open alert.
        Accept = "ACCEPT",
        /// Resolve the open alert.
        Resolve = "RESOLVE",
        /// Comment on the open alert.
        Comment = "COMMENT",
    }
}

/// What ties the events of one problem together: kept as sent, compared folded (trimmed, lower case).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AlertKey {
    text: String,
    folded: String,
}

impl AlertKey {
    /// Parses a key; an empty one is no key. Errors: too long (a cut key would join strangers).
    pub fn parse(raw: &str) -> Result<Option<Self>, TextError> {
        match text::Text::<{ limits::ALERT_KEY_CHARS_MAX }>::parse(raw) {
            Ok(text) => {
                let text = text.into_string();
                Ok(Some(Self { folded: text::fold(&text), text }))
            }
            Err(TextError::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// As the source wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As it is compared.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// A link on an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// What is printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A picture on an alert, shown as a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The picture.
    pub src: String,
    /// Where a click leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// The text instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// A person at the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Name as the tool prints it.
    pub name: String,
    /// Number to call back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The ticket behind an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRef {
    /// The tool's id.
    pub id: i64,
    /// The number that people say.
    pub number: String,
    /// Deep link into the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Label of its queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Label of its status when it was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<jiff::Timestamp>,
    /// When the first response is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_due: Option<jiff::Timestamp>,
    /// The alert action that made it; `None`: the alert was made from the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
}

/// What an alert carries beside its summary: shown, never decided upon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    /// Labels, name to value.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub labels: std::collections::BTreeMap<String, String>,
    /// Anything else, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_details: Option<serde_json::Value>,
    /// The client company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Who asked for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// The ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketRef>,
    /// The source's own word for the urgency ("Critical").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_label: Option<String>,
    /// Whether it reports old news: its pages go out in one summary with the others of its source, never by themselves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub told_in_summary: bool,
    /// What went wrong while the alert was made (a broken template), for the person who reads it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// One event, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it wants.
    pub kind: EventType,
    /// What it is about.
    pub key: Option<AlertKey>,
    /// One line; empty only where the type allows it.
    pub summary: String,
    /// More lines.
    pub details: String,
    /// The source's own wish; else its rule decides.
    pub priority: Option<Priority>,
    /// Escalation policies by routing key, comma separated, the first that matches.
    pub routing_key: Option<String>,
    /// The rest.
    pub content: Content,
    /// Comments: author and text.
    pub comments: Vec<(String, String)>,
}
