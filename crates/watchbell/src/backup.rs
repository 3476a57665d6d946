//! `watchbell backup` and `watchbell restore`.

use crate::say;
use crate::settings::{Settings, make_data_dir};
use anyhow::{Context as _, bail};
use clap::Args;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use watchbell_server::clock::Clock;
use watchbell_server::config::Config;
use watchbell_server::start;
use watchbell_store::backup::{self, Contents, Restore};
use watchbell_store::{canary, doors, hold};

/// How long nodes get to see that pages are held back, before the rows under them change.
const HOLD_SEEN: SignedDuration = SignedDuration::from_millis(2_500);

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// A new file; it must not exist.
    file: PathBuf,
    /// Also copy the sealing key, to FILE.key. Whoever has both can read every secret: keep them apart.
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A file that `watchbell backup` wrote; FILE.key beside it is used where it is there.
    file: PathBuf,
    /// Replace what is in the database, if it holds people, sources or alerts.
    #[arg(long)]
    force: bool,
    /// The sealing key is lost: forget the secrets (account passwords, tokens) and keep the rest.
    #[arg(long)]
    without_secrets: bool,
    #[command(flatten)]
    settings: Settings,
}

/// `watchbell backup FILE`
pub(crate) async fn backup(args: &BackupArgs) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    let key = args.with_key.then(|| own_key(&config)).transpose()?.flatten();
    if args.with_key && key.is_none() {
        bail!("there is no sealing key yet: {} is made at the first start", key_file(&config).display());
    }
    backup::write(&start::database_url(&config), &args.file, Clock::System.now()).await?;
    say::line(&format!("Backup written: {}", args.file.display()));
    match key {
        Some(key) => {
            let file = beside(&args.file);
            write_key(&file, &key)?;
            say::line(&format!(
                "Sealing key written: {}. Keep it apart from the backup: with both, every secret can be read.",
                file.display()
            ));
        }
        None => say::complain(
            "The secrets in it are sealed. Keep a copy of the sealing key elsewhere (seal.key, or WATCHBELL_SEAL_KEY).",
        ),
    }
    Ok(())
}

/// `watchbell restore FILE`
pub(crate) async fn restore(args: &RestoreArgs) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    make_data_dir(&config)?;
    let contents = backup::look(&args.file).await?;
    let key = if args.without_secrets { Key::Fits } else { find_key(&config, &args.file, &contents)? };
    let url = start::database_url(&config);
    let held_by_us = args.force && hold_first(&config).await?;
    let now = Clock::System.now();
    let reason = format!("restored from {}", args.file.file_name().unwrap_or_default().display());
    let restore = Restore { file: args.file.clone(), force: args.force, without_secrets: args.without_secrets, reason };
    if let Err(error) = backup::restore(&url, &doors::command_line(), restore, now).await {
        if held_by_us {
            let db = start::open_database(&config).await?;
            hold::end(&db, &doors::command_line(), now).await?;
            db.close().await;
        }
        return Err(anyhow::Error::new(error).context("nothing was restored"));
    }
    if let Key::Beside(text) = &key {
        replace_key(&config, text)?;
    }
    for line in AFTERWARDS {
        say::line(line);
    }
    if matches!(key, Key::Beside(_)) || args.without_secrets {
        say::line("If the server runs, restart it now: the sealing key changed.");
    }
    Ok(())
}

const AFTERWARDS: [&str; 4] = [
    "Restored. NOTHING PAGES until you say so:",
    "  1. Start the server, if it does not run, and look at the open alerts: what was open then may be long done.",
    "  2. Resolve what is over.",
    "  3. Say: watchbell resume",
];

/// Where the key that fits a backup comes from.
enum Key {
    /// This node has it, or none is needed.
    Fits,
    /// The file beside the backup has it, and this node gets it.
    Beside(String),
}

fn find_key(config: &Config, file: &Path, contents: &Contents) -> anyhow::Result<Key> {
    let Some(sealed) = &contents.canary else { return Ok(Key::Fits) };
    let fits = |text: &str| anyhow::Ok(canary::is_opened_by(&start::read_key(text)?, sealed));
    if let Some(own) = own_key(config)?
        && fits(&own)?
    {
        return Ok(Key::Fits);
    }
    let beside = beside(file);
    if beside.exists() {
        let text = std::fs::read_to_string(&beside).with_context(|| beside.display().to_string())?;
        return match (fits(&text)?, &config.seal_key) {
            (true, None) => Ok(Key::Beside(text)),
            (true, Some(_)) => bail!(
                "WATCHBELL_SEAL_KEY is not the key of this backup, {} is: set it, and try again",
                beside.display()
            ),
            (false, _) => bail!("{} is not the key of this backup", beside.display()),
        };
    }
    bail!(
        "the secrets in this backup are sealed with a key that is not here. Put it to {} (or set WATCHBELL_SEAL_KEY), and try again. If it is lost: --without-secrets",
        key_file(config).display()
    )
}

/// Nodes that run on a database which is about to be replaced stop paging first. `false`: they had stopped before.
async fn hold_first(config: &Config) -> anyhow::Result<bool> {
    let scope = doors::command_line();
    let db = start::open_database(config).await?;
    if hold::get(&db, &scope).await?.is_some() {
        db.close().await;
        return Ok(false);
    }
    let held = hold::begin(&db, &scope, "a backup is being restored", Clock::System.now()).await;
    db.close().await;
    held?;
    Clock::System.sleep_until(Clock::System.now() + HOLD_SEEN).await;
    Ok(true)
}

fn key_file(config: &Config) -> PathBuf {
    config.data_dir.join("seal.key")
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// The key of this node, as text.
fn own_key(config: &Config) -> anyhow::Result<Option<String>> {
    let file = key_file(config);
    match &config.seal_key {
        Some(key) => Ok(Some(key.expose_secret().to_owned())),
        None if file.exists() => Ok(Some(std::fs::read_to_string(&file).with_context(|| file.display().to_string())?)),
        None => Ok(None),
    }
}

/// Gives this node the key of a backup; one that it had before is kept beside it.
fn replace_key(config: &Config, text: &str) -> anyhow::Result<()> {
    let file = key_file(config);
    if file.exists() {
        let old = config.data_dir.join("seal.key.before-restore");
        std::fs::rename(&file, &old).with_context(|| old.display().to_string())?;
    }
    write_key(&file, text)
}

fn write_key(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(file).and_then(|mut open| open.write_all(text.trim().as_bytes()).and_then(|()| open.sync_all()));
    written.with_context(|| format!("the key cannot be written to {}", file.display()))
}
