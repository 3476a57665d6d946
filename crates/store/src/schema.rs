//! A look at a database that changes nothing: for `doctor`, and for restoring what another version wrote.

use crate::error::StoreError;
use crate::migrate;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::Path;
use std::str::FromStr as _;

/// How the tables of a database fit this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There are none.
    Missing,
    /// So many migrations are to come; `serve` does them at its start.
    Older(usize),
    /// They fit.
    Current,
    /// A newer Watchbell made them.
    Newer,
}

impl Schema {
    fn of(done: &[i64]) -> Self {
        let known = migrate::versions();
        match known.iter().filter(|version| !done.contains(version)).count() {
            _ if done.is_empty() => Schema::Missing,
            _ if done.iter().any(|version| !known.contains(version)) => Schema::Newer,
            0 => Schema::Current,
            missing => Schema::Older(missing),
        }
    }
}

/// The last migration that this program knows.
pub fn latest() -> i64 {
    migrate::versions().into_iter().max().unwrap_or_default()
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which database, with its version.
    pub database: String,
    /// Its tables.
    pub schema: Schema,
    /// What endangers accepted events: settings that are not durable, a damaged file.
    pub faults: Vec<String>,
}

const DONE: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";

/// Looks at the database of a URL. Errors: unreachable.
pub async fn look(url: &str) -> Result<Found, StoreError> {
    match url.strip_prefix("sqlite:") {
        Some(file) => look_at_sqlite(Path::new(file)).await,
        None => look_at_postgres(url).await,
    }
}

/// Opens a file for reading only. Errors: it is not there, or no database.
pub(crate) async fn read_sqlite(file: &Path) -> Result<SqliteConnection, StoreError> {
    Ok(SqliteConnectOptions::new().filename(file).create_if_missing(false).pragma("query_only", "on").connect().await?)
}

async fn look_at_sqlite(file: &Path) -> Result<Found, StoreError> {
    if !file.exists() {
        return Ok(Found { database: "SQLite".into(), schema: Schema::Missing, faults: Vec::new() });
    }
    let mut connection = read_sqlite(file).await?;
    let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut connection).await?;
    let schema = Schema::of(&migrations(&mut connection).await?);
    let checked: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(5)").fetch_all(&mut connection).await?;
    let faults = checked
        .into_iter()
        .filter(|(word,)| word != "ok")
        .map(|(fault,)| format!("the file is damaged: {fault}"))
        .collect();
    connection.close().await?;
    Ok(Found { database: format!("SQLite {version}"), schema, faults })
}

/// The migrations that a file has had.
pub(crate) async fn migrations(connection: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
    let made: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *connection)
        .await?;
    match made {
        None => Ok(Vec::new()),
        Some(_) => Ok(sqlx::query_as(DONE)
            .fetch_all(connection)
            .await?
            .into_iter()
            .map(|(version,): (i64,)| version)
            .collect()),
    }
}

async fn look_at_postgres(url: &str) -> Result<Found, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::Refused(format!("the database URL cannot be read: {error}")))?;
    let mut connection: PgConnection = options.application_name("watchbell doctor").connect().await?;
    let made: (bool,) =
        sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut connection).await?;
    let done: Vec<(i64,)> = if made.0 { sqlx::query_as(DONE).fetch_all(&mut connection).await? } else { Vec::new() };
    let row = sqlx::query(
        "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let setting = |column: usize| row.try_get::<String, _>(column).unwrap_or_default();
    let off = [(1, "fsync"), (2, "synchronous_commit"), (3, "full_page_writes")]
        .into_iter()
        .filter(|(column, _)| setting(*column) == "off");
    let faults =
        off.map(|(_, name)| format!("{name} is off: an accepted event could be lost when the machine stops")).collect();
    Ok(Found {
        database: format!("PostgreSQL {}", setting(0)),
        schema: Schema::of(&done.into_iter().map(|(v,)| v).collect::<Vec<_>>()),
        faults,
    })
}
