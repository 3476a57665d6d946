//! What a contact is, and how it is read.

use crate::error::StoreError;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::text::fold;
use watchbell_core::user::{Channel, ContactStatus};

use super::NOUN;

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "id, user_id, channel, target, region, is_primary, status, verified_at, verify_until, sealed IS NOT NULL AS has_secret, \
         created_at, updated_at, lock_reason, stopped_at, label, rang_at"
    };
}
pub(super) use columns;

/// One address of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// Whose.
    pub user: UserId,
    /// How a message travels there. Phone numbers are kept as SMS; a rule may use them for calls too.
    pub channel: Channel,
    /// Mail address, topic URL, webhook URL, or number.
    pub target: String,
    /// Region of a phone number, two letters.
    pub region: Option<String>,
    /// The first of its channel.
    pub primary: bool,
    /// Whether it may be used.
    pub status: ContactStatus,
    /// When its owner proved that messages arrive.
    pub verified_at: Option<Timestamp>,
    /// Until when a code that was sent counts.
    pub verify_until: Option<Timestamp>,
    /// Whether a token or secret is kept.
    pub has_secret: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Why it is locked, where the other side refused it.
    pub lock_reason: Option<String>,
    /// Since when its owner wants no text messages there: they answered one with "stop".
    pub stopped_at: Option<Timestamp>,
    /// What tells it from others to people: the device of a push, the name of a chat.
    pub label: Option<String>,
    /// When its owner last said that a test rang there.
    pub rang_at: Option<Timestamp>,
}

impl Contact {
    /// Whether it takes nothing over this channel: its owner answered a text with "stop", or the network takes none to it.
    pub fn is_stopped_for(&self, over: Channel) -> bool {
        self.stopped_at.is_some() && over.is_text()
    }

    /// Its target as it is compared with others.
    pub fn folded_target(&self) -> String {
        fold_target(self.channel, &self.target)
    }
}

/// What a contact is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactIn {
    /// See [`Contact::channel`]; not changed by an update.
    pub channel: Channel,
    /// See [`Contact::target`].
    pub target: String,
    /// Region of a phone number.
    pub region: Option<String>,
    /// Takes the place of the primary contact of its channel.
    pub primary: bool,
    /// See [`Contact::label`]; `None` keeps what is there.
    pub label: Option<String>,
    /// A token or secret, sealed at [`SEALED`]; `None` keeps what is there.
    pub sealed: Option<Vec<u8>>,
    /// Somebody who may do so vouches that it is the user's. Without it a code has to prove that messages arrive.
    pub vouched: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    pub(super) user_id: i64,
    channel: String,
    target: String,
    region: Option<String>,
    is_primary: bool,
    status: String,
    verified_at: Option<i64>,
    verify_until: Option<i64>,
    has_secret: bool,
    created_at: i64,
    updated_at: i64,
    lock_reason: Option<String>,
    stopped_at: Option<i64>,
    label: Option<String>,
    rang_at: Option<i64>,
}

impl Row {
    pub(super) fn read(self) -> Result<Contact, StoreError> {
        Ok(Contact {
            id: ContactId(self.id),
            user: UserId(self.user_id),
            channel: stored::word(NOUN, &self.channel, Channel::parse)?,
            target: self.target,
            region: self.region,
            primary: self.is_primary,
            status: stored::word(NOUN, &self.status, ContactStatus::parse)?,
            verified_at: self.verified_at.map(timestamp),
            verify_until: self.verify_until.map(timestamp),
            has_secret: self.has_secret,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
            lock_reason: self.lock_reason,
            stopped_at: self.stopped_at.map(timestamp),
            label: self.label,
            rang_at: self.rang_at.map(timestamp),
        })
    }
}

/// Mail addresses are compared without case; the path of a URL may mean something else in capitals.
pub(super) fn fold_target(channel: Channel, target: &str) -> String {
    match channel {
        Channel::Email => fold(target),
        _ => target.trim().to_owned(),
    }
}
