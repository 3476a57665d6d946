//! PostgreSQL: all rows of one snapshot into a text file, and back in one transaction.

use super::lines::{Head, Reader, Writer};
use super::tables::{EMPTY_ALL, REMEMBERED, TABLES, Table};
use super::{Contents, NUMBERS_SKIPPED, Restore, check_empty};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::hold;
use crate::schema;
use crate::scope::Scope;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::postgres::{PgPool, Postgres};
use std::path::Path;

/// Rows that are written with one statement, in bytes of JSON.
const BATCH_BYTES: usize = 1 << 20;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const TAKE_TIME: &str =
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)";
const CANARY: &str = "SELECT sealed FROM seal_canary WHERE id = 1";
const FORGET_SECRETS: [&str; 4] = [
    "DELETE FROM seal_canary",
    "UPDATE setting SET sealed = NULL",
    "UPDATE contact SET sealed = NULL",
    "UPDATE connector SET sealed = NULL",
];
const SETTLED: &str =
    "SELECT (SELECT count(*) FROM user_account) + (SELECT count(*) FROM alert_source) + (SELECT count(*) FROM alert)";

async fn pool(url: &str) -> Result<PgPool, StoreError> {
    match Db::open(url).await? {
        Db::Postgres { pool } => Ok(pool),
        Db::Sqlite { .. } => Err(StoreError::Refused("this is no PostgreSQL database".into())),
    }
}

/// Writes all rows as they are at one moment.
pub(super) async fn write(url: &str, into: &Path, now: Timestamp) -> Result<(), StoreError> {
    let pool = pool(url).await?;
    let mut snapshot = pool.begin_with(SNAPSHOT).await?;
    sqlx::query(TAKE_TIME).execute(&mut *snapshot).await?;
    let canary: Option<(Vec<u8>,)> = sqlx::query_as(CANARY).fetch_optional(&mut *snapshot).await?;
    let head = Head::new(schema::latest(), canary.as_ref().map(|(sealed,)| sealed.as_slice()), now);
    let mut out = Writer::begin(super::create(into)?, &head)?;
    for table in TABLES {
        let mut rows = sqlx::query_as::<_, (String,)>(table.read).fetch(&mut *snapshot);
        while let Some((row,)) = rows.try_next().await? {
            out.row(table.name, &row)?;
        }
    }
    snapshot.rollback().await?;
    pool.close().await;
    out.end()
}

/// Replaces all rows by those of the file.
pub(super) async fn restore(
    url: &str,
    scope: &Scope,
    restore: &Restore,
    contents: &Contents,
    now: Timestamp,
) -> Result<(), StoreError> {
    if contents.migration != schema::latest() {
        return Err(StoreError::Refused(format!(
            "this backup was made by an older Watchbell (its last migration is {}): restore it with that version, then start this one, which brings it up to date",
            contents.migration
        )));
    }
    let pool = pool(url).await?;
    let mut tx = pool.begin().await?;
    sqlx::query(TAKE_TIME).execute(&mut *tx).await?;
    let (rows,): (i64,) = sqlx::query_as(SETTLED).fetch_one(&mut *tx).await?;
    check_empty(rows, restore.force)?;
    sqlx::query(EMPTY_ALL).execute(&mut *tx).await?;
    fill(&mut tx, &restore.file).await?;
    if restore.without_secrets {
        for statement in FORGET_SECRETS {
            sqlx::query(statement).execute(&mut *tx).await?;
        }
    }
    let mut tx = Tx::Postgres(tx);
    hold::begin_in(&mut tx, scope, &restore.reason, now).await?;
    if let Tx::Postgres(tx) = tx {
        tx.commit().await?;
    }
    pool.close().await;
    Ok(())
}

async fn fill(tx: &mut sqlx::Transaction<'static, Postgres>, file: &Path) -> Result<(), StoreError> {
    let (mut reader, _) = Reader::open(file)?;
    let mut batch = Batch::default();
    while let Some(line) = reader.next()? {
        let table = TABLES.iter().find(|table| table.name == line.table);
        let table = table
            .ok_or_else(|| StoreError::Refused(format!("the backup has a table {} that is not known", line.table)))?;
        if batch.is_full_for(table) {
            batch.write(tx).await?;
        }
        batch.add(table, line.row.get());
    }
    batch.write(tx).await?;
    for table in TABLES {
        let Some(number) = table.number else { continue };
        let ahead = if REMEMBERED.contains(&table.name) { NUMBERS_SKIPPED } else { 1 };
        sqlx::query(number).bind(ahead).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Rows of one table that are written together.
#[derive(Default)]
struct Batch {
    table: Option<&'static Table>,
    rows: String,
}

impl Batch {
    fn is_full_for(&self, table: &Table) -> bool {
        self.table.is_some_and(|before| before.name != table.name) || self.rows.len() >= BATCH_BYTES
    }

    fn add(&mut self, table: &'static Table, row: &str) {
        self.table = Some(table);
        self.rows.push(if self.rows.is_empty() { '[' } else { ',' });
        self.rows.push_str(row);
    }

    async fn write(&mut self, tx: &mut sqlx::Transaction<'static, Postgres>) -> Result<(), StoreError> {
        let Some(table) = self.table.take() else { return Ok(()) };
        let rows = std::mem::take(&mut self.rows) + "]";
        sqlx::query(table.fill).bind(rows).execute(&mut **tx).await?;
        Ok(())
    }
}
