//! PostgreSQL is shared: one of two nodes is killed, and the database itself is restarted, under load.

use anyhow::{Context as _, Result, ensure};
use std::time::Duration;
use tokio::process::Command;
use watchbell_e2e::audit::audit;
use watchbell_e2e::load::Load;
use watchbell_e2e::pages;
use watchbell_e2e::stage::{Stage, drain, program, say};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::environment::setting;
use watchbell_testkit::node::Node;

/// So many pages arrive singly before something is killed.
const SINGLE_PAGES: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_nodes_is_killed() -> Result<()> {
    let Some(database) = TestDatabase::durable_postgres("").await? else { return Ok(()) };
    let program = program()?;
    let (left, right) = (Node::on(&program, &database, "left")?, Node::on(&program, &database, "right")?);
    let running_left = left.start().await?;
    let running_right = right.start().await?;
    let stage = Stage::set(&left, 4, 150).await?;
    let load = Load::start(&[left.url(), right.url()], &stage.keys);
    wait_for_pages(&stage, SINGLE_PAGES).await?;
    // Both live: nobody is paged twice.
    let repeated_while_both_live = repeated(&stage)?;
    ensure!(repeated_while_both_live == 0, "{repeated_while_both_live} pages came twice while both nodes were alive");
    running_left.kill().await?;
    let sent_before = load.sent();
    load.aim(&[right.url()], &stage.keys);
    audit(&database, &sent_before).await?;
    // The other one goes on at once, and takes over what the dead one had leased when the leases end.
    wait_for_pages(&stage, stage.hook.received().len() + 20).await?;
    let sent = load.stop();
    let drained = drain(&database, Duration::from_secs(240)).await?;
    audit(&database, &sent).await?;
    let pages = pages::compare(&database, &stage.hook.received()).await?;
    running_right.stop().await?;
    say(&format!(
        "two nodes, one killed: {} events acknowledged before it, {} in all, none lost; {pages}, none of them while both lived; drained {:.0} s later",
        sent_before.events(),
        sent.events(),
        drained.as_secs_f64(),
    ));
    database.remove().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_restarted() -> Result<()> {
    let Some(database) = TestDatabase::durable_postgres("").await? else { return Ok(()) };
    let node = Node::on(&program()?, &database, "restart")?;
    let running = node.start().await?;
    let stage = Stage::set(&node, 4, 150).await?;
    let load = Load::start(&[node.url()], &stage.keys);
    let mut back = Vec::new();
    for mode in ["immediate", "fast", "immediate"] {
        acknowledged_further(&load, 100).await?;
        let restarting = Stopwatch::start();
        restart_postgres(mode).await?;
        acknowledged_further(&load, 1).await?;
        back.push(format!("{mode} {:.1} s", restarting.elapsed().as_secs_f64()));
        audit(&database, &load.sent()).await?;
    }
    acknowledged_further(&load, 100).await?;
    let sent = load.stop();
    ensure!(sent.refused.keys().all(|status| *status == 503), "a database that is away is a 503: {:?}", sent.refused);
    let drained = drain(&database, Duration::from_secs(240)).await?;
    audit(&database, &sent).await?;
    let pages = pages::compare(&database, &stage.hook.received()).await?;
    running.stop().await?;
    say(&format!(
        "database restarted under load, events taken again after: {}; {} events acknowledged, {} refused with 503, none lost; {pages}; drained {:.0} s later",
        back.join(", "),
        sent.events(),
        sent.refused_with(503),
        drained.as_secs_f64(),
    ));
    database.remove().await
}

async fn wait_for_pages(stage: &Stage, count: usize) -> Result<()> {
    let waiting = Stopwatch::start();
    while stage.hook.received().len() < count {
        ensure!(
            waiting.elapsed() < Duration::from_secs(30),
            "{} of {count} pages arrived",
            stage.hook.received().len()
        );
        pause(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn repeated(stage: &Stage) -> Result<usize> {
    Ok(pages::arrivals(&stage.hook.received())?.values().map(|(times, _)| times - 1).sum())
}

async fn acknowledged_further(load: &Load, count: usize) -> Result<()> {
    let (waiting, before) = (Stopwatch::start(), load.sent().events());
    while load.sent().events() < before + count {
        ensure!(waiting.elapsed() < Duration::from_secs(60), "events are not taken: {:?}", load.sent().refused);
        pause(Duration::from_millis(10)).await;
    }
    Ok(())
}

async fn restart_postgres(mode: &str) -> Result<()> {
    let directory = setting("WATCHBELL_TEST_POSTGRES_DIR").context("WATCHBELL_TEST_POSTGRES_DIR is not set")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres-for-tests");
    let status = Command::new(script).args(["restart", &directory, "durable", mode]).status().await?;
    ensure!(status.success(), "PostgreSQL was not restarted: {status}");
    Ok(())
}
