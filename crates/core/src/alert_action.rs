//! Alert actions: what becomes of an alert in an outside tool. Pure: when an action acts ([`Trigger`]), on which alerts
//! ([`AlertField`]), and what it makes of one: a ticket ([`TicketParams`]), for the customer that its rules find
//! ([`CompanyRule`]). From then on ticket and alert follow each other by [`TicketParams::rules_for`].

mod alert_field;
mod company;
mod facts;
mod refusal;
mod ticket_params;
mod trigger;

use crate::condition::Condition;
use crate::user::words;
use serde::{Deserialize, Serialize};

pub use alert_field::{AlertField, holds};
pub use company::{CompanyBy, CompanyRule, Lookup, domain_of};
pub use facts::{ActionFacts, MARK_PREFIX, TEST_MARK_PREFIX, description, is_test_mark, title};
pub use refusal::{AGAIN, explain_refusal, field_named_in};
pub use ticket_params::{
    COMPANY_RULES_MAX, DEFAULT_DESCRIPTION, DEFAULT_TITLE, DUE_IN_MIN_MAX, TicketParams, USER_FIELDS_MAX,
};
pub use trigger::{Trigger, news_of};

words! {
    /// Who lets an action act.
    TriggerMode {
        /// What happens to an alert.
        Automatic = "AUTOMATIC",
        /// A person, alert by alert.
        Manual = "MANUAL",
    }
}

/// What an alert action is made of, beside its name, its account and its sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRules {
    /// Who lets it act.
    pub mode: TriggerMode,
    /// What it acts upon: the first of them that happens makes the ticket, the others are told to it.
    pub triggers: Vec<Trigger>,
    /// Which alerts it acts upon by itself; `None`: all of its sources.
    #[serde(default)]
    pub conditions: Option<Condition<AlertField>>,
    /// The ticket.
    pub ticket: TicketParams,
}

#[cfg(test)]
mod tests;
