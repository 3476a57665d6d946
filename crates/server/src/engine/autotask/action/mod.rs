//! Tickets from alerts: the job of an alert action makes a ticket exactly once, another one looks at those tickets while their
//! alerts are open. What happens to the alert is told to its ticket by the job of [`super::write_back`].

mod company;
mod fields;
mod make;
mod record;
mod run;
mod test;
mod watch;

pub use company::{companies_like, company_named};
pub use test::{Tested, test_action};

pub(in crate::engine) use run::run_action;
pub(in crate::engine) use watch::watch_tickets;

use super::health::Trouble;
use jiff::SignedDuration;
use watchbell_store::StoreError;

/// Why there is no ticket yet.
pub(super) enum Failed {
    /// It would be refused again: why, and what a person has to change.
    Refused(String),
    /// It is looked again after this time.
    Wait(SignedDuration, &'static str),
    /// Autotask, or our own database.
    Trouble(Trouble),
    /// Another node has the job by now.
    LeaseLost,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Failed::Trouble(trouble)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Trouble(Trouble::Store(error))
    }
}
