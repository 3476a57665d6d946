//! What every fault test needs: the program, a receiver of pages, people, and sources that page them.

use crate::audit;
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::time::Duration;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::environment::setting;
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// The built program. Errors: the test was not started by `./test` or cargo-nextest, which name it.
pub fn program() -> Result<PathBuf> {
    setting("WATCHBELL_TEST_PROGRAM")
        .map(PathBuf::from)
        .context("WATCHBELL_TEST_PROGRAM is not set: run ./test or cargo nextest run")
}

/// The receiver of all pages, and the integration keys of sources that page into it.
#[derive(Debug)]
pub struct Stage {
    /// Where pages arrive.
    pub hook: Hook,
    /// Keys of sources.
    pub keys: Vec<String>,
}

impl Stage {
    /// Fills a node that is ready: people, and sources that page one of them.
    pub async fn set(node: &Node, people: usize, sources: usize) -> Result<Self> {
        let hook = Hook::start(HookSimConfig::default()).await?;
        let seed = Seed::of(node).await?;
        let mut policies = Vec::new();
        for i in 0..people {
            let person = seed.person(&format!("person{i}"), &format!("{}/{i}", hook.url())).await?;
            // Half of them are paged by name, the others because they are on call.
            policies.push(match i % 2 {
                0 => seed.policy(&format!("policy {i}"), person).await?,
                _ => seed.policy_by_rota(&format!("policy {i}"), person).await?,
            });
        }
        let mut keys = Vec::new();
        for i in 0..sources {
            keys.push(seed.source(&format!("source {i}"), policies[i % policies.len()]).await?);
        }
        Ok(Self { hook, keys })
    }
}

/// Waits until no page is left to be sent. Errors: it takes longer than `patience`, with what is left.
pub async fn drain(database: &TestDatabase, patience: Duration) -> Result<Duration> {
    let waiting = Stopwatch::start();
    loop {
        let left = audit::left_to_do(database).await?;
        if left.is_empty() {
            return Ok(waiting.elapsed());
        }
        anyhow::ensure!(waiting.elapsed() < patience, "left to be done after {patience:?}: {left:#?}");
        pause(Duration::from_millis(200)).await;
    }
}

/// Prints a figure of a run.
#[expect(clippy::print_stdout, reason = "figures of a run are its output")]
pub fn say(line: &str) {
    println!("{line}");
}
