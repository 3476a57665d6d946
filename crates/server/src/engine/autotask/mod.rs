//! Autotask in the engine: tickets are read by jobs, asked about by `core::autotask::decide`, and what it says is carried out in
//! one transaction with the ticket's snapshot. What is written to tickets is a job as well.

mod account;
mod act;
mod action;
mod actor;
mod baseline;
mod called;
mod calls;
mod deleted;
mod diagnose;
mod fetch;
mod gone;
mod hand;
mod health;
mod live;
mod look;
mod merge;
mod order;
mod people;
mod poll;
mod poll_state;
mod preview;
mod remembered;
mod shared;
mod sight;
mod source;
mod staff;
mod technician;
mod tenant;
mod text;
mod unread;
mod webhooks;
mod words;
mod write_back;
mod writing;

pub use action::{Tested, companies_like, company_named, test_action};
pub use diagnose::{AccountFault, Connected, FaultKind, test_account, test_saved};
pub(crate) use live::poll_for_gap;
pub use live::{live_in, make_source_live, try_again};
pub use look::{Called, CalledAlert, LOOK_BACK_DAYS, Look, LookedAt, look};
pub(crate) use order::{FetchOrder, fetch_job};
pub use poll_state::PollState;
pub use preview::{Preview, preview};
pub use staff::{Staff, staff};
pub use tenant::{TenantLists, lists_of, picklists_of, preset_rules};
pub use webhooks::{create_webhooks, remove_webhooks};
pub use words::{say_reason, say_resolve_reason, say_verdict};

pub(super) use action::{run_action, watch_tickets};
pub(super) use fetch::fetch;
pub(super) use poll::poll;
pub(super) use webhooks::keep as keep_webhooks;
pub(super) use write_back::write_back;

/// Calls of one account at a time, over all nodes: more are refused by Autotask.
pub(crate) const CALLS_MAX: i64 = ::autotask::REQUESTS_PER_ENDPOINT_MAX as i64;

/// The pool of the jobs that use an account.
pub(crate) fn pool_of(connector: &watchbell_core::ids::ConnectorId) -> String {
    format!("autotask:{connector}")
}

/// The alert key of a ticket.
pub(crate) fn alert_key(ticket: i64) -> String {
    format!("autotask:{ticket}")
}
