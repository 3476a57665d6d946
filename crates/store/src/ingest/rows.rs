//! Writing a sheet: alerts that were opened, what happened to those that were open, and the events.

use super::sheet::Card;
use super::{FirstLevel, Incoming, Ingested, Parsed};
use crate::db::Tx;
use crate::error::StoreError;
use crate::events::NewEvent;
use crate::jobs::NewJob;
use crate::room::Room;
use crate::{alert_actions, alerts, changes, escalations, holds};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use watchbell_core::alert::{self, Alert, Change};
use watchbell_core::alert_action::Trigger;
use watchbell_core::hold::Holds;
use watchbell_core::ids::{OrgId, SourceId};
use watchbell_core::timeline::Actor;

/// Inserts alerts that were opened and nothing more; where nothing is waited for, with their first level started: one commit
/// from the event to its planned pages. Returns the jobs that follow.
pub(super) async fn open(
    tx: &mut Tx,
    org: OrgId,
    opened: Vec<Alert>,
    (first, may_hold): (FirstLevel, bool),
    now: Timestamp,
) -> Result<Vec<NewJob>, StoreError> {
    let starts =
        |alert: &Alert| first == FirstLevel::AtOnce && alert.escalation.next_step_at.is_some_and(|at| at <= now);
    let (starting, waiting): (Vec<Alert>, Vec<Alert>) = opened.into_iter().partition(starts);
    let mut jobs: Vec<NewJob> = waiting.iter().filter_map(|alert| escalations::next_step(org, alert)).collect();
    if starting.is_empty() {
        alerts::insert(tx, org, &waiting.iter().collect::<Vec<_>>()).await?;
        return Ok(jobs);
    }
    let holding = if may_hold { holds::of(tx, org, &starting, now).await? } else { Holds::default() };
    let advances = escalations::advance_all(tx, org, &starting, &holding, now).await?;
    let all: Vec<&Alert> = waiting.iter().chain(advances.iter().map(|done| &done.alert)).collect();
    alerts::insert(tx, org, &all).await?;
    // No place for a send is taken here: the engine leases the messages, and looks again who has the alert.
    let (mut room, mut stepped) = (Room::none(), escalations::Stepped::default());
    jobs.extend(escalations::follow(tx, org, &advances, now, &mut room, &mut stepped).await?);
    Ok(jobs)
}

/// What alert actions do about alerts that were opened.
pub(super) async fn actions(
    tx: &mut Tx,
    org: OrgId,
    opened: &[Alert],
    now: Timestamp,
) -> Result<Vec<NewJob>, StoreError> {
    alert_actions::due(tx, org, opened.iter().map(created).collect(), now).await
}

fn created(alert: &Alert) -> (&Alert, Actor, Vec<Trigger>) {
    (alert, Actor::Source { id: alert.source }, vec![Trigger::Created])
}

/// What happened to the alerts of one source.
type OfSource = (Actor, Vec<(Alert, Change)>);

/// Saves what happened to alerts, in bulk for each source.
pub(super) async fn save_cards(tx: &mut Tx, cards: Vec<Card>, now: Timestamp) -> Result<(), StoreError> {
    let mut by_source: HashMap<(OrgId, SourceId), OfSource> = HashMap::new();
    for card in cards {
        let before = card.before.unwrap_or_else(|| card.change.alert.clone());
        let of_source =
            by_source.entry((card.org, card.change.alert.source)).or_insert_with(|| (card.actor, Vec::new()));
        of_source.1.push((before, card.change));
    }
    for ((org, _), (actor, changes)) in by_source {
        changes::save(tx, org, changes, &actor, now).await?;
    }
    Ok(())
}

/// Nothing but opened: no entries, no other work. The hot path writes these in bulk.
pub(super) fn is_plain(change: &Change) -> bool {
    change.entries.is_empty() && !change.cancel_pages && matches!(change.work[..], [alert::Work::Escalate { .. }])
}

pub(super) fn by_org(cards: &[Card]) -> BTreeMap<OrgId, Vec<Alert>> {
    let mut alerts: BTreeMap<OrgId, Vec<Alert>> = BTreeMap::new();
    cards.iter().for_each(|card| alerts.entry(card.org).or_default().push(card.change.alert.clone()));
    alerts
}

/// An event with what became of it.
pub(super) fn new_event<'a>((incoming, ingested): (&'a Incoming, &'a Ingested)) -> NewEvent<'a> {
    let (kind, subject, reason) = match &incoming.parsed {
        Parsed::Event(event) => (event.kind.as_str(), None, None),
        Parsed::Pointer { subject, kind, .. } => (*kind, Some(subject.as_str()), None),
        Parsed::LeftOut { reason, .. } => ("OTHER", None, Some(reason.as_str())),
    };
    NewEvent {
        org: incoming.source.org,
        source: incoming.source.id,
        alert: ingested.alert,
        kind,
        subject,
        verdict: ingested.verdict,
        reason,
        content_type: incoming.content_type.as_deref(),
        body: &incoming.body,
    }
}
