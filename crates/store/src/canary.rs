//! The canary: a sealed word that tells whether a node has the key of this database. It belongs to no organization and takes no scope.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::seal::{Fresh, Place, Sealer};
use jiff::Timestamp;

sql! {
    GET { both: "SELECT sealed FROM seal_canary WHERE id = 1" }
    PUT { both: "INSERT INTO seal_canary (id, sealed, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING" }
}

const PLACE: Place = Place { table: "seal_canary", column: "sealed" };
const WORD: &[u8] = b"watchbell";

/// Whether some node has sealed with a key here: then no other key may be generated.
pub async fn exists(db: &Db) -> Result<bool, StoreError> {
    Ok(sealed(db).await?.is_some())
}

/// Proves that the key is that of this database; the first node's key becomes it. Errors: `Key`, with what to do.
pub async fn ensure(db: &Db, sealer: &Sealer, fresh: &Fresh, now: Timestamp) -> Result<(), StoreError> {
    let sealed = sealer.seal(PLACE, WORD, fresh)?;
    let kept: Option<(Vec<u8>,)> = db
        .write(move |tx| {
            Box::pin(async move {
                // Of two nodes that start at once the first one's word stays, and the other has to open it.
                tx.exec(PUT, args![sealed, now]).await?;
                tx.one(GET, args![]).await
            })
        })
        .await?;
    let (kept,) = kept.ok_or_else(|| StoreError::unreadable("the canary", "it is missing"))?;
    match is_opened_by(sealer, &kept) {
        true => Ok(()),
        false => Err(StoreError::Key(
            "this database was sealed with another key: give this node the key of the first one (WATCHBELL_SEAL_KEY, or the file \
             seal.key in its data directory)"
                .into(),
        )),
    }
}

/// Whether this key made the sealed word.
pub fn is_opened_by(sealer: &Sealer, sealed: &[u8]) -> bool {
    sealer.open(PLACE, sealed).is_ok_and(|word| word == WORD)
}

/// The sealed word, where some node has sealed with a key.
pub async fn sealed(db: &Db) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = db.one(GET, args![]).await?;
    Ok(row.map(|(sealed,)| sealed))
}
