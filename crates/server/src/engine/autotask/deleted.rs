//! Tickets that were deleted while their alert is open. No callout tells of a deletion: the tenant's log is read, and where it has
//! none, it is asked now and then whether the tickets are still there.

use super::account::PAGE_TIMEOUT;
use super::gone;
use super::health::Trouble;
use super::order::{FetchOrder, fetch_job};
use super::poll::Run;
use autotask::{DeletedTicketLog, Filter, Query, Ticket, TicketRef};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchbell_store::{StoreError, jobs, tickets};

/// Open alerts whose tickets are looked after.
const OPEN_MAX: i64 = 500;
/// How often the log is asked: with each poll it would double the calls of a tenant in which nothing happens.
const LOG_EVERY: SignedDuration = SignedDuration::from_secs(150);
/// The log is read with this overlap.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// How often it is asked whether tickets are still there, without a log.
const PRESENCE_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// A missing log is looked for again after this time.
const LOG_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Resolves the alerts of tickets that were deleted. Asks nothing while no alert is open.
pub(super) async fn look(run: &mut Run) -> Result<(), Trouble> {
    let app = run.account.app.clone();
    let keys = tickets::open_keys(&app.db, &run.source.scope, run.source.id(), OPEN_MAX).await?;
    let open: BTreeSet<i64> = keys.iter().filter_map(|key| key.strip_prefix("autotask:")?.parse().ok()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    if run.state.no_deletion_log_since.is_none_or(|since| now.duration_since(since) >= LOG_AGAIN) {
        if run.state.deleted_asked_at.is_some_and(|at| now.duration_since(at) < LOG_EVERY) {
            return Ok(());
        }
        match read_log(run, &open).await {
            Err(Trouble::Refused(error)) => {
                tracing::info!(source = %run.source.id(), %error, "the tenant has no log of deleted tickets");
                run.state.no_deletion_log_since = Some(now);
            }
            done => return done,
        }
    }
    if run.state.presence_checked_at.is_none_or(|at| now.duration_since(at) >= PRESENCE_EVERY) {
        look_for(run, open).await?;
        run.state.presence_checked_at = Some(now);
    }
    Ok(())
}

async fn read_log(run: &mut Run, open: &BTreeSet<i64>) -> Result<(), Trouble> {
    let until = run.state.deleted_until.unwrap_or_else(|| run.source.made_at());
    let since = until.saturating_sub(OVERLAP).unwrap_or(until);
    let query = Query::new().filter(Filter::gte("deletedDateTime", since));
    let client = run.account.client.clone().with_timeout(PAGE_TIMEOUT);
    let page = run.account.ask(client.query::<DeletedTicketLog>(&query)).await?;
    (run.state.no_deletion_log_since, run.state.deleted_asked_at) = (None, Some(run.account.app.clock.now()));
    let mut newest: Option<Timestamp> = None;
    for row in &page.items {
        newest = newest.max(row.deleted_date_time);
        if let Some(ticket) = row.ticket_id.filter(|ticket| open.contains(ticket)) {
            believe(run, ticket).await?;
        }
    }
    run.state.deleted_until = newest.map(|newest| newest.min(run.account.app.clock.now())).max(Some(until));
    Ok(())
}

async fn believe(run: &Run, ticket: i64) -> Result<(), StoreError> {
    let (app, source) = (&run.account.app, run.source.clone());
    let (org, now) = (source.scope.org, app.clock.now());
    let write =
        app.db.write(move |tx| Box::pin(async move { gone::believe(tx, &source, Some(ticket), None, now).await }));
    write.await?.into_iter().for_each(|alert| app.bus.changed(org, alert.0));
    Ok(())
}

/// Those that are missing are read by orders of their own, which ask more than once.
async fn look_for(run: &Run, open: BTreeSet<i64>) -> Result<(), Trouble> {
    let query = Query::new().include_fields([]).filter(Filter::is_in("id", open.iter().copied().collect::<Vec<i64>>()));
    let page = run.account.ask_tickets(run.account.client.query::<Ticket>(&query)).await?;
    let found: BTreeSet<i64> = page.items.iter().map(|row| row.id).collect();
    let (source, now) = (&run.source, run.account.app.clock.now());
    let order = |id: &i64| {
        let order = FetchOrder::new(TicketRef::Id(*id), None);
        fetch_job(source.scope.org, source.id(), &source.connector, &order, now)
    };
    let orders: Vec<jobs::NewJob> = open.difference(&found).map(order).collect();
    if !orders.is_empty() {
        run.account.app.db.write(move |tx| Box::pin(async move { jobs::ask(tx, orders).await })).await?;
    }
    Ok(())
}
