//! A callout came, but Autotask cannot be read: fail towards waking somebody.

use super::actor::Actor;
use super::decide::Case;
use super::effect::{Effect, Manner, Opening, Trigger};
use super::opening::{gate, watches_only};
use super::sighting::{AlertView, Sighting, Way};
use super::source_rules::SourceRules;
use super::ticket::{Snapshot, Ticket};
use super::verdict::Reason;
use crate::ids::{PolicyId, SourceId};
use jiff::{SignedDuration, Timestamp};

/// A ticket that was read before.
#[derive(Debug, Clone, Copy)]
pub struct KnownTicket<'a> {
    /// What is remembered of it.
    pub snapshot: &'a Snapshot,
    /// Its last copy.
    pub copy: &'a Ticket,
}

/// A callout whose ticket cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct UnreadCallout {
    /// When it arrived.
    pub received_at: Timestamp,
    /// The status that it named, where its label is known. Callouts may be stale: it decides only while nothing better is known.
    pub status: Option<i64>,
}

/// What to do about it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// Keep trying; ask again then.
    Wait {
        /// When.
        until: Timestamp,
    },
    /// Open an alert from the last copy, marked as opened unread; keep trying.
    OpenFromCopy {
        /// Always an [`Effect::Open`].
        effect: Effect,
    },
    /// Count it in the source's shared alert, opening that if need be; keep trying.
    JoinShared,
    /// Its alert is open, which is all that can be done; keep trying.
    AlertIsOpen,
    /// What is known of it says that nobody is to be woken; keep trying.
    NotPaged {
        /// Why.
        reason: Reason,
    },
}

/// What becomes of a ticket that a callout named and that cannot be read.
pub fn decide_unread(
    rules: &SourceRules,
    known: Option<KnownTicket<'_>>,
    alert: Option<AlertView>,
    callout: UnreadCallout,
    now: Timestamp,
) -> Unread {
    if alert.is_some_and(|alert| alert.is_open()) {
        return Unread::AlertIsOpen;
    }
    if alert.is_some_and(|alert| alert.opened_unread) {
        // It opened without the ticket having been read, and is over. Nothing new can be known that would open another.
        return Unread::NotPaged { reason: Reason::ResolvedByPerson };
    }
    let until = callout.received_at.saturating_add(SignedDuration::from_secs(rules.unreadable_after_s.into()));
    match (until, known) {
        (Ok(until), _) if now < until => Unread::Wait { until },
        (_, None) if rules.watch_only => not_opened(Manner::Page, None),
        (_, None) => Unread::JoinShared,
        (_, Some(known)) => open_from_copy(rules, known, alert, callout, now),
    }
}

fn open_from_copy(
    rules: &SourceRules,
    known: KnownTicket<'_>,
    alert: Option<AlertView>,
    callout: UnreadCallout,
    now: Timestamp,
) -> Unread {
    let status = callout.status.unwrap_or(known.copy.status);
    let ticket = Ticket { status, ..known.copy.clone() };
    let sighting = Sighting {
        ticket: &ticket,
        actor: &Actor::Unknown,
        // Old by now, but nobody has been told: it pages.
        way: Way::Callout { received_at: now },
        own_edits: &[],
        merged_into: None,
        made_by_action: false,
        source_made_at: Timestamp::UNIX_EPOCH,
        open_ones_known: true,
        waited_in_shared: None,
        now,
    };
    let case = Case::new(rules, Some(known.snapshot), alert, &sighting);
    let trigger = if case.change.status { Trigger::BecameStatus } else { Trigger::NotReadable };
    match gate(&case, trigger) {
        Ok(manner) => {
            let policy = rules.routing.policy(&ticket);
            if watches_only(rules, trigger) {
                return not_opened(manner, policy);
            }
            Unread::OpenFromCopy { effect: Effect::Open(Opening { manner, trigger: Trigger::NotReadable, policy }) }
        }
        Err(reason) => Unread::NotPaged { reason },
    }
}

fn not_opened(manner: Manner, policy: Option<PolicyId>) -> Unread {
    Unread::NotPaged { reason: Reason::WatchOnly { manner, policy } }
}

/// The alert key of a source's shared alert.
pub fn shared_alert_key(source: SourceId) -> String {
    format!("autotask-unreadable:{source}")
}

/// The summary of a source's shared alert.
pub fn shared_alert_summary(tickets: usize) -> String {
    let noun = if tickets == 1 { "ticket" } else { "tickets" };
    format!("Autotask cannot be read: {tickets} {noun} waiting")
}
