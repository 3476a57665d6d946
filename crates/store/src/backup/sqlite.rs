//! The embedded database: `VACUUM INTO` makes a consistent copy beside the running server; a restore copies the rows back.

use super::tables::{LEFT_OUT, REMEMBERED, TABLES};
use super::{Contents, Kind, NUMBERS_SKIPPED, Restore, check_empty};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::hold;
use crate::schema;
use crate::scope::Scope;
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a restore waits for its turn to write beside a busy server.
const TURN: Duration = Duration::from_secs(60);

const FORGET: [&str; LEFT_OUT.len()] = ["DELETE FROM session", "DELETE FROM login_attempt"];
const FORGET_SECRETS: [&str; 4] = [
    "DELETE FROM main.seal_canary",
    "UPDATE main.setting SET sealed = NULL",
    "UPDATE main.contact SET sealed = NULL",
    "UPDATE main.connector SET sealed = NULL",
];
const SETTLED: &str = "SELECT (SELECT count(*) FROM main.user_account) + (SELECT count(*) FROM main.alert_source) + (SELECT count(*) FROM main.alert)";

/// Writes a copy of the file.
pub(super) async fn write(file: &Path, into: &Path) -> Result<(), StoreError> {
    if !file.exists() {
        return Err(StoreError::Refused(format!("there is no database at {}: nothing to back up", file.display())));
    }
    // VACUUM INTO takes an empty file as it is, with the rights that it has.
    drop(super::create(into)?);
    let mut connection =
        SqliteConnectOptions::new().filename(file).create_if_missing(false).busy_timeout(TURN).connect().await?;
    sqlx::query("VACUUM INTO $1").bind(into.display().to_string()).execute(&mut connection).await?;
    connection.close().await?;
    let mut copy = SqliteConnectOptions::new().filename(into).pragma("secure_delete", "on").connect().await?;
    for statement in FORGET {
        sqlx::query(statement).execute(&mut copy).await?;
    }
    Ok(copy.close().await?)
}

/// Checks a copy and tells what it is.
pub(super) async fn look(file: &Path) -> Result<Contents, StoreError> {
    let mut copy = schema::read_sqlite(file).await?;
    let checked: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(1)").fetch_all(&mut copy).await?;
    if let Some((fault,)) = checked.first().filter(|(word,)| word != "ok") {
        return Err(StoreError::Refused(format!("the backup is damaged: {fault}")));
    }
    let Some(migration) = schema::migrations(&mut copy).await?.into_iter().max() else {
        return Err(StoreError::Refused("this is a SQLite file, but not one of Watchbell".into()));
    };
    let canary: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT sealed FROM seal_canary WHERE id = 1").fetch_optional(&mut copy).await?;
    copy.close().await?;
    Ok(Contents { kind: Kind::Sqlite, canary: canary.map(|(sealed,)| sealed), migration })
}

/// Replaces the rows of the database by those of the copy.
pub(super) async fn restore(url: &str, scope: &Scope, restore: &Restore, now: Timestamp) -> Result<(), StoreError> {
    // Both are brought up to date, the backup as a copy of itself: then their columns are the same.
    Db::open(url).await?.close().await;
    let file = url.strip_prefix("sqlite:").unwrap_or(url);
    let old = PathBuf::from(format!("{file}.restoring"));
    let outcome = async {
        std::fs::copy(&restore.file, &old).map_err(|error| super::file_error(&old, &error))?;
        Db::open(&format!("sqlite:{}", old.display())).await?.close().await;
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(TURN).foreign_keys(false);
        let mut connection = options.connect().await?;
        sqlx::query("ATTACH DATABASE $1 AS old").bind(old.display().to_string()).execute(&mut connection).await?;
        replace(connection, scope, restore, now).await
    };
    let outcome = outcome.await;
    for end in ["", "-wal", "-shm"] {
        // What is left of the copy, if anything.
        let _ = std::fs::remove_file(format!("{}{end}", old.display()));
    }
    outcome
}

async fn replace(
    mut connection: SqliteConnection,
    scope: &Scope,
    restore: &Restore,
    now: Timestamp,
) -> Result<(), StoreError> {
    run(&mut connection, "BEGIN IMMEDIATE").await?;
    let (rows,): (i64,) = sqlx::query_as(SETTLED).fetch_one(&mut connection).await?;
    check_empty(rows, restore.force)?;
    for table in TABLES.iter().rev() {
        run(&mut connection, table.delete).await?;
    }
    for statement in FORGET {
        run(&mut connection, statement).await?;
    }
    for table in TABLES {
        run(&mut connection, table.copy).await?;
    }
    if restore.without_secrets {
        for statement in FORGET_SECRETS {
            run(&mut connection, statement).await?;
        }
    }
    renumber(&mut connection).await?;
    check_references(&mut connection).await?;
    let mut tx = Tx::Sqlite(Box::new(connection));
    hold::begin_in(&mut tx, scope, &restore.reason, now).await?;
    let Tx::Sqlite(mut connection) = tx else { return Ok(()) };
    run(&mut connection, "COMMIT").await?;
    Ok((*connection).close().await?)
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreError> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}

async fn renumber(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    run(connection, "DELETE FROM main.sqlite_sequence").await?;
    run(connection, "INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM old.sqlite_sequence").await?;
    for table in REMEMBERED {
        sqlx::query("UPDATE main.sqlite_sequence SET seq = seq + $1 WHERE name = $2")
            .bind(NUMBERS_SKIPPED)
            .bind(table)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn check_references(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let broken: Option<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1").fetch_optional(connection).await?;
    match broken {
        None => Ok(()),
        Some((table,)) => Err(StoreError::Refused(format!("the backup is damaged: rows of {table} refer to nothing"))),
    }
}
