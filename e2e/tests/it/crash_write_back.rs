//! The server is killed while it writes to tickets, at random moments and between Autotask's doing and our record of it: nothing that
//! somebody did is lost, nothing is written twice.

use anyhow::{Result, ensure};
use std::time::Duration;
use watchbell_e2e::desk::{Desk, act};
use watchbell_e2e::stage::{program, say};
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::dice::Dice;
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// Kills of one run.
const KILLS: usize = 12;
/// Tickets that somebody works on before each.
const TICKETS_PER_KILL: usize = 3;
/// How long a note is waited for whose answer is held back.
const LOOKED_FOR: Duration = Duration::from_secs(1);
/// How long all that is left to be written may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is to be written, or still being written.
const LEFT: &str = "SELECT id FROM job WHERE kind IN ('write_back', 'fetch_ticket')";
/// Nobody holds what a node that is gone was doing: the half minute in which nobody else takes it over is skipped.
const LEASES_END: &str = "UPDATE job SET visible_at = visible_at - 30000000 WHERE leased";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() -> Result<()> {
    killed_while_writing(TestDatabase::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() -> Result<()> {
    match TestDatabase::durable_postgres("").await? {
        Some(database) => killed_while_writing(database).await,
        None => Ok(()),
    }
}

async fn killed_while_writing(database: TestDatabase) -> Result<()> {
    let mut dice = Dice::new();
    say(&format!("WATCHBELL_TEST_SEED={}", dice.seed()));
    let node = Node::on(&program()?, &database, "write-back")?;
    let mut running = node.start().await?;
    let (seed, hook) = (Seed::of(&node).await?, Hook::start(HookSimConfig::default()).await?);
    let policy = seed.policy("tickets", seed.person("bob", &hook.url()).await?).await?;
    let desk = Desk::open(&seed, policy).await?;
    let jobs = desk.tickets(&seed, KILLS * TICKETS_PER_KILL).await?;
    let mut held = 0;
    for some in jobs.chunks(TICKETS_PER_KILL) {
        for job in some {
            act(&seed, job).await?;
        }
        match dice.below(2) {
            0 => pause(dice.moment(0, 150)).await,
            _ => held += usize::from(desk.hold_from_next_note(LOOKED_FOR).await),
        }
        running.kill().await?;
        desk.gate.open();
        database.tamper(LEASES_END).await?;
        running = node.start().await?;
    }
    let waiting = Stopwatch::start();
    while !database.read::<(i64,)>(LEFT).await?.is_empty() {
        ensure!(waiting.elapsed() < PATIENCE, "something is left to be written: {}", node.last_words());
        pause(Duration::from_millis(50)).await;
    }
    running.stop().await?;
    jobs.iter().try_for_each(|job| desk.shows(job))?;
    say(&format!(
        "{KILLS} kills, {held} of them between a note and its record: {} tickets show all that was done, once",
        jobs.len()
    ));
    database.remove().await
}
