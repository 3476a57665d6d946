//! Three requests at a time per endpoint: more are refused by Autotask, per integration code.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that Autotask serves at a time per endpoint and integration code (since its release 2023.1).
pub const REQUESTS_PER_ENDPOINT_MAX: usize = 3;

/// A gate per endpoint, shared by all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Gates(Mutex<HashMap<&'static str, Arc<Semaphore>>>);

impl Gates {
    /// Waits for one of the three places; it is free again when the permit is dropped.
    pub async fn enter(&self, endpoint: &'static str) -> Option<OwnedSemaphorePermit> {
        let gate = self.gate(endpoint);
        // `None` only for a closed gate, and nobody closes one.
        gate.acquire_owned().await.ok()
    }

    fn gate(&self, endpoint: &'static str) -> Arc<Semaphore> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(endpoint).or_insert_with(|| Arc::new(Semaphore::new(REQUESTS_PER_ENDPOINT_MAX))))
    }
}
