//! Whether the database can be written, and what time it is there.

use crate::db::Db;
use crate::error::StoreError;
use crate::value::timestamp;
use jiff::Timestamp;

sql! {
    NOW { sqlite: "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) WHERE $1", postgres: "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) WHERE $1" }
    TOUCH { both: "UPDATE organization SET name = name WHERE id = 1" }
}

/// The database's time, read after a small write that proves that it takes writes.
pub async fn database_now(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    db.write(|tx| {
        Box::pin(async move {
            tx.exec(TOUCH, Vec::new()).await?;
            let row: Option<(i64,)> = tx.one(NOW, crate::args![true]).await?;
            Ok(row.map(|(us,)| timestamp(us)))
        })
    })
    .await
}
