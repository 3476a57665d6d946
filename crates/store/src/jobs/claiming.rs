//! Claiming: which of the jobs that are due this node leases, in the room that it has.

use super::{Job, JobKind};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::room::{Place, Room};
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{JobId, OrgId};
use watchbell_core::limits;

sql! {
    /// Of each place ($4) as many as are free ($5), $6 at most. Only kinds that this version knows: those of a newer node are left to it.
    /// The ranks are named so that what is not due yet is not read.
    CLAIM {
        sqlite: "UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id IN (
                WITH due AS (
                    SELECT job.id, free.value AS free, row_number() OVER (PARTITION BY job.place ORDER BY job.rank, job.visible_at, job.id) AS nth
                    FROM json_each($4) AS word JOIN json_each($5) AS free ON free.key = word.key CROSS JOIN job ON job.id IN (
                        SELECT id FROM job WHERE place = word.value AND rank IN (0, 1, 2, 3, 4, 5, 6) AND visible_at <= $1 AND gave_up_at IS NULL AND lane IS NULL AND pool IS NULL
                        AND kind IN (SELECT value FROM json_each($3)) ORDER BY rank, visible_at, id LIMIT $6)
                )
                SELECT id FROM due WHERE nth <= free)
            RETURNING id, org_id, kind, subject_id, generation, rank, attempt, due_at, payload",
        postgres: "WITH due AS (
                SELECT job.id, room.free, row_number() OVER (PARTITION BY room.place ORDER BY job.rank, job.visible_at, job.id) AS nth
                FROM UNNEST($4::text[], $5::bigint[]) AS room (place, free) CROSS JOIN generate_series(0, 6) AS wanted (rank) CROSS JOIN LATERAL (
                    SELECT id, rank, visible_at FROM job WHERE place = room.place AND rank = wanted.rank AND visible_at <= $1 AND gave_up_at IS NULL AND lane IS NULL AND pool IS NULL
                    AND kind = ANY($3) ORDER BY place, rank, visible_at, id LIMIT $6) AS job
            ), held AS MATERIALIZED (
                SELECT id FROM job WHERE id = ANY(ARRAY(SELECT id FROM due WHERE nth <= free)) AND gave_up_at IS NULL AND visible_at <= $1 FOR UPDATE SKIP LOCKED
            )
            UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id = ANY(ARRAY(SELECT id FROM held))
            RETURNING id, org_id, kind, subject_id, generation, rank, attempt, due_at, payload",
    }
    /// Jobs with a lane or a pool. A lane is done in order: its first job holds the others back, also while it waits for its next try.
    /// Of a pool as many run as fit, the most urgent first.
    CLAIM_LIMITED {
        sqlite: "WITH waiting AS (
                SELECT id, rank, visible_at, pool, pool_max FROM job
                WHERE gave_up_at IS NULL AND visible_at <= $1 AND (lane IS NOT NULL OR pool IS NOT NULL) AND kind IN (SELECT value FROM json_each($4))
                AND (lane IS NULL OR NOT EXISTS (SELECT 1 FROM job AS other WHERE other.lane = job.lane AND other.gave_up_at IS NULL
                    AND (other.id < job.id OR (other.id > job.id AND other.leased AND other.visible_at > $1))))
            ), numbered AS (
                SELECT id, rank, visible_at, pool, pool_max, row_number() OVER (PARTITION BY pool ORDER BY rank, visible_at, id) AS nth FROM waiting
            )
            UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id IN (
                SELECT id FROM numbered WHERE pool IS NULL OR nth + (
                    SELECT count(*) FROM job AS running WHERE running.leased AND running.pool = numbered.pool AND +running.visible_at > $1 AND running.gave_up_at IS NULL
                ) <= pool_max
                ORDER BY rank, visible_at, id LIMIT $3)
            RETURNING id, org_id, kind, subject_id, generation, rank, attempt, due_at, payload",
        postgres: "WITH waiting AS (
                SELECT id, rank, visible_at, pool, pool_max FROM job
                WHERE gave_up_at IS NULL AND visible_at <= $1 AND (lane IS NOT NULL OR pool IS NOT NULL) AND kind = ANY($4)
                AND (lane IS NULL OR NOT EXISTS (SELECT 1 FROM job AS other WHERE other.lane = job.lane AND other.gave_up_at IS NULL
                    AND (other.id < job.id OR (other.id > job.id AND other.leased AND other.visible_at > $1))))
            ), numbered AS (
                SELECT id, rank, visible_at, pool, pool_max, row_number() OVER (PARTITION BY pool ORDER BY rank, visible_at, id) AS nth FROM waiting
            ), chosen AS (
                SELECT id FROM numbered WHERE pool IS NULL OR nth + (
                    SELECT count(*) FROM job AS running WHERE running.leased AND running.pool = numbered.pool AND running.visible_at > $1 AND running.gave_up_at IS NULL
                ) <= pool_max
                ORDER BY rank, visible_at, id LIMIT $3
            ), held AS MATERIALIZED (
                SELECT id FROM job WHERE id IN (SELECT id FROM chosen) FOR UPDATE SKIP LOCKED
            )
            UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id IN (SELECT id FROM held)
            RETURNING id, org_id, kind, subject_id, generation, rank, attempt, due_at, payload",
    }
    /// One node at a time looks at lanes: two would each see the other's lane as free.
    LANE_LOCK { sqlite: "SELECT 1 WHERE $1 IS NOT NULL", postgres: "SELECT 1 FROM pg_advisory_xact_lock($1)" }
    /// Not locked: whoever accepts holds the alert and then deletes its job, so that the alert has to be locked first.
    DUE_ESCALATIONS {
        both: "SELECT id, org_id, kind, subject_id, generation, rank, attempt, due_at, payload FROM job
            WHERE place = 'STEP' AND rank = 2 AND visible_at <= $1 AND gave_up_at IS NULL AND lane IS NULL AND pool IS NULL AND kind = 'escalate' ORDER BY visible_at, id LIMIT $2"
    }
    FREE_ALL { both: "UPDATE job SET leased = false, visible_at = $1 WHERE leased AND gave_up_at IS NULL" }
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    org_id: i64,
    kind: String,
    subject_id: i64,
    generation: i64,
    rank: i64,
    attempt: i64,
    due_at: i64,
    payload: String,
}

impl JobRow {
    fn into_job(self) -> Result<Job, StoreError> {
        let kind =
            JobKind::parse(&self.kind).ok_or_else(|| StoreError::unreadable("job", format!("kind {}", self.kind)))?;
        Ok(Job {
            id: JobId(self.id),
            org: OrgId(self.org_id),
            kind,
            subject: self.subject_id,
            generation: self.generation,
            rank: self.rank,
            attempt: self.attempt,
            due_at: timestamp(self.due_at),
            payload: self.payload,
        })
    }
}

/// Leases jobs that are due, the most urgent first, as many as there is room for. Escalations are not claimed: they are stepped in
/// one transaction.
pub async fn claim(db: &Db, now: Timestamp, room: &Room) -> Result<Vec<Job>, StoreError> {
    let room = room.clone();
    let until = now + SignedDuration::from_secs(limits::JOB_LEASE_S);
    let rows = db
        .write(move |tx| {
            Box::pin(async move {
                if matches!(tx, Tx::Postgres(_)) {
                    let _: Vec<(i32,)> = tx.all(LANE_LOCK, crate::args![7_215_i64]).await?;
                }
                let mut due = crate::args![now, until, JobKind::claimed()];
                due.extend(room.bound());
                let mut rows: Vec<JobRow> = tx.all(CLAIM, due).await?;
                // What has a lane or a pool is a call.
                let calls = |row: &&JobRow| JobKind::parse(&row.kind).is_some_and(|kind| kind.place() == Place::Call);
                let left =
                    room.free(Place::Call) - i64::try_from(rows.iter().filter(calls).count()).unwrap_or(i64::MAX);
                if left > 0 {
                    let limited = crate::args![now, until, left, JobKind::claimed()];
                    rows.extend(tx.all::<JobRow>(CLAIM_LIMITED, limited).await?);
                }
                Ok(rows)
            })
        })
        .await?;
    let mut jobs = rows.into_iter().map(JobRow::into_job).collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|job| (job.rank, job.due_at, job.id));
    Ok(jobs)
}

/// Escalations that are due.
pub async fn due_escalations(tx: &mut Tx, now: Timestamp, max: usize) -> Result<Vec<Job>, StoreError> {
    let rows: Vec<JobRow> = tx.all(DUE_ESCALATIONS, crate::args![now, i64::try_from(max).unwrap_or(i64::MAX)]).await?;
    rows.into_iter().map(JobRow::into_job).collect()
}

/// Frees every lease: at the start of the only node of an embedded database. Escalations hold none.
pub async fn free_leases(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(tx.exec(FREE_ALL, crate::args![now]))).await
}
