//! The one alert of a source that stands for tickets which cannot be read and were never seen.

use super::source::TicketSource;
use jiff::Timestamp;
use std::sync::Arc;
use watchbell_core::alert::{Alert, Happening, Priority, Status};
use watchbell_core::autotask::{shared_alert_key, shared_alert_summary};
use watchbell_core::event::{AlertKey, Content, Event, EventType};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Actor;
use watchbell_store::db::Tx;
use watchbell_store::ingest::{self, Incoming, Parsed};
use watchbell_store::{StoreError, alerts, events, tickets};

/// The shared alert that stands for the events of a subject, locked; none where no alert does, or the ticket's own.
pub(super) async fn standing_for(
    tx: &mut Tx,
    source: &TicketSource,
    subject: Option<&str>,
    own: Option<&Alert>,
) -> Result<Option<Alert>, StoreError> {
    let Some(subject) = subject else { return Ok(None) };
    let waiting = events::find_waiting_in(tx, &source.scope, source.id(), subject).await?;
    match waiting.and_then(|waiting| waiting.alert) {
        Some(alert) if own.is_none_or(|own| own.id != alert) => {
            let alert = tickets::lock_alert(tx, &source.scope, alert).await?;
            Ok(alert.filter(|alert| alert.key.as_deref() == Some(&shared_alert_key(source.id()))))
        }
        _ => Ok(None),
    }
}

/// Counts a subject in the shared alert, opening that if need be.
pub(super) async fn join(
    tx: &mut Tx,
    source: &TicketSource,
    subject: &str,
    why: &str,
    now: Timestamp,
) -> Result<Option<AlertId>, StoreError> {
    let Some(key) = AlertKey::parse(&shared_alert_key(source.id())).ok().flatten() else { return Ok(None) };
    if standing_for(tx, source, Some(subject), None).await?.is_some_and(|alert| alert.status == Status::Resolved) {
        // Somebody was woken for this ticket, and is done with it until it can be read.
        return Ok(None);
    }
    let alert = match tickets::lock_open_alert(tx, &source.scope, source.id(), &key).await? {
        Some(open) => open.id,
        None => match open(tx, source, key, why, now).await? {
            Some(opened) => opened,
            None => return Ok(None),
        },
    };
    events::attach(tx, &source.scope, source.id(), subject, alert).await?;
    count(tx, source, alert, why, now).await?;
    Ok(Some(alert))
}

async fn open(
    tx: &mut Tx,
    source: &TicketSource,
    key: AlertKey,
    why: &str,
    now: Timestamp,
) -> Result<Option<AlertId>, StoreError> {
    let event = Event {
        kind: EventType::Alert,
        key: Some(key),
        summary: shared_alert_summary(1),
        details: details(why),
        priority: Some(Priority::High),
        routing_key: None,
        content: Content::default(),
        comments: Vec::new(),
    };
    let incoming = Incoming {
        source: Arc::new(source.ingest(None)),
        parsed: Parsed::Event(Box::new(event)),
        content_type: Some("text/plain".into()),
        body: why.as_bytes().to_vec(),
    };
    Ok(ingest::commit_in(tx, &[&incoming], now).await?.first().and_then(|done| done.alert))
}

fn details(why: &str) -> String {
    format!(
        "Callouts came for tickets that were never seen here, and Autotask cannot be read, so nobody knows how urgent they are. Look into Autotask. {why}"
    )
}

async fn count(
    tx: &mut Tx,
    source: &TicketSource,
    alert: AlertId,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = events::count_waiting_subjects(tx, &source.scope, source.id(), alert).await?;
    let summary = shared_alert_summary(usize::try_from(waiting).unwrap_or(usize::MAX));
    let news = Happening::Refreshed { summary, details: details(why), content: Box::default() };
    alerts::apply_in(tx, &source.scope, alert, &news, now).await.map(|_| ())
}

/// A ticket for which the shared alert stood was read: the alert counts one less, and ends with the last.
pub(super) async fn give_back(
    tx: &mut Tx,
    source: &TicketSource,
    shared: &Alert,
    now: Timestamp,
) -> Result<(), StoreError> {
    if shared.status == Status::Resolved {
        return Ok(());
    }
    let waiting = events::count_waiting_subjects(tx, &source.scope, source.id(), shared.id).await?;
    if waiting > 0 {
        let summary = shared_alert_summary(usize::try_from(waiting).unwrap_or(usize::MAX));
        let (details, content) = (shared.details.clone(), Box::new(shared.content.clone()));
        let news = Happening::Refreshed { summary, details, content };
        return alerts::apply_in(tx, &source.scope, shared.id, &news, now).await.map(|_| ());
    }
    let reason = Some(
        "Autotask can be read again: every ticket that waited was read, and has an alert of its own if it needs one"
            .into(),
    );
    let scope = source.scope.acting_as(Actor::System);
    alerts::apply_in(tx, &scope, shared.id, &Happening::Resolved { reason }, now).await.map(|_| ())
}
