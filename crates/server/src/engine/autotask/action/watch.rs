//! Looking at the tickets that alert actions made, while their alerts are open: one query for 500 of them, each minute, or less
//! often where a source of the same account sees them too. Repeated safely: what was seen is decided by its snapshot.

use super::super::account::{Account, PAGE_TIMEOUT};
use super::super::health::Trouble;
use super::super::poll::is_known;
use super::super::sight::{self, Errand};
use super::super::source::TicketSource;
use super::super::tenant;
use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::{finish, payload};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use watchbell_core::autotask::Way;
use watchbell_core::ids::{ActionId, ConnectorId, SourceId};
use watchbell_core::timeline::Entry;
use watchbell_store::action_tickets::{self, ActionTicket};
use watchbell_store::jobs::Job;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors, job_changes, tickets};

/// Time between two looks.
const EVERY: SignedDuration = SignedDuration::from_secs(60);
/// The same where a source of the account sees the tickets too, and says so at once.
const EVERY_BESIDE_SOURCE: SignedDuration = SignedDuration::from_mins(5);
/// A run stops after this time and goes on in the next one: its lease is 30 s.
const BUDGET: SignedDuration = SignedDuration::from_secs(8);
/// Tickets of one query.
const CHUNK: i64 = 500;
/// A ticket that so many looks in a row do not find is looked for no more.
const MISSED_MAX: i64 = 3;

struct Look {
    account: Account,
    scope: Scope,
    began: Timestamp,
    /// What the tickets follow, by source and action.
    desks: HashMap<(SourceId, ActionId), Option<Arc<TicketSource>>>,
}

/// Looks at the tickets of an account; ends where there are none.
pub(in crate::engine) async fn watch_tickets(app: &App, job: &Job) -> Result<(), JobError> {
    let connector: ConnectorId = payload(job)?;
    let (scope, began) = (doors::system(job.org), app.clock.now());
    let (org, of) = (job.org, connector.clone());
    app.db.write(move |tx| Box::pin(async move { action_tickets::let_go_of_resolved(tx, org, &of).await })).await?;
    if action_tickets::followed(&app.db, &scope, &connector, 0, 1).await?.is_empty() {
        return finish(app, job).await;
    }
    let every = match action_tickets::has_source(&app.db, &scope, &connector).await? {
        true => EVERY_BESIDE_SOURCE,
        false => EVERY,
    };
    let next = match Box::pin(go(app, &scope, &connector, began)).await {
        Ok(true) => began + every,
        Ok(false) => began,
        Err(Trouble::Store(error)) => return Err(error.into()),
        Err(trouble) => return put_off(app, job, (trouble.again_at(app.clock.now()), trouble.why()), connector).await,
    };
    let (held, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move { job_changes::come_back(tx, &held, next, &connector, now).await.map(|_| ()) })
    });
    write.await.map_err(JobError::from)
}

async fn put_off(app: &App, job: &Job, (at, why): (Timestamp, String), connector: ConnectorId) -> Result<(), JobError> {
    let (held, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move { job_changes::retry_with(tx, &held, at, &why, &connector, now).await.map(|_| ()) })
    });
    write.await.map_err(JobError::from)
}

/// `false`: the time of this run was used up before all were looked at.
async fn go(app: &App, scope: &Scope, connector: &ConnectorId, began: Timestamp) -> Result<bool, Trouble> {
    let account = Account::open(app, scope, connector).await?;
    // New statuses are known before a ticket comes to one.
    tenant::lists(&account).await?;
    let mut look = Look { account, scope: scope.clone(), began, desks: HashMap::new() };
    let mut after = 0;
    loop {
        let chunk = action_tickets::followed(&app.db, scope, connector, after, CHUNK).await?;
        let Some(last) = chunk.iter().filter_map(|made| made.ticket).max() else { return Ok(true) };
        if !look.chunk(&chunk).await? {
            return Ok(false);
        }
        after = last;
    }
}

impl Look {
    async fn chunk(&mut self, chunk: &[ActionTicket]) -> Result<bool, Trouble> {
        let ids: Vec<i64> = chunk.iter().filter_map(|made| made.ticket).collect();
        let client = self.account.client.clone().with_timeout(PAGE_TIMEOUT);
        let rows = self.account.ask_tickets(client.tickets_by_ids(ids)).await?;
        let rows: HashMap<i64, autotask::Ticket> = rows.into_iter().map(|row| (row.id, row)).collect();
        let known = self.known(chunk).await?;
        for made in chunk {
            let Some(id) = made.ticket else { continue };
            if self.account.app.clock.now().duration_since(self.began) >= BUDGET {
                return Ok(false);
            }
            match rows.get(&id) {
                Some(row) => self.see(made, row, known.get(&(made.source, id))).await?,
                None => self.miss(made).await?,
            }
        }
        Ok(true)
    }

    /// The tickets as they were last seen.
    async fn known(&self, chunk: &[ActionTicket]) -> Result<HashMap<(SourceId, i64), tickets::Ticket>, StoreError> {
        let mut by_source: BTreeMap<SourceId, Vec<i64>> = BTreeMap::new();
        for made in chunk {
            by_source.entry(made.source).or_default().extend(made.ticket);
        }
        let mut known = HashMap::new();
        for (source, ids) in by_source {
            let rows = tickets::get_many(&self.account.app.db, &self.scope, source, ids).await?;
            known.extend(rows.into_iter().map(|row| ((source, row.ticket_id), row)));
        }
        Ok(known)
    }

    async fn see(
        &mut self,
        made: &ActionTicket,
        row: &autotask::Ticket,
        known: Option<&tickets::Ticket>,
    ) -> Result<(), Trouble> {
        if made.missed > 0 {
            self.note(made, 0, None).await?;
        }
        if is_known(row, known) {
            return Ok(());
        }
        let Some(desk) = self.desk(made).await? else {
            return Ok(self.note(made, 0, Some("the alert action or the alert source was deleted")).await?);
        };
        let errand = Errand { way: Way::Poll, subject: None, job: None };
        match Box::pin(sight::see(&self.account, &desk, row, errand)).await {
            // One ticket that cannot be kept must not stand in the way of the others.
            Err(Trouble::Store(error)) if !error.is_transient() => {
                tracing::error!(alert = %made.alert, ticket = row.id, %error, "a ticket of an alert cannot be kept");
                Ok(())
            }
            seen => seen.map(|_| ()),
        }
    }

    async fn desk(&mut self, made: &ActionTicket) -> Result<Option<Arc<TicketSource>>, StoreError> {
        let key = (made.source, made.action.clone());
        if let Some(known) = self.desks.get(&key) {
            return Ok(known.clone());
        }
        let desk = TicketSource::of_action(&self.account.app, self.scope.org, made.source, &made.action).await?;
        let desk = desk.map(Arc::new);
        self.desks.insert(key, desk.clone());
        Ok(desk)
    }

    /// The alert stands by itself: a ticket that is gone does not resolve it.
    async fn miss(&self, made: &ActionTicket) -> Result<(), StoreError> {
        let missed = made.missed + 1;
        let why = "Autotask has the ticket no more, or the API user may not see it: it was deleted, or a permission is missing";
        self.note(made, missed, (missed >= MISSED_MAX).then_some(why)).await
    }

    /// Notes how often it was missed, or why it is followed no more.
    async fn note(&self, made: &ActionTicket, missed: i64, over: Option<&'static str>) -> Result<(), StoreError> {
        let (scope, alert, now) = (self.scope.clone(), made.alert, self.account.app.clock.now());
        let write = self.account.app.db.write(move |tx| {
            Box::pin(async move {
                action_tickets::set_missed(tx, &scope, alert, missed, over.is_none()).await?;
                let Some(error) = over else { return Ok(()) };
                let what = "anything more; and what becomes of the ticket is seen no more".to_owned();
                let entry = Entry::WriteBackFailed { what, error: error.to_owned() };
                tickets::log_write_back(tx, &scope, alert, entry, now).await
            })
        });
        write.await
    }
}
