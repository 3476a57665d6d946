//! What a stand-in received, for tests to wait on and pages to show: a bounded list that tells when it changed.

mod clock;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// Things kept; the oldest go first.
const KEPT_MAX: usize = 10_000;
/// How long a test waits for a thing where it does not say.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing that fits came in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing that fits came within {} s; {others} others came", .patience.as_secs_f32())]
pub struct Missing {
    /// How long was waited.
    pub patience: Duration,
    /// How many things are there that do not fit.
    pub others: usize,
}

/// The list; clones share it.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    things: Arc<Mutex<VecDeque<T>>>,
    changes: watch::Sender<u64>,
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self { things: self.things.clone(), changes: self.changes.clone() }
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: Arc::default(), changes: watch::Sender::new(0) }
    }
}

impl<T: Clone> Shelf<T> {
    /// Puts a thing at the end.
    pub fn push(&self, thing: T) {
        self.change(|things| {
            if things.len() >= KEPT_MAX {
                things.pop_front();
            }
            things.push_back(thing);
        });
    }

    /// Changes the list in place.
    pub fn change<R>(&self, edit: impl FnOnce(&mut VecDeque<T>) -> R) -> R {
        let result = edit(&mut self.things.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|version| *version += 1);
        result
    }

    /// All things, the oldest first.
    pub fn all(&self) -> Vec<T> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The newest thing that fits.
    pub fn newest(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        things.iter().rev().find(|thing| fits(thing)).cloned()
    }

    /// Tells each change from now on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Takes everything away.
    pub fn clear(&self) {
        self.change(VecDeque::clear);
    }

    /// The first thing that fits, there already or still to come.
    pub async fn wait_for(&self, patience: Duration, fits: impl Fn(&T) -> bool) -> Result<T, Missing> {
        let mut changes = self.changes.subscribe();
        let found = async {
            loop {
                if let Some(found) = self.all().into_iter().find(|thing| fits(thing)) {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        clock::within(patience, found).await.ok_or_else(|| Missing { patience, others: self.all().len() })
    }
}
