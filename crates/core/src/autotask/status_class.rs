//! What a status means.

use serde::{Deserialize, Serialize};

/// The picklist ids that Autotask itself gives: the label may be renamed, the meaning stays.
const NEW: i64 = 1;
const COMPLETE: i64 = 5;
const WAITING_CUSTOMER: i64 = 7;

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusClass {
    /// Nobody has looked at it.
    New,
    /// Somebody works on it.
    InProgress,
    /// Done.
    Complete,
    /// Refused.
    Denied,
    /// Called off.
    Cancelled,
    /// The same as another ticket.
    Duplicate,
    /// Junk.
    Spam,
    /// The monitoring tool says that it is over.
    RmmResolved,
    /// Work is done, papers are not.
    WorkComplete,
    /// Waits for the customer.
    WaitingCustomer,
    /// Waits for parts.
    WaitingMaterials,
    /// Waits for a vendor or another third party.
    WaitingVendor,
    /// Waits for somebody to agree.
    WaitingApproval,
    /// Waits for the dispatcher to give it to somebody. Robots set it right after creation.
    WaitingDispatch,
    /// Waits for something else.
    WaitingOther,
    /// Has an appointment.
    Scheduled,
    /// Put aside.
    OnHold,
    /// Agreed to, and nobody works on it.
    Approved,
    /// Somebody asks for help.
    Escalate,
    /// The customer wrote.
    CustomerNoteAdded,
    /// Was done and is not.
    Reopened,
    /// Anything else.
    Other,
}

impl StatusClass {
    /// All of them, in the order of the form.
    pub const ALL: &'static [StatusClass] = &[
        StatusClass::New,
        StatusClass::InProgress,
        StatusClass::Complete,
        StatusClass::Denied,
        StatusClass::Cancelled,
        StatusClass::Duplicate,
        StatusClass::Spam,
        StatusClass::RmmResolved,
        StatusClass::WorkComplete,
        StatusClass::WaitingCustomer,
        StatusClass::WaitingMaterials,
        StatusClass::WaitingVendor,
        StatusClass::WaitingApproval,
        StatusClass::WaitingDispatch,
        StatusClass::WaitingOther,
        StatusClass::Scheduled,
        StatusClass::OnHold,
        StatusClass::Approved,
        StatusClass::Escalate,
        StatusClass::CustomerNoteAdded,
        StatusClass::Reopened,
        StatusClass::Other,
    ];

    /// The class of Autotask's own status ids, whatever their label.
    pub fn of_system_id(id: i64) -> Option<Self> {
        match id {
            NEW => Some(StatusClass::New),
            COMPLETE => Some(StatusClass::Complete),
            WAITING_CUSTOMER => Some(StatusClass::WaitingCustomer),
            _ => None,
        }
    }
}
