//! The order to read a ticket: what the job remembers, and how it is asked for.

use super::{CALLS_MAX, pool_of};
use autotask::{TicketNumber, TicketRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_connect::sources::autotask::subject_of;
use watchbell_core::ids::{ConnectorId, OrgId, SourceId};
use watchbell_store::jobs::{JobKind, NewJob};

/// Which ticket is to be read, and what has become of the order so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FetchOrder {
    /// Its id, where it is known.
    #[serde(default)]
    pub(crate) id: Option<i64>,
    /// Its number, where the id is not known.
    #[serde(default)]
    pub(crate) number: Option<TicketNumber>,
    /// The status as the callout called it.
    #[serde(default)]
    pub(crate) status_label: Option<String>,
    /// Whether another ticket with an alert was merged into it.
    #[serde(default)]
    pub(crate) merged: bool,
    /// Whether it is only to be seen whether anybody works on it: no callout waits for it, and nothing follows where it cannot be read.
    #[serde(default)]
    pub(crate) look: bool,
    /// How often Autotask said that there is no such ticket.
    #[serde(default)]
    pub(crate) gone: usize,
    /// Whether what can be done without reading it was done.
    #[serde(default)]
    pub(crate) acted: bool,
}

impl FetchOrder {
    /// An order that a callout gave.
    pub(crate) fn new(ticket: TicketRef, status_label: Option<String>) -> Self {
        let (id, number) = match ticket {
            TicketRef::Id(id) => (Some(id), None),
            TicketRef::Number(number) => (None, Some(number)),
        };
        Self { id, number, status_label, merged: false, look: false, gone: 0, acted: false }
    }

    /// The ticket; none in an order of another version.
    pub(super) fn ticket(&self) -> Option<TicketRef> {
        self.id.map(TicketRef::Id).or_else(|| self.number.clone().map(TicketRef::Number))
    }

    /// What the events that wait for it are about.
    pub(crate) fn subject(&self) -> String {
        let ticket = self.ticket().map(|ticket| subject_of(&ticket)).unwrap_or_default();
        if self.merged { format!("merge:{ticket}") } else { ticket }
    }
}

/// The job that reads a ticket: coalesced per source and ticket, a few at a time per account.
pub(crate) fn fetch_job(
    org: OrgId,
    source: SourceId,
    connector: &ConnectorId,
    order: &FetchOrder,
    at: Timestamp,
) -> NewJob {
    NewJob::new(org, JobKind::FetchTicket, source.0, at)
        .once(format!("fetch:{source}:{}", order.subject()))
        .in_pool(pool_of(connector), CALLS_MAX)
        .with(order)
}
