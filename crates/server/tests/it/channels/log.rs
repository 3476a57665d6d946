//! What the product logs while a test runs.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// All that was logged by this process.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to listen, once a process. Tests that share a process share the log: look for what only one of them can have said.
    pub fn listen() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            let format = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::WARN);
            format.with_writer(move || writer.clone()).init();
            log
        });
        log.clone()
    }

    /// Lines that contain all of these.
    pub fn lines_with(&self, words: &[&str]) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        lines.map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
