//! Calls and messages under way: tasks that end with the exchange.

use std::sync::Mutex;

use tokio::task::JoinSet;

use super::state::lock;

/// The tasks; none is begun once they were ended.
#[derive(Debug)]
pub(super) struct Tasks(Mutex<Option<JoinSet<()>>>);

impl Default for Tasks {
    fn default() -> Self {
        Self(Mutex::new(Some(JoinSet::new())))
    }
}

impl Tasks {
    /// Begins a task.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = lock(&self.0).as_mut() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(work);
        }
    }

    /// Ends all of them.
    pub fn end(&self) {
        drop(lock(&self.0).take());
    }
}
