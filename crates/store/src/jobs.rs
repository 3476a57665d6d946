//! Work that is due at some time: asked for in the transaction of the change it follows from, done at least once.
//! Claiming leases a job to a node; finishing deletes it in the transaction that records its effect.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::room::{Place, Room};
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{JobId, OrgId};
use watchbell_core::limits;

/// What a job does. Each kind says in `engine` how a repetition is made safe, its back-off, and when it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Step the escalation of an alert (subject: alert).
    Escalate,
    /// Send a notification (subject: notification).
    Notify,
    /// Make a summary of bundled notifications (subject: contact, payload: source).
    Summarize,
    /// Tell those who asked to be told (subject: alert, payload: what).
    Tell,
    /// Resolve an alert that has been silent for too long (subject: alert).
    AutoResolve,
    /// Read a ticket and act on it (subject: source).
    FetchTicket,
    /// Ask for changed tickets (subject: source).
    Poll,
    /// Write to a ticket (subject: alert).
    WriteBack,
    /// Tell the owner of an account that it is refused (subject: user, payload: account).
    TellOwner,
    /// Tell the fallback contacts that nobody was notified of an alert (subject: alert, payload: whom; everybody at first).
    TellFallback,
    /// Look again at the alerts whose running level asks a schedule (subject: schedule).
    ScheduleChanged,
    /// Look again at alerts that wait for a border, since one was moved (subject: organization).
    RecheckHolds,
    /// Cut the events of one alert to the limit (subject: alert).
    TrimEvents,
    /// End a cover request that nobody answered (subject: cover request).
    ExpireCover,
    /// Delete what is older than its retention (subject: organization).
    CleanUp,
    /// Look for open alerts and messages that nothing would wake (subject: organization).
    Reconcile,
    /// Read a calendar of holidays from its address (subject: calendar).
    ReadHolidays,
    /// Read a person's absences from their address (subject: user).
    ReadAbsences,
    /// Look for gaps in the next days of all schedules (subject: organization).
    WatchGaps,
    /// Tell an owner of a schedule about its gaps (subject: user, payload: schedule and gaps).
    TellOfGaps,
    /// Tell the outside that all is well (subject: organization).
    Ping,
    /// Remind people of the next shifts of a schedule (subject: schedule).
    RemindShifts,
}

impl JobKind {
    const WORDS: &'static [(JobKind, &'static str)] = &[
        (JobKind::Escalate, "escalate"),
        (JobKind::Notify, "notify"),
        (JobKind::Summarize, "summarize"),
        (JobKind::Tell, "tell"),
        (JobKind::AutoResolve, "auto_resolve"),
        (JobKind::FetchTicket, "fetch_ticket"),
        (JobKind::Poll, "poll"),
        (JobKind::WriteBack, "write_back"),
        (JobKind::TellOwner, "tell_owner"),
        (JobKind::TellFallback, "tell_fallback"),
        (JobKind::ScheduleChanged, "schedule_changed"),
        (JobKind::RecheckHolds, "recheck_holds"),
        (JobKind::TrimEvents, "trim_events"),
        (JobKind::ExpireCover, "expire_cover"),
        (JobKind::CleanUp, "clean_up"),
        (JobKind::Reconcile, "reconcile"),
        (JobKind::ReadHolidays, "read_holidays"),
        (JobKind::ReadAbsences, "read_absences"),
        (JobKind::WatchGaps, "watch_gaps"),
        (JobKind::TellOfGaps, "tell_of_gaps"),
        (JobKind::Ping, "ping"),
        (JobKind::RemindShifts, "remind_shifts"),
    ];

    /// The words of all kinds.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(_, word)| *word)
    }

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// The words of all kinds that are leased; escalations are stepped in one transaction instead.
    fn claimed() -> Vec<String> {
        Self::WORDS.iter().filter(|(kind, _)| *kind != JobKind::Escalate).map(|(_, word)| (*word).to_owned()).collect()
    }

    /// Where it takes a place while it runs; that of a message is said by its channel.
    pub fn place(self) -> Place {
        match self {
            JobKind::FetchTicket
            | JobKind::Poll
            | JobKind::WriteBack
            | JobKind::TellOwner
            | JobKind::TellFallback
            | JobKind::ReadHolidays
            | JobKind::ReadAbsences
            | JobKind::TellOfGaps
            | JobKind::Ping => Place::Call,
            JobKind::Escalate
            | JobKind::Notify
            | JobKind::Summarize
            | JobKind::Tell
            | JobKind::AutoResolve
            | JobKind::ScheduleChanged
            | JobKind::RecheckHolds
            | JobKind::TrimEvents
            | JobKind::ExpireCover
            | JobKind::CleanUp
            | JobKind::Reconcile
            | JobKind::WatchGaps
            | JobKind::RemindShifts => Place::Own,
        }
    }

    /// What goes first when there is more than can be done.
    pub fn rank(self) -> i64 {
        match self {
            JobKind::Notify => 0,
            JobKind::Escalate | JobKind::Summarize => 2,
            JobKind::FetchTicket
            | JobKind::Tell
            | JobKind::TellOwner
            | JobKind::TellFallback
            | JobKind::ScheduleChanged
            | JobKind::RecheckHolds
            | JobKind::RemindShifts => 3,
            JobKind::WriteBack | JobKind::ExpireCover | JobKind::AutoResolve | JobKind::Reconcile | JobKind::Ping => 4,
            JobKind::Poll
            | JobKind::ReadHolidays
            | JobKind::ReadAbsences
            | JobKind::WatchGaps
            | JobKind::TellOfGaps => 5,
            JobKind::TrimEvents | JobKind::CleanUp => 6,
        }
    }
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
    /// When.
    pub due_at: Timestamp,
    /// What else the kind needs, as JSON.
    pub payload: String,
}

impl NewJob {
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
            due_at,
            payload: "{}".into(),
        }
    }

    /// Coalesced under a key.
    pub fn once(self, key: impl Into<String>) -> Self {
        Self { once_key: Some(key.into()), ..self }
    }

    /// As urgent as another kind.
    #[expect(clippy::wrong_self_convention, reason = "reads as a sentence")]
    pub fn as_urgent_as(self, kind: JobKind) -> Self {
        Self { rank: kind.rank(), ..self }
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

/// A job that this node has leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// Whose.
    pub org: OrgId,
    /// What.
    pub kind: JobKind,
    /// Of what.
    pub subject: i64,
    /// The lease: finishing with an older one writes nothing.
    pub generation: i64,
    /// How many times it was tried before.
    pub attempt: i64,
    /// When it was due first.
    pub due_at: Timestamp,
    /// What it was asked to remember, as JSON.
    pub payload: String,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    org_id: i64,
    kind: String,
    subject_id: i64,
    generation: i64,
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
            attempt: self.attempt,
            due_at: timestamp(self.due_at),
            payload: self.payload,
        })
    }
}

/// The kinds whose place is among the calls, see [`JobKind::place`].
macro_rules! calls {
    () => {
        "('fetch_ticket', 'poll', 'write_back', 'tell_owner', 'tell_fallback', 'read_holidays', 'read_absences', 'tell_of_gaps', 'ping')"
    };
}

/// The word of a job's place; `notify` takes that of its channel.
macro_rules! place_of_job {
    () => {
        concat!(
            "CASE WHEN job.kind = 'notify' THEN coalesce((SELECT n.channel FROM notification n WHERE n.org_id = job.org_id AND n.id = job.subject_id), '')
                WHEN job.kind IN ", calls!(), " THEN 'CALL' ELSE '' END"
        )
    };
}

sql! {
    ASK {
        sqlite: "INSERT INTO job (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 8, value ->> 9, 0, value ->> 9, 0, value ->> 10
            FROM jsonb_each($1) WHERE true
            ON CONFLICT (org_id, once_key) WHERE once_key IS NOT NULL AND gave_up_at IS NULL DO UPDATE SET
                again = CASE WHEN job.leased THEN 1 ELSE job.again END,
                payload = CASE WHEN job.leased THEN job.payload ELSE excluded.payload END,
                visible_at = CASE WHEN job.leased OR job.visible_at <= excluded.visible_at THEN job.visible_at ELSE excluded.visible_at END",
        postgres: "INSERT INTO job (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload)
            SELECT DISTINCT ON (coalesce(once_key, n::text)) org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, due_at, leased <> 0, false, leased, 0, payload
            FROM UNNEST($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])
                WITH ORDINALITY AS asked (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, leased, payload, n)
            ORDER BY coalesce(once_key, n::text), due_at, n
            ON CONFLICT (org_id, once_key) WHERE once_key IS NOT NULL AND gave_up_at IS NULL DO UPDATE SET
                again = job.again OR job.leased,
                payload = CASE WHEN job.leased THEN job.payload ELSE excluded.payload END,
                visible_at = CASE WHEN job.leased OR job.visible_at <= excluded.visible_at THEN job.visible_at ELSE excluded.visible_at END",
    }
    /// Only kinds that this version knows: those of a newer node are left to it. The ranks are named so that what is not due yet is not read.
    /// Of each place ($4) as many as are free ($5); what would go where all is full ($6) is not even looked at.
    CLAIM {
        sqlite: concat!("UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id IN (
                WITH due AS (
                    SELECT id, org_id, kind, subject_id, rank, visible_at FROM job
                    WHERE gave_up_at IS NULL AND rank IN (0, 1, 2, 3, 4, 5, 6) AND visible_at <= $1 AND kind IN (SELECT value FROM json_each($3)) AND lane IS NULL AND pool IS NULL
                    AND (json_array_length($6) = 0 OR ", place_of_job!(), " NOT IN (SELECT value FROM json_each($6)))
                    ORDER BY rank, visible_at, id LIMIT $7
                ), named AS (
                    SELECT due.id, due.rank, due.visible_at,
                        CASE WHEN n.channel IN (SELECT value FROM json_each($4)) THEN n.channel WHEN due.kind IN ", calls!(), " THEN 'CALL' ELSE '' END AS place
                    FROM due LEFT JOIN notification n ON due.kind = 'notify' AND n.org_id = due.org_id AND n.id = due.subject_id
                ), numbered AS (
                    SELECT id, place, row_number() OVER (PARTITION BY place ORDER BY rank, visible_at, id) AS nth FROM named
                )
                SELECT numbered.id FROM numbered JOIN json_each($4) AS word ON word.value = numbered.place JOIN json_each($5) AS free ON free.key = word.key
                WHERE numbered.nth <= free.value)
            RETURNING id, org_id, kind, subject_id, generation, attempt, due_at, payload"),
        postgres: concat!("WITH due AS (
                SELECT id, org_id, kind, subject_id, rank, visible_at FROM job
                WHERE gave_up_at IS NULL AND visible_at <= $1 AND kind = ANY($3) AND lane IS NULL AND pool IS NULL
                AND (cardinality($6::text[]) = 0 OR ", place_of_job!(), " <> ALL ($6))
                ORDER BY rank, visible_at, id LIMIT $7
            ), named AS (
                SELECT due.id, due.rank, due.visible_at,
                    CASE WHEN n.channel = ANY($4::text[]) THEN n.channel WHEN due.kind IN ", calls!(), " THEN 'CALL' ELSE '' END AS place
                FROM due LEFT JOIN notification n ON due.kind = 'notify' AND n.org_id = due.org_id AND n.id = due.subject_id
            ), numbered AS (
                SELECT id, place, row_number() OVER (PARTITION BY place ORDER BY rank, visible_at, id) AS nth FROM named
            ), chosen AS (
                SELECT numbered.id FROM numbered JOIN UNNEST($4::text[], $5::bigint[]) AS room (place, free) ON room.place = numbered.place WHERE numbered.nth <= room.free
            ), held AS MATERIALIZED (
                SELECT id FROM job WHERE id IN (SELECT id FROM chosen) AND gave_up_at IS NULL AND visible_at <= $1 FOR UPDATE SKIP LOCKED
            )
            UPDATE job SET visible_at = $2, leased = true, generation = generation + 1 WHERE id IN (SELECT id FROM held)
            RETURNING id, org_id, kind, subject_id, generation, attempt, due_at, payload"),
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
            RETURNING id, org_id, kind, subject_id, generation, attempt, due_at, payload",
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
            RETURNING id, org_id, kind, subject_id, generation, attempt, due_at, payload",
    }
    /// One node at a time looks at lanes: two would each see the other's lane as free.
    LANE_LOCK { sqlite: "SELECT 1 WHERE $1 IS NOT NULL", postgres: "SELECT 1 FROM pg_advisory_xact_lock($1)" }
    FINISH { both: "DELETE FROM job WHERE id = $1 AND generation = $2 AND NOT again" }
    RUN_AGAIN {
        both: "UPDATE job SET again = false, leased = false, attempt = 0, due_at = $3, visible_at = $3 WHERE id = $1 AND generation = $2 AND again"
    }
    RETRY {
        both: "UPDATE job SET leased = false, again = false, attempt = attempt + 1, visible_at = $3, last_error = $4 WHERE id = $1 AND generation = $2"
    }
    /// A job that gave up has nothing to add where the same was asked for anew.
    SUPERSEDED {
        both: "DELETE FROM job WHERE org_id = $1 AND id = $2 AND gave_up_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM job AS live WHERE live.org_id = job.org_id AND live.once_key = job.once_key AND live.gave_up_at IS NULL)"
    }
    GIVE_UP {
        both: "UPDATE job SET leased = false, attempt = attempt + 1, gave_up_at = $3, last_error = $4 WHERE id = $1 AND generation = $2"
    }
    HELD { both: "SELECT id FROM job WHERE id = $1 AND generation = $2" }
    NEXT_DUE { both: "SELECT min(visible_at) FROM job WHERE gave_up_at IS NULL" }
    /// Not locked: whoever accepts holds the alert and then deletes its job, so that the alert has to be locked first.
    DUE_ESCALATIONS {
        both: "SELECT id, org_id, kind, subject_id, generation, attempt, due_at, payload FROM job
            WHERE gave_up_at IS NULL AND rank = 2 AND visible_at <= $1 AND kind = 'escalate' ORDER BY visible_at, id LIMIT $2"
    }
    DELETE_MANY { sqlite: "DELETE FROM job WHERE id IN (SELECT value FROM json_each($1))", postgres: "DELETE FROM job WHERE id = ANY($1)" }
    /// Postpones escalations whose rows could not be stepped, so that they do not stand in the way of others.
    POSTPONE_MANY {
        sqlite: "UPDATE job SET visible_at = $2, attempt = attempt + 1, last_error = $3 WHERE id IN (SELECT value FROM json_each($1))",
        postgres: "UPDATE job SET visible_at = $2, attempt = attempt + 1, last_error = $3 WHERE id = ANY($1)",
    }
    FREE_ALL { both: "UPDATE job SET leased = false, visible_at = $1 WHERE leased AND gave_up_at IS NULL" }
    DELETE_OF_SUBJECT { both: "DELETE FROM job WHERE org_id = $1 AND kind = $2 AND subject_id = $3 AND NOT leased" }
    DELETE_PLANNED_PAGES {
        sqlite: "DELETE FROM job WHERE org_id = $1 AND kind = 'notify' AND subject_id IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM job WHERE org_id = $1 AND kind = 'notify' AND subject_id = ANY($2)",
    }
    WAKE_SUBJECT { both: "UPDATE job SET visible_at = $4 WHERE org_id = $1 AND kind = $2 AND subject_id = $3 AND NOT leased AND visible_at > $4" }
    RETRY_BY_HAND {
        both: "UPDATE job SET gave_up_at = NULL, leased = false, attempt = 0, visible_at = $3, due_at = $3 WHERE org_id = $1 AND id = $2 AND gave_up_at IS NOT NULL"
    }
    GAVE_UP { both: "SELECT id, kind, subject_id, gave_up_at, last_error FROM job WHERE org_id = $1 AND gave_up_at IS NOT NULL ORDER BY gave_up_at DESC, id DESC LIMIT $2" }
    BACKLOG { both: "SELECT kind, count(*) AS waiting, min(visible_at) AS oldest FROM job WHERE gave_up_at IS NULL AND visible_at <= $1 GROUP BY kind ORDER BY kind" }
}

/// Asks for work.
pub async fn ask(tx: &mut Tx, jobs: Vec<NewJob>) -> Result<(), StoreError> {
    ask_leased(tx, jobs, false, None).await
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
            job.payload
        ]);
    }
    tx.exec_many(ASK, rows).await.map(|_| ())
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
                due.extend(crate::args![limits::JOBS_LOOKED_AT_MAX]);
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
    jobs.sort_by_key(|job| (job.kind.rank(), job.due_at, job.id));
    Ok(jobs)
}

/// Ends a job in the transaction of its effect. `false`: the lease was lost, so nothing may be written.
pub async fn finish(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
    if tx.exec(FINISH, crate::args![job.id, job.generation]).await? > 0 {
        return Ok(true);
    }
    Ok(tx.exec(RUN_AGAIN, crate::args![job.id, job.generation, now]).await? > 0)
}

/// Whether the lease still holds.
pub async fn is_held(tx: &mut Tx, job: &Job) -> Result<bool, StoreError> {
    Ok(tx.one::<(i64,)>(HELD, crate::args![job.id, job.generation]).await?.is_some())
}

/// Puts a job off, with the error that made it fail. `false`: the lease was lost.
pub async fn retry(tx: &mut Tx, job: &Job, at: Timestamp, error: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(RETRY, crate::args![job.id, job.generation, at, error]).await? > 0)
}

/// Gives a job up; it stays visible with its error. Where it was asked for again meanwhile it runs once more. `false`: the lease was lost.
pub async fn give_up(tx: &mut Tx, job: &Job, now: Timestamp, error: &str) -> Result<bool, StoreError> {
    if tx.exec(RUN_AGAIN, crate::args![job.id, job.generation, now]).await? > 0 {
        return Ok(true);
    }
    Ok(tx.exec(GIVE_UP, crate::args![job.id, job.generation, now, error]).await? > 0)
}

/// When the next job is due, if there is any. Leases end then too.
pub async fn next_due(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(Option<i64>,)> = db.one(NEXT_DUE, Vec::new()).await?;
    Ok(row.and_then(|(at,)| at).map(timestamp))
}

/// Escalations that are due.
pub async fn due_escalations(tx: &mut Tx, now: Timestamp, max: usize) -> Result<Vec<Job>, StoreError> {
    let rows: Vec<JobRow> = tx.all(DUE_ESCALATIONS, crate::args![now, i64::try_from(max).unwrap_or(i64::MAX)]).await?;
    rows.into_iter().map(JobRow::into_job).collect()
}

/// Deletes jobs whose effect this transaction records.
pub async fn delete_many(tx: &mut Tx, ids: Vec<i64>) -> Result<(), StoreError> {
    tx.exec(DELETE_MANY, crate::args![ids]).await.map(|_| ())
}

/// Puts several jobs off.
pub async fn postpone_many(tx: &mut Tx, ids: Vec<i64>, at: Timestamp, error: &str) -> Result<(), StoreError> {
    tx.exec(POSTPONE_MANY, crate::args![ids, at, error]).await.map(|_| ())
}

/// Frees every lease: at the start of the only node of an embedded database. Escalations hold none.
pub async fn free_leases(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(tx.exec(FREE_ALL, crate::args![now]))).await
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

/// A job that gave up, for the page that shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GivenUp {
    /// Which.
    pub id: i64,
    /// What.
    pub kind: String,
    /// Of what.
    pub subject_id: i64,
    /// When, in microseconds.
    pub gave_up_at: i64,
    /// The error in full.
    pub last_error: Option<String>,
}

/// Jobs that gave up, the latest first.
pub async fn list_given_up(db: &Db, scope: &crate::Scope, max: i64) -> Result<Vec<GivenUp>, StoreError> {
    db.all(GAVE_UP, crate::args![scope.org, max]).await
}

/// Tries a job again that gave up. Errors: there is none.
pub async fn retry_by_hand(db: &Db, scope: &crate::Scope, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let org = scope.org;
    let retry = db.write(move |tx| {
        Box::pin(async move {
            let superseded = tx.exec(SUPERSEDED, crate::args![org, id]).await?;
            Ok(superseded + tx.exec(RETRY_BY_HAND, crate::args![org, id, now]).await?)
        })
    });
    let changed = retry.await?;
    if changed == 0 { Err(StoreError::not_found("job that gave up", id)) } else { Ok(()) }
}

/// What waits although it is due: kind, how many, since when. For `/metrics` and readiness.
pub async fn backlog(db: &Db, now: Timestamp) -> Result<Vec<(String, i64, Timestamp)>, StoreError> {
    let rows: Vec<(String, i64, i64)> = db.all(BACKLOG, crate::args![now]).await?;
    Ok(rows.into_iter().map(|(kind, waiting, oldest)| (kind, waiting, timestamp(oldest))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_know_which_kinds_are_calls() {
        let calls = JobKind::WORDS.iter().filter(|(kind, _)| kind.place() == Place::Call);
        let words: Vec<String> = calls.map(|(_, word)| format!("'{word}'")).collect();
        assert_eq!(calls!(), format!("({})", words.join(", ")));
    }
}
