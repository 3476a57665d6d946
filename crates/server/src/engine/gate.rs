//! Whether this node pages: not before its engine has looked, nor while pages are held back or its clock is off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Closed at first; the engine opens and closes it with each round. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<AtomicBool>);

impl Gate {
    /// Whether levels may be started.
    pub fn is_open(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, open: bool) {
        self.0.store(open, Ordering::Relaxed);
    }
}
