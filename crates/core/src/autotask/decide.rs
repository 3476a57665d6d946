//! THE function: what a sight of a ticket means. Total and pure; the engine carries out the effects and keeps the snapshot in
//! one transaction, so that the same state seen again changes nothing.

use super::change::{Change, Freshness};
use super::effect::{Effect, Trigger};
use super::filter::FilterMiss;
use super::sighting::{AlertView, Sighting, Way};
use super::source_rules::{AcceptCountsFor, SourceRules};
use super::ticket::Snapshot;
use super::verdict::Verdict;
use super::{follow, opening};

/// What to do, what to remember, what to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// To be carried out in this order.
    pub effects: Vec<Effect>,
    /// To be kept in place of the previous one.
    pub snapshot: Snapshot,
    /// What became of this sight (the snapshot keeps the last one that said something).
    pub verdict: Verdict,
}

/// What a sight of a ticket means for the source. `alert` is the ticket's latest alert, open or resolved, as the transaction
/// sees it.
pub fn decide(
    rules: &SourceRules,
    previous: Option<&Snapshot>,
    alert: Option<AlertView>,
    sighting: &Sighting<'_>,
) -> Decision {
    let case = Case::new(rules, previous, alert, sighting);
    if let (Freshness::Overtaken, Some(previous)) = (case.freshness, previous) {
        return Decision { effects: Vec::new(), snapshot: previous.clone(), verdict: Verdict::Overtaken };
    }
    match case.open_alert() {
        Some(alert) => follow::follow(&case, alert),
        None => opening::consider(&case),
    }
}

/// Everything about one decision, with what follows from it at once.
pub(super) struct Case<'a> {
    pub(super) rules: &'a SourceRules,
    pub(super) previous: Option<&'a Snapshot>,
    pub(super) alert: Option<AlertView>,
    pub(super) sighting: &'a Sighting<'a>,
    pub(super) freshness: Freshness,
    pub(super) change: Change,
    pub(super) filter: Result<(), FilterMiss>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        rules: &'a SourceRules,
        previous: Option<&'a Snapshot>,
        alert: Option<AlertView>,
        sighting: &'a Sighting<'a>,
    ) -> Self {
        Self {
            rules,
            previous,
            alert,
            sighting,
            freshness: Freshness::of(previous, sighting.ticket),
            change: previous.map_or_else(Change::default, |previous| Change::between(rules, previous, sighting)),
            filter: rules.filter.check(sighting.ticket),
        }
    }

    pub(super) fn open_alert(&self) -> Option<AlertView> {
        self.alert.filter(AlertView::is_open)
    }

    /// Whether a change by this actor may accept.
    pub(super) fn counts(&self) -> bool {
        match self.rules.accept_counts_for {
            AcceptCountsFor::Anyone => true,
            AcceptCountsFor::Persons => self.sighting.actor.is_person(),
        }
    }

    pub(super) fn in_open_class(&self) -> bool {
        self.rules.statuses.cells(self.sighting.ticket.status).is_open_class()
    }

    /// Whether the status has left the open class since the ticket's alert. One that opened without the ticket having been read
    /// is younger than what is remembered.
    pub(super) fn has_left_open_class(&self) -> bool {
        let is_younger = self.alert.is_some_and(|alert| alert.opened_unread);
        !is_younger && self.previous.is_some_and(|previous| previous.left_open_class)
    }

    /// The assignee, where a person gave the ticket to them and it is still work to be done.
    pub(super) fn taken_by(&self) -> Option<i64> {
        let ticket = self.sighting.ticket;
        let assignee = ticket.assignee.filter(|_| self.in_open_class())?;
        let taken = match self.previous {
            None => self.assigned_at_creation_by_creator(),
            Some(_) if self.change.assignee => self.sighting.actor.is_person(),
            Some(previous) => previous.taken_by == Some(assignee),
        };
        taken.then_some(assignee)
    }

    /// Whether whoever made the ticket assigned it in doing so. Programs cannot be assigned, so one who has their own ticket is
    /// a person; otherwise the creator must be the person who touched it last (a rule that assigns leaves its own name).
    fn assigned_at_creation_by_creator(&self) -> bool {
        let ticket = self.sighting.ticket;
        let Some(creator) = ticket.creator else { return false };
        let actor = self.sighting.actor;
        ticket.assignee == Some(creator) || (actor.is_person() && actor.resource() == Some(creator))
    }

    /// The snapshot of this sight. `is_open`: whether the ticket has an open alert once the effects are carried out.
    pub(super) fn snapshot(&self, is_open: bool, awaits_callout: Option<Trigger>, verdict: &Verdict) -> Snapshot {
        let ticket = self.sighting.ticket;
        let left_before = !is_open && self.has_left_open_class();
        let says_something = !matches!(verdict, Verdict::Unchanged | Verdict::OwnEdit | Verdict::Followed);
        let kept = self.previous.filter(|_| !says_something).map(|previous| previous.verdict.clone());
        Snapshot {
            status: ticket.status,
            queue: ticket.queue,
            priority: ticket.priority,
            assignee: ticket.assignee,
            modified_at: ticket.last_modified_at.max(self.previous.and_then(|previous| previous.modified_at)),
            activity_at: ticket.last_activity_at.max(self.previous.and_then(|previous| previous.activity_at)),
            in_filter: self.filter.is_ok(),
            left_open_class: left_before || !self.in_open_class(),
            taken_by: self.taken_by(),
            awaits_callout,
            verdict: kept.unwrap_or_else(|| verdict.clone()),
        }
    }

    pub(super) fn is_baseline(&self) -> bool {
        self.sighting.way == Way::Baseline
    }
}
