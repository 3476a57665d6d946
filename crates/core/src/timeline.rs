//! The timeline of an alert: typed entries with variables, never sentences, so that pages and API can say them in any language.
//! Events and notifications have rows of their own; the timeline is the union of the three.

use crate::alert::Priority;
use crate::hold::Hold;
use crate::ids::{NotificationId, PolicyId, ScheduleId, SourceId, UserId};
use crate::language::Language;
use crate::provider::Reported;
use crate::texts::Form;
use crate::user::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Actor {
    /// A user of Watchbell.
    User {
        /// Who.
        id: UserId,
    },
    /// An alert source, by an event.
    Source {
        /// Which.
        id: SourceId,
    },
    /// Somebody in the outside tool.
    Outside {
        /// The name as the tool prints it.
        name: String,
    },
    /// Watchbell itself.
    System,
    /// The command line.
    CommandLine,
}

impl Actor {
    /// The user, where it was one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Actor::User { id } => Some(*id),
            _ => None,
        }
    }
}

/// One thing that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// Opened by hand or by a source.
    Opened {
        /// The priority it opened with.
        priority: Priority,
        /// The policy that will page.
        policy: PolicyId,
    },
    /// Accepted: escalation stops.
    Accepted,
    /// Accepted by one of several who have to: escalation goes on.
    AcceptedPartly {
        /// How many have accepted now.
        count: i64,
        /// How many have to.
        needed: i64,
    },
    /// Nobody is disturbed for a while.
    Snoozed {
        /// Until when.
        until: Timestamp,
        /// Whether it pages then.
        pages: bool,
    },
    /// The snooze is over.
    Woken {
        /// Whether it pages.
        pages: bool,
    },
    /// The responder was asked whether anything is done.
    AskedResponder {
        /// After how many seconds in which nothing was.
        after_s: i64,
    },
    /// Returned to pending.
    Unaccepted {
        /// Why.
        reason: String,
    },
    /// Who had it has no account any more; somebody who accepted it too has it.
    LeftTo {
        /// Who has it.
        user: UserId,
        /// How the other was called.
        name: String,
    },
    /// Resolved: final.
    Resolved {
        /// Why, where nobody pressed the button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Came too late: the alert was resolved, nothing changed.
    TooLate {
        /// What was asked.
        what: String,
    },
    /// Given to a person.
    ReassignedToUser {
        /// To whom.
        user: UserId,
    },
    /// Given to a policy.
    ReassignedToPolicy {
        /// To which.
        policy: PolicyId,
    },
    /// A person asked for the next level.
    EscalatedNow,
    /// The priority was raised: escalation starts.
    Raised,
    /// A level began; its notifications follow as rows of their own.
    LevelStarted {
        /// Which pass, from 1.
        pass: i64,
        /// Which level, from 0.
        level: i64,
        /// Who is paged.
        users: Vec<UserId>,
        /// Targets who cannot be paged: no usable notification rule.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unreachable: Vec<UserId>,
    },
    /// A level had nobody who could be paged and fell through at once.
    LevelEmpty {
        /// Which pass, from 1.
        pass: i64,
        /// Which level, from 0.
        level: i64,
        /// Its targets, none of whom can be paged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unreachable: Vec<UserId>,
        /// Its schedules in which nobody is on call.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gaps: Vec<ScheduleId>,
    },
    /// A level in which nobody is paged on purpose: somebody watches by other means. It waits for its time-out.
    NotPagedByRule {
        /// Which pass, from 1.
        pass: i64,
        /// Which level, from 0.
        level: i64,
        /// The schedules that say so.
        schedules: Vec<ScheduleId>,
        /// Why.
        reason: String,
    },
    /// Somebody came on call while a level was unanswered, and is paged as well.
    HandedOver {
        /// Which pass, from 1.
        pass: i64,
        /// Which level, from 0.
        level: i64,
        /// Who came.
        users: Vec<UserId>,
        /// Those of them who cannot be paged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unreachable: Vec<UserId>,
    },
    /// Nobody is paged until a border: support hours, or maintenance.
    Held {
        /// Why, and until when.
        hold: Hold,
    },
    /// All notifications of a level failed: the next level starts at once.
    LevelUnreachable {
        /// Which pass.
        pass: i64,
        /// Which level.
        level: i64,
    },
    /// All passes are over.
    EscalationEnded,
    /// Nobody could be reached.
    NobodyNotified,
    /// A text of the organization's own failed: the message went out in Watchbell's own words.
    TextFailed {
        /// Which text.
        form: Form,
        /// Of which language.
        language: Language,
        /// What is wrong with it.
        problem: String,
    },
    /// A fallback contact was told that nobody could be reached.
    FallbackTold {
        /// Who, as people read it.
        to: String,
    },
    /// A try to send failed; there may be another.
    DeliveryFailed {
        /// The message.
        notification: NotificationId,
        /// Which try, from 1.
        attempt: i64,
        /// What the other side said.
        error: String,
        /// Whether it is tried again.
        again: bool,
        /// The account that carried it, by its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// The other side told what became of a message.
    Reported {
        /// The message.
        notification: NotificationId,
        /// Where it stands.
        state: Reported,
        /// The other side's own words.
        said: String,
        /// The account that carried it, by its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// Somebody answered a message from where they got it.
    Answered {
        /// Over what.
        channel: Channel,
        /// What they said or pressed, cut.
        said: String,
    },
    /// A send was cut off by a crash and done again: the person may have got it twice.
    PossiblyTwice {
        /// The message.
        notification: NotificationId,
    },
    /// A responder was added.
    ResponderAdded {
        /// Who.
        user: UserId,
    },
    /// A responder was removed.
    ResponderRemoved {
        /// Who.
        user: UserId,
    },
    /// A comment.
    Comment {
        /// Its text.
        text: String,
        /// Its author, where it is no user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<String>,
    },
    /// Somebody worked on its ticket, for the first time since it was accepted.
    TicketTouched,
    /// What a source told about an alert without changing it (a customer's note on the ticket).
    Told {
        /// What.
        text: String,
    },
    /// An alert action made a ticket of it.
    TicketMade {
        /// The number that people say.
        number: String,
        /// Which company it is for.
        company: String,
        /// How the company was found.
        found_by: String,
        /// The action, by its name.
        action: String,
    },
    /// Something was written to the outside tool.
    WrittenBack {
        /// What was written.
        what: String,
    },
    /// Something stays as it is in the outside tool, because somebody changed it there.
    LeftAsItIs {
        /// What, and why.
        what: String,
    },
    /// Writing to the outside tool gave up; it can be tried again by hand.
    WriteBackFailed {
        /// What should have been written.
        what: String,
        /// The error in full.
        error: String,
    },
}
