//! The places of a node: how many jobs it does at once. Each channel has places of its own: a mail server that holds every
//! connection until its deadline keeps no push message waiting.

use crate::app::App;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use watchbell_core::user::Channel;
use watchbell_store::room::{Place, Room};

/// The places of a node.
#[derive(Debug)]
pub(super) struct Places {
    all: BTreeMap<Place, Arc<Semaphore>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Place::all().map(|place| (place, Arc::new(Semaphore::new(place.how_many())))).collect() }
    }
}

impl Places {
    /// What is free now.
    pub(super) fn free(&self, app: &App) -> Room {
        Room::of(|place| {
            let free = self.all.get(&place).map_or(0, |places| places.available_permits());
            match (place, app.channels.mail_connections()) {
                // A mail that waited here for a connection would use up the time that it has on the network.
                (Place::Channel(Channel::Email), Some(connections)) => {
                    let taken = place.how_many() - free;
                    connections.min(place.how_many()).saturating_sub(taken)
                }
                _ => free,
            }
        })
    }

    /// A place, for as long as what is returned lives. Only the loop takes them, so there is one where there was room.
    pub(super) fn take(&self, place: Place) -> Option<OwnedSemaphorePermit> {
        self.all.get(&place).and_then(|places| places.clone().try_acquire_owned().ok())
    }
}
