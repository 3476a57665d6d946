//! The load generator of Watchbell: drives a separate `watchbell serve` over HTTP and prints what it takes.
//!
//! `scripts/postgres-for-tests run cargo run --release -p watchbell-bench` measures all on both databases.

mod at_once;
mod carrier;
mod channels;
mod client;
mod clock;
mod crowd;
mod event;
mod figures;
mod flood;
mod hook;
mod lab;
mod latency;
mod page;
mod probe;
mod process;
mod report;
mod schedule;
mod tickets;
mod watch;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use flood::Plan;
use lab::{Kind, Lab, Places};
use report::{Report, print};
use std::path::PathBuf;
use std::time::Duration;

/// Measures a separate `watchbell serve`.
#[derive(Debug, Parser)]
struct Options {
    /// Databases to measure on; PostgreSQL is that of WATCHBELL_TEST_POSTGRES_DURABLE_URL (scripts/postgres-for-tests run ..).
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Kind::Sqlite, Kind::Postgres])]
    database: Vec<Kind>,
    /// What to measure.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Scenario::value_variants().to_vec())]
    only: Vec<Scenario>,
    /// Seconds that each flood lasts.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The program; the one beside this, unless named.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where embedded databases are made, and the disk is probed.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    directory: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Start, and memory of a server that does nothing.
    Start,
    /// Single events on an idle server.
    Latency,
    /// New alerts, one per request, 32 connections.
    New32,
    /// New alerts, one per request, 256 connections.
    New256,
    /// Duplicates of 1,000 open alerts, 32 connections.
    Duplicates,
    /// New alerts, 64 per request, 8 connections.
    Batches,
    /// 100,000 open alerts whose next steps are spread over 15 minutes, while 500 events/s come in.
    Crowd,
    /// 10,000 alerts whose next steps are due at the same instant.
    AtOnce,
    /// From an event to the request that a provider gets, by channel; a thousand people paged at once; a provider that hangs.
    Channels,
    /// From accepting an alert to the ticket in Autotask that shows it; two hundred tickets in ten seconds; sixty during an outage.
    Tickets,
    /// Schedules by themselves.
    Schedule,
    /// The page of a schedule of five layers and twenty people, for four weeks.
    Page,
}

/// One thread: the other processor is the server's.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let beside = || Ok::<_, anyhow::Error>(std::env::current_exe()?.parent().context("a directory")?.join("watchbell"));
    let program = options.program.clone().map_or_else(beside, Ok)?;
    anyhow::ensure!(program.exists(), "{} is not there: cargo build --release", program.display());
    let places = Places { program, directory: options.directory.clone() };
    tokio::task::LocalSet::new().run_until(measure(&options, &places)).await
}

async fn measure(options: &Options, places: &Places) -> Result<()> {
    let load = process::load_average()?;
    print(&format!(
        "{} processors, load average before: {load:.1}{}",
        std::thread::available_parallelism()?,
        if load > 0.5 { " (machine shared)" } else { "" }
    ));
    for kind in &options.database {
        let mut report = Report::default();
        let probe = probe::appends_per_second(&places.directory)?;
        report.row("disk probe: append 512 B + fdatasync", format!("{probe:.0}/s"), "above 5,000/s for what follows");
        for scenario in &options.only {
            run(*scenario, *kind, options, places, &mut report).await?;
        }
        report.print(&format!("{kind:?}"));
    }
    Ok(())
}

async fn run(scenario: Scenario, kind: Kind, options: &Options, places: &Places, report: &mut Report) -> Result<()> {
    let lasts = Duration::from_secs(options.seconds);
    let new = |connections, events| Plan { connections, events, duplicates_of: 0, lasts };
    let (what, plan, target, memory) = match scenario {
        Scenario::Start => return start(kind, places, report).await,
        Scenario::Latency => return idle_latency(kind, places, report).await,
        Scenario::Schedule => return schedule::measure(report),
        Scenario::Page => return schedule_page(kind, places, report).await,
        Scenario::Crowd => return crowd_of_alerts(kind, places, lasts, report).await,
        Scenario::AtOnce => return steps_at_once(kind, places, report).await,
        Scenario::Channels => return channels::measure(kind, places, report).await,
        Scenario::Tickets => return tickets::measure(kind, places, report).await,
        Scenario::New32 => ("new alerts, one per request, 32 connections", new(32, 1), "8,000/s", "below 150 MB"),
        Scenario::New256 => ("new alerts, one per request, 256 connections", new(256, 1), "8,000/s", "below 150 MB"),
        Scenario::Duplicates => {
            ("duplicates of 1,000 open alerts, 32 connections", Plan { duplicates_of: 1_000, ..new(32, 1) }, "", "")
        }
        Scenario::Batches => ("new alerts, 64 per request, 8 connections", new(8, 64), "20,000/s", ""),
    };
    // Two events of each quiet source, four a second.
    let quiet = usize::try_from(options.seconds * 2 + 2)?;
    let lab = Lab::open(kind, places, quiet).await?;
    let outcome = flood::flood(&lab, plan).await?;
    report.flood(what, &outcome, target, memory);
    lab.close().await
}

async fn start(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let (first, median, idle_mb) = lab::measure_start(kind, places).await?;
    report.row(
        "start to /readyz",
        format!("{} ms; the very first, which makes the schema, {} ms", median.as_millis(), first.as_millis()),
        "below 300 ms",
    );
    report.row("memory, idle", format!("{idle_mb:.0} MB"), "below 40 MB");
    Ok(())
}

async fn crowd_of_alerts(kind: Kind, places: &Places, lasts: Duration, report: &mut Report) -> Result<()> {
    let lab = Lab::open(kind, places, 0).await?;
    report.crowd(&crowd::measure(&lab, lasts).await?, lasts);
    lab.close().await
}

async fn steps_at_once(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let lab = Lab::open(kind, places, 0).await?;
    report.at_once(&at_once::measure(&lab).await?);
    lab.close().await
}

async fn schedule_page(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let lab = Lab::open(kind, places, 0).await?;
    report.row("page of a schedule for 4 weeks", page::measure(&lab).await?.summary(), "below 20 ms");
    lab.close().await
}

async fn idle_latency(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let lab = Lab::open(kind, places, 150).await?;
    clock::sleep(Duration::from_secs(1)).await;
    report.latency(&latency::measure(&lab).await?);
    lab.close().await
}
