//! PostgreSQL: a pool whose commits are durable, checked when it opens.

use crate::db::Db;
use crate::error::StoreError;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::str::FromStr as _;
use std::time::Duration;

/// Times in milliseconds where no unit is said. A node that loses its power or its network in the middle of a transaction would hold
/// its locks for two hours, the default of TCP: the database gives them free after ten seconds, so that the other nodes go on.
const SESSION: [(&str, &str); 7] = [
    ("statement_timeout", "30000"),
    ("lock_timeout", "10000"),
    ("idle_in_transaction_session_timeout", "10000"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("timezone", "UTC"),
];

/// A connection that was idle for longer is asked whether it still lives before it is used: once for each statement would be a
/// round trip more for each.
const TRUSTED: Duration = Duration::from_secs(1);

/// Connects and migrates. Errors: unreachable, `synchronous_commit` off (a 2xx would not be durable).
pub(crate) async fn open(url: &str) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::Refused(format!("the database URL cannot be read: {error}")))?
        .application_name("watchbell")
        .options(SESSION);
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(unreachable)?;
    let (commit,): (String,) = sqlx::query_as("SELECT current_setting('synchronous_commit')").fetch_one(&pool).await?;
    if commit == "off" {
        return Err(StoreError::Refused(
            "PostgreSQL runs with synchronous_commit = off: an accepted event could be lost. Set it to on.".into(),
        ));
    }
    crate::migrate::postgres(&pool).await?;
    Ok(Db::Postgres { pool })
}

/// The pool tries again for five seconds whatever the cause, and then says only that it waited.
fn unreachable(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolTimedOut => StoreError::Unavailable(
            "no connection within 5 s. Is it running, and are the address, the user and the password right? `watchbell doctor` says more".into(),
        ),
        other => other.into(),
    }
}
