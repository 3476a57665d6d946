//! Webhooks of an Autotask source: which numbers of events are missing, when one that was switched off is switched on again, and
//! what is known of one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Numbers of events that are remembered as missing; a longer gap is remembered by its end.
pub const MISSING_MAX: usize = 100;
/// A number so far below the last one is no late event: Autotask has begun to count anew.
const LATE_MAX: i64 = 100;
/// A webhook that is found off is switched on by itself once in this time; one that is off again has a fault that lasts.
pub const REARM_ONCE_IN: SignedDuration = SignedDuration::from_hours(24);

/// What a webhook tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookKind {
    /// Tickets.
    Ticket,
    /// Notes of tickets.
    TicketNote,
}

impl WebhookKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ticket, Self::TicketNote];

    /// The word in the database and on the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "TICKET",
            Self::TicketNote => "TICKET_NOTE",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What it tells of, for people.
    pub const fn of_what(self) -> &'static str {
        match self {
            Self::Ticket => "tickets",
            Self::TicketNote => "ticket notes",
        }
    }
}

/// What the number of an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or the first.
    Next,
    /// So many before it did not come: lost, or overtaken.
    Gap(i64),
    /// One that was missing until now.
    Late,
    /// It came before.
    Doubled,
}

/// The numbers of a webhook's events as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sequence {
    /// The highest.
    pub last: Option<i64>,
    /// Those below it that did not come, rising.
    pub missing: Vec<i64>,
}

impl Sequence {
    /// Takes the number of an event. Total: any number may come, in any order.
    pub fn take(&mut self, number: i64) -> Arrival {
        let Some(last) = self.last else {
            self.last = Some(number);
            return Arrival::Next;
        };
        if number > last {
            let first_missing = last.saturating_add(1);
            let gap = number.saturating_sub(first_missing);
            self.last = Some(number);
            self.miss(first_missing, number);
            return if gap == 0 { Arrival::Next } else { Arrival::Gap(gap) };
        }
        if let Some(at) = self.missing.iter().position(|missing| *missing == number) {
            self.missing.remove(at);
            return Arrival::Late;
        }
        if last.saturating_sub(number) > LATE_MAX {
            *self = Self { last: Some(number), missing: Vec::new() };
            return Arrival::Next;
        }
        Arrival::Doubled
    }

    fn miss(&mut self, from: i64, until: i64) {
        let from = from.max(until.saturating_sub(MISSING_MAX as i64));
        self.missing.extend(from..until);
        let surplus = self.missing.len().saturating_sub(MISSING_MAX);
        self.missing.drain(..surplus);
    }
}

/// What a webhook has sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookArrivals {
    /// The numbers of its events.
    pub sequence: Sequence,
    /// When an event last came.
    pub last_event_at: Option<Timestamp>,
    /// When numbers were last missing.
    pub last_gap_at: Option<Timestamp>,
    /// When Autotask last said that it was switched off.
    pub deactivated_at: Option<Timestamp>,
    /// Calls to its address that were not signed with its secret key; those that follow fast upon each other count as one.
    pub refused: u64,
    /// When the last of those came.
    pub refused_at: Option<Timestamp>,
}

impl WebhookArrivals {
    /// Takes an event; one without a number says nothing about others.
    pub fn take(&mut self, number: Option<i64>, now: Timestamp) -> Arrival {
        self.last_event_at = self.last_event_at.max(Some(now));
        let arrival = number.map_or(Arrival::Next, |number| self.sequence.take(number));
        if matches!(arrival, Arrival::Gap(_)) {
            self.last_gap_at = Some(now);
        }
        arrival
    }
}

/// What was last found of a webhook in Autotask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookStanding {
    /// When it was made in Autotask.
    pub made_at: Option<Timestamp>,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
    /// Whether it was on then.
    pub is_active: bool,
    /// When it was last switched on again by itself.
    pub rearmed_at: Option<Timestamp>,
    /// What is wrong with it, and what to do, for people.
    pub fault: Option<String>,
    /// The fields that it should tell of, by Autotask's names.
    pub watched: Vec<String>,
    /// Those among them that this Autotask does not offer to webhooks.
    pub unwatched: Vec<String>,
    /// The resource whose changes it does not tell: our API user.
    pub excluded: Option<i64>,
}

impl WebhookStanding {
    /// Whether one that is off is switched on again by itself.
    pub fn may_rearm(&self, now: Timestamp) -> bool {
        self.rearmed_at.is_none_or(|at| now.duration_since(at) >= REARM_ONCE_IN)
    }
}
