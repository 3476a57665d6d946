//! The sheet of a batch: the open alerts that it touches, what its events do to them in order of arrival, and the rows that come of it.

use super::rows::{actions, by_org, is_plain, new_event, open, save_cards};
use super::{FirstLevel, Incoming, IngestSource, Ingested, Parsed};
use crate::alerts;
use crate::db::Tx;
use crate::error::StoreError;
use crate::events::{self, NewEvent, Verdict};
use crate::jobs::{self, JobKind, NewJob};
use crate::value::Rows;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use watchbell_core::alert::{self, Alert, Change, Escalation, Happening, Status};
use watchbell_core::escalation::Progress;
use watchbell_core::event::{Event, EventType};
use watchbell_core::ids::{AlertId, OrgId, PolicyId, SourceId};
use watchbell_core::timeline::Actor;
use watchbell_core::{grouping, limits, text};

sql! {
    /// A node remembers for a second which policy a source has: its version counts even if the policy was deleted meanwhile.
    POLICY_HEADS {
        sqlite: "SELECT p.org_id, p.id, p.version, v.delay_s, CASE WHEN p.deleted_at IS NULL THEN p.routing_key_folded END AS routing_key_folded FROM escalation_policy p CROSS JOIN escalation_policy_version v
            ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version
            WHERE p.id IN (SELECT value FROM json_each($1)) OR (p.deleted_at IS NULL AND p.routing_key_folded IN (SELECT value FROM json_each($2)))",
        postgres: "SELECT p.org_id, p.id, p.version, v.delay_s, CASE WHEN p.deleted_at IS NULL THEN p.routing_key_folded END AS routing_key_folded FROM escalation_policy p JOIN escalation_policy_version v
            ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version
            WHERE p.id = ANY($1) OR (p.deleted_at IS NULL AND p.routing_key_folded = ANY($2))",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct PolicyHead {
    org_id: i64,
    id: i64,
    version: i64,
    delay_s: i64,
    routing_key_folded: Option<String>,
}

/// The open alerts that a batch touches, and what happens to them, in order of arrival.
pub(super) struct Sheet {
    now: Timestamp,
    policies: Vec<PolicyHead>,
    open: HashMap<(SourceId, String), usize>,
    cards: Vec<Card>,
    /// How many alerts were opened; until they are numbered, their ids are -1, -2, ..
    opened: i64,
    jobs: Vec<NewJob>,
    /// Whether something may hold one of those that were opened.
    may_hold: bool,
}

/// One alert on the sheet.
pub(super) struct Card {
    pub(super) org: OrgId,
    pub(super) actor: Actor,
    pub(super) before: Option<Alert>,
    pub(super) change: Change,
    /// Resolve it after so many silent seconds.
    auto_resolve_s: Option<i64>,
    /// Whether its events are to be cut.
    is_busy: bool,
}

impl Card {
    fn new(org: OrgId, before: Option<Alert>, alert: Alert, work: Vec<alert::Work>) -> Self {
        let actor = Actor::Source { id: alert.source };
        Self { org, actor, before, change: Change::to(alert, work), auto_resolve_s: None, is_busy: false }
    }

    /// The work that concerns its events.
    fn upkeep(&self, now: Timestamp) -> Vec<NewJob> {
        let id = self.change.alert.id;
        let resolve = self.auto_resolve_s.map(|after_s| {
            let at = now.saturating_add(SignedDuration::from_secs(after_s)).unwrap_or(Timestamp::MAX);
            NewJob::new(self.org, JobKind::AutoResolve, id.0, at).with(after_s)
        });
        let trim =
            self.is_busy.then(|| NewJob::new(self.org, JobKind::TrimEvents, id.0, now).once(format!("trim:{id}")));
        resolve.into_iter().chain(trim).collect()
    }
}

impl Sheet {
    pub(super) async fn load(tx: &mut Tx, batch: &[&Incoming], now: Timestamp) -> Result<Self, StoreError> {
        let mut sheet = Self {
            now,
            policies: Vec::new(),
            open: HashMap::new(),
            cards: Vec::new(),
            opened: 0,
            jobs: Vec::new(),
            may_hold: false,
        };
        let events: Vec<(&IngestSource, &Event)> = batch.iter().copied().filter_map(event_of).collect();
        if events.is_empty() {
            return Ok(sheet);
        }
        let mut groups = Rows::default();
        for (source, event) in &events {
            for group in grouping::sought(source.grouping, event.key.as_ref(), &event.summary) {
                groups.push(crate::args![source.org, source.id, group]);
            }
        }
        for (alert, _) in alerts::lock_groups(tx, groups).await? {
            let org = events.iter().find(|(source, _)| source.id == alert.source).map(|(source, _)| source.org);
            org.into_iter().for_each(|org| sheet.place(alert.clone(), org));
        }
        let alerting: Vec<_> = events.iter().filter(|(_, event)| event.kind == EventType::Alert).collect();
        let mut ids: Vec<i64> = alerting.iter().map(|(source, _)| source.policy.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut keys: Vec<String> = alerting.iter().flat_map(|(_, event)| routing_keys(event)).collect();
        keys.sort_unstable();
        keys.dedup();
        sheet.policies = tx.all(POLICY_HEADS, crate::args![ids, keys]).await?;
        Ok(sheet)
    }

    /// Gives what was opened its numbers: people say them on the phone, so that none is taken for an event that opens nothing.
    pub(super) async fn number(&mut self, tx: &mut Tx, ingested: &mut [Ingested]) -> Result<(), StoreError> {
        let ids = alerts::next_ids(tx, usize::try_from(self.opened).unwrap_or(0)).await?;
        let number = |id: &mut AlertId| {
            let nth = usize::try_from(-id.0 - 1).ok();
            nth.and_then(|nth| ids.get(nth)).into_iter().for_each(|number| *id = AlertId(*number));
        };
        self.cards.iter_mut().for_each(|card| number(&mut card.change.alert.id));
        ingested.iter_mut().filter_map(|one| one.alert.as_mut()).for_each(number);
        Ok(())
    }

    fn place(&mut self, alert: Alert, org: OrgId) {
        if let Some(group) = alert.group_key.clone() {
            self.open.insert((alert.source, group), self.cards.len());
        }
        self.cards.push(Card::new(org, Some(alert.clone()), alert, Vec::new()));
    }

    pub(super) fn take(&mut self, incoming: &Incoming) -> Result<Ingested, StoreError> {
        Ok(match &incoming.parsed {
            Parsed::Event(event) => self.take_event(&incoming.source, event)?,
            Parsed::Pointer { job, .. } => {
                self.jobs.push((**job).clone());
                Ingested { verdict: Verdict::Waiting, alert: None }
            }
            Parsed::LeftOut { verdict, .. } => Ingested { verdict: *verdict, alert: None },
        })
    }

    fn take_event(&mut self, source: &IngestSource, event: &Event) -> Result<Ingested, StoreError> {
        let sought = grouping::sought(source.grouping, event.key.as_ref(), &event.summary);
        let found =
            sought.into_iter().map(|group| (source.id, group)).find_map(|place| self.open.get_key_value(&place));
        if let Some((place, i)) = found.map(|(place, i)| (place.clone(), *i)) {
            let takes =
                |alert: &Alert| grouping::still_groups(source.grouping, source.grouping_window_s, alert, self.now);
            // Only what would open an alert asks whether this one still groups: a source may end what is older than its window.
            if event.kind != EventType::Alert || takes(&self.cards[i].change.alert) {
                return Ok(self.happen(i, source, event));
            }
            // It gives its group up: what comes now is another problem.
            self.cards[i].change.alert.group_key = None;
            self.cards[i].change.alert.version += 1;
            self.open.remove(&place);
        }
        match event.kind {
            EventType::Alert => self.open_alert(source, event),
            EventType::Accept | EventType::Resolve | EventType::Comment => {
                Ok(Ingested { verdict: Verdict::NoAlert, alert: None })
            }
        }
    }

    fn happen(&mut self, i: usize, source: &IngestSource, event: &Event) -> Ingested {
        let card = &mut self.cards[i];
        let happening = Happening::Event(Box::new(event.clone()));
        let next = alert::apply(&card.change.alert, &happening, &card.actor, self.now, source.grouping);
        card.change.alert = next.alert;
        card.change.entries.extend(next.entries);
        card.change.cancel_pages |= next.cancel_pages;
        card.change.cancel_pages_of = next.cancel_pages_of.or(card.change.cancel_pages_of);
        card.change.work.extend(next.work);
        self.regroup(source.id, i);
        self.trim(i);
        let verdict = if event.kind == EventType::Alert { Verdict::Grouped } else { Verdict::Applied };
        Ingested { verdict, alert: Some(self.cards[i].change.alert.id) }
    }

    /// Where later events of the batch find an alert whose group may have changed.
    fn regroup(&mut self, source: SourceId, i: usize) {
        let alert = &self.cards[i].change.alert;
        let group = alert.group_key.clone().filter(|_| alert.status != Status::Resolved);
        self.open.retain(|(_, held), at| *at != i || Some(held) == group.as_ref());
        if let Some(group) = group {
            self.open.entry((source, group)).or_insert(i);
        }
    }

    /// A busy alert has its events cut now and then.
    fn trim(&mut self, i: usize) {
        let count = self.cards[i].change.alert.event_count;
        let kept = limits::ALERT_EVENTS_FIRST_KEPT + limits::ALERT_EVENTS_LAST_KEPT;
        self.cards[i].is_busy |= count > kept && count % limits::CLEAN_UP_ROWS_MAX == 0;
    }

    /// Opens an alert. Errors: the source's policy is gone, so that nobody would be paged; the sender has to know.
    fn open_alert(&mut self, source: &IngestSource, event: &Event) -> Result<Ingested, StoreError> {
        let policy = self
            .policy_for(source, event)
            .ok_or_else(|| StoreError::Constraint("the escalation policy of the source".into()))?;
        self.opened += 1;
        self.may_hold |= source.opening.may_hold;
        let id = AlertId(-self.opened);
        let at = self.now.saturating_add(SignedDuration::from_secs(policy.delay_s)).unwrap_or(self.now);
        let group = grouping::group_key(source.grouping, event.key.as_ref(), &event.summary);
        let alert = new_alert(id, source, event, group.clone(), &policy, at, self.now);
        if let Some(group) = group {
            self.open.insert((source.id, group), self.cards.len());
        }
        let card = Card::new(source.org, None, alert, vec![alert::Work::Escalate { at }]);
        self.cards.push(Card { auto_resolve_s: source.auto_resolve_s, ..card });
        Ok(Ingested { verdict: Verdict::Opened, alert: Some(id) })
    }

    /// The policy of the first routing key that has one, else the source's own.
    fn policy_for(&self, source: &IngestSource, event: &Event) -> Option<PolicyHead> {
        let mine = || self.policies.iter().filter(|policy| policy.org_id == source.org.0);
        let routed = routing_keys(event)
            .find_map(|key| mine().find(|policy| policy.routing_key_folded.as_deref() == Some(&key)));
        routed.or_else(|| mine().find(|policy| policy.id == source.policy.0)).cloned()
    }

    /// Whether something is due at once.
    pub(super) async fn save(
        self,
        tx: &mut Tx,
        batch: &[&Incoming],
        ingested: &[Ingested],
        first: FirstLevel,
    ) -> Result<bool, StoreError> {
        let Self { now, cards, mut jobs, may_hold, .. } = self;
        jobs.extend(cards.iter().flat_map(|card| card.upkeep(now)));
        let (new, old): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|card| card.before.is_none());
        // Open alerts first: one may have given up the group that a new one takes.
        save_cards(tx, old, now).await?;
        for (org, opened) in by_org(&new) {
            jobs.extend(actions(tx, org, &opened, now).await?);
        }
        let (plain, eventful): (Vec<Card>, Vec<Card>) = new.into_iter().partition(|card| is_plain(&card.change));
        for (org, opened) in by_org(&plain) {
            jobs.extend(open(tx, org, opened, (first, may_hold), now).await?);
        }
        for (org, opened) in by_org(&eventful) {
            alerts::insert(tx, org, &opened.iter().collect::<Vec<_>>()).await?;
        }
        save_cards(tx, eventful, now).await?;
        let kept: Vec<NewEvent> = batch.iter().copied().zip(ingested).map(new_event).collect();
        events::insert(tx, &kept, now).await?;
        let is_due = jobs.iter().any(|job| job.due_at <= now);
        jobs::ask(tx, jobs).await?;
        Ok(is_due)
    }
}

fn event_of(incoming: &Incoming) -> Option<(&IngestSource, &Event)> {
    match &incoming.parsed {
        Parsed::Event(event) => Some((&incoming.source, event)),
        Parsed::Pointer { .. } | Parsed::LeftOut { .. } => None,
    }
}

fn routing_keys(event: &Event) -> impl Iterator<Item = String> + '_ {
    event
        .routing_key
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .map(text::fold)
        .filter(|key| !key.is_empty())
        .take(limits::ROUTING_KEYS_MAX)
}

fn new_alert(
    id: AlertId,
    source: &IngestSource,
    event: &Event,
    group: Option<String>,
    policy: &PolicyHead,
    at: Timestamp,
    now: Timestamp,
) -> Alert {
    Alert {
        id,
        source: source.id,
        key: event.key.as_ref().map(|key| key.as_str().to_owned()),
        group_key: group,
        summary: event.summary.clone(),
        details: event.details.clone(),
        status: Status::Pending,
        priority: event.priority.unwrap_or_else(|| source.opening.loudness.at(now)),
        escalation: begin(source, policy, at),
        progress: Progress::default(),
        snoozed_until: None,
        notified_at: None,
        nobody_notified_at: None,
        held: None,
        raise_at: event.priority.is_none().then(|| source.opening.loudness.raised_at(now)).flatten(),
        version: 1,
        event_count: 1,
        report_time: now,
        last_event_at: now,
        accepted_at: None,
        accepted_by: None,
        resolved_at: None,
        resolved_by_person: false,
        content: event.content.clone(),
    }
}

/// A person who opens an alert wants pages, as one who asks for more of them: see [`Escalation::first_pass`].
fn begin(source: &IngestSource, policy: &PolicyHead, at: Timestamp) -> Escalation {
    let mut escalation = Escalation::begin(PolicyId(policy.id), policy.version, at);
    escalation.first_pass += i64::from(source.by_person);
    escalation
}
