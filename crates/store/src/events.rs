//! Events as sources sent them, raw, with what became of each.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use watchbell_core::ids::{AlertId, EventId, OrgId, SourceId};
use watchbell_core::limits;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It opened an alert.
    Opened,
    /// It was added to an open alert.
    Grouped,
    /// It accepted, resolved or commented its alert.
    Applied,
    /// It spoke of an alert that is not open.
    NoAlert,
    /// It waits for its ticket to be read.
    Waiting,
    /// A rule left it out: not paged.
    NotPaged,
    /// Nothing to do: it said what was known already.
    Unchanged,
    /// It could not be read.
    Rejected,
}

impl Verdict {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Opened => "OPENED",
            Verdict::Grouped => "GROUPED",
            Verdict::Applied => "APPLIED",
            Verdict::NoAlert => "NO_ALERT",
            Verdict::Waiting => "WAITING",
            Verdict::NotPaged => "NOT_PAGED",
            Verdict::Unchanged => "UNCHANGED",
            Verdict::Rejected => "REJECTED",
        }
    }
}

/// An event to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent<'a> {
    pub(crate) org: OrgId,
    pub(crate) source: SourceId,
    pub(crate) alert: Option<AlertId>,
    pub(crate) kind: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) verdict: Verdict,
    pub(crate) reason: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// An event that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Which.
    pub id: EventId,
    /// The alert it led to.
    pub alert: Option<AlertId>,
    /// When it came.
    pub received_at: Timestamp,
    /// What it wanted: an event type, or CALLOUT, WEBHOOK, POLL.
    pub kind: String,
    /// What became of it.
    pub verdict: String,
    /// Why.
    pub reason: Option<String>,
    /// As the sender called it.
    pub content_type: Option<String>,
    /// As it was sent.
    pub body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: i64,
    alert_id: Option<i64>,
    received_at: i64,
    kind: String,
    verdict: String,
    reason: Option<String>,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl From<EventRow> for StoredEvent {
    fn from(row: EventRow) -> Self {
        Self {
            id: EventId(row.id),
            alert: row.alert_id.map(AlertId),
            received_at: timestamp(row.received_at),
            kind: row.kind,
            verdict: row.verdict,
            reason: row.reason,
            content_type: row.content_type,
            body: row.body,
        }
    }
}

sql! {
    INSERT {
        sqlite: "INSERT INTO event (org_id, source_id, alert_id, received_at, kind, subject, verdict, reason, content_type, body)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, unhex(value ->> 9) FROM jsonb_each($1)",
        postgres: "INSERT INTO event (org_id, source_id, alert_id, received_at, kind, subject, verdict, reason, content_type, body)
            SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[])",
    }
    OF_SOURCE { both: "SELECT id, alert_id, received_at, kind, verdict, reason, content_type, body FROM event WHERE org_id = $1 AND source_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4" }
    OF_ALERT { both: "SELECT id, alert_id, received_at, kind, verdict, reason, content_type, body FROM event WHERE org_id = $1 AND alert_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4" }
    PAGE_OF_ALERT { both: "SELECT id, alert_id, received_at, kind, verdict, reason, content_type, body FROM event WHERE org_id = $1 AND alert_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4" }
    HEADS {
        sqlite: "SELECT id, received_at, kind, verdict FROM event WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id",
        postgres: "SELECT id, received_at, kind, verdict FROM event WHERE org_id = $1 AND id = ANY($2) ORDER BY id",
    }
    WAITING { both: "SELECT count(*), min(received_at) FROM event WHERE org_id = $1 AND source_id = $2 AND subject = $3 AND verdict = 'WAITING'" }
    WAITING_MORE { both: "SELECT count(*), min(received_at), max(received_at), max(alert_id), count(CASE WHEN kind <> 'WEBHOOK' THEN 1 END) FROM event WHERE org_id = $1 AND source_id = $2 AND subject = $3 AND verdict = 'WAITING'" }
    ATTACH { both: "UPDATE event SET alert_id = $4 WHERE org_id = $1 AND source_id = $2 AND subject = $3 AND verdict = 'WAITING' AND alert_id IS NULL" }
    WAITING_SUBJECTS { both: "SELECT count(DISTINCT subject) FROM event WHERE org_id = $1 AND source_id = $2 AND alert_id = $3 AND verdict = 'WAITING'" }
    COUNT_OF_ALERT { both: "SELECT count(*) FROM (SELECT id FROM event WHERE org_id = $1 AND alert_id = $2 ORDER BY id LIMIT $3) AS first_ones" }
    SETTLE {
        both: "UPDATE event SET verdict = $4, reason = $5, alert_id = $6 WHERE org_id = $1 AND source_id = $2 AND subject = $3 AND verdict = 'WAITING' AND received_at <= $7"
    }
    TRIM {
        both: "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE org_id = $1 AND alert_id = $2
            AND id > (SELECT max(id) FROM (SELECT id FROM event WHERE org_id = $1 AND alert_id = $2 ORDER BY id LIMIT $3) AS first_ones)
            AND id < (SELECT min(id) FROM (SELECT id FROM event WHERE org_id = $1 AND alert_id = $2 ORDER BY id DESC LIMIT $4) AS last_ones)
            ORDER BY id LIMIT $5)"
    }
    TRIM_RING {
        both: "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE org_id = $1 AND source_id = $2 AND alert_id IS NULL AND verdict <> 'WAITING' ORDER BY id DESC LIMIT $4 OFFSET $3)"
    }
}

/// Keeps events.
pub(crate) async fn insert(tx: &mut Tx, events: &[NewEvent<'_>], now: Timestamp) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for e in events {
        rows.push(crate::args![
            e.org,
            e.source,
            e.alert,
            now,
            e.kind,
            e.subject,
            e.verdict.as_str(),
            e.reason,
            e.content_type,
            e.body
        ]);
    }
    tx.exec_many(INSERT, rows).await.map(|_| ())
}

/// Events of a source, the latest first, older than `before`.
pub async fn list_of_source(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    before: Option<EventId>,
    max: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows: Vec<EventRow> =
        db.all(OF_SOURCE, crate::args![scope.org, source, before.map_or(i64::MAX, |id| id.0), max]).await?;
    Ok(rows.into_iter().map(StoredEvent::from).collect())
}

/// Events of an alert, the latest first, older than `before`.
pub async fn list_of_alert(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    before: Option<EventId>,
    max: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows: Vec<EventRow> =
        db.all(OF_ALERT, crate::args![scope.org, alert, before.map_or(i64::MAX, |id| id.0), max]).await?;
    Ok(rows.into_iter().map(StoredEvent::from).collect())
}

/// A part of the events of an alert, the latest first.
pub async fn page_of_alert(db: &Db, scope: &Scope, alert: AlertId, page: Page) -> Result<Vec<StoredEvent>, StoreError> {
    let rows: Vec<EventRow> =
        db.all(PAGE_OF_ALERT, crate::args![scope.org, alert, page.max_results, page.start_index]).await?;
    Ok(rows.into_iter().map(StoredEvent::from).collect())
}

/// An event without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHead {
    /// Which.
    pub id: EventId,
    /// When it came.
    pub received_at: Timestamp,
    /// What it wanted.
    pub kind: String,
    /// What became of it.
    pub verdict: String,
}

/// Events by id, without their bodies.
pub async fn heads(db: &Db, scope: &Scope, ids: Vec<i64>) -> Result<Vec<EventHead>, StoreError> {
    let rows: Vec<(i64, i64, String, String)> = db.all(HEADS, crate::args![scope.org, ids]).await?;
    let head = |(id, at, kind, verdict)| EventHead { id: EventId(id), received_at: timestamp(at), kind, verdict };
    Ok(rows.into_iter().map(head).collect())
}

/// How many events of a subject wait for their ticket to be read, and since when.
pub async fn waiting(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    subject: &str,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row: Option<(i64, Option<i64>)> = db.one(WAITING, crate::args![scope.org, source, subject]).await?;
    Ok(row.map_or((0, None), |(count, since)| (count, since.map(timestamp))))
}

/// The events of a subject that wait for it to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: i64,
    /// When the first came.
    pub first: Timestamp,
    /// When the last came.
    pub last: Timestamp,
    /// The alert that stands for them meanwhile.
    pub alert: Option<AlertId>,
    /// Whether all of them came by a webhook, which no rule of the tool has picked.
    pub by_webhook_only: bool,
}

type WaitingRow = (i64, Option<i64>, Option<i64>, Option<i64>, i64);

fn to_waiting((count, first, last, alert, others): WaitingRow) -> Option<Waiting> {
    Some(Waiting {
        count,
        first: timestamp(first?),
        last: timestamp(last?),
        alert: alert.map(AlertId),
        by_webhook_only: others == 0,
    })
}

/// The events of a subject that wait; none where nothing does.
pub async fn find_waiting(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    subject: &str,
) -> Result<Option<Waiting>, StoreError> {
    let row: Option<WaitingRow> = db.one(WAITING_MORE, crate::args![scope.org, source, subject]).await?;
    Ok(row.and_then(to_waiting))
}

/// [`find_waiting`] as part of a unit.
pub async fn find_waiting_in(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    subject: &str,
) -> Result<Option<Waiting>, StoreError> {
    let row: Option<WaitingRow> = tx.one(WAITING_MORE, crate::args![scope.org, source, subject]).await?;
    Ok(row.and_then(to_waiting))
}

/// Lets an alert stand for the events of a subject while they wait.
pub async fn attach(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    subject: &str,
    alert: AlertId,
) -> Result<(), StoreError> {
    tx.exec(ATTACH, crate::args![scope.org, source, subject, alert]).await.map(|_| ())
}

/// How many subjects wait while an alert stands for them.
pub async fn count_waiting_subjects(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    alert: AlertId,
) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = tx.one(WAITING_SUBJECTS, crate::args![scope.org, source, alert]).await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Whether an alert has so many more events than are kept that they should be cut.
pub async fn is_crowded(tx: &mut Tx, scope: &Scope, alert: AlertId) -> Result<bool, StoreError> {
    let max = limits::ALERT_EVENTS_FIRST_KEPT + limits::ALERT_EVENTS_LAST_KEPT + limits::CLEAN_UP_ROWS_MAX;
    let row: Option<(i64,)> = tx.one(COUNT_OF_ALERT, crate::args![scope.org, alert, max]).await?;
    Ok(row.is_some_and(|(count,)| count >= max))
}

/// What became of the events of a subject that came until `until`: they waited for its ticket to be read.
pub async fn settle(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    subject: &str,
    (verdict, reason, alert): (Verdict, Option<&str>, Option<AlertId>),
    until: Timestamp,
) -> Result<u64, StoreError> {
    tx.exec(SETTLE, crate::args![scope.org, source, subject, verdict.as_str(), reason, alert, until]).await
}

/// Cuts the events of an alert to the first and the last ones. `true`: there may be more to cut.
pub async fn trim_alert(tx: &mut Tx, scope: &Scope, alert: AlertId) -> Result<bool, StoreError> {
    let max = limits::CLEAN_UP_ROWS_MAX;
    let args = crate::args![scope.org, alert, limits::ALERT_EVENTS_FIRST_KEPT, limits::ALERT_EVENTS_LAST_KEPT, max];
    Ok(tx.exec(TRIM, args).await? >= max as u64)
}

/// Cuts the events of a source that led to no alert to their ring. `true`: there may be more to cut.
pub async fn trim_ring(tx: &mut Tx, scope: &Scope, source: SourceId) -> Result<bool, StoreError> {
    let max = limits::CLEAN_UP_ROWS_MAX;
    Ok(tx.exec(TRIM_RING, crate::args![scope.org, source, limits::SOURCE_RING_MAX, max]).await? >= max as u64)
}
