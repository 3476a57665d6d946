//! SQLite: one writer task that lets units of work share a commit, readers beside it.

use crate::db::{Db, Tx, survive};
use crate::error::StoreError;
use futures_util::future::BoxFuture;
use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use std::any::Any;
use std::path::Path;
use tokio::sync::{mpsc, oneshot};
use watchbell_core::limits;

type Done = Result<Box<dyn Any + Send>, StoreError>;
type Work = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Done> + Send>;

/// One unit of work and where its outcome goes once it is on disk.
struct Unit {
    work: Work,
    done: oneshot::Sender<Done>,
}

/// The way to the single writer. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    units: mpsc::Sender<Unit>,
}

impl Writer {
    /// Queues a unit and waits until it is on disk.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
    {
        let work: Work = Box::new(move |tx| {
            Box::pin(async move { work(tx).await.map(|value| Box::new(value) as Box<dyn Any + Send>) })
        });
        let (done, outcome) = oneshot::channel();
        self.units.send(Unit { work, done }).await.map_err(|_| closed())?;
        let value = outcome.await.map_err(|_| closed())??;
        value.downcast::<T>().map(|value| *value).map_err(|_| closed())
    }

    /// Waits until what was queued before is done.
    pub(crate) async fn close(&self) {
        let flush = self.run(|_| Box::pin(async { Ok(()) })).await;
        if let Err(error) = flush {
            tracing::warn!(%error, "the SQLite writer was already closed");
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the SQLite writer is closed".into())
}

/// Opens the file, creating it if asked to, with durable settings: a commit that returned survives a power cut.
pub(crate) async fn open(file: &Path) -> Result<Db, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(std::time::Duration::from_secs(5))
        .pragma("journal_size_limit", "67108864")
        // A storm writes the same index pages again and again: copied back every 32 MB, each is copied once instead of eight times.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "memory")
        .optimize_on_close(true, None);
    let mut writer = SqliteConnection::connect_with(&options).await?;
    crate::migrate::sqlite(&mut writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(std::thread::available_parallelism().map_or(2, |n| n.get() as u32).max(2))
        .min_connections(1)
        // A file does not go away as a server does: asking first would double the way of each read.
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "on").pragma("cache_size", "-4096"))
        .await?;
    let (units, queue) = mpsc::channel(limits::WRITER_QUEUE_MAX);
    tokio::spawn(write_units(Tx::Sqlite(Box::new(writer)), queue));
    Ok(Db::Sqlite { readers, writer: Writer { units } })
}

/// The writer: takes what queued up while the last commit ran, and commits it at once.
async fn write_units(mut tx: Tx, mut queue: mpsc::Receiver<Unit>) {
    let mut batch = Vec::with_capacity(limits::WRITER_UNITS_MAX);
    while queue.recv_many(&mut batch, limits::WRITER_UNITS_MAX).await > 0 {
        let outcomes = commit(&mut tx, std::mem::take(&mut batch)).await;
        for (done, outcome) in outcomes {
            // Whoever asked may be gone (a request that timed out); the work is done all the same.
            let _ = done.send(outcome);
        }
    }
}

async fn commit(tx: &mut Tx, mut units: Vec<Unit>) -> Vec<(oneshot::Sender<Done>, Done)> {
    match units.pop() {
        Some(alone) if units.is_empty() => vec![(alone.done, commit_one(tx, alone.work).await)],
        last => {
            units.extend(last);
            commit_several(tx, units).await
        }
    }
}

/// A unit alone needs no savepoint: its transaction is its own, two statements shorter.
async fn commit_one(tx: &mut Tx, work: Work) -> Done {
    raw(tx, "BEGIN IMMEDIATE").await.map_err(|error| again(&error))?;
    let outcome = survive(work(tx)).await;
    let end = raw(tx, if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
    let Err(error) = end else { return outcome };
    tracing::error!(%error, "a commit failed");
    let _ = raw(tx, "ROLLBACK").await;
    outcome.and_then(|_| Err(again(&error)))
}

/// Runs the units in one transaction, each under a savepoint of its own. If the commit fails, all of them failed.
async fn commit_several(tx: &mut Tx, units: Vec<Unit>) -> Vec<(oneshot::Sender<Done>, Done)> {
    let mut outcomes = Vec::with_capacity(units.len());
    let mut broken = raw(tx, "BEGIN IMMEDIATE").await.err();
    for unit in units {
        let outcome = match &broken {
            Some(error) => Err(again(error)),
            None => run_unit(tx, unit.work, &mut broken).await,
        };
        outcomes.push((unit.done, outcome));
    }
    if broken.is_none() {
        broken = raw(tx, "COMMIT").await.err();
    }
    let Some(error) = broken else { return outcomes };
    tracing::error!(%error, "a commit failed");
    // After some failures (disk full) SQLite has rolled back by itself, and says so with an error.
    let _ = raw(tx, "ROLLBACK").await;
    outcomes.into_iter().map(|(done, outcome)| (done, outcome.and_then(|_| Err(again(&error))))).collect()
}

async fn run_unit(tx: &mut Tx, work: Work, broken: &mut Option<sqlx::Error>) -> Done {
    if let Err(error) = raw(tx, "SAVEPOINT unit").await {
        *broken = Some(error);
        return Err(closed());
    }
    let outcome = survive(work(tx)).await;
    let mut end = Ok(());
    if outcome.is_err() {
        end = raw(tx, "ROLLBACK TO unit").await;
    }
    if end.is_ok() {
        end = raw(tx, "RELEASE unit").await;
    }
    *broken = end.err();
    outcome
}

fn again(error: &sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.to_string().into())
}

async fn raw(tx: &mut Tx, sql: &'static str) -> Result<(), sqlx::Error> {
    match tx {
        Tx::Sqlite(connection) => sqlx::query(sql).execute(&mut **connection).await.map(|_| ()),
        Tx::Postgres(_) => Ok(()),
    }
}
