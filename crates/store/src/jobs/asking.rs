//! Asking for work, in the transaction of the change that it follows from, and taking back what was asked. A key coalesces, a lane is
//! one at a time, a pool is so many at a time.

use super::JobKind;
use crate::db::Tx;
use crate::error::StoreError;
use crate::room::Place;
use crate::value::Rows;
use jiff::Timestamp;
use watchbell_core::ids::OrgId;

sql! {
    ASK {
        sqlite: "INSERT INTO job (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload, place)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 8, value ->> 9, 0, value ->> 9, 0, value ->> 10, value ->> 11
            FROM jsonb_each($1) WHERE true
            ON CONFLICT (org_id, once_key) WHERE once_key IS NOT NULL AND gave_up_at IS NULL DO UPDATE SET
                again = CASE WHEN job.leased THEN 1 ELSE job.again END,
                payload = CASE WHEN job.leased THEN job.payload ELSE excluded.payload END,
                visible_at = CASE WHEN job.leased OR job.visible_at <= excluded.visible_at THEN job.visible_at ELSE excluded.visible_at END",
        postgres: "INSERT INTO job (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload, place)
            SELECT DISTINCT ON (coalesce(once_key, n::text)) org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, due_at, leased <> 0, false, leased, 0, payload, place
            FROM UNNEST($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[])
                WITH ORDINALITY AS asked (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, leased, payload, place, n)
            ORDER BY coalesce(once_key, n::text), due_at, n
            ON CONFLICT (org_id, once_key) WHERE once_key IS NOT NULL AND gave_up_at IS NULL DO UPDATE SET
                again = job.again OR job.leased,
                payload = CASE WHEN job.leased THEN job.payload ELSE excluded.payload END,
                visible_at = CASE WHEN job.leased OR job.visible_at <= excluded.visible_at THEN job.visible_at ELSE excluded.visible_at END",
    }
    KNOWN { both: "SELECT id FROM job WHERE org_id = $1 AND once_key = $2 AND gave_up_at IS NULL" }
    DELETE_OF_SUBJECT { both: "DELETE FROM job WHERE org_id = $1 AND kind = $2 AND subject_id = $3 AND NOT leased" }
    DELETE_PLANNED_PAGES {
        sqlite: "DELETE FROM job WHERE org_id = $1 AND kind = 'notify' AND subject_id IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM job WHERE org_id = $1 AND kind = 'notify' AND subject_id = ANY($2)",
    }
    /// What would be somebody's second message becomes the first one.
    HURRY { both: "UPDATE job SET rank = CASE WHEN rank = 1 THEN 0 ELSE rank END WHERE org_id = $1 AND kind = 'notify' AND subject_id = $2 AND NOT leased" }
    WAKE_SUBJECT { both: "UPDATE job SET visible_at = $4 WHERE org_id = $1 AND kind = $2 AND subject_id = $3 AND NOT leased AND visible_at > $4" }
}

/// Work to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Whose.
    pub org: OrgId,
    /// What.
    pub kind: JobKind,
    /// Of what.
    pub subject: i64,
    /// Asking again with the same key while it waits does nothing; while it runs, it runs once more.
    pub once_key: Option<String>,
    /// At most one job of a lane runs at a time.
    pub lane: Option<String>,
    /// At most `1` jobs of a pool run at a time: name and number.
    pub pool: Option<(String, i64)>,
    /// What goes first; that of the kind unless it was said otherwise.
    pub rank: i64,
    /// Where it takes a place while it runs.
    pub place: Place,
    /// When.
    pub due_at: Timestamp,
    /// What else the kind needs, as JSON.
    pub payload: String,
}

impl NewJob {
    /// The sending of a notification over a channel; its rank is that of `watchbell_core::notify::rank`.
    pub fn send(org: OrgId, notification: i64, channel: &str, rank: i64, due_at: Timestamp) -> Self {
        Self { rank, place: Place::of_message(channel), ..Self::new(org, JobKind::Notify, notification, due_at) }
    }

    /// A job without key, lane and payload.
    pub fn new(org: OrgId, kind: JobKind, subject: i64, due_at: Timestamp) -> Self {
        Self {
            org,
            kind,
            subject,
            once_key: None,
            lane: None,
            pool: None,
            rank: kind.rank(),
            place: kind.place(),
            due_at,
            payload: "{}".into(),
        }
    }

    /// Coalesced under a key.
    pub fn once(self, key: impl Into<String>) -> Self {
        Self { once_key: Some(key.into()), ..self }
    }

    /// One at a time.
    pub fn in_lane(self, lane: impl Into<String>) -> Self {
        Self { lane: Some(lane.into()), ..self }
    }

    /// So many at a time.
    pub fn in_pool(self, pool: impl Into<String>, max: i64) -> Self {
        Self { pool: Some((pool.into(), max)), ..self }
    }

    /// With something to remember.
    pub fn with(self, payload: impl serde::Serialize) -> Self {
        Self { payload: serde_json::to_string(&payload).unwrap_or_else(|_| "{}".into()), ..self }
    }
}

/// Asks for work.
pub async fn ask(tx: &mut Tx, jobs: Vec<NewJob>) -> Result<(), StoreError> {
    ask_leased(tx, jobs, false, None).await
}

/// Asks for work unless it is asked for already: what it remembers stays.
pub async fn ask_if_missing(tx: &mut Tx, job: NewJob) -> Result<(), StoreError> {
    let known: Option<(i64,)> = tx.one(KNOWN, crate::args![job.org, job.once_key.clone()]).await?;
    if known.is_some() { Ok(()) } else { ask(tx, vec![job]).await }
}

/// Asks for work that its own node does at once: born leased until `until`, generation 1.
pub async fn ask_leased(
    tx: &mut Tx,
    jobs: Vec<NewJob>,
    leased: bool,
    until: Option<Timestamp>,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for job in jobs {
        let (pool, pool_max) = job.pool.map_or((None, 0), |(pool, max)| (Some(pool), max));
        let due_at = if leased { until.unwrap_or(job.due_at) } else { job.due_at };
        rows.push(crate::args![
            job.org,
            job.kind.as_str(),
            job.subject,
            job.once_key,
            job.lane,
            pool,
            pool_max,
            job.rank,
            due_at,
            i64::from(leased),
            job.payload,
            job.place.word()
        ]);
    }
    tx.exec_many(ASK, rows).await.map(|_| ())
}

/// Forgets the waiting jobs of a subject.
pub async fn forget(tx: &mut Tx, org: OrgId, kind: JobKind, subject: i64) -> Result<(), StoreError> {
    tx.exec(DELETE_OF_SUBJECT, crate::args![org, kind.as_str(), subject]).await.map(|_| ())
}

/// Forgets the sending of notifications that were cancelled.
pub async fn forget_pages(tx: &mut Tx, org: OrgId, notifications: Vec<i64>) -> Result<(), StoreError> {
    tx.exec(DELETE_PLANNED_PAGES, crate::args![org, notifications]).await.map(|_| ())
}

/// Brings the waiting jobs of a subject forward.
pub async fn bring_forward(
    tx: &mut Tx,
    org: OrgId,
    kind: JobKind,
    subject: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(WAKE_SUBJECT, crate::args![org, kind.as_str(), subject, at]).await.map(|_| ())
}

/// Has a page go at once that becomes the first one of somebody whom nothing has reached.
pub async fn hurry(tx: &mut Tx, org: OrgId, notification: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(HURRY, crate::args![org, notification]).await?;
    bring_forward(tx, org, JobKind::Notify, notification, now).await
}
