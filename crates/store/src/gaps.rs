//! Gaps of schedules that their owners know of: each is told once.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, ScheduleId};
use watchbell_core::schedule::Span;

sql! {
    TOLD {
        sqlite: "SELECT schedule_id, from_at, until_at FROM gap_told WHERE org_id = $1 AND schedule_id IN (SELECT value FROM json_each($2)) ORDER BY schedule_id, from_at",
        postgres: "SELECT schedule_id, from_at, until_at FROM gap_told WHERE org_id = $1 AND schedule_id = ANY($2) ORDER BY schedule_id, from_at",
    }
    TELL { both: "INSERT INTO gap_told (org_id, schedule_id, from_at, until_at, told_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (org_id, schedule_id, from_at) DO UPDATE SET until_at = excluded.until_at, told_at = excluded.told_at" }
    FORGET { both: "DELETE FROM gap_told WHERE org_id = $1 AND until_at <= $2" }
}

/// The gaps of schedules that were told.
pub async fn told(db: &Db, scope: &Scope, ids: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, Vec<Span>>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64, i64)> = db.all(TOLD, args![scope.org, ids]).await?;
    let mut found: BTreeMap<ScheduleId, Vec<Span>> = BTreeMap::new();
    for (schedule, from, until) in rows {
        found.entry(ScheduleId(schedule)).or_default().push(Span::new(timestamp(from), timestamp(until)));
    }
    Ok(found)
}

/// Notes that gaps are told.
pub async fn note_told(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    gaps: &[Span],
    now: Timestamp,
) -> Result<(), StoreError> {
    for gap in gaps {
        tx.exec(TELL, args![org, schedule, gap.from, gap.until, now]).await?;
    }
    Ok(())
}

/// Forgets gaps that are over.
pub async fn forget_past(tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(FORGET, args![org, now]).await.map(|_| ())
}
