//! Giving a ticket to its alert: link, timeline, snapshot, what happened before, and the end of the job are one transaction.

use super::super::account::Account;
use super::super::baseline;
use super::super::source::TicketSource;
use super::super::tenant;
use super::Failed;
use super::run::Run;
use crate::app::App;
use jiff::Timestamp;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::{Happening, Status, WriteBackOrder};
use watchbell_core::alert_action::news_of;
use watchbell_core::autotask::Ticket;
use watchbell_core::event::TicketRef;
use watchbell_core::ids::AlertId;
use watchbell_core::limits::TOLD_LATE_MAX;
use watchbell_core::timeline::Entry;
use watchbell_store::db::Tx;
use watchbell_store::jobs::{self, Job};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, action_tickets, alert_actions, alerts, tickets, timeline};

/// A unit that meets a change of another node is done again so often.
const TRIES_MAX: usize = 4;

/// What is said of a ticket that was made.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    pub(super) company: String,
    pub(super) found_by: String,
    pub(super) problems: Vec<String>,
}

#[derive(Clone)]
struct Record {
    scope: Scope,
    job: Job,
    desk: TicketSource,
    ticket: Ticket,
    link: TicketRef,
    customer: String,
    entries: Vec<Entry>,
    /// What happened to the alert from then on is told.
    since: Timestamp,
}

/// Gives the ticket to the alert.
pub(super) async fn record(
    app: &App,
    run: &Run,
    account: &Account,
    row: &autotask::Ticket,
    made: Made,
) -> Result<(), Failed> {
    let desk = TicketSource::of_action(app, run.scope.org, run.alert.source, &run.action.id).await?;
    // The action or the source was deleted meanwhile; the ticket stays.
    let Some(desk) = desk else { return end(app, run).await };
    let ticket = rows::to_ticket(row);
    let url = tenant::web_url(account).await?.map(|web| autotask::ticket_link(&web, ticket.id));
    let wrong = made
        .problems
        .into_iter()
        .map(|what| Entry::WriteBackFailed { what: "all of it as the alert action has it".to_owned(), error: what });
    let entry = Entry::TicketMade {
        number: ticket.number.clone(),
        company: made.company.clone(),
        found_by: made.found_by,
        action: run.action.name.clone(),
    };
    let record = Record {
        scope: run.scope.clone(),
        job: run.job.clone(),
        link: desk.ticket_ref(&ticket, url),
        desk,
        ticket,
        customer: made.company,
        entries: std::iter::once(entry).chain(wrong).collect(),
        since: run.order.at,
    };
    let now = app.clock.now();
    for _ in 0..TRIES_MAX {
        let record = record.clone();
        match app.db.write(move |tx| Box::pin(async move { write(tx, record, now).await })).await {
            Err(StoreError::Conflict("job")) => return Err(Failed::LeaseLost),
            Err(StoreError::Conflict(_)) => {}
            done => return done.map_err(Failed::from),
        }
    }
    Err(StoreError::Conflict("alert").into())
}

async fn write(tx: &mut Tx, record: Record, now: Timestamp) -> Result<(), StoreError> {
    let Record { scope, job, desk, ticket, link, customer, entries, since } = record;
    let alert = AlertId(job.subject);
    let (id, number) = (link.id, link.number.clone());
    let linked = Happening::TicketLinked { ticket: Box::new(link), customer: Some(customer) };
    let change = Box::pin(alerts::apply_in(tx, &scope, alert, &linked, now)).await?;
    if change.alert.content.ticket.as_ref().is_some_and(|ticket| ticket.id == id) {
        let is_accepted = change.alert.status == Status::Accepted;
        let news = told_late(tx, &scope, (alert, is_accepted), since).await?;
        tickets::put(tx, &desk.scope, desk.id(), baseline::row_of(&desk, ticket, Some(alert), now)?).await?;
        for entry in entries {
            tickets::log_write_back(tx, &scope, alert, entry, now).await?;
        }
        if let Some(action) = &desk.action {
            alert_actions::forget_given_up(tx, &scope, alert, action).await?;
        }
        action_tickets::follow(tx, &scope, (alert, &desk.connector), (id, &number), news, now).await?;
    }
    if jobs::finish(tx, &job, now).await? { Ok(()) } else { Err(StoreError::Conflict("job")) }
}

/// What happened to the alert while it had no ticket.
async fn told_late(
    tx: &mut Tx,
    scope: &Scope,
    (alert, is_accepted): (AlertId, bool),
    since: Timestamp,
) -> Result<Vec<WriteBackOrder>, StoreError> {
    let log = timeline::list_in(tx, scope, alert, TOLD_LATE_MAX).await?;
    // Whoever has it has the ticket, also where it was accepted before somebody wanted one.
    let accepted = log.iter().rposition(|entry| entry.entry == Entry::Accepted).filter(|_| is_accepted);
    let order = |entry: timeline::LogEntry| Some(WriteBackOrder::new(news_of(&entry.entry)?, entry.actor, entry.at));
    let told = log.into_iter().enumerate().filter(|(nth, entry)| entry.at >= since || Some(*nth) == accepted);
    Ok(told.filter_map(|(_, entry)| order(entry)).collect())
}

/// Nothing is to be done any more.
pub(super) async fn end(app: &App, run: &Run) -> Result<(), Failed> {
    let (job, now) = (run.job.clone(), app.clock.now());
    let write = app.db.write(move |tx| Box::pin(async move { jobs::finish(tx, &job, now).await }));
    write.await.map(|_| ()).map_err(Failed::from)
}
