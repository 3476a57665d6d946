//! Work that is due at some time: asked for in the transaction of the change it follows from, done at least once.
//! Claiming leases a job to a node; finishing deletes it in the transaction that records its effect.

pub(crate) mod asking;
pub(crate) mod claiming;
pub(crate) mod finishing;
mod kinds;
pub(crate) mod shown;

use jiff::Timestamp;
use watchbell_core::ids::{JobId, OrgId};

pub use asking::{NewJob, ask, ask_if_missing, ask_leased, bring_forward, forget, forget_pages, hurry};
pub use claiming::{claim, due_escalations, free_leases};
pub use finishing::{delete_many, finish, finish_many, give_up, is_held, postpone_many, put_off, retry};
pub use kinds::JobKind;
pub use shown::{GivenUp, backlog, list_given_up, retry_by_hand};

/// A job that this node has leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// Whose.
    pub org: OrgId,
    /// What.
    pub kind: JobKind,
    /// Of what.
    pub subject: i64,
    /// The lease: finishing with an older one writes nothing.
    pub generation: i64,
    /// What goes first, from 0.
    pub rank: i64,
    /// How many times it was tried before.
    pub attempt: i64,
    /// When it was due first.
    pub due_at: Timestamp,
    /// What it was asked to remember, as JSON.
    pub payload: String,
}
