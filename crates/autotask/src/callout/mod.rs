//! What an extension callout of Autotask says: which ticket, and little else.
//!
//! A callout carries no title, priority, queue or company, and may be stale: read the ticket itself for the truth.

mod charset;
mod form;
mod json;
mod pairs;
mod ticket_ref;
mod xml;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::ticket_number::TicketNumber;
use crate::time::{self, Naive};
pub use charset::decode_text;
use pairs::Pairs;
pub use ticket_ref::TicketRef;

/// Largest body (and query string) that is read, in bytes.
pub const CALLOUT_BYTES_MAX: usize = 64 * 1024;
/// Longest status label or domain that is kept, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Longest value that is kept of a field with an unknown name, in characters.
const OTHER_CHARS_MAX: usize = 2_000;
/// Fields with unknown names that are kept; the rest is dropped.
const OTHERS_MAX: usize = 50;

/// An extension callout for a ticket.
#[derive(Debug, Clone)]
pub struct Callout {
    /// The ticket; by its id where both are given.
    pub ticket: TicketRef,
    /// The ticket's number, where it is given.
    pub number: Option<TicketNumber>,
    /// The *label* of the status ("New"), in the tenant's own words; the API calls it by a number.
    pub status_label: Option<String>,
    /// When the ticket was made. Sent with an odd offset (`-04:00:00`); unreadable ones are left out.
    pub created: Option<Timestamp>,
    /// When something last happened to the ticket.
    pub last_activity: Option<Timestamp>,
    /// The tenant's domain, where it is given.
    pub domain: Option<String>,
    /// User name from the callout's settings, where it came as a field.
    pub user_name: Option<String>,
    /// Password from the callout's settings, where it came as a field.
    pub password: Option<SecretString>,
    /// The other fields in their order, such as the user-defined field chosen in the callout: name and value.
    pub others: Vec<(String, String)>,
}

/// Why a callout cannot be read. The texts are for the person who set it up, and quote little of what came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalloutError {
    /// More than [`CALLOUT_BYTES_MAX`].
    #[error("the callout is larger than {CALLOUT_BYTES_MAX} bytes")]
    TooLarge,
    /// Neither a body nor a query string.
    #[error("the callout is empty: a ticket id or a ticket number is needed")]
    Empty,
    /// A body in parts, as browsers send files.
    #[error(
        "multipart/form-data is not understood: choose the data format \"Name Value Pair\" in the extension callout"
    )]
    Multipart,
    /// Looks like JSON, is none.
    #[error("the body is not valid JSON: {0}")]
    Json(String),
    /// Looks like XML, is none.
    #[error("the body is not well-formed XML: {0}")]
    Xml(String),
    /// A field that should hold the id holds something else.
    #[error("the ticket id \"{0}\" is not a positive whole number")]
    BadId(String),
    /// Well-formed, but no ticket in it. Holds the names of the fields that were there.
    #[error("neither a ticket id (field \"id\") nor a ticket number (field \"number\") was found; fields: {0}")]
    NoTicket(String),
}

impl Callout {
    /// Reads a callout in any form Autotask may send it: name-value pairs, XML or JSON in the body, or a query string.
    ///
    /// The form is told by the first character of the body, since the content type is not to be relied on. `query` is
    /// the raw query string without the question mark; what the body says comes first.
    pub fn parse(content_type: Option<&str>, query: Option<&str>, body: &[u8]) -> Result<Self, CalloutError> {
        let pairs = pairs::read(content_type, query.unwrap_or_default(), body)?;
        Self::from_pairs(&pairs)
    }

    fn from_pairs(pairs: &Pairs) -> Result<Self, CalloutError> {
        let (ticket, number) = ticket_ref::find(pairs)?;
        let label = |names: &[&'static str]| {
            pairs.first(names).map(|text| clean(text, LABEL_CHARS_MAX)).filter(|text| !text.is_empty())
        };
        let time = |names: &[&'static str]| pairs.first(names).and_then(|text| time::parse(text, Naive::IsUnknown));
        Ok(Self {
            ticket,
            number,
            status_label: label(STATUS),
            created: time(CREATED),
            last_activity: time(LAST_ACTIVITY),
            domain: label(DOMAIN),
            user_name: label(USER_NAME),
            password: pairs.first(PASSWORD).map(SecretString::from),
            others: others(pairs),
        })
    }
}

/// Spellings of the fields' names, folded: lower case without `_`, `-`, `.` and blanks.
const STATUS: &[&str] = &["status", "ticketstatus", "statuslabel"];
const CREATED: &[&str] = &["createddatetime", "createdatetime", "createdate", "created"];
const LAST_ACTIVITY: &[&str] = &["lastactivitydatetime", "lastactivitydate", "lastactivity"];
const DOMAIN: &[&str] = &["domain", "userdomain"];
const USER_NAME: &[&str] = &["username", "user"];
const PASSWORD: &[&str] = &["password", "pass", "secret"];

fn others(pairs: &Pairs) -> Vec<(String, String)> {
    let known =
        [ticket_ref::ID, ticket_ref::NUMBER, STATUS, CREATED, LAST_ACTIVITY, DOMAIN, USER_NAME, PASSWORD].concat();
    let unknown = pairs.iter().filter(|pair| !known.contains(&pair.folded.as_str()));
    let kept = unknown.map(|pair| (clean(&pair.name, LABEL_CHARS_MAX), clean(&pair.value, OTHER_CHARS_MAX)));
    kept.filter(|(name, value)| !name.is_empty() && !value.is_empty()).take(OTHERS_MAX).collect()
}

/// Text to be kept: no control characters (NUL above all), trimmed, cut.
pub(crate) fn clean(text: &str, chars_max: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(chars_max).collect()
}

#[cfg(test)]
mod tests;
