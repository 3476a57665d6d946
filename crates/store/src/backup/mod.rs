//! Backups: of the embedded database a copy of its file, of PostgreSQL a text file with one row a line, both taken while nodes run.
//!
//! What a browser or a guess at a password left behind (sessions, log-in attempts) is in no backup. Secrets stay sealed.

mod lines;
mod postgres;
mod sqlite;
mod tables;

use crate::error::StoreError;
use crate::scope::Scope;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

pub use tables::{LEFT_OUT, TABLES};

/// How far the numbers of alerts and notifications jump at a restore: what was made after the backup and is lost had numbers
/// too, in links and tickets, and they must not mean something else.
const NUMBERS_SKIPPED: i64 = 1_000_000;

/// Which database a backup is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Kind {
    /// Of a database URL.
    pub fn of_url(url: &str) -> Self {
        if url.starts_with("sqlite:") { Kind::Sqlite } else { Kind::Postgres }
    }
}

/// What is known of a backup before it is restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Of which database.
    pub kind: Kind,
    /// The sealed word that tells the right key; none where nothing was ever sealed.
    pub canary: Option<Vec<u8>>,
    /// The last migration of its tables.
    pub migration: i64,
}

/// How a backup is restored.
#[derive(Debug, Clone)]
pub struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// Replace what is there, where people, sources or alerts are there.
    pub force: bool,
    /// Forget the sealed secrets: their key is gone.
    pub without_secrets: bool,
    /// Why pages are held back from then on, in words for the person.
    pub reason: String,
}

/// Writes a backup of the database into a new file, readable by its owner only. Errors: the file exists, no space, unreachable.
pub async fn write(url: &str, into: &Path, now: Timestamp) -> Result<(), StoreError> {
    if into.exists() {
        return Err(StoreError::Refused(format!("{} exists already: a backup overwrites nothing", into.display())));
    }
    let mut name = into.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    // A part is left by a backup that was interrupted.
    let _ = std::fs::remove_file(&part);
    let written = match url.strip_prefix("sqlite:") {
        Some(file) => sqlite::write(Path::new(file), &part).await,
        None => postgres::write(url, &part, now).await,
    };
    let done = written.and_then(|()| keep(&part, into));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

/// Creates a file that only its owner reads.
fn create(file: &Path) -> Result<std::fs::File, StoreError> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| file_error(file, &error))
}

/// A backup has its name only once all of it is on disk.
fn keep(part: &Path, into: &Path) -> Result<(), StoreError> {
    let done = std::fs::File::open(part).and_then(|file| file.sync_all()).and_then(|()| std::fs::rename(part, into));
    done.map_err(|error| file_error(into, &error))?;
    let folder = into.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| file_error(folder, &error))
}

fn file_error(file: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Refused(format!("{}: {error}", file.display()))
}

/// Reads a backup through. Errors: it is none, incomplete, damaged, or of a newer version.
pub async fn look(file: &Path) -> Result<Contents, StoreError> {
    use std::io::Read as _;
    let mut beginning = Vec::new();
    let opened = std::fs::File::open(file).and_then(|open| open.take(16).read_to_end(&mut beginning));
    opened.map_err(|error| file_error(file, &error))?;
    let contents = match beginning.as_slice() {
        b"SQLite format 3\0" => sqlite::look(file).await?,
        [b'{', ..] => lines::look(file)?,
        _ => return Err(StoreError::Refused(format!("{} is no backup of Watchbell", file.display()))),
    };
    if contents.migration > crate::schema::latest() {
        return Err(StoreError::Refused(
            "this backup was made by a newer Watchbell: restore it with that version".into(),
        ));
    }
    Ok(contents)
}

/// Puts a backup in place of what is in the database, in one transaction, and holds pages back. Nodes may run meanwhile.
/// Errors: `Refused` (not empty, other database, older tables), unreachable.
pub async fn restore(url: &str, scope: &Scope, restore: Restore, now: Timestamp) -> Result<(), StoreError> {
    let contents = look(&restore.file).await?;
    match (contents.kind, Kind::of_url(url)) {
        (Kind::Sqlite, Kind::Sqlite) => sqlite::restore(url, scope, &restore, now).await,
        (Kind::Postgres, Kind::Postgres) => postgres::restore(url, scope, &restore, &contents, now).await,
        (Kind::Sqlite, Kind::Postgres) => {
            Err(StoreError::Refused("this is a backup of the embedded database: restore it without --database".into()))
        }
        (Kind::Postgres, Kind::Sqlite) => Err(StoreError::Refused(
            "this is a backup of PostgreSQL: name the database with --database postgres://...".into(),
        )),
    }
}

/// Refuses to overwrite what somebody set up.
fn check_empty(rows: i64, force: bool) -> Result<(), StoreError> {
    match rows {
        0 => Ok(()),
        _ if force => Ok(()),
        _ => Err(StoreError::Refused(
            "the database is not empty: a restore replaces all people, sources and alerts in it. Make a backup of it, then say --force".into(),
        )),
    }
}
