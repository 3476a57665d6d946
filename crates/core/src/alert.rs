//! What a happening does to an alert: the state machine. Total, so the compiler lists what a new state or happening leaves out.

use crate::escalation::Progress;
use crate::event::{Content, Event, EventType};
use crate::grouping::Grouping;
use crate::hold::Hold;
use crate::ids::{AlertId, PolicyId, SourceId, UserId};
use crate::timeline::{Actor, Entry};
use crate::user::words;
use jiff::Timestamp;

words! {
    /// Where an alert stands. Resolved is final.
    Status {
        /// Nobody has it.
        Pending = "PENDING",
        /// Somebody has it: escalation stopped.
        Accepted = "ACCEPTED",
        /// Over.
        Resolved = "RESOLVED",
    }

    /// Whether an alert escalates.
    Priority {
        /// Pages: escalates level by level.
        High = "HIGH",
        /// Quiet: tells the first level only.
        Low = "LOW",
    }
}

/// Where the escalation of an alert stands. The alert row is the truth of it; jobs only wake it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// The policy.
    pub policy: PolicyId,
    /// Its version, immutable: editing a policy leaves running alerts alone.
    pub version: i64,
    /// Passes begun over the alert's whole life, from 1: a restart goes on counting.
    pub pass: i64,
    /// The pass in which the current escalation began; the next one where somebody asked for more and it has not been stepped yet.
    pub first_pass: i64,
    /// The level that runs; -1 before the first.
    pub level: i64,
    /// A person to page before the policy begins.
    pub direct: Option<UserId>,
    /// When the next step is; `None` when it is over or stopped.
    pub next_step_at: Option<Timestamp>,
    /// When it is looked at before that, or beside it: a hand-over, the end of a snooze, a time-out of an accept.
    pub wake_at: Option<Timestamp>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The number that people say.
    pub id: AlertId,
    /// Who reported it.
    pub source: SourceId,
    /// Its key as the source wrote it.
    pub key: Option<String>,
    /// What later events are matched with while it is open; see [`crate::grouping`].
    pub group_key: Option<String>,
    /// One line.
    pub summary: String,
    /// More lines.
    pub details: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it escalates.
    pub priority: Priority,
    /// Where its escalation stands.
    pub escalation: Escalation,
    /// What its escalation remembers.
    pub progress: Progress,
    /// Until when nobody is disturbed.
    pub snoozed_until: Option<Timestamp>,
    /// When somebody was first reached, since somebody last asked for people to be called.
    pub notified_at: Option<Timestamp>,
    /// When it was found that nobody could be reached.
    pub nobody_notified_at: Option<Timestamp>,
    /// Why nobody is paged yet, where something holds its first page back.
    pub held: Option<Hold>,
    /// When it is raised if nobody has it by then: its source's rule made it quiet for this time of the day.
    pub raise_at: Option<Timestamp>,
    /// Grows with every change; guards concurrent changes.
    pub version: i64,
    /// Events so far, exact.
    pub event_count: i64,
    /// When it opened.
    pub report_time: Timestamp,
    /// When the last event came.
    pub last_event_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// Which user accepted it.
    pub accepted_by: Option<UserId>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// Whether a person resolved it (a source otherwise, or time).
    pub resolved_by_person: bool,
    /// What it carries.
    pub content: Content,
}

/// To whom an alert is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// A person: paged at once; the policy starts when they stay silent.
    User(UserId),
    /// A policy, from its first level.
    Policy {
        /// Which.
        id: PolicyId,
        /// Its current version.
        version: i64,
        /// Its delay before the first page, in seconds.
        delay_s: i64,
    },
}

/// Something that happens to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Its source sent another event, or wrote about it.
    Event(Box<Event>),
    /// Somebody accepted it.
    Accepted,
    /// It goes back to pending (the ticket lost its assignee, an accept time-out).
    Unaccepted {
        /// Why.
        reason: String,
    },
    /// Somebody resolved it.
    Resolved {
        /// Why, where nobody pressed the button.
        reason: Option<String>,
    },
    /// Somebody resolved it and wants its ticket completed as well.
    ResolvedAndCompleted,
    /// It was given to somebody.
    Reassigned(Assignee),
    /// Somebody wants the next level now.
    EscalatedNow,
    /// Its priority was raised.
    Raised,
    /// Nobody is disturbed until then.
    Snoozed {
        /// Until when.
        until: Timestamp,
        /// Whether it pages then, where somebody has it; one that nobody has always does.
        pages: bool,
    },
    /// Somebody commented.
    Commented {
        /// The text.
        text: String,
        /// The author, where it is no user.
        author: Option<String>,
    },
    /// A responder was added.
    ResponderAdded(UserId),
    /// A responder was removed.
    ResponderRemoved(UserId),
    /// Somebody worked on its ticket.
    TicketTouched {
        /// When, where the ticket says.
        at: Option<Timestamp>,
    },
    /// The source tells the responder something (a customer's note).
    Told {
        /// What.
        text: String,
    },
    /// What it carries was read anew (the ticket changed its title or labels).
    Refreshed {
        /// One line.
        summary: String,
        /// More lines.
        details: String,
        /// The rest.
        content: Box<Content>,
    },
}

words! {
    /// What people may ask to be told.
    Update {
        /// Somebody has it.
        Accepted = "ALERT_ACCEPTED",
        /// It is over.
        Resolved = "ALERT_RESOLVED",
        /// The next level was called.
        Escalated = "ALERT_ESCALATED",
        /// The source had something to tell the responder.
        Told = "ALERT_TOLD",
        /// The responder is asked whether anything is done.
        Untouched = "ALERT_UNTOUCHED",
        /// The responder's snooze is over.
        Woken = "ALERT_WOKEN",
    }
}

/// Work that follows from a change; it becomes jobs in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Step the escalation at that time.
    Escalate {
        /// When.
        at: Timestamp,
    },
    /// Tell those who asked to be told.
    Tell {
        /// What happened.
        update: Update,
    },
    /// Write it to the outside tool of the source.
    WriteBack {
        /// What happened.
        update: Update,
        /// Whether the ticket is to be completed, whatever the source's rules say.
        complete: bool,
    },
}

/// What the job of [`Work::WriteBack`] carries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WriteBackOrder {
    /// What happened to the alert.
    pub update: Update,
    /// Who did it.
    pub by: Actor,
    /// The version that the alert had then.
    pub version: i64,
    /// Whether the ticket is to be completed, whatever the source's rules say.
    pub complete: bool,
}

/// What becomes of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The alert afterwards, its version grown if anything changed.
    pub alert: Alert,
    /// What the timeline says.
    pub entries: Vec<Entry>,
    /// Whether planned pages are cancelled: stop means stop.
    pub cancel_pages: bool,
    /// Whose planned pages are cancelled while the others' go on: one of several who have to accept did.
    pub cancel_pages_of: Option<UserId>,
    /// What follows.
    pub work: Vec<Work>,
}

impl Change {
    /// An alert with the work that follows, and nothing to say.
    pub fn to(alert: Alert, work: Vec<Work>) -> Self {
        Self { alert, entries: Vec::new(), cancel_pages: false, cancel_pages_of: None, work }
    }

    fn none(alert: &Alert) -> Self {
        Self::to(alert.clone(), Vec::new())
    }

    fn of(alert: &Alert, edit: impl FnOnce(&mut Alert)) -> Self {
        let mut change = Self::none(alert);
        edit(&mut change.alert);
        change.alert.version += 1;
        change
    }

    fn log(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    fn follow(mut self, work: impl IntoIterator<Item = Work>) -> Self {
        self.work.extend(work);
        self
    }

    fn stop_pages(mut self) -> Self {
        self.cancel_pages = true;
        self
    }

    /// Whether the alert row differs.
    pub fn is_change(&self, before: &Alert) -> bool {
        self.alert.version != before.version
    }
}

/// What a happening does to an alert, done by `by` at `now`. One that no longer applies changes nothing and says so.
pub fn apply(alert: &Alert, happening: &Happening, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    use Status::{Accepted, Pending, Resolved};
    match (alert.status, happening) {
        (_, Happening::Event(event)) => apply_event(alert, event, by, now, mode),
        (Pending, Happening::Accepted) => accept(alert, by, now, mode),
        (Accepted, Happening::Accepted) => accept_too(alert, by),
        (Pending | Accepted, Happening::Snoozed { until, pages }) => snooze(alert, *until, *pages),
        (Accepted, Happening::Unaccepted { reason }) => unaccept(alert, reason, now),
        (Pending, Happening::Unaccepted { .. }) => Change::none(alert),
        (Pending | Accepted, Happening::Resolved { reason }) => resolve(alert, reason.clone(), by, now),
        (Pending | Accepted, Happening::ResolvedAndCompleted) => completing(resolve(alert, None, by, now)),
        (Pending | Accepted, Happening::Reassigned(to)) => reassign(alert, *to, now),
        (Pending | Accepted, Happening::EscalatedNow) => escalate_now(alert, now),
        (Pending | Accepted, Happening::Raised) => raise(alert, by, now),
        (_, Happening::Commented { text, author }) => {
            Change::none(alert).log(Entry::Comment { text: text.clone(), author: author.clone() })
        }
        (_, Happening::ResponderAdded(user)) => Change::none(alert).log(Entry::ResponderAdded { user: *user }),
        (_, Happening::ResponderRemoved(user)) => Change::none(alert).log(Entry::ResponderRemoved { user: *user }),
        (Pending | Accepted, Happening::Told { text }) => {
            Change::none(alert).log(Entry::Told { text: text.clone() }).follow([Work::Tell { update: Update::Told }])
        }
        (Accepted, Happening::TicketTouched { at }) => touched(alert, *at),
        (Pending | Resolved, Happening::TicketTouched { .. }) => Change::none(alert),
        (_, Happening::Refreshed { summary, details, content }) => refresh(alert, summary, details, content),
        (Resolved, Happening::Accepted) => too_late(alert, "accept"),
        (Resolved, Happening::Unaccepted { .. }) => too_late(alert, "return to pending"),
        (Resolved, Happening::Resolved { .. }) => Change::none(alert),
        // The alert is over, its ticket need not be.
        (Resolved, Happening::ResolvedAndCompleted) => {
            Change::none(alert).follow([Work::WriteBack { update: Update::Resolved, complete: true }])
        }
        (Resolved, Happening::Reassigned(_)) => too_late(alert, "reassign"),
        (Resolved, Happening::EscalatedNow) => too_late(alert, "escalate"),
        (Resolved, Happening::Raised) => too_late(alert, "raise"),
        (Resolved, Happening::Snoozed { .. }) => too_late(alert, "snooze"),
        (Resolved, Happening::Told { text }) => Change::none(alert).log(Entry::Told { text: text.clone() }),
    }
}

fn apply_event(alert: &Alert, event: &Event, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    let seen = |edited: &mut Alert| {
        edited.event_count += 1;
        edited.last_event_at = now;
    };
    let mut counted = Change::of(alert, seen);
    let then = match event.kind {
        EventType::Alert => None,
        EventType::Accept => Some(Happening::Accepted),
        EventType::Resolve => Some(Happening::Resolved { reason: None }),
        EventType::Comment => {
            let text = if event.summary.is_empty() { event.details.clone() } else { event.summary.clone() };
            (!text.is_empty()).then_some(Happening::Commented { text, author: None })
        }
    };
    for (author, text) in &event.comments {
        counted.entries.push(Entry::Comment { text: text.clone(), author: Some(author.clone()) });
    }
    match then {
        None => counted,
        Some(happening) => {
            let mut change = apply(&counted.alert, &happening, by, now, mode);
            change.entries.splice(0..0, counted.entries);
            change
        }
    }
}

fn accept(alert: &Alert, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    let mut accepted = alert.clone();
    if let Some(user) = by.user().filter(|user| !alert.progress.accepted_by.contains(user)) {
        accepted.progress.accepted_by.push(user);
    }
    // What the outside tool says about its own ticket counts for everybody.
    if by.user().is_some() && accepted.progress.needs_more() {
        return accept_partly(alert, accepted, by);
    }
    let edit = |edited: &mut Alert| {
        edited.status = Status::Accepted;
        edited.accepted_at = Some(now);
        edited.accepted_by = by.user();
        edited.progress = Progress { accepted_by: accepted.progress.accepted_by, ..Progress::default() };
        rest(edited);
        if mode == Grouping::OnePending {
            edited.group_key = edited.key.as_deref().map(|key| format!("k:{}", crate::text::fold(key)));
        }
    };
    Change::of(alert, edit).stop_pages().log(Entry::Accepted).follow([
        Work::Tell { update: Update::Accepted },
        Work::WriteBack { update: Update::Accepted, complete: false },
    ])
}

/// One of several who have to accept: their own pages stop, the escalation goes on. The same one again changes nothing.
fn accept_partly(before: &Alert, after: Alert, by: &Actor) -> Change {
    if before.progress.accepted_by == after.progress.accepted_by {
        return Change::none(before);
    }
    let count = i64::try_from(after.progress.accepted_by.len()).unwrap_or(i64::MAX);
    let entry = Entry::AcceptedPartly { count, needed: after.progress.accepts_needed };
    let mut change = Change::of(before, |edited| edited.progress = after.progress).log(entry);
    change.cancel_pages_of = by.user();
    change
}

/// A second person may accept as well: both are responders, nothing else changes. The same one again changes nothing.
fn accept_too(alert: &Alert, by: &Actor) -> Change {
    let is_new = by.user().is_some_and(|user| alert.accepted_by != Some(user));
    if !is_new && alert.snoozed_until.is_none() {
        return Change::none(alert);
    }
    let edit = |edited: &mut Alert| {
        edited.snoozed_until = None;
        let accepted_by = &mut edited.progress.accepted_by;
        accepted_by.extend(by.user().filter(|user| !accepted_by.contains(user)));
    };
    Change::of(alert, edit).log(Entry::Accepted)
}

fn unaccept(alert: &Alert, reason: &str, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| return_to_pending(edited, now);
    Change::of(alert, edit).log(Entry::Unaccepted { reason: reason.into() }).follow([Work::Escalate { at: now }])
}

/// Who has it does something about it, so they need not be asked. Said once; what was done before the accept does not count.
fn touched(alert: &Alert, at: Option<Timestamp>) -> Change {
    if alert.progress.touched || at.is_some_and(|at| Some(at) < alert.accepted_at) {
        return Change::none(alert);
    }
    Change::of(alert, |edited| edited.progress.touched = true).log(Entry::TicketTouched)
}

/// Nobody has it any more: it pages from the first level, in a new pass.
pub(crate) fn return_to_pending(alert: &mut Alert, at: Timestamp) {
    alert.status = Status::Pending;
    alert.accepted_at = None;
    alert.accepted_by = None;
    begin_anew(alert, at);
}

/// Nothing is due any more.
fn rest(alert: &mut Alert) {
    (alert.snoozed_until, alert.held) = (None, None);
    (alert.escalation.next_step_at, alert.escalation.wake_at, alert.escalation.direct) = (None, None, None);
}

/// Nobody is disturbed until then; an alert that nobody has pages at its end.
fn snooze(alert: &Alert, until: Timestamp, pages: bool) -> Change {
    let pages = pages || alert.status == Status::Pending;
    let edit = |edited: &mut Alert| {
        rest(edited);
        edited.snoozed_until = Some(until);
        edited.escalation.wake_at = Some(until);
        edited.progress.pages_on_wake = pages;
    };
    Change::of(alert, edit).stop_pages().log(Entry::Snoozed { until, pages }).follow([Work::Escalate { at: until }])
}

fn resolve(alert: &Alert, reason: Option<String>, by: &Actor, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| {
        edited.status = Status::Resolved;
        edited.resolved_at = Some(now);
        edited.resolved_by_person = by.user().is_some();
        edited.group_key = None;
        edited.raise_at = None;
        rest(edited);
    };
    Change::of(alert, edit).stop_pages().log(Entry::Resolved { reason }).follow([
        Work::Tell { update: Update::Resolved },
        Work::WriteBack { update: Update::Resolved, complete: false },
    ])
}

/// The same change, with the ticket completed.
fn completing(mut change: Change) -> Change {
    for work in &mut change.work {
        if let Work::WriteBack { complete, .. } = work {
            *complete = true;
        }
    }
    change
}

fn reassign(alert: &Alert, to: Assignee, now: Timestamp) -> Change {
    let at = match to {
        Assignee::User(_) => now,
        Assignee::Policy { delay_s, .. } => now + jiff::SignedDuration::from_secs(delay_s),
    };
    let edit = |edited: &mut Alert| {
        return_to_pending(edited, at);
        match to {
            Assignee::User(user) => edited.escalation.direct = Some(user),
            Assignee::Policy { id, version, .. } => {
                (edited.escalation.policy, edited.escalation.version) = (id, version)
            }
        }
    };
    let entry = match to {
        Assignee::User(user) => Entry::ReassignedToUser { user },
        Assignee::Policy { id, .. } => Entry::ReassignedToPolicy { policy: id },
    };
    Change::of(alert, edit).stop_pages().log(entry).follow([Work::Escalate { at }])
}

/// The next level, also of an accepted alert, which goes back to pending; see [`crate::escalation::advance`] for the end.
fn escalate_now(alert: &Alert, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| {
        edited.status = Status::Pending;
        edited.accepted_at = None;
        edited.accepted_by = None;
        (edited.notified_at, edited.nobody_notified_at) = (None, None);
        edited.progress = Progress::default();
        rest(edited);
        edited.escalation.next_step_at = Some(now);
        // A person who asks for more is never told "that was all": after the last level the passes start anew, and a quiet alert
        // is quiet no longer.
        edited.escalation.first_pass = edited.escalation.pass + 1;
        (edited.priority, edited.raise_at) = (Priority::High, None);
    };
    let raised = (alert.priority == Priority::Low).then_some(Entry::Raised);
    raised
        .into_iter()
        .fold(Change::of(alert, edit).log(Entry::EscalatedNow), Change::log)
        .follow([Work::Escalate { at: now }, Work::Tell { update: Update::Escalated }])
}

/// A person who raises a held alert wants pages; a tool or a border raises it for the time when it is held no more.
fn raise(alert: &Alert, by: &Actor, now: Timestamp) -> Change {
    match (alert.priority, alert.status) {
        (Priority::High, _) if alert.held.is_none() || by.user().is_none() => Change::none(alert),
        (_, Status::Pending) if alert.held.is_none() || by.user().is_some() => {
            let edit = |edited: &mut Alert| {
                (edited.priority, edited.raise_at) = (Priority::High, None);
                begin_anew(edited, now);
            };
            Change::of(alert, edit).stop_pages().log(Entry::Raised).follow([Work::Escalate { at: now }])
        }
        _ => {
            let edit = |edited: &mut Alert| (edited.priority, edited.raise_at) = (Priority::High, None);
            Change::of(alert, edit).log(Entry::Raised)
        }
    }
}

fn refresh(alert: &Alert, summary: &str, details: &str, content: &Content) -> Change {
    if alert.summary == summary && alert.details == details && &alert.content == content {
        return Change::none(alert);
    }
    Change::of(alert, |edited| {
        edited.summary = summary.into();
        edited.details = details.into();
        edited.content = content.clone();
    })
}

/// Somebody wants people to be called: whether they can be reached is to be seen again.
fn begin_anew(alert: &mut Alert, at: Timestamp) {
    (alert.notified_at, alert.nobody_notified_at) = (None, None);
    (alert.progress, alert.snoozed_until, alert.held) = (Progress::default(), None, None);
    alert.escalation.restart(at);
}

impl Escalation {
    /// Before the first level, which starts at that time.
    pub fn begin(policy: PolicyId, version: i64, at: Timestamp) -> Self {
        let (pass, level) = (1, -1);
        Self { policy, version, pass, first_pass: pass, level, direct: None, next_step_at: Some(at), wake_at: None }
    }

    /// From the first level again, in a new pass: what was planned in an old one keeps its identity.
    pub(crate) fn restart(&mut self, at: Timestamp) {
        self.pass += 1;
        self.first_pass = self.pass;
        self.level = -1;
        self.direct = None;
        (self.next_step_at, self.wake_at) = (Some(at), None);
    }
}

fn too_late(alert: &Alert, what: &str) -> Change {
    Change::none(alert).log(Entry::TooLate { what: what.into() })
}

#[cfg(test)]
pub(crate) mod tests;
