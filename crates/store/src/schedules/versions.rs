//! The versions of schedules: plans, each in force from a moment until the next one's. What was in force stays as it was.

use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::stored;
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, ScheduleId};
use watchbell_core::schedule::{Span, Version};

const NOUN: &str = "schedule version";

/// The version that is in force at the span's start, and those that begin within it.
macro_rules! in_force {
    ($ids:literal) => {
        concat!(
            "SELECT v.schedule_id, v.body FROM schedule_version v WHERE v.org_id = $1 AND v.schedule_id ", $ids,
            " AND v.from_at < $4 AND v.from_at >= COALESCE((SELECT MAX(w.from_at) FROM schedule_version w \
             WHERE w.org_id = v.org_id AND w.schedule_id = v.schedule_id AND w.from_at <= $3), v.from_at) ORDER BY v.schedule_id, v.from_at"
        )
    };
}

sql! {
    IN_FORCE { sqlite: in_force!("IN (SELECT value FROM json_each($2))"), postgres: in_force!("= ANY($2)") }
    INSERT { both: "INSERT INTO schedule_version (org_id, schedule_id, from_at, body, created_at) VALUES ($1, $2, $3, $4, $5)" }
    DROP_FROM { both: "DELETE FROM schedule_version WHERE org_id = $1 AND schedule_id = $2 AND from_at >= $3" }
    REWRITE { both: "UPDATE schedule_version SET body = $4 WHERE org_id = $1 AND schedule_id = $2 AND from_at = $3" }
}

/// The versions in force within a span, by time. A row that this program cannot read leaves its schedule out, and says so loudly: the
/// others still answer.
pub(super) async fn in_force(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Vec<Version>>, StoreError> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> = reader.all(IN_FORCE, args![org, wanted, span.from, span.until]).await?;
    let mut found: BTreeMap<ScheduleId, Vec<Version>> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for (id, body) in rows {
        match stored::json(NOUN, &body) {
            Ok(version) => found.entry(ScheduleId(id)).or_default().push(version),
            Err(error) => {
                tracing::error!(schedule = id, %error, "a schedule cannot be read: nobody is on call by it");
                unreadable.push(ScheduleId(id));
            }
        }
    }
    unreadable.iter().for_each(|id| {
        found.remove(id);
    });
    Ok(found)
}

/// Puts a version in force from its moment on; those that were to come then or later are dropped.
pub(super) async fn put(
    tx: &mut Tx,
    org: OrgId,
    id: ScheduleId,
    version: &Version,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(DROP_FROM, args![org, id, version.from]).await?;
    tx.exec(INSERT, args![org, id, version.from, stored::to_json(version)?, now]).await?;
    Ok(())
}

/// Writes a version that is not in force yet anew.
pub(super) async fn rewrite(tx: &mut Tx, org: OrgId, id: ScheduleId, version: &Version) -> Result<(), StoreError> {
    tx.exec(REWRITE, args![org, id, version.from, stored::to_json(version)?]).await?;
    Ok(())
}

/// Puts a version in force at its moment, and keeps those that come later.
pub(super) async fn squeeze_in(
    tx: &mut Tx,
    org: OrgId,
    id: ScheduleId,
    version: &Version,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(INSERT, args![org, id, version.from, stored::to_json(version)?, now]).await?;
    Ok(())
}
