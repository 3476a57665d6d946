//! The tenant: everything that the stand-in knows, and what it still has to send.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::{Semaphore, watch};

use super::callout::Callout;
use super::config::Config;
use super::delivery::{self, Delivery};
use super::entity::Entity;
use super::faults::{Faults, Gate};
use super::person::{Actor, By, Person, ROBOT};
use super::picklist::Picklists;
use super::row::{int, text};
use super::rule::Rule;
use super::seed;
use super::tables::Tables;
use super::udf::Udf;
use super::webhook::{self, Events, HookId};
use crate::clock::{Clock, pause};

/// Callouts and events under way at a time.
const SENDS_MAX: usize = 32;
/// Requests and deliveries remembered.
pub const REMEMBERED_MAX: usize = 10_000;

/// A tenant.
#[derive(Debug)]
pub struct World {
    /// What it was started with.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The tenant's zone.
    pub zone: TimeZone,
    /// The rows.
    pub tables: Tables,
    /// The picklists.
    pub picklists: Picklists,
    /// The user-defined fields of tickets.
    pub udfs: Vec<Udf>,
    /// The workflow rules.
    pub rules: Vec<Rule>,
    /// The extension callouts.
    pub callouts: Vec<Callout>,
    /// What callouts sent, the last ones.
    pub deliveries: VecDeque<Delivery>,
    /// What webhooks sent and have to send.
    pub events: Events,
    /// The REST calls, the last ones.
    pub requests: VecDeque<Seen>,
    /// The knobs.
    pub faults: Faults,
    /// The limits' counters.
    pub gate: Gate,
    /// Recurring series and the days' sequences: the last number given.
    pub numbers: BTreeMap<String, u32>,
    /// The last number of a rule, a callout, or a delivery.
    pub last_number: i64,
    /// What is to be done after the lock is given back.
    pub outbox: Vec<Effect>,
}

/// A REST call that was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// When it was answered.
    pub at: Timestamp,
    /// The verb.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The answer's status.
    pub status: u16,
}

/// What follows from a change, outside the lock.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Send a delivery.
    Send(i64),
    /// Send what a webhook has to tell, one after another.
    SendEvents(HookId),
    /// Run a rule that waits.
    RunRule {
        /// The rule.
        rule: i64,
        /// Its ticket.
        ticket: i64,
        /// How many rules led to it.
        depth: u8,
        /// How long it waits, in milliseconds.
        delay_ms: u64,
    },
}

impl World {
    /// A tenant with its seed data.
    pub fn new(config: Config) -> Self {
        let zone = TimeZone::get(&config.time_zone).unwrap_or(TimeZone::UTC);
        let mut world = Self {
            clock: config.clock.clone(),
            zone,
            tables: Tables::default(),
            picklists: Picklists::new(config.language),
            udfs: seed::udfs(),
            rules: Vec::new(),
            callouts: Vec::new(),
            deliveries: VecDeque::new(),
            events: Events::default(),
            requests: VecDeque::new(),
            faults: config.faults.clone(),
            gate: Gate::default(),
            numbers: BTreeMap::new(),
            last_number: 0,
            outbox: Vec::new(),
            config,
        };
        for (status, label) in world.config.status_labels.clone() {
            world.picklists.rename("status", status, &label);
        }
        seed::plant(&mut world);
        for url in world.config.callouts.clone() {
            world.callout_to(url.as_str());
        }
        world
    }

    /// The next number of a rule, callout or delivery.
    pub fn next_number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }

    /// The kind of person that acts; the workflow engine is only "anyone".
    pub fn kind_of(&self, actor: Actor) -> By {
        match actor.person {
            Person::Contact(_) => By::Contact,
            Person::Resource(ROBOT) => By::Anyone,
            Person::Resource(id) if self.is_api_user(id) => By::ApiUser,
            Person::Resource(_) => By::Technician,
        }
    }

    /// Whether a resource is an API user.
    pub fn is_api_user(&self, resource: i64) -> bool {
        self.tables.get(Entity::Resources, resource).and_then(|row| int(row, "licenseType")) == Some(seed::API_LICENSE)
    }

    /// The API user of a name, in any case. All API users have the configured secret and integration code.
    pub fn find_api_user(&self, name: &str) -> Option<i64> {
        let named =
            |row: &&super::row::Row| text(row, "userName").is_some_and(|found| found.eq_ignore_ascii_case(name));
        let users = self.tables.all(Entity::Resources).filter(named).filter_map(|row| int(row, "id"));
        users.into_iter().find(|&id| self.is_api_user(id))
    }

    /// Remembers a REST call.
    pub fn remember(&mut self, method: &str, path: &str, status: u16) {
        if self.requests.len() >= REMEMBERED_MAX {
            self.requests.pop_front();
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        self.requests.push_back(Seen { at: self.clock.now(), method, path, status });
    }
}

/// A tenant that many tasks share.
#[derive(Clone, Debug)]
pub struct Shared {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    world: Mutex<World>,
    http: reqwest::Client,
    sends: Semaphore,
    closing: watch::Sender<bool>,
    runtime: tokio::runtime::Handle,
}

impl Shared {
    /// Shares a tenant; its callouts and events go out with a client. To be called within a runtime.
    pub fn new(world: World, http: reqwest::Client) -> Self {
        let inner = Inner {
            world: Mutex::new(world),
            http,
            sends: Semaphore::new(SENDS_MAX),
            closing: watch::Sender::new(false),
            runtime: tokio::runtime::Handle::current(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Does something with the tenant, then starts what follows from it.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.inner.world.lock().unwrap_or_else(PoisonError::into_inner);
        let done = act(&mut world);
        world.release_held();
        let effects = std::mem::take(&mut world.outbox);
        drop(world);
        for effect in effects {
            self.start(effect);
        }
        done
    }

    /// The client of callouts and events.
    pub fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    /// The places of callouts and events under way.
    pub fn sends(&self) -> &Semaphore {
        &self.inner.sends
    }

    /// Ends everything that waits or is being sent.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    fn start(&self, effect: Effect) {
        let (shared, mut closing) = (self.clone(), self.inner.closing.subscribe());
        self.inner.runtime.spawn(async move {
            let work = shared.follow(effect);
            tokio::select! {
                () = work => (),
                _ = closing.wait_for(|closing| *closing) => (),
            }
        });
    }

    async fn follow(&self, effect: Effect) {
        match effect {
            Effect::Send(id) => delivery::send(self, id).await,
            Effect::SendEvents(hook) => webhook::send(self, hook).await,
            Effect::RunRule { rule, ticket, depth, delay_ms } => {
                pause(Duration::from_millis(delay_ms)).await;
                self.with(|world| world.run_rule(rule, ticket, depth));
            }
        }
    }
}
