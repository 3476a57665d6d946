//! Looking back: what a source would have made of the tickets of the last days, and who would have been called. It writes nothing.

use super::account::{Account, PAGE_TIMEOUT};
use super::actor;
use super::health::Trouble;
use super::source::TicketSource;
use super::{called, tenant};
use crate::app::App;
use autotask::{Filter, Query, TicketHistory};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::autotask::{Actor, PastChange, Replay, Replayed, Ticket};
use watchbell_core::ids::{OrgId, SourceId};
use watchbell_store::StoreError;

pub use called::{Called, CalledAlert};

/// How far back it looks.
pub const LOOK_BACK_DAYS: i64 = 7;
/// Tickets that one look reads.
const TICKETS_MAX: usize = 3_000;
/// Tickets whose histories are asked for at once.
const HISTORIES_MAX: usize = 50;
/// No further day is begun after this time: a person waits.
const BUDGET: SignedDuration = SignedDuration::from_secs(20);

/// A ticket that was looked at.
#[derive(Debug, Clone)]
pub struct LookedAt {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it is in Autotask.
    pub url: Option<String>,
    /// Its alerts since the look begins, each with who would have been called.
    pub alerts: Vec<CalledAlert>,
    /// Why none, where there is none: in words.
    pub not_paged: Option<String>,
    /// Whether its first status is a guess.
    pub is_guess: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Look {
    /// Every ticket that was changed since then was looked at.
    pub since: Timestamp,
    /// Whether that is later than asked for: there were too many tickets, or Autotask was slow.
    pub is_cut: bool,
    /// Whether histories could not be read: tickets were taken as they are now.
    pub without_history: bool,
    /// The tickets, the latest first.
    pub tickets: Vec<LookedAt>,
}

/// Looks back. Errors: why it cannot, in words.
pub async fn look(app: &App, org: OrgId, id: SourceId) -> Result<Look, String> {
    Box::pin(look_back(app, org, id)).await.map_err(|trouble| trouble.why())
}

async fn look_back(app: &App, org: OrgId, id: SourceId) -> Result<Look, Trouble> {
    let found = TicketSource::load(app, org, id).await?;
    let mut source = found.ok_or_else(|| StoreError::not_found("Autotask source", id))?;
    let account = Account::open(app, &source.scope, &source.connector).await?;
    if let Some(lists) = tenant::lists(&account).await? {
        source.adopt(app, lists).await?;
    }
    let replay = Replay::new(source.rules.clone(), source.lists.of("queueID").to_vec());
    let now = app.clock.now();
    let mut looking =
        Looking { account, source, replay, actors: HashMap::new(), without_history: false, seen: Vec::new() };
    let (mut since, mut until) = (now, None);
    for day in 1..=LOOK_BACK_DAYS {
        let from = now - SignedDuration::from_hours(24 * day);
        if !looking.has_time_since(now) || !Box::pin(looking.read_day(from, until)).await? {
            break;
        }
        (since, until) = (from, Some(from));
    }
    looking.finish(since, now).await
}

/// A look under way.
struct Looking {
    account: Account,
    source: TicketSource,
    replay: Replay,
    actors: HashMap<i64, Actor>,
    without_history: bool,
    seen: Vec<(Ticket, Replayed)>,
}

impl Looking {
    fn has_time_since(&self, began: Timestamp) -> bool {
        self.account.app.clock.now().duration_since(began) < BUDGET
    }

    /// The tickets that were changed last within a day, or since it began; `false`: more than may be read, and none of this day is kept.
    async fn read_day(&mut self, from: Timestamp, until: Option<Timestamp>) -> Result<bool, Trouble> {
        let changed = "lastTrackedModificationDateTime";
        let query = Query::new().filter(Filter::gte(changed, from));
        let query = match until {
            Some(until) => query.filter(Filter::lt(changed, until)),
            None => query,
        };
        let client = self.account.client.clone().with_timeout(PAGE_TIMEOUT);
        let pages = TICKETS_MAX.saturating_sub(self.seen.len()).div_ceil(500);
        let found = self.account.ask_tickets(client.query_all::<autotask::Ticket>(&query, pages)).await?;
        if found.is_cut || self.seen.len() + found.items.len() > TICKETS_MAX {
            return Ok(false);
        }
        for some in found.items.chunks(HISTORIES_MAX) {
            self.replay_some(some).await?;
        }
        Ok(true)
    }

    async fn replay_some(&mut self, some: &[autotask::Ticket]) -> Result<(), Trouble> {
        let mut histories = self.histories(some.iter().map(|row| row.id).collect()).await?;
        for row in some {
            let ticket = rows::to_ticket(row);
            let mut history = Vec::new();
            for entry in histories.remove(&row.id).unwrap_or_default() {
                let Some(at) = entry.date else { continue };
                let by = self.actor(entry.resource_id).await?;
                history.push(PastChange { at, by, detail: entry.detail.unwrap_or_default() });
            }
            let creator = self.actor(ticket.creator).await?;
            let replayed = self.replay.of(&ticket, &history, &creator);
            self.seen.push((ticket, replayed));
        }
        Ok(())
    }

    /// By ticket, in order of time. A tenant that does not give them is looked at without.
    async fn histories(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Vec<TicketHistory>>, Trouble> {
        if self.without_history {
            return Ok(HashMap::new());
        }
        let found = match self.account.ask(self.account.client.histories(ids)).await {
            Ok(found) => found,
            Err(Trouble::Refused(_)) => {
                self.without_history = true;
                return Ok(HashMap::new());
            }
            Err(trouble) => return Err(trouble),
        };
        self.without_history |= found.is_cut;
        let mut by_ticket: HashMap<i64, Vec<TicketHistory>> = HashMap::new();
        for entry in found.items {
            by_ticket.entry(entry.ticket_id.unwrap_or_default()).or_default().push(entry);
        }
        by_ticket.values_mut().for_each(|entries| entries.sort_by_key(|entry| (entry.date, entry.id)));
        Ok(by_ticket)
    }

    async fn actor(&mut self, resource: Option<i64>) -> Result<Actor, StoreError> {
        let Some(id) = resource else { return Ok(Actor::Contact { id: None, name: String::new() }) };
        if let Some(known) = self.actors.get(&id) {
            return Ok(known.clone());
        }
        let actor = actor::of_resource(&self.account, &self.source, id).await?;
        self.actors.insert(id, actor.clone());
        Ok(actor)
    }

    async fn finish(self, since: Timestamp, now: Timestamp) -> Result<Look, Trouble> {
        let web_url = tenant::web_url(&self.account).await?;
        let mut caller = called::Caller::new(&self.account.app, &self.source);
        let mut tickets = Vec::with_capacity(self.seen.len());
        let mut seen = self.seen;
        seen.sort_by_key(|(ticket, _)| std::cmp::Reverse((ticket.created_at, ticket.id)));
        for (ticket, replayed) in seen {
            let mut alerts = Vec::new();
            for alert in replayed.alerts.into_iter().filter(|alert| alert.at >= since) {
                alerts.push(caller.call(alert).await?);
            }
            let before = "its alert would have opened before the time that is looked at".to_owned();
            let reason = replayed.not_paged.map_or(before, |reason| super::say_reason(&reason, &self.source.rules));
            tickets.push(LookedAt {
                url: web_url.as_deref().map(|url| autotask::ticket_link(url, ticket.id)),
                number: ticket.number,
                title: ticket.title,
                not_paged: alerts.is_empty().then_some(reason),
                alerts,
                is_guess: replayed.is_guess,
            });
        }
        let is_cut = since > now - SignedDuration::from_hours(24 * LOOK_BACK_DAYS);
        Ok(Look { since, is_cut, without_history: self.without_history, tickets })
    }
}
