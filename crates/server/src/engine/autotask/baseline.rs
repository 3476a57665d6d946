//! The baseline: when a source is made, the tickets that are open then are remembered, so that it is known what a later change
//! changes. Nobody is paged for them.

use super::account::PAGE_TIMEOUT;
use super::health::Trouble;
use super::poll::Run;
use super::remembered::{Copy, Remembered};
use super::source::TicketSource;
use autotask::{Filter, Query};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::autotask::{Actor, Sighting, Ticket, Way, decide};
use watchbell_core::ids::AlertId;
use watchbell_store::db::Tx;
use watchbell_store::{StoreError, tickets};

/// Tickets remembered in one commit.
const CHUNK: usize = 100;

/// Reads the open tickets, page by page, until they are through or the time of this run is used up.
pub(super) async fn read(run: &mut Run) -> Result<(), Trouble> {
    while !run.is_late() {
        let query = query(&run.source, run.state.baseline_after.unwrap_or_default());
        let client = run.account.client.clone().with_timeout(PAGE_TIMEOUT);
        let page = run.account.ask_tickets(client.query::<autotask::Ticket>(&query)).await?;
        for chunk in page.items.chunks(CHUNK) {
            run.state.baseline_tickets += remember(run, chunk).await?;
            run.state.baseline_after = chunk.iter().map(|row| row.id).max();
        }
        if !page.has_more || page.items.is_empty() {
            run.state.baseline_done = true;
            tracing::info!(source = %run.source.id(), tickets = run.state.baseline_tickets, "the open tickets of a source are remembered");
            return Ok(());
        }
    }
    Ok(())
}

/// Tickets in a status that does not end an alert.
fn query(source: &TicketSource, after: i64) -> Query {
    let rows = source.rules.statuses.rows.iter();
    let over: Vec<i64> = rows.filter(|row| row.cells.resolves()).map(|row| row.id).collect();
    let query = Query::new().filter(Filter::gt("id", after));
    if over.is_empty() { query } else { query.filter(Filter::not_in("status", over)) }
}

/// Remembers those that are older than the source and not known yet.
async fn remember(run: &Run, chunk: &[autotask::Ticket]) -> Result<u64, StoreError> {
    let made_at = run.source.made_at();
    let old = chunk.iter().filter(|row| row.create_date.is_none_or(|at| at < made_at)).map(rows::to_ticket);
    let (source, old, now): (_, Vec<Ticket>, _) = (run.source.clone(), old.collect(), run.account.app.clock.now());
    run.account.app.db.write(move |tx| Box::pin(async move { remember_in(tx, source, old, now).await })).await
}

async fn remember_in(
    tx: &mut Tx,
    source: Arc<TicketSource>,
    old: Vec<Ticket>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let ids = old.iter().map(|ticket| ticket.id).collect();
    let known = tickets::lock_many(tx, &source.scope, source.id(), ids).await?;
    let known: HashSet<i64> = known.into_iter().map(|row| row.ticket_id).collect();
    let mut remembered = 0;
    for ticket in old.into_iter().filter(|ticket| !known.contains(&ticket.id)) {
        let row = row_of(&source, ticket, None, now)?;
        tickets::put(tx, &source.scope, source.id(), row).await?;
        remembered += 1;
    }
    Ok(remembered)
}

/// A ticket as it is now: what changes from here on acts, what it is does not.
pub(super) fn row_of(
    source: &TicketSource,
    ticket: Ticket,
    alert: Option<AlertId>,
    now: Timestamp,
) -> Result<tickets::Ticket, StoreError> {
    let sighting = Sighting {
        ticket: &ticket,
        actor: &Actor::Unknown,
        way: Way::Baseline,
        own_edits: &[],
        merged_into: None,
        made_by_action: false,
        source_made_at: source.made_at(),
        open_ones_known: false,
        waited_in_shared: None,
        now,
    };
    let decision = decide(&source.rules, None, None, &sighting);
    let copy = Copy { ticket, ..Copy::default() };
    Remembered { snapshot: decision.snapshot, copy, alert }.to_row(&decision.verdict, now)
}
