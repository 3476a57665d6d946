//! The watchbell program.

mod backup;
mod demo;
mod doctor;
mod paging;
mod people;
mod say;
mod serve;
mod settings;
mod sim;
mod stop;

use clap::{Parser, Subcommand};
use settings::Settings;
use std::process::ExitCode;

/// Wakes the right person when something breaks, and closes the loop when it is fixed.
#[derive(Debug, Parser)]
#[command(name = "watchbell", version, propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
To look at it:    watchbell demo
To run it:        watchbell serve --data-dir DIR --public-url https://watchbell.example.com
When it is 3 a.m. and nobody was paged:    watchbell doctor";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: API, webhooks, pages, and everything that is due.
    ///
    /// SIGTERM and Ctrl-C stop it: nothing new is taken, commits and messages in hand are finished. A second one ends it at once.
    Serve(Settings),
    /// Try it: Watchbell with stand-ins for Autotask, mailboxes and phones, on 127.0.0.1, gone when it ends.
    Demo(demo::DemoArgs),
    /// People who may log in.
    #[command(subcommand)]
    User(people::UserCommand),
    /// Keys for the API.
    #[command(subcommand)]
    ApiKey(people::ApiKeyCommand),
    /// Look at database, key, clock, mail, accounts and work in hand: what is wrong, and what to do.
    ///
    /// Ends with 0 where nothing is wrong, with 1 where something is. It changes nothing and sends no message.
    Doctor(Settings),
    /// Write a backup into a new file. Works while the server runs.
    Backup(backup::BackupArgs),
    /// Bring a backup back. Nothing pages afterwards until you say `watchbell resume`.
    Restore(backup::RestoreArgs),
    /// Let pages go out again after a restore.
    Resume(Settings),
    /// Stand-ins of outside services, for trying things out: real servers that do no harm.
    #[command(subcommand)]
    Sim(sim::SimCommand),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(settings) => serve::serve(&settings).await?,
        Command::Demo(args) => demo::demo(&args).await?,
        Command::User(command) => people::user(command).await?,
        Command::ApiKey(command) => people::api_key(command).await?,
        Command::Doctor(settings) => return doctor::doctor(&settings).await,
        Command::Backup(args) => backup::backup(&args).await?,
        Command::Restore(args) => backup::restore(&args).await?,
        Command::Resume(settings) => paging::resume(&settings).await?,
        Command::Sim(command) => sim::sim(command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn fail(error: &anyhow::Error) -> ExitCode {
    say::complain(&format!("watchbell: {error:#}"));
    ExitCode::FAILURE
}
