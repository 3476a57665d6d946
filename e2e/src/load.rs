//! Clients that send events all the time, and know exactly which were acknowledged.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use watchbell_testkit::clock::pause;
use watchbell_testkit::http::client;

/// Clients that send one event per request.
const SINGLE: usize = 6;
/// Clients that send arrays of [`ARRAY_EVENTS`].
const ARRAYS: usize = 2;
/// Events of one array.
pub const ARRAY_EVENTS: usize = 8;
/// Between two requests of a client: a load that a debug build carries while the tests look on.
const BREATH: Duration = Duration::from_millis(10);
/// Nothing is waited for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What clients know of the requests they made; each request is a group of alert keys, every key is sent once.
#[derive(Debug, Default, Clone)]
pub struct Sent {
    /// Answered 2xx: on disk, or the server lied.
    pub acknowledged: Vec<Vec<String>>,
    /// Refused, or no answer came: there whole, or not at all.
    pub unknown: Vec<Vec<String>>,
    /// How many answers were no 2xx, by status.
    pub refused: BTreeMap<u16, usize>,
}

impl Sent {
    /// How many events were acknowledged.
    pub fn events(&self) -> usize {
        self.acknowledged.iter().map(Vec::len).sum()
    }

    /// How many answers had this status.
    pub fn refused_with(&self, status: u16) -> usize {
        self.refused.get(&status).copied().unwrap_or_default()
    }
}

/// Clients at work.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    _clients: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    urls: Mutex<Vec<String>>,
    keys: Mutex<Vec<String>>,
    sent: Mutex<Sent>,
    next: AtomicUsize,
}

impl Load {
    /// Starts clients that share their requests out among the nodes at `urls` and the sources of `integration_keys`.
    pub fn start(urls: &[String], integration_keys: &[String]) -> Self {
        let shared = Arc::new(Shared::default());
        let mut clients = JoinSet::new();
        for nth in 0..SINGLE + ARRAYS {
            let events = if nth < SINGLE { 1 } else { ARRAY_EVENTS };
            clients.spawn(work(shared.clone(), client(), nth, events));
        }
        let load = Self { shared, _clients: clients };
        load.aim(urls, integration_keys);
        load
    }

    /// Sends elsewhere from now on.
    pub fn aim(&self, urls: &[String], integration_keys: &[String]) {
        *held(&self.shared.urls) = urls.to_vec();
        *held(&self.shared.keys) = integration_keys.to_vec();
    }

    /// What is known now. What is acknowledged here was acknowledged before this returned.
    pub fn sent(&self) -> Sent {
        held(&self.shared.sent).clone()
    }

    /// Stops the clients; a request under way stays unanswered, and its group is in neither list.
    pub fn stop(self) -> Sent {
        self.sent()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn work(shared: Arc<Shared>, client: Client, nth: usize, events: usize) {
    loop {
        let first = shared.next.fetch_add(1, Ordering::Relaxed);
        let group: Vec<String> = (0..events).map(|i| format!("key-{first}-{i}")).collect();
        if let Some((url, body)) = request(&shared, nth, first, &group) {
            note(&shared, group, post(&client, &url, &body).await);
        }
        pause(BREATH).await;
    }
}

/// The address and the body of a request; none while there is nowhere to send to.
fn request(shared: &Shared, nth: usize, first: usize, group: &[String]) -> Option<(String, Value)> {
    let urls = held(&shared.urls).clone();
    let url = urls.get(nth % urls.len().max(1))?;
    let keys = held(&shared.keys).clone();
    let event = |(i, key): (usize, &String)| {
        let source = keys.get((first + i) % keys.len().max(1))?;
        Some(
            json!({"integrationKey": source, "eventType": "ALERT", "summary": format!("{key} is down"), "alertKey": key}),
        )
    };
    let events: Vec<Value> = group.iter().enumerate().map(event).collect::<Option<_>>()?;
    let body = if events.len() == 1 { events.into_iter().next()? } else { Value::Array(events) };
    Some((format!("{url}/api/events"), body))
}

/// The status; `Err(true)`: nobody was there, so nothing was sent.
async fn post(client: &Client, url: &str, body: &Value) -> Result<StatusCode, bool> {
    let answer = client.post(url).timeout(PATIENCE).json(body).send().await;
    answer.map(|answer| answer.status()).map_err(|error| error.is_connect())
}

fn note(shared: &Shared, group: Vec<String>, outcome: Result<StatusCode, bool>) {
    let mut sent = held(&shared.sent);
    match outcome {
        Ok(status) if status.is_success() => sent.acknowledged.push(group),
        Ok(status) => {
            *sent.refused.entry(status.as_u16()).or_default() += 1;
            sent.unknown.push(group);
        }
        Err(false) => sent.unknown.push(group),
        Err(true) => {}
    }
}
