//! Carrying a decision out: alert, snapshot, waiting events and the job's end are one transaction.

use super::order::{FetchOrder, fetch_job};
use super::remembered::{Copy, Remembered};
use super::shared;
use super::sight::{Errand, view_of};
use super::source::TicketSource;
use super::text::AlertText;
use super::{alert_key, words};
use crate::app::App;
use autotask::{TicketNumber, TicketRef};
use jiff::Timestamp;
use std::sync::Arc;
use watchbell_core::alert::{Alert, Happening};
use watchbell_core::autotask::{Actor, Decision, Effect, Manner, Opening, Sighting, Snapshot, Ticket, Verdict, decide};
use watchbell_core::event::AlertKey;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline;
use watchbell_store::db::Tx;
use watchbell_store::events::{self, Verdict as EventVerdict};
use watchbell_store::ingest::{self, Incoming, Parsed};
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::{StoreError, alerts, tickets};

/// A unit that meets a change of another node is done again so often.
const TRIES_MAX: usize = 4;

/// A ticket that was read, ready to be decided on.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    pub(super) source: Arc<TicketSource>,
    pub(super) ticket: Ticket,
    pub(super) actor: Actor,
    /// The actor as the timeline names it.
    pub(super) acting: timeline::Actor,
    /// Who has the ticket, as the timeline names them.
    pub(super) assignee: Option<timeline::Actor>,
    pub(super) merged_into: Option<String>,
    /// Whether an alert action made the ticket, whose alert follows it.
    pub(super) made_by_action: bool,
    /// What the alert says; made only where it is needed.
    pub(super) text: Option<AlertText>,
    pub(super) errand: Errand,
    /// When the reading began: what came later waits for the next one.
    pub(super) began: Timestamp,
}

/// What became of a sight.
#[derive(Debug)]
pub(super) enum Acted {
    /// It was carried out.
    Done(Verdict),
    /// The alert needs its text, which was not made.
    NeedsText,
    /// Another node has the job by now; nothing was written.
    LeaseLost,
}

/// Whether one of these effects writes the alert's text. That of an alert which an action made a ticket of stays its own.
pub(super) fn needs_text(source: &TicketSource, effects: &[Effect]) -> bool {
    source.action.is_none() && effects.iter().any(|effect| matches!(effect, Effect::Open(_) | Effect::Refresh))
}

/// Decides on a sight as the transaction sees it, and carries the decision out.
pub(super) async fn act(app: &App, sight: &Sight) -> Result<Acted, StoreError> {
    let now = app.clock.now();
    for _ in 0..TRIES_MAX {
        let sight = sight.clone();
        let org = sight.source.scope.org;
        match app.db.write(move |tx| Box::pin(async move { act_in(tx, &sight, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            Ok((acted, changed)) => {
                changed.into_iter().for_each(|alert| app.bus.changed(org, alert.0));
                return Ok(acted);
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict("alert"))
}

async fn act_in(tx: &mut Tx, sight: &Sight, now: Timestamp) -> Result<(Acted, Vec<AlertId>), StoreError> {
    let source = &sight.source;
    if let Some(job) = &sight.errand.job
        && !jobs::is_held(tx, job).await?
    {
        return Ok((Acted::LeaseLost, Vec::new()));
    }
    let (row, alert) = tickets::lock_with_alert(tx, &source.scope, source.id(), sight.ticket.id).await?;
    let known = row.as_ref().map(Remembered::read).transpose()?;
    let stood_in = shared::standing_for(tx, source, sight.errand.subject.as_deref(), alert.as_ref()).await?;
    let decision = decide_on(sight, known.as_ref(), alert.as_ref(), stood_in.as_ref(), now);
    if needs_text(source, &decision.effects) && sight.text.is_none() {
        return Ok((Acted::NeedsText, Vec::new()));
    }
    let mut doing = Doing::new(sight, known, alert, now);
    for effect in &decision.effects {
        Box::pin(doing.carry_out(tx, effect)).await?;
    }
    doing.settle(tx, &decision.verdict).await?;
    if let Some(stood_in) = stood_in {
        doing.changed.push(stood_in.id);
        shared::give_back(tx, source, &stood_in, now).await?;
    }
    doing.remember(tx, &decision).await?;
    if let Some(job) = &sight.errand.job
        && !jobs::finish(tx, job, now).await?
    {
        return Err(StoreError::Conflict("job"));
    }
    Ok((Acted::Done(decision.verdict), doing.changed))
}

fn decide_on(
    sight: &Sight,
    known: Option<&Remembered>,
    alert: Option<&Alert>,
    stood_in: Option<&Alert>,
    now: Timestamp,
) -> Decision {
    let sighting = Sighting {
        ticket: &sight.ticket,
        actor: &sight.actor,
        way: sight.errand.way,
        own_edits: known.map_or(&[][..], |known| &known.copy.own_edits),
        merged_into: sight.merged_into.as_deref(),
        made_by_action: sight.made_by_action,
        source_made_at: sight.source.made_at(),
        open_ones_known: sight.source.open_ones_known(),
        waited_in_shared: stood_in.map(|alert| alert.status),
        now,
    };
    let view = alert.map(|alert| view_of(alert, known));
    let mut decision = decide(&sight.source.rules, known.map(|known| &known.snapshot), view, &sighting);
    if sight.source.action.is_some() {
        // The alert was there before its ticket: no ticket opens another one.
        decision.effects.retain(|effect| !matches!(effect, Effect::Open(_) | Effect::FollowMerge { .. }));
    }
    decision
}

/// A decision being carried out.
struct Doing<'a> {
    sight: &'a Sight,
    now: Timestamp,
    /// The ticket's alert, once there is one.
    alert: Option<AlertId>,
    is_open: bool,
    own_edits: Vec<watchbell_core::autotask::OwnEdit>,
    opened_unread: bool,
    changed: Vec<AlertId>,
}

impl<'a> Doing<'a> {
    fn new(sight: &'a Sight, known: Option<Remembered>, alert: Option<Alert>, now: Timestamp) -> Self {
        let is_open = alert.as_ref().is_some_and(|alert| alert.status != watchbell_core::alert::Status::Resolved);
        let copy = known.map(|known| known.copy).unwrap_or_default();
        Self {
            sight,
            now,
            alert: alert.map(|alert| alert.id),
            is_open,
            own_edits: copy.own_edits,
            opened_unread: copy.opened_unread,
            changed: Vec::new(),
        }
    }

    async fn carry_out(&mut self, tx: &mut Tx, effect: &Effect) -> Result<(), StoreError> {
        let rules = &self.sight.source.rules;
        let acting = self.sight.acting.clone();
        match effect {
            Effect::Open(opening) => self.open(tx, opening).await,
            Effect::Refresh if self.sight.source.action.is_some() => {
                let ticket = Box::new(self.sight.source.ticket_ref(&self.sight.ticket, None));
                self.happen(tx, Happening::TicketLinked { ticket, customer: None }, acting).await
            }
            Effect::Refresh => {
                self.opened_unread = false;
                let Some(text) = &self.sight.text else { return Ok(()) };
                self.happen(tx, text.to_refresh(), acting).await
            }
            Effect::Raise => self.happen(tx, Happening::Raised, acting).await,
            Effect::Accept { by, responder } => self.accept(tx, by, *responder).await,
            Effect::NextLevel { .. } => self.happen(tx, Happening::EscalatedNow, acting).await,
            Effect::Touched { .. } => {
                let at = self.sight.ticket.last_activity_at.max(self.sight.ticket.last_modified_at);
                self.happen(tx, Happening::TicketTouched { at }, acting).await
            }
            Effect::TellResponder { status, by } => {
                let text =
                    format!("The ticket came to {} (by {}).", words::say_status(*status, rules), words::name(by));
                self.happen(tx, Happening::Told { text }, acting).await
            }
            Effect::Resolve { reason } => {
                let reason = Some(words::say_resolve_reason(reason, rules));
                // Not as a user of Watchbell: the ticket ended it, nobody pressed a button here.
                let by = timeline::Actor::Outside { name: words::name(&self.sight.actor).to_owned() };
                self.is_open = false;
                self.happen(tx, Happening::Resolved { reason }, by).await
            }
            Effect::FollowMerge { number } => self.follow_merge(tx, number).await,
        }
    }

    async fn open(&mut self, tx: &mut Tx, opening: &Opening) -> Result<(), StoreError> {
        let Some(text) = &self.sight.text else { return Ok(()) };
        let body = serde_json::to_vec(&self.sight.ticket.raw).unwrap_or_default();
        let id = open_alert(tx, &self.sight.source, self.sight.ticket.id, opening, text, body, self.now).await?;
        self.alert = Some(id);
        self.is_open = true;
        self.opened_unread = false;
        self.changed.push(id);
        Ok(())
    }

    /// For whom the ticket was assigned to, else for whoever changed it.
    async fn accept(&mut self, tx: &mut Tx, by: &Actor, responder: Option<i64>) -> Result<(), StoreError> {
        let assigned = self.sight.assignee.clone().filter(|_| responder.is_some());
        if responder.is_some() && by.resource() != responder {
            let text = format!("The ticket was assigned in Autotask by {}.", words::name(by));
            let author = Some("Autotask".to_owned());
            self.happen(tx, Happening::Commented { text, author }, self.sight.acting.clone()).await?;
        }
        let acting = assigned.unwrap_or_else(|| self.sight.acting.clone());
        self.happen(tx, Happening::Accepted, acting).await
    }

    async fn happen(&mut self, tx: &mut Tx, happening: Happening, by: timeline::Actor) -> Result<(), StoreError> {
        let Some(alert) = self.alert else { return Ok(()) };
        apply_from_ticket(tx, &self.sight.source, alert, happening, by, self.now).await?;
        self.changed.push(alert);
        Ok(())
    }

    /// The destination is read by an order of its own, kept like a callout.
    async fn follow_merge(&mut self, tx: &mut Tx, number: &str) -> Result<(), StoreError> {
        let Ok(number) = number.parse::<TicketNumber>() else { return Ok(()) };
        let source = &self.sight.source;
        let order = FetchOrder { merged: true, ..FetchOrder::new(TicketRef::Number(number.clone()), None) };
        let job = fetch_job(source.scope.org, source.id(), &source.connector, &order, self.now);
        let incoming = Incoming {
            source: Arc::new(source.ingest(None)),
            parsed: Parsed::Pointer { subject: order.subject(), kind: "MERGE", job: Box::new(job) },
            content_type: Some("text/plain".into()),
            body: format!("Ticket {} was merged into {number}.", self.sight.ticket.number).into_bytes(),
        };
        Box::pin(ingest::commit_in(tx, &[&incoming], self.now)).await.map(|_| ())
    }

    /// Says what became of the callouts that waited for this ticket.
    async fn settle(&mut self, tx: &mut Tx, verdict: &Verdict) -> Result<(), StoreError> {
        let Some(subject) = &self.sight.errand.subject else { return Ok(()) };
        let source = &self.sight.source;
        let reason = words::say_verdict(verdict, &source.rules);
        let touched = self.is_open || !self.changed.is_empty();
        let alert = self.alert.filter(|_| touched);
        let settled = (event_verdict(verdict, alert.is_some()), Some(reason.as_str()), alert);
        events::settle(tx, &source.scope, source.id(), subject, settled, self.sight.began).await?;
        if let Some(alert) = alert
            && events::is_crowded(tx, &source.scope, alert).await?
        {
            let trim =
                NewJob::new(source.scope.org, JobKind::TrimEvents, alert.0, self.now).once(format!("trim:{alert}"));
            jobs::ask(tx, vec![trim]).await?;
        }
        Ok(())
    }

    async fn remember(&mut self, tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
        let overtaken = decision.verdict == Verdict::Overtaken;
        let source = &self.sight.source;
        if overtaken {
            return Ok(());
        }
        let remembered = Remembered {
            snapshot: decision.snapshot.clone(),
            copy: Copy {
                ticket: self.sight.ticket.clone(),
                own_edits: std::mem::take(&mut self.own_edits),
                opened_unread: self.opened_unread && self.is_open,
            },
            alert: self.alert,
        };
        let verdict = said(&decision.snapshot);
        tickets::put(tx, &source.scope, source.id(), remembered.to_row(verdict, self.now)?).await
    }
}

/// The last verdict that said something.
fn said(snapshot: &Snapshot) -> &Verdict {
    &snapshot.verdict
}

/// Opens the alert of a ticket with the policy that the routing table chose, or the source's own where that one is gone.
pub(super) async fn open_alert(
    tx: &mut Tx,
    source: &TicketSource,
    ticket: i64,
    opening: &Opening,
    text: &AlertText,
    body: Vec<u8>,
    now: Timestamp,
) -> Result<AlertId, StoreError> {
    let key = AlertKey::parse(&alert_key(ticket)).ok().flatten().ok_or(StoreError::Conflict("alert"))?;
    let mut event = text.to_event(&key, opening.manner.priority());
    event.content.told_in_summary = opening.manner == Manner::Summary;
    let event = Box::new(event);
    let mut policies = vec![opening.policy, None];
    policies.dedup();
    for policy in policies {
        let incoming = Incoming {
            source: Arc::new(source.ingest(policy)),
            parsed: Parsed::Event(event.clone()),
            content_type: Some("application/json".into()),
            body: body.clone(),
        };
        match Box::pin(ingest::commit_in(tx, &[&incoming], now)).await {
            Ok(done) => {
                if let Some(alert) = done.first().and_then(|done| done.alert) {
                    return Ok(alert);
                }
            }
            // The store looks for the policy before it writes anything.
            Err(StoreError::Constraint(_)) if policy.is_some() => {
                tracing::error!(source = %source.id(), ?policy, "the escalation policy of a routing row is gone; the source's own is used");
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Refused("the escalation policy of the alert source is gone".into()))
}

/// Lets a change of the ticket act on its alert.
pub(super) async fn apply_from_ticket(
    tx: &mut Tx,
    source: &TicketSource,
    alert: AlertId,
    happening: Happening,
    by: timeline::Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = source.scope.acting_as(by);
    Box::pin(alerts::apply_from_ticket_in(tx, &scope, alert, &happening, now)).await.map(|_| ())
}

/// The word of a verdict for the list of events.
pub(super) fn event_verdict(verdict: &Verdict, has_alert: bool) -> EventVerdict {
    match verdict {
        Verdict::Opened | Verdict::OpenedQuietly | Verdict::OpenedInSummary => EventVerdict::Opened,
        Verdict::Resolved { .. }
        | Verdict::NextLevel
        | Verdict::Accepted { .. }
        | Verdict::ToldResponder
        | Verdict::Raised => EventVerdict::Applied,
        Verdict::AcceptNotCounted { .. } | Verdict::LeftFilter { .. } | Verdict::Followed => EventVerdict::Grouped,
        Verdict::NotPaged { .. } => EventVerdict::NotPaged,
        Verdict::OwnEdit | Verdict::Recorded | Verdict::Unchanged | Verdict::Overtaken if has_alert => {
            EventVerdict::Grouped
        }
        Verdict::OwnEdit | Verdict::Recorded | Verdict::Unchanged | Verdict::Overtaken => EventVerdict::Unchanged,
    }
}
