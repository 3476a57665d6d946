//! A callout came, but its ticket cannot be read: keep trying, and after a while wake somebody all the same.

use super::act::open_alert;
use super::fetch::Run;
use super::health::Trouble;
use super::order::FetchOrder;
use super::people;
use super::remembered::Remembered;
use super::shared;
use super::sight::view_of;
use super::source::TicketSource;
use super::tenant;
use super::text::AlertText;
use crate::app::App;
use crate::engine::run::JobError;
use autotask::TicketRef;
use jiff::Timestamp;
use std::sync::Arc;
use watchbell_core::autotask::{Effect, KnownTicket, Unread, UnreadCallout, decide_unread};
use watchbell_core::ids::AlertId;
use watchbell_store::db::Tx;
use watchbell_store::{StoreError, events, job_changes, jobs, tickets};

/// What is needed to act without having read the ticket.
#[derive(Debug, Clone)]
struct Case {
    source: Arc<TicketSource>,
    job: jobs::Job,
    order: FetchOrder,
    subject: String,
    received_at: Timestamp,
    ticket: Option<i64>,
    text: Option<AlertText>,
    why: String,
    again_at: Timestamp,
}

/// Puts the order off, after having done what can be done without reading the ticket.
pub(super) async fn wait(app: &App, source: &TicketSource, run: &Run, trouble: &Trouble) -> Result<(), JobError> {
    let now = app.clock.now();
    let known = known_ticket(app, source, run).await?;
    let ticket = known.as_ref().map(|row| row.ticket_id);
    let text = match &known {
        Some(row) => Some(text_of_copy(app, source, row).await?),
        None => None,
    };
    let case = Case {
        source: Arc::new(source.clone()),
        job: run.job.clone(),
        order: run.order.clone(),
        subject: run.subject.clone(),
        received_at: run.received_at(),
        ticket,
        text,
        why: trouble.why(),
        again_at: trouble.again_at(now),
    };
    let org = source.scope.org;
    for _ in 0..3 {
        let case = case.clone();
        match app.db.write(move |tx| Box::pin(async move { wait_in(tx, &case, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => {
                done?.into_iter().for_each(|alert| app.bus.changed(org, alert.0));
                return Ok(());
            }
        }
    }
    Err(StoreError::Conflict("alert").into())
}

/// Puts the order off and does nothing else: nothing says that the ticket is one of those that page.
pub(super) async fn put_off(app: &App, run: &Run, trouble: &Trouble) -> Result<(), JobError> {
    let (job, now) = (run.job.clone(), app.clock.now());
    let order = FetchOrder { acted: true, gone: 0, ..run.order.clone() };
    let (why, again_at) = (trouble.why(), trouble.again_at(now).max(now));
    let write = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::retry_with(tx, &job, again_at, &why, &order, now).await }));
    write.await.map(|_| ()).map_err(JobError::from)
}

async fn known_ticket(app: &App, source: &TicketSource, run: &Run) -> Result<Option<tickets::Ticket>, StoreError> {
    match &run.ticket {
        TicketRef::Id(id) => Ok(tickets::get_many(&app.db, &source.scope, source.id(), vec![*id]).await?.pop()),
        TicketRef::Number(number) => {
            tickets::find_by_number(&app.db, &source.scope, source.id(), number.as_str()).await
        }
    }
}

async fn text_of_copy(app: &App, source: &TicketSource, row: &tickets::Ticket) -> Result<AlertText, StoreError> {
    let ticket = Remembered::read(row)?.copy.ticket;
    let behind = people::known_behind(app, &source.scope, &source.connector, &ticket).await?;
    let web_url = tenant::known_web_url(app, &source.scope, &source.connector).await?;
    let seen = row.seen_at.strftime("%Y-%m-%d %H:%M UTC");
    let text = AlertText::of(source, &ticket, &behind, web_url.as_deref());
    Ok(text.warned(format!("Autotask cannot be read: this is the ticket as it was last seen, at {seen}.")))
}

async fn wait_in(tx: &mut Tx, case: &Case, now: Timestamp) -> Result<Option<AlertId>, StoreError> {
    if !jobs::is_held(tx, &case.job).await? {
        return Ok(None);
    }
    let source = &case.source;
    let (row, alert) = match case.ticket {
        Some(id) => tickets::lock_with_alert(tx, &source.scope, source.id(), id).await?,
        None => (None, None),
    };
    let mut known = row.as_ref().map(Remembered::read).transpose()?;
    let view = alert.as_ref().map(|alert| view_of(alert, known.as_ref()));
    let callout = UnreadCallout {
        received_at: case.received_at,
        status: case.order.status_label.as_deref().and_then(|label| source.lists.status_of(label)),
    };
    let known_ticket = known.as_ref().map(|known| KnownTicket { snapshot: &known.snapshot, copy: &known.copy.ticket });
    let unread = decide_unread(&source.rules, known_ticket, view, callout, now);
    let (mut again_at, mut acted, mut changed) = (case.again_at, true, None);
    match unread {
        Unread::Wait { until } => (again_at, acted) = (case.again_at.min(until), false),
        Unread::JoinShared => changed = shared::join(tx, source, &case.subject, &case.why, now).await?,
        Unread::OpenFromCopy { effect } => changed = open_from_copy(tx, case, known.as_mut(), &effect, now).await?,
        Unread::AlertIsOpen => {
            if let Some(alert) = &alert {
                events::attach(tx, &source.scope, source.id(), &case.subject, alert.id).await?;
            }
        }
        Unread::NotPaged { .. } => {}
    }
    let order = FetchOrder { acted, gone: 0, ..case.order.clone() };
    job_changes::retry_with(tx, &case.job, again_at.max(now), &case.why, &order, now).await?;
    Ok(changed)
}

async fn open_from_copy(
    tx: &mut Tx,
    case: &Case,
    known: Option<&mut Remembered>,
    effect: &Effect,
    now: Timestamp,
) -> Result<Option<AlertId>, StoreError> {
    let (Effect::Open(opening), Some(known), Some(text)) = (effect, known, &case.text) else { return Ok(None) };
    let source = &case.source;
    let body = serde_json::to_vec(&known.copy.ticket.raw).unwrap_or_default();
    let alert = open_alert(tx, source, known.copy.ticket.id, opening, text, body, now).await?;
    known.alert = Some(alert);
    known.copy.opened_unread = true;
    let row = known.to_row(&known.snapshot.verdict, now)?;
    tickets::put(tx, &source.scope, source.id(), row).await?;
    events::attach(tx, &source.scope, source.id(), &case.subject, alert).await?;
    Ok(Some(alert))
}
