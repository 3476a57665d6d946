//! The places of a node: how many jobs it does at once. Each channel has places of its own: a mail server that holds every
//! connection until its deadline keeps no push message waiting.

use crate::app::App;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use watchbell_core::limits;
use watchbell_core::user::Channel;
use watchbell_store::room::Room;

/// The places of a node.
#[derive(Debug)]
pub(super) struct Places {
    channels: BTreeMap<Channel, Arc<Semaphore>>,
    others: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let places = |channel: &Channel| (*channel, Arc::new(Semaphore::new(limits::CHANNEL_RUNNING_MAX)));
        Self {
            channels: Channel::ALL.iter().map(places).collect(),
            others: Arc::new(Semaphore::new(limits::OTHERS_RUNNING_MAX)),
        }
    }
}

impl Places {
    /// What is free now.
    pub(super) fn free(&self, app: &App) -> Room {
        Room::of(|channel| {
            let free = self.of(channel).available_permits();
            // A mail that waited here for a connection would use up the time that it has on the network.
            match (channel, app.channels.mail_connections()) {
                (Some(Channel::Email), Some(connections)) => {
                    let taken = limits::CHANNEL_RUNNING_MAX - free;
                    connections.min(limits::CHANNEL_RUNNING_MAX).saturating_sub(taken)
                }
                _ => free,
            }
        })
    }

    /// A place, for as long as what is returned lives. Only the loop takes them, so there is one where there was room.
    pub(super) fn take(&self, channel: Option<Channel>) -> Option<OwnedSemaphorePermit> {
        self.of(channel).clone().try_acquire_owned().ok()
    }

    fn of(&self, channel: Option<Channel>) -> &Arc<Semaphore> {
        channel.and_then(|channel| self.channels.get(&channel)).unwrap_or(&self.others)
    }
}
