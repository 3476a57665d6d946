//! The server is killed under load, again and again: nothing acknowledged is lost, every page that was due is sent.

use anyhow::{Result, ensure};
use std::time::Duration;
use watchbell_e2e::audit::audit;
use watchbell_e2e::load::Load;
use watchbell_e2e::pages;
use watchbell_e2e::stage::{Stage, drain, program, say};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::dice::Dice;
use watchbell_testkit::node::Node;

/// Kills while events come in.
const KILLS: usize = 52;
/// After so many of them the server is killed once more while it starts.
const KILLS_PER_FALSE_START: usize = 8;
/// New sources take the load over after so many kills: a second summary of a source would wait for three minutes.
const KILLS_PER_STORM: usize = 13;
/// Sources of one storm: two pages of each go out singly.
const SOURCES_PER_STORM: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() -> Result<()> {
    kill_again_and_again(TestDatabase::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() -> Result<()> {
    match TestDatabase::durable_postgres("").await? {
        Some(database) => kill_again_and_again(database).await,
        None => Ok(()),
    }
}

async fn kill_again_and_again(database: TestDatabase) -> Result<()> {
    let mut dice = Dice::new();
    say(&format!("WATCHBELL_TEST_SEED={}", dice.seed()));
    let node = Node::on(&program()?, &database, "crash")?;
    let mut running = node.start().await?;
    let stage = Stage::set(&node, 6, SOURCES_PER_STORM * KILLS / KILLS_PER_STORM).await?;
    let mut storms = stage.keys.chunks(SOURCES_PER_STORM);
    let load = Load::start(&[], &[]);
    let (lasted, mut starts) = (Stopwatch::start(), Vec::new());
    for kill in 0..KILLS {
        if kill % KILLS_PER_STORM == 0 {
            load.aim(&[node.url()], storms.next().unwrap_or_default());
        }
        let before = load.sent().events();
        while load.sent().events() == before {
            pause(Duration::from_millis(5)).await;
        }
        pause(dice.moment(0, 600)).await;
        running.kill().await?;
        if kill % KILLS_PER_FALSE_START == 0 {
            let false_start = node.spawn()?;
            pause(dice.moment(0, 300)).await;
            false_start.kill().await?;
        }
        let sent = load.sent();
        let start = Stopwatch::start();
        running = node.start().await?;
        starts.push(start.elapsed());
        audit(&database, &sent).await?;
    }
    let stormed = lasted.elapsed();
    let sent = load.stop();
    ensure!(sent.refused.keys().all(|status| *status == 503), "only a server that stops refuses: {:?}", sent.refused);
    let drained = drain(&database, Duration::from_secs(240)).await?;
    audit(&database, &sent).await?;
    let pages = pages::compare(&database, &stage.hook.received()).await?;
    running.stop().await?;
    starts.sort();
    say(&format!(
        "{} kills in {:.0} s: {} events acknowledged, {} requests without an answer, none lost; {pages}; drained {:.0} s later; median start {} ms",
        KILLS + KILLS.div_ceil(KILLS_PER_FALSE_START),
        stormed.as_secs_f64(),
        sent.events(),
        sent.unknown.len(),
        drained.as_secs_f64(),
        starts[starts.len() / 2].as_millis(),
    ));
    database.remove().await
}
