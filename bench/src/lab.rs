//! A server under measurement: its own process on its own database, with people, policies and sources made over its API.

use crate::clock;
use crate::hook::Hook;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::node::{Node, Running};
use watchbell_testkit::seed::Seed;

/// Sources that the load is shared out among, and people whom they page.
const BUSY_SOURCES: usize = 20;
const PEOPLE: usize = 10;

/// Which database is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The server of `WATCHBELL_TEST_POSTGRES_DURABLE_URL`.
    Postgres,
}

/// Where programs and files are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The program.
    pub program: PathBuf,
    /// Where embedded databases are made.
    pub directory: PathBuf,
}

/// A server that runs and is filled.
#[derive(Debug)]
pub struct Lab {
    /// How it is started.
    pub node: Node,
    /// Its process.
    pub pid: u32,
    /// Integration keys of the sources that the load goes to.
    pub busy: Vec<String>,
    /// Integration keys of sources that nothing else goes to: two pages of each go out singly.
    pub quiet: Vec<String>,
    /// Where pages arrive.
    pub hook: Hook,
    /// Its API.
    pub seed: Seed,
    running: Running,
    database: TestDatabase,
}

/// A new database.
pub async fn new_database(kind: Kind, directory: &Path) -> Result<TestDatabase> {
    match kind {
        Kind::Sqlite => Ok(TestDatabase::sqlite_in(directory)?),
        Kind::Postgres => {
            TestDatabase::durable_postgres("").await?.context("run this by scripts/postgres-for-tests run ..")
        }
    }
}

impl Lab {
    /// Starts a server on a new database, with so many quiet sources.
    pub async fn open(kind: Kind, places: &Places, quiet: usize) -> Result<Self> {
        Self::open_with(kind, places, quiet, &[]).await
    }

    /// The same, with further settings: `NAME=value`.
    pub async fn open_with(kind: Kind, places: &Places, quiet: usize, settings: &[&str]) -> Result<Self> {
        let database = new_database(kind, &places.directory).await?;
        let env = [&["env"], settings].concat();
        let node = Node::on(&places.program, &database, "bench")?.wrapped(&env);
        let running = node.start().await?;
        let pid = running.pid().context("a process")?;
        let hook = Hook::start().await?;
        let seed = Seed::of(&node).await?;
        let mut policies = Vec::new();
        for i in 0..PEOPLE {
            let person = seed.person(&format!("person{i}"), &format!("{}/{i}", hook.url())).await?;
            policies.push(seed.policy(&format!("policy {i}"), person).await?);
        }
        let mut keys = Vec::new();
        for i in 0..BUSY_SOURCES + quiet {
            keys.push(seed.source(&format!("source {i}"), policies[i % PEOPLE]).await?);
        }
        let quiet = keys.split_off(BUSY_SOURCES);
        Ok(Self { node, pid, busy: keys, quiet, hook, seed, running, database })
    }

    /// So many further sources of a policy; their integration keys.
    pub async fn sources(&self, name: &str, policy: i64, count: u64) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for nth in 0..count {
            keys.push(self.seed.source(&format!("{name} {nth}"), policy).await?);
        }
        Ok(keys)
    }

    /// Its database, beside the server.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Stops the server and removes its database.
    pub async fn close(self) -> Result<()> {
        self.running.stop().await?;
        self.database.remove().await
    }
}

/// How long a start takes until `/readyz`, on a new database and on one that is there (the median of several); and the memory that
/// the server holds after two idle seconds, in MB.
pub async fn measure_start(kind: Kind, places: &Places) -> Result<(Duration, Duration, f64)> {
    let database = new_database(kind, &places.directory).await?;
    let node = Node::on(&places.program, &database, "bench")?;
    let mut times = Vec::new();
    for _ in 0..6 {
        let started = clock::now();
        let running = node.start().await?;
        times.push(started.elapsed());
        running.stop().await?;
    }
    let running = node.start().await?;
    clock::sleep(Duration::from_secs(2)).await;
    let idle_mb = crate::process::memory_mb(running.pid().context("a process")?, "VmRSS:")?;
    running.stop().await?;
    database.remove().await?;
    let first = times.remove(0);
    times.sort_unstable();
    Ok((first, times[times.len() / 2], idle_mb))
}
