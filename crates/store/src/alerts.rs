//! Alerts: their rows, and in `acting` how a happening acts on one.

mod acting;

pub use acting::{apply, apply_from_ticket_in, apply_in};

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs;
use crate::scope::Scope;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Escalation, Happening, Priority, Status};
use watchbell_core::escalation::Progress;
use watchbell_core::grouping::Grouping;
use watchbell_core::hold::Hold;
use watchbell_core::ids::{AlertId, OrgId, PolicyId, SourceId, UserId};
use watchbell_core::timeline::Actor;

/// A row of `alert` with the grouping mode of its source.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AlertRow {
    pub(crate) id: i64,
    source_id: i64,
    alert_key: Option<String>,
    group_key: Option<String>,
    summary: String,
    details: String,
    status: String,
    priority: String,
    policy_id: i64,
    policy_version: i64,
    pass: i64,
    first_pass: i64,
    level: i64,
    direct_user_id: Option<i64>,
    next_step_at: Option<i64>,
    wake_at: Option<i64>,
    progress: String,
    snoozed_until: Option<i64>,
    notified_at: Option<i64>,
    nobody_notified_at: Option<i64>,
    held: Option<String>,
    raise_at: Option<i64>,
    version: i64,
    event_count: i64,
    report_time: i64,
    last_event_at: i64,
    accepted_at: Option<i64>,
    accepted_by: Option<i64>,
    resolved_at: Option<i64>,
    resolved_by_person: bool,
    content: String,
    grouping: String,
}

impl AlertRow {
    /// The alert and the grouping mode of its source.
    pub(crate) fn into_alert(self) -> Result<(Alert, Grouping), StoreError> {
        let bad = |why: &str| StoreError::unreadable("alert", format!("{}: {why}", self.id));
        let grouping = Grouping::parse(&self.grouping).ok_or_else(|| bad("grouping"))?;
        let escalation = Escalation {
            policy: PolicyId(self.policy_id),
            version: self.policy_version,
            pass: self.pass,
            first_pass: self.first_pass,
            level: self.level,
            direct: self.direct_user_id.map(UserId),
            next_step_at: self.next_step_at.map(timestamp),
            wake_at: self.wake_at.map(timestamp),
        };
        let alert = Alert {
            id: AlertId(self.id),
            source: SourceId(self.source_id),
            status: Status::parse(&self.status).ok_or_else(|| bad("status"))?,
            priority: Priority::parse(&self.priority).ok_or_else(|| bad("priority"))?,
            content: serde_json::from_str(&self.content).map_err(|error| bad(&error.to_string()))?,
            key: self.alert_key,
            group_key: self.group_key,
            summary: self.summary,
            details: self.details,
            escalation,
            progress: read_progress(&self.progress).map_err(|error| bad(&error.to_string()))?,
            snoozed_until: self.snoozed_until.map(timestamp),
            notified_at: self.notified_at.map(timestamp),
            nobody_notified_at: self.nobody_notified_at.map(timestamp),
            held: self
                .held
                .as_deref()
                .map(|json| serde_json::from_str(json).map_err(|error| bad(&error.to_string())))
                .transpose()?,
            raise_at: self.raise_at.map(timestamp),
            version: self.version,
            event_count: self.event_count,
            report_time: timestamp(self.report_time),
            last_event_at: timestamp(self.last_event_at),
            accepted_at: self.accepted_at.map(timestamp),
            accepted_by: self.accepted_by.map(UserId),
            resolved_at: self.resolved_at.map(timestamp),
            resolved_by_person: self.resolved_by_person,
        };
        Ok((alert, grouping))
    }
}

/// Most alerts remember nothing.
fn read_progress(json: &str) -> Result<Progress, serde_json::Error> {
    if json == NO_PROGRESS { Ok(Progress::default()) } else { serde_json::from_str(json) }
}

const NO_PROGRESS: &str = "{}";

macro_rules! select {
    () => {
        "SELECT alert.id, alert.source_id, alert.alert_key, alert.group_key, alert.summary, alert.details, alert.status, alert.priority,
            alert.policy_id, alert.policy_version, alert.pass, alert.first_pass, alert.level, alert.direct_user_id, alert.next_step_at, alert.wake_at, alert.progress, alert.snoozed_until,
            alert.notified_at, alert.nobody_notified_at, alert.held, alert.raise_at, alert.version, alert.event_count, alert.report_time, alert.last_event_at,
            alert.accepted_at, alert.accepted_by, alert.resolved_at, alert.resolved_by_person, alert.content, alert_source.grouping "
    };
}

macro_rules! columns {
    () => {
        concat!(
            $crate::alerts::select!(),
            "FROM alert JOIN alert_source ON alert_source.org_id = alert.org_id AND alert_source.id = alert.source_id "
        )
    };
}

pub(crate) use {columns, select};

sql! {
    BY_ID { both: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id = $2") }
    /// Whoever changes an alert locks it first, then its notifications, then its jobs: nobody waits for an alert while holding those.
    /// NO KEY, so that rows which only name the alert (log entries, events) are not held up.
    LOCK_BY_IDS {
        sqlite: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id IN (SELECT value FROM json_each($2)) ORDER BY alert.id"),
        postgres: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id = ANY($2) ORDER BY alert.id FOR NO KEY UPDATE OF alert"),
    }
    /// Those that nobody else holds.
    LOCK_FREE_BY_IDS {
        sqlite: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id IN (SELECT value FROM json_each($2)) ORDER BY alert.id"),
        postgres: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id = ANY($2) ORDER BY alert.id FOR NO KEY UPDATE OF alert SKIP LOCKED"),
    }
    /// On SQLite in this order of tables: by itself it would read all alerts of the organization, for each commit.
    LOCK_BY_GROUPS {
        sqlite: concat!("WITH wanted AS (SELECT DISTINCT value ->> 0 AS org_id, value ->> 1 AS source_id, value ->> 2 AS group_key FROM jsonb_each($1)) ", select!(),
            "FROM wanted CROSS JOIN alert ON alert.org_id = wanted.org_id AND alert.source_id = wanted.source_id AND alert.group_key = wanted.group_key
            CROSS JOIN alert_source ON alert_source.org_id = alert.org_id AND alert_source.id = alert.source_id
            WHERE alert.status <> 'RESOLVED' ORDER BY alert.id"),
        // Each group is looked up by itself (OFFSET keeps it so): joined freely, the groups of a batch were compared with all open
        // alerts of their sources, and a batch took the longer the more there were.
        postgres: concat!(columns!(), "WHERE alert.status <> 'RESOLVED' AND alert.id = ANY(ARRAY(SELECT found.id
            FROM UNNEST($1::bigint[], $2::bigint[], $3::text[]) AS wanted (org_id, source_id, group_key) CROSS JOIN LATERAL (SELECT open.id FROM alert AS open
                WHERE open.org_id = wanted.org_id AND open.source_id = wanted.source_id AND open.group_key = wanted.group_key AND open.status <> 'RESOLVED' OFFSET 0) AS found))
            ORDER BY alert.id FOR NO KEY UPDATE OF alert"),
    }
    NEXT_IDS {
        sqlite: "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'alert'), 0) + 1 WHERE $1 > 0",
        postgres: "SELECT nextval(pg_get_serial_sequence('alert', 'id')) AS id FROM generate_series(1, $1)",
    }
    INSERT {
        sqlite: "INSERT INTO alert (id, org_id, source_id, alert_key, group_key, summary, details, status, priority, policy_id, policy_version, pass, first_pass,
                level, next_step_at, version, event_count, report_time, last_event_at, accepted_at, accepted_by, resolved_at, resolved_by_person, content, nobody_notified_at, wake_at, progress, held, raise_at)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
                value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23, value ->> 24, value ->> 25, value ->> 26, value ->> 27, value ->> 28
            FROM jsonb_each($1) WHERE true ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO alert (id, org_id, source_id, alert_key, group_key, summary, details, status, priority, policy_id, policy_version, pass, first_pass,
                level, next_step_at, version, event_count, report_time, last_event_at, accepted_at, accepted_by, resolved_at, resolved_by_person, content, nobody_notified_at, wake_at, progress, held, raise_at)
            SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[],
                $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[],
                $22::bigint[], $23::bool[], $24::text[], $25::bigint[], $26::bigint[], $27::text[], $28::text[], $29::bigint[]) ON CONFLICT DO NOTHING",
    }
    UPDATE {
        sqlite: "UPDATE alert SET group_key = v.group_key, status = v.status, priority = v.priority, policy_id = v.policy_id, policy_version = v.policy_version, pass = v.pass,
                first_pass = v.first_pass, level = v.level, direct_user_id = v.direct_user_id, next_step_at = v.next_step_at, notified_at = v.notified_at,
                nobody_notified_at = v.nobody_notified_at, version = v.version, event_count = v.event_count, last_event_at = v.last_event_at, accepted_at = v.accepted_at,
                accepted_by = v.accepted_by, resolved_at = v.resolved_at, resolved_by_person = v.resolved_by_person,
                wake_at = v.wake_at, snoozed_until = v.snoozed_until, progress = v.progress, held = v.held, raise_at = v.raise_at
            FROM (SELECT value ->> 0 AS id, value ->> 1 AS org_id, value ->> 2 AS old_version, value ->> 3 AS group_key, value ->> 4 AS status, value ->> 5 AS priority,
                value ->> 6 AS policy_id, value ->> 7 AS policy_version, value ->> 8 AS pass, value ->> 9 AS first_pass, value ->> 10 AS level, value ->> 11 AS direct_user_id,
                value ->> 12 AS next_step_at, value ->> 13 AS notified_at, value ->> 14 AS nobody_notified_at, value ->> 15 AS version, value ->> 16 AS event_count,
                value ->> 17 AS last_event_at, value ->> 18 AS accepted_at, value ->> 19 AS accepted_by, value ->> 20 AS resolved_at, value ->> 21 AS resolved_by_person,
                value ->> 22 AS wake_at, value ->> 23 AS snoozed_until, value ->> 24 AS progress, value ->> 25 AS held, value ->> 26 AS raise_at
                FROM jsonb_each($1)) AS v
            WHERE alert.id = v.id AND alert.org_id = v.org_id AND alert.version = v.old_version",
        postgres: "UPDATE alert SET group_key = v.group_key, status = v.status, priority = v.priority, policy_id = v.policy_id, policy_version = v.policy_version, pass = v.pass,
                first_pass = v.first_pass, level = v.level, direct_user_id = v.direct_user_id, next_step_at = v.next_step_at, notified_at = v.notified_at,
                nobody_notified_at = v.nobody_notified_at, version = v.version, event_count = v.event_count, last_event_at = v.last_event_at, accepted_at = v.accepted_at,
                accepted_by = v.accepted_by, resolved_at = v.resolved_at, resolved_by_person = v.resolved_by_person,
                wake_at = v.wake_at, snoozed_until = v.snoozed_until, progress = v.progress, held = v.held, raise_at = v.raise_at
            FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bool[],
                $23::bigint[], $24::bigint[], $25::text[], $26::text[], $27::bigint[])
                AS v (id, org_id, old_version, group_key, status, priority, policy_id, policy_version, pass, first_pass, level, direct_user_id, next_step_at, notified_at,
                nobody_notified_at, version, event_count, last_event_at, accepted_at, accepted_by, resolved_at, resolved_by_person, wake_at, snoozed_until, progress, held, raise_at)
            WHERE alert.id = v.id AND alert.org_id = v.org_id AND alert.version = v.old_version",
    }
    UPDATE_CONTENT { both: "UPDATE alert SET summary = $3, details = $4, content = $5 WHERE org_id = $1 AND id = $2" }
    /// Whether another open alert of the source holds a group.
    HOLDS_GROUP {
        both: "SELECT id FROM alert WHERE org_id = $1 AND source_id = $2 AND group_key = $3 AND status <> 'RESOLVED' AND id <> $4 LIMIT 1"
    }
}

/// One alert. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: AlertId) -> Result<Alert, StoreError> {
    let row: Option<AlertRow> = db.one(BY_ID, crate::args![scope.org, id]).await?;
    Ok(row.ok_or_else(|| StoreError::not_found("alert", id))?.into_alert()?.0)
}

/// Alerts by id, locked for this transaction, in id order.
pub(crate) async fn lock(tx: &mut Tx, org: OrgId, ids: Vec<i64>) -> Result<Vec<(Alert, Grouping)>, StoreError> {
    let rows: Vec<AlertRow> = tx.all(LOCK_BY_IDS, crate::args![org, ids]).await?;
    rows.into_iter().map(AlertRow::into_alert).collect()
}

/// [`lock`] without waiting: alerts that somebody else holds are left out.
pub(crate) async fn lock_free(tx: &mut Tx, org: OrgId, ids: &[i64]) -> Result<Vec<(Alert, Grouping)>, StoreError> {
    let rows: Vec<AlertRow> = tx.all(LOCK_FREE_BY_IDS, crate::args![org, ids.to_vec()]).await?;
    rows.into_iter().map(AlertRow::into_alert).collect()
}

/// Open alerts by (organization, source, group), locked for this transaction, in id order.
pub(crate) async fn lock_groups(tx: &mut Tx, groups: Rows) -> Result<Vec<(Alert, Grouping)>, StoreError> {
    let rows: Vec<AlertRow> = tx.all_many(LOCK_BY_GROUPS, groups).await?;
    rows.into_iter().map(AlertRow::into_alert).collect()
}

/// Numbers for new alerts, never given before.
pub(crate) async fn next_ids(tx: &mut Tx, count: usize) -> Result<Vec<i64>, StoreError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    tx.numbers(NEXT_IDS, count).await
}

/// Inserts new alerts. Errors: `Conflict` when another node opened one of the groups meanwhile.
pub(crate) async fn insert(tx: &mut Tx, org: OrgId, alerts: &[&Alert]) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    // In one order on all nodes: two that open the same groups wait for each other's rows.
    let mut alerts = alerts.to_vec();
    alerts.sort_by(|a, b| (a.source, &a.group_key, a.id).cmp(&(b.source, &b.group_key, b.id)));
    for alert in &alerts {
        let (e, key) = (&alert.escalation, alert.key.as_deref());
        rows.push(crate::args![
            alert.id,
            org,
            alert.source,
            key,
            alert.group_key.as_deref(),
            &alert.summary,
            &alert.details,
            alert.status.as_str(),
            alert.priority.as_str(),
            e.policy,
            e.version,
            e.pass,
            e.first_pass,
            e.level,
            e.next_step_at,
            alert.version,
            alert.event_count,
            alert.report_time,
            alert.last_event_at,
            alert.accepted_at,
            alert.accepted_by,
            alert.resolved_at,
            alert.resolved_by_person,
            content_of(alert),
            alert.nobody_notified_at,
            e.wake_at,
            progress_of(alert),
            held_of(alert),
            alert.raise_at
        ]);
    }
    let inserted = tx.exec_many(INSERT, rows).await?;
    if inserted < alerts.len() as u64 { Err(StoreError::Conflict("alert")) } else { Ok(()) }
}

/// Whether an open alert that takes another group finds it taken: then it stands alone, so that accepting never fails.
pub(crate) async fn finds_group_taken(
    tx: &mut Tx,
    org: OrgId,
    before: &Alert,
    after: &Alert,
) -> Result<bool, StoreError> {
    let Some(group) = after.group_key.as_deref().filter(|_| before.group_key != after.group_key) else {
        return Ok(false);
    };
    let holder: Option<(i64,)> = tx.one(HOLDS_GROUP, crate::args![org, after.source, group, after.id]).await?;
    Ok(holder.is_some())
}

/// Writes changed alerts. Errors: `Conflict` when one was changed meanwhile.
pub(crate) async fn update(tx: &mut Tx, org: OrgId, changed: &[(&Alert, &Alert)]) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (before, after) in changed {
        let e = &after.escalation;
        rows.push(crate::args![
            after.id,
            org,
            before.version,
            after.group_key.as_deref(),
            after.status.as_str(),
            after.priority.as_str(),
            e.policy,
            e.version,
            e.pass,
            e.first_pass,
            e.level,
            e.direct,
            e.next_step_at,
            after.notified_at,
            after.nobody_notified_at,
            after.version,
            after.event_count,
            after.last_event_at,
            after.accepted_at,
            after.accepted_by,
            after.resolved_at,
            after.resolved_by_person,
            e.wake_at,
            after.snoozed_until,
            progress_of(after),
            held_of(after),
            after.raise_at
        ]);
    }
    let updated = tx.exec_many(UPDATE, rows).await?;
    if updated < changed.len() as u64 {
        return Err(StoreError::Conflict("alert"));
    }
    for (before, after) in changed {
        if (&before.summary, &before.details, &before.content) != (&after.summary, &after.details, &after.content) {
            tx.exec(UPDATE_CONTENT, crate::args![org, after.id, &after.summary, &after.details, content_of(after)])
                .await?;
        }
    }
    Ok(())
}

fn progress_of(alert: &Alert) -> String {
    serde_json::to_string(&alert.progress).unwrap_or_else(|_| NO_PROGRESS.into())
}

fn held_of(alert: &Alert) -> Option<String> {
    alert.held.as_ref().and_then(|hold: &Hold| serde_json::to_string(hold).ok())
}

fn content_of(alert: &Alert) -> String {
    serde_json::to_string(&alert.content).unwrap_or_else(|_| "{}".into())
}

/// Resolves an alert whose source was silent for as long as its setting says; one that spoke meanwhile waits on.
pub async fn auto_resolve(
    tx: &mut Tx,
    scope: &Scope,
    id: AlertId,
    after_s: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((alert, _)) = lock(tx, scope.org, vec![id.0]).await?.pop() else { return Ok(()) };
    let at = alert.last_event_at + jiff::SignedDuration::from_secs(after_s);
    if alert.status == Status::Resolved {
        return Ok(());
    }
    if at > now {
        let job = jobs::NewJob::new(scope.org, jobs::JobKind::AutoResolve, id.0, at).with(after_s);
        return jobs::ask(tx, vec![job]).await;
    }
    let reason = Some(format!("no event for {} minutes", after_s / 60));
    apply_in(tx, &scope.acting_as(Actor::System), id, &Happening::Resolved { reason }, now).await.map(|_| ())
}
