//! The disk fills up under load: events are refused with 503, and taken again when there is room. Nothing acknowledged is lost.

use anyhow::{Context as _, Result, ensure};
use std::time::Duration;
use tokio::process::Command;
use watchbell_e2e::audit::audit;
use watchbell_e2e::load::Load;
use watchbell_e2e::pages;
use watchbell_e2e::small_disk::SmallDisk;
use watchbell_e2e::stage::{Stage, drain, program, say};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::node::{Node, Running};

/// So many events are refused before there is room again.
const REFUSALS: usize = 40;
/// An answer that may take as long as a commit is tried.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_on_a_full_disk() -> Result<()> {
    let Some(disk) = SmallDisk::mount("sqlite", 24)? else { return Ok(()) };
    let database = TestDatabase::sqlite_in(disk.place())?;
    let node = Node::on(&program()?, &database, "full")?;
    let running = node.start().await?;
    let fill = async || disk.fill();
    let free = async || disk.free();
    refuse_and_recover("SQLite on a full disk", &database, &node, &running, fill, free).await?;
    running.stop().await?;
    database.remove().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_with_files_that_may_not_grow() -> Result<()> {
    let database = TestDatabase::sqlite()?;
    // The kernel's signal would end the program: a shell hands its deafness down.
    let deaf = ["bash", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];
    let node = Node::on(&program()?, &database, "limit")?.wrapped(&deaf);
    let running = node.start().await?;
    let pid = running.pid().context("a process")?;
    let fill = async || limit_files(pid, "1048576").await;
    let free = async || limit_files(pid, "unlimited").await;
    refuse_and_recover("SQLite with files that may not grow", &database, &node, &running, fill, free).await?;
    running.stop().await?;
    database.remove().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_on_a_full_disk() -> Result<()> {
    let Some(keeper) = TestDatabase::durable_postgres("").await? else { return Ok(()) };
    let Some(disk) = SmallDisk::mount("postgres", 48)? else { return Ok(()) };
    let place = disk.directory_of("postgres")?;
    keeper.tamper(&format!("CREATE TABLESPACE small LOCATION '{}'", place.display())).await?;
    let database = TestDatabase::durable_postgres("TABLESPACE small").await?.context("a database")?;
    let node = Node::on(&program()?, &database, "full")?;
    let running = node.start().await?;
    let fill = async || disk.fill();
    let free = async || disk.free();
    refuse_and_recover("PostgreSQL on a full disk", &database, &node, &running, fill, free).await?;
    running.stop().await?;
    database.remove().await?;
    keeper.tamper("DROP TABLESPACE small").await?;
    keeper.remove().await
}

/// The soft limit of a running process: a file beyond it cannot be written.
async fn limit_files(pid: u32, bytes: &str) -> Result<()> {
    let words = ["--pid", &pid.to_string(), &format!("--fsize={bytes}:unlimited")];
    let status = Command::new("prlimit").args(words).status().await.context("prlimit (util-linux) is needed")?;
    ensure!(status.success(), "prlimit {words:?}: {status}");
    Ok(())
}

async fn refuse_and_recover(
    what: &str,
    database: &TestDatabase,
    node: &Node,
    running: &Running,
    fill: impl AsyncFn() -> Result<()>,
    free: impl AsyncFn() -> Result<()>,
) -> Result<()> {
    let stage = Stage::set(node, 4, 150).await?;
    let load = Load::start(&[node.url()], &stage.keys);
    until(&load, "events are taken", |load| load.sent().events() >= 100).await?;
    fill().await?;
    let full = Stopwatch::start();
    until(&load, "events are refused", |load| load.sent().refused_with(503) >= REFUSALS).await?;
    let refused = load.sent();
    ensure!(running.pid().is_some(), "the server ended: {}", node.last_words());
    free().await?;
    let lasted = full.elapsed();
    let freed = Stopwatch::start();
    let before = load.sent().events();
    until(&load, "events are taken again", |load| load.sent().events() > before).await?;
    let recovered = freed.elapsed();
    audit(database, &load.sent()).await?;
    until(&load, "events are taken as before", |load| load.sent().events() > before + 100).await?;
    let sent = load.stop();
    ensure!(sent.refused.keys().all(|status| *status == 503), "a full disk is a 503: {:?}", sent.refused);
    let drained = drain(database, Duration::from_secs(240)).await?;
    audit(database, &sent).await?;
    let pages = pages::compare(database, &stage.hook.received()).await?;
    say(&format!(
        "{what}: {} events acknowledged before, {} refused with 503 in {:.1} s, taken again {:.2} s after there was room, {} in all, none lost; {pages}; drained {:.0} s later",
        refused.events(),
        sent.refused_with(503),
        lasted.as_secs_f64(),
        recovered.as_secs_f64(),
        sent.events(),
        drained.as_secs_f64(),
    ));
    Ok(())
}

async fn until(load: &Load, what: &str, is_so: impl Fn(&Load) -> bool) -> Result<()> {
    let waiting = Stopwatch::start();
    while !is_so(load) {
        ensure!(
            waiting.elapsed() < PATIENCE,
            "waited in vain until {what}: {} acknowledged, {:?}",
            load.sent().events(),
            load.sent().refused
        );
        pause(Duration::from_millis(10)).await;
    }
    Ok(())
}
