//! The endless job of a source: remembers the open tickets once, then asks now and then what has changed. Repeated safely: it
//! overlaps, and decides by snapshot. Never gives up.

use super::account::{Account, PAGE_TIMEOUT};
use super::act::Acted;
use super::health::Trouble;
use super::poll_state::{PollState, Round};
use super::remembered::Remembered;
use super::sight::{self, Errand};
use super::source::TicketSource;
use super::{baseline, deleted, tenant};
use crate::app::App;
use crate::engine::run::JobError;
use autotask::{Filter, Query, TicketRef};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::autotask::{Reason, Verdict, Way};
use watchbell_core::ids::SourceId;
use watchbell_store::jobs::{self, Job};
use watchbell_store::{StoreError, connector_cache, events, job_changes, sources, tickets};

/// Each query overlaps the last one by this much: rows appear late, clocks differ.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// A run stops after this time and goes on in the next one: its lease is 30 s.
const BUDGET: SignedDuration = SignedDuration::from_secs(8);
/// A source that does not poll is looked at again after this time.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// Facts of an account that nobody read for so long are forgotten.
const FACTS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Facts forgotten at once.
const FACTS_CHUNK: i64 = 500;

/// One run of the job.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) account: Account,
    pub(super) source: Arc<TicketSource>,
    pub(super) state: PollState,
    began: Timestamp,
}

impl Run {
    /// Whether the time of this run is used up.
    pub(super) fn is_late(&self) -> bool {
        self.account.app.clock.now().duration_since(self.began) >= BUDGET
    }
}

/// Polls a source.
pub(in crate::engine) async fn poll(app: &App, job: &Job) -> Result<(), JobError> {
    let began = app.clock.now();
    let Some(source) = TicketSource::load(app, job.org, SourceId(job.subject)).await? else {
        let job = job.clone();
        let write = app.db.write(move |tx| Box::pin(async move { jobs::finish(tx, &job, began).await }));
        return write.await.map(|_| ()).map_err(JobError::from);
    };
    let state = PollState::of(&source.source);
    if !source.source.active {
        let state = PollState { succeeded_at: Some(began), ..state };
        return rearm(app, job, &source, state, began + LOOK_AGAIN).await;
    }
    let (source, state, done) = run(app, source, state, began).await;
    match done {
        Ok(next) => {
            let succeeded_at = Some(app.clock.now());
            rearm(app, job, &source, PollState { error: None, succeeded_at, ..state }, next).await
        }
        Err(Trouble::Store(error)) => Err(error.into()),
        Err(trouble) => {
            let next = trouble.again_at(app.clock.now());
            rearm(app, job, &source, PollState { error: Some(trouble.why()), ..state }, next).await
        }
    }
}

async fn run(
    app: &App,
    mut source: TicketSource,
    state: PollState,
    began: Timestamp,
) -> (Arc<TicketSource>, PollState, Result<Timestamp, Trouble>) {
    let account = match open(app, &mut source).await {
        Ok(account) => account,
        Err(trouble) => return (Arc::new(source), state, Err(trouble)),
    };
    let source = Arc::new(source);
    let mut run = Run { account, source: source.clone(), state, began };
    let done = Box::pin(run.go()).await;
    (source, run.state, done)
}

async fn open(app: &App, source: &mut TicketSource) -> Result<Account, Trouble> {
    let account = Account::open(app, &source.scope, &source.connector).await?;
    if let Some(lists) = tenant::lists(&account).await? {
        source.adopt(app, lists).await?;
    }
    Ok(account)
}

impl Run {
    /// What is to be done now; when to come back.
    async fn go(&mut self) -> Result<Timestamp, Trouble> {
        if !self.state.baseline_done {
            Box::pin(baseline::read(self)).await?;
            if !self.state.baseline_done {
                return Ok(self.began);
            }
        }
        let Some(interval_s) = self.source.rules.poll_interval_s else { return Ok(self.began + LOOK_AGAIN) };
        if !Box::pin(self.read_changes()).await? {
            return Ok(self.began);
        }
        Box::pin(deleted::look(self)).await?;
        self.clear_old_facts().await?;
        Ok(self.began + SignedDuration::from_secs(interval_s.into()))
    }

    /// Reads what has changed since the last round; `false`: there is more.
    async fn read_changes(&mut self) -> Result<bool, Trouble> {
        let until = self.state.read_until.unwrap_or_else(|| self.source.made_at());
        let since = until.saturating_sub(OVERLAP).unwrap_or(until);
        let mut round = self.state.round.take().unwrap_or(Round { after: 0, newest: None, began: self.began });
        loop {
            let query = Query::new()
                .filter(Filter::gte("lastTrackedModificationDateTime", since))
                .filter(Filter::gt("id", round.after));
            let client = self.account.client.clone().with_timeout(PAGE_TIMEOUT);
            let page = match self.account.ask_tickets(client.query::<autotask::Ticket>(&query)).await {
                Ok(page) => page,
                Err(trouble) => {
                    self.state.round = Some(round);
                    return Err(trouble);
                }
            };
            let whole = match Box::pin(self.see_page(&page.items, &mut round)).await {
                Ok(whole) => whole,
                Err(trouble) => {
                    self.state.round = Some(round);
                    return Err(trouble);
                }
            };
            if whole && (!page.has_more || page.items.is_empty()) {
                // What changes while a round is read may lie behind it: the next one begins where this one began.
                let seen = round.newest.map(|newest| newest.min(round.began));
                self.state.read_until = seen.max(Some(until));
                return Ok(true);
            }
            if !whole || self.is_late() {
                self.state.round = Some(round);
                return Ok(false);
            }
        }
    }

    /// Looks at the tickets of a page that have changed; `false`: the time of this run was used up before its end.
    async fn see_page(&mut self, page: &[autotask::Ticket], round: &mut Round) -> Result<bool, Trouble> {
        let ids = page.iter().map(|row| row.id).collect();
        let known = tickets::get_many(&self.account.app.db, &self.source.scope, self.source.id(), ids).await?;
        let known: HashMap<i64, &tickets::Ticket> = known.iter().map(|row| (row.ticket_id, row)).collect();
        for row in page {
            if self.is_late() {
                return Ok(false);
            }
            if !is_known(row, known.get(&row.id).copied()) {
                self.see(row).await?;
            }
            round.after = round.after.max(row.id);
            round.newest = round.newest.max(row.last_tracked_modification_date_time);
        }
        Ok(true)
    }

    async fn see(&mut self, row: &autotask::Ticket) -> Result<(), Trouble> {
        if self.is_awaited(row).await? {
            return Ok(());
        }
        let errand = Errand { way: Way::Poll, subject: None, job: None };
        match Box::pin(sight::see(&self.account, &self.source, row, errand)).await {
            Ok(Acted::Done(verdict)) => {
                if matches!(verdict, Verdict::NotPaged { reason: Reason::NoCallout }) {
                    self.state.without_callout += 1;
                }
                tracing::info!(source = %self.source.id(), ticket = row.id, ?verdict, "a changed ticket was read by the poll");
                Ok(())
            }
            Ok(Acted::NeedsText | Acted::LeaseLost) => Ok(()),
            // One ticket that cannot be kept must not stand in the way of the others.
            Err(Trouble::Store(error)) if !error.is_transient() => {
                tracing::error!(source = %self.source.id(), ticket = row.id, %error, "a ticket cannot be kept; the poll goes on without it");
                Ok(())
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether a callout waits for this ticket: its own order reads it, and knows what waited.
    async fn is_awaited(&self, row: &autotask::Ticket) -> Result<bool, StoreError> {
        let number = row.ticket_number.clone().map(TicketRef::Number);
        for ticket in [Some(TicketRef::Id(row.id)), number].into_iter().flatten() {
            let (source, subject) = (&self.source, rows::subject_of(&ticket));
            if events::find_waiting(&self.account.app.db, &source.scope, source.id(), &subject).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn clear_old_facts(&mut self) -> Result<(), StoreError> {
        let day = SignedDuration::from_hours(24);
        if self.state.cleaned_at.is_some_and(|at| self.began.duration_since(at) < day) {
            return Ok(());
        }
        self.state.cleaned_at = Some(self.began);
        let before = self.began - FACTS_KEPT;
        let account = &self.account;
        connector_cache::clean_up(&account.app.db, &account.scope, &account.id, before, FACTS_CHUNK).await.map(|_| ())
    }
}

/// Whether this state of a ticket was seen already: most of a page is the overlap.
pub(super) fn is_known(row: &autotask::Ticket, known: Option<&tickets::Ticket>) -> bool {
    let Some(Ok(known)) = known.map(Remembered::read) else { return false };
    let (ticket, snapshot) = (rows::to_ticket(row), &known.snapshot);
    !known.copy.opened_unread
        && (snapshot.modified_at, snapshot.activity_at) == (ticket.last_modified_at, ticket.last_activity_at)
        && (snapshot.status, snapshot.queue, snapshot.priority, snapshot.assignee)
            == (ticket.status, ticket.queue, ticket.priority, ticket.assignee)
}

/// Keeps where the poll stands, and comes back then.
async fn rearm(app: &App, job: &Job, source: &TicketSource, state: PollState, next: Timestamp) -> Result<(), JobError> {
    let (job, scope, id, now) = (job.clone(), source.scope.clone(), source.id(), app.clock.now());
    let why = state.error.clone().unwrap_or_default();
    let text = serde_json::to_string(&state).map_err(|error| StoreError::unreadable("alert source", error))?;
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if job_changes::retry_with(tx, &job, next, &why, &serde_json::json!({}), now).await? {
                sources::set_poll(tx, &scope, id, now, Some(text)).await?;
            }
            Ok(())
        })
    });
    write.await.map_err(JobError::from)
}
