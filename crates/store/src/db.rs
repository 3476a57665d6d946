//! The two databases behind one face: reads from a pool, writes as units of work in a transaction.
//! On SQLite all writes pass through one writer, so that units share commits; on PostgreSQL each is its own transaction.

use crate::error::StoreError;
use crate::sql::Sql;
use crate::sqlite::Writer;
use crate::value::{self, Rows, Value};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgPool, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool, SqliteRow};

/// The rows of a statement, on either database.
pub trait FromRows: Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> {}
impl<T: Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow>> FromRows for T {}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// Embedded: one file, one writer.
    Sqlite {
        /// Connections that only read.
        readers: SqlitePool,
        /// The one that writes.
        writer: Writer,
    },
    /// A server, shared by several nodes.
    Postgres {
        /// Connections.
        pool: PgPool,
    },
}

/// A transaction in progress. No await but SQL inside.
#[derive(Debug)]
pub enum Tx {
    /// The writer's connection.
    Sqlite(Box<SqliteConnection>),
    /// A connection of the pool.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A unit that panics fails alone: whoever shares its loop or its commit goes on.
pub(crate) async fn survive<T>(work: BoxFuture<'_, Result<T, StoreError>>) -> Result<T, StoreError> {
    // The unit is rolled back, and what it borrowed is the transaction only.
    let done = std::panic::AssertUnwindSafe(work).catch_unwind().await;
    done.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(StoreError::Fault(text.unwrap_or_else(|| "a panic".into())))
    })
}

impl Db {
    /// Runs a unit of work: all of it is on disk when this returns `Ok`, none of it otherwise.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
    {
        match self {
            Db::Sqlite { writer, .. } => writer.run(work).await,
            Db::Postgres { pool } => {
                let mut tx = Tx::Postgres(pool.begin().await?);
                let done = survive(work(&mut tx)).await?;
                match tx {
                    Tx::Postgres(open) => open.commit().await?,
                    Tx::Sqlite(_) => {}
                }
                Ok(done)
            }
        }
    }

    /// All rows of a reading statement.
    pub async fn all<T: FromRows>(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Db::Sqlite { readers, .. } => {
                sqlx::query_as_with::<Sqlite, T, _>(sql.sqlite, value::sqlite(args)?).fetch_all(readers).await?
            }
            Db::Postgres { pool } => {
                sqlx::query_as_with::<Postgres, T, _>(sql.postgres, value::postgres(args)?).fetch_all(pool).await?
            }
        })
    }

    /// The first row of a reading statement.
    pub async fn one<T: FromRows>(&self, sql: Sql, args: Vec<Value>) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Db::Sqlite { readers, .. } => {
                sqlx::query_as_with::<Sqlite, T, _>(sql.sqlite, value::sqlite(args)?).fetch_optional(readers).await?
            }
            Db::Postgres { pool } => {
                sqlx::query_as_with::<Postgres, T, _>(sql.postgres, value::postgres(args)?).fetch_optional(pool).await?
            }
        })
    }

    /// Whether this is the shared database, where other nodes may work too.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres { .. })
    }

    /// Finishes what is queued and closes the connections.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer } => {
                writer.close().await;
                readers.close().await;
            }
            Db::Postgres { pool } => pool.close().await,
        }
    }
}

impl Tx {
    /// Runs a statement; the number of rows it changed.
    pub async fn exec(&mut self, sql: Sql, args: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Tx::Sqlite(connection) => sqlx::query_with::<Sqlite, _>(sql.sqlite, value::sqlite(args)?)
                .execute(&mut **connection)
                .await?
                .rows_affected(),
            Tx::Postgres(tx) => sqlx::query_with::<Postgres, _>(sql.postgres, value::postgres(args)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Runs a statement once for many rows; the number of rows it changed. Does nothing for none.
    pub async fn exec_many(&mut self, sql: Sql, rows: Rows) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        Ok(match self {
            Tx::Sqlite(connection) => sqlx::query_with::<Sqlite, _>(sql.sqlite, rows.sqlite()?)
                .execute(&mut **connection)
                .await?
                .rows_affected(),
            Tx::Postgres(tx) => sqlx::query_with::<Postgres, _>(sql.postgres, rows.postgres()?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Runs a statement once for many rows and returns what it returns, in no order.
    pub async fn all_many<T: FromRows>(&mut self, sql: Sql, rows: Rows) -> Result<Vec<T>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match self {
            Tx::Sqlite(connection) => {
                sqlx::query_as_with::<Sqlite, T, _>(sql.sqlite, rows.sqlite()?).fetch_all(&mut **connection).await?
            }
            Tx::Postgres(tx) => {
                sqlx::query_as_with::<Postgres, T, _>(sql.postgres, rows.postgres()?).fetch_all(&mut **tx).await?
            }
        })
    }

    /// All rows of a statement.
    pub async fn all<T: FromRows>(&mut self, sql: Sql, args: Vec<Value>) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Tx::Sqlite(connection) => {
                sqlx::query_as_with::<Sqlite, T, _>(sql.sqlite, value::sqlite(args)?)
                    .fetch_all(&mut **connection)
                    .await?
            }
            Tx::Postgres(tx) => {
                sqlx::query_as_with::<Postgres, T, _>(sql.postgres, value::postgres(args)?).fetch_all(&mut **tx).await?
            }
        })
    }

    /// The first row of a statement.
    pub async fn one<T: FromRows>(&mut self, sql: Sql, args: Vec<Value>) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// So many numbers of a table's sequence, in order. The statement returns each on PostgreSQL, and the first on SQLite, where
    /// the others follow it: nobody else writes, and each row would cost a message between threads.
    pub async fn numbers(&mut self, sql: Sql, count: usize) -> Result<Vec<i64>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let rows: Vec<(i64,)> = self.all(sql, crate::args![count]).await?;
        let is_sqlite = matches!(self, Tx::Sqlite(_));
        Ok(match rows.first() {
            Some((first,)) if is_sqlite => (*first..first.saturating_add(count)).collect(),
            _ => rows.into_iter().map(|(id,)| id).collect(),
        })
    }

    /// The id that an `INSERT .. RETURNING id` made.
    pub async fn insert(&mut self, sql: Sql, args: Vec<Value>) -> Result<i64, StoreError> {
        let row: Option<(i64,)> = self.one(sql, args).await?;
        row.map(|(id,)| id).ok_or_else(|| StoreError::Constraint("nothing was inserted".into()))
    }
}
