//! Waking the other nodes of a shared database: a notice after a commit, never inside a hot transaction. It carries nothing; who hears
//! it looks for what is due, as each node does every second anyway.

use crate::db::Db;
use crate::error::StoreError;
use sqlx::postgres::PgListener;

/// The channel of PostgreSQL; it belongs to one database.
const CHANNEL: &str = "watchbell_due";

sql! {
    NUDGE { sqlite: "SELECT 1", postgres: "SELECT 1 FROM pg_notify('watchbell_due', '')" }
}

/// Tells every node that listens. Does nothing where there is only one.
pub async fn nudge(db: &Db) -> Result<(), StoreError> {
    if !db.is_postgres() {
        return Ok(());
    }
    db.one::<(i32,)>(NUDGE, Vec::new()).await.map(|_| ())
}

/// A node that listens.
#[derive(Debug)]
pub struct Listener {
    notices: PgListener,
}

impl Listener {
    /// Begins to listen; `None` where there is nobody to listen to.
    pub async fn begin(db: &Db) -> Result<Option<Self>, StoreError> {
        let Db::Postgres { pool } = db else { return Ok(None) };
        let mut notices = PgListener::connect_with(pool).await?;
        notices.listen(CHANNEL).await?;
        Ok(Some(Self { notices }))
    }

    /// Returns when somebody nudged, or when the connection was lost and made again. Errors: it cannot be made.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        self.notices.try_recv().await?;
        // A storm of notices is one.
        while self.notices.next_buffered().is_some() {}
        Ok(())
    }
}
