//! What the templates of an alert action see, and the texts of its ticket.

use super::ticket_params::{DEFAULT_DESCRIPTION, DEFAULT_TITLE, TicketParams};
use crate::alert::Alert;
use crate::template::{Rendered, render_or_default};
use crate::text::cut;
use serde_json::{Value, json};

/// What an id of ours in a ticket's `externalID` begins with.
pub const MARK_PREFIX: &str = "watchbell-";
/// The same of a ticket that only tests the account.
pub const TEST_MARK_PREFIX: &str = "watchbell-test-";
/// Longest title, in characters (the vendor's limit).
const TITLE_CHARS_MAX: usize = 255;
/// Longest description, in characters (the vendor's limit).
const DESCRIPTION_CHARS_MAX: usize = 8_000;

/// Whether a ticket with this `externalID` only tests an account.
pub fn is_test_mark(external_id: &str) -> bool {
    external_id.starts_with(TEST_MARK_PREFIX)
}

/// An alert with what stands around it.
#[derive(Debug, Clone, Copy)]
pub struct ActionFacts<'a> {
    /// The alert.
    pub alert: &'a Alert,
    /// The name of its source.
    pub source: &'a str,
    /// Its page.
    pub url: &'a str,
}

impl ActionFacts<'_> {
    /// What templates see: `alert`, `labels`, `custom`, `source`, `url`. Labels that are missing are nothing with `default`.
    pub fn template_context(&self) -> Value {
        let alert = self.alert;
        let caller = alert.content.caller.as_ref();
        json!({
            "alert": {
                "id": alert.id.0, "summary": alert.summary, "details": alert.details, "key": alert.key, "priority": alert.priority.as_str(),
                "status": alert.status.as_str(), "events": alert.event_count, "customer": alert.content.customer,
                "reported": alert.report_time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                "links": alert.content.links.iter().map(|link| json!({"href": link.href, "text": link.text})).collect::<Vec<_>>(),
            },
            "caller": {
                "name": caller.map(|caller| &caller.name), "email": caller.and_then(|caller| caller.email.as_ref()),
                "phone": caller.and_then(|caller| caller.phone.as_ref()),
            },
            "labels": alert.content.labels,
            "custom": alert.content.custom_details,
            "source": self.source,
            "url": self.url,
        })
    }
}

/// The title of the ticket: one line.
pub fn title(params: &TicketParams, facts: &ActionFacts<'_>, context: &Value) -> Rendered {
    let rendered = render_or_default(params.title.as_deref(), DEFAULT_TITLE, &facts.alert.summary, context);
    let one_line = rendered.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Rendered { text: cut(&one_line, TITLE_CHARS_MAX), ..rendered }
}

/// The description of the ticket, with the way back to the alert as its last line.
pub fn description(params: &TicketParams, facts: &ActionFacts<'_>, context: &Value) -> Rendered {
    let rendered = render_or_default(params.description.as_deref(), DEFAULT_DESCRIPTION, &facts.alert.details, context);
    let last = format!("Watchbell alert {}: {}", facts.alert.id, facts.url);
    let room = DESCRIPTION_CHARS_MAX.saturating_sub(last.chars().count() + 2);
    let text = cut(&rendered.text, room);
    let text = if text.trim().is_empty() { last } else { format!("{text}\n\n{last}") };
    Rendered { text, ..rendered }
}
