//! Tells live pages that something changed: ids only; each stream reads and renders for its own viewer.

use tokio::sync::broadcast;
use watchbell_core::ids::OrgId;

/// How many changes a slow stream may miss before it is told to fetch the list again.
const CHANGES_KEPT: usize = 1_024;

/// An alert that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub alert: i64,
}

/// The bus of one node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus {
    changes: broadcast::Sender<Changed>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { changes: broadcast::Sender::new(CHANGES_KEPT) }
    }
}

impl Bus {
    /// Tells that an alert changed; nobody may be listening.
    pub fn changed(&self, org: OrgId, alert: i64) {
        let _ = self.changes.send(Changed { org, alert });
    }

    /// What changes from now on.
    pub fn listen(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }
}
