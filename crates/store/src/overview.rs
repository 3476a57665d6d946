//! What list pages say beside their rows: totals, and how things use one another.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use watchbell_core::ids::{CalendarId, ConnectorId, PolicyId, ScheduleId, SourceId, UserId};

sql! {
    PENDING { both: "SELECT count(*) FROM alert WHERE org_id = $1 AND status = 'PENDING'" }
    SOURCES { both: "SELECT count(*) FROM alert_source WHERE org_id = $1 AND deleted_at IS NULL" }
    POLICIES { both: "SELECT count(*) FROM escalation_policy WHERE org_id = $1 AND deleted_at IS NULL" }
    GIVEN_UP { both: "SELECT count(*) FROM job WHERE org_id = $1 AND gave_up_at IS NOT NULL" }
    API_KEYS { both: "SELECT count(*) FROM api_key WHERE org_id = $1" }
    TEAMS { both: "SELECT count(*) FROM team WHERE org_id = $1" }
    API_KEYS_OF { both: "SELECT count(*) FROM api_key WHERE org_id = $1 AND user_id = $2" }
    SOURCE_FACTS {
        sqlite: "SELECT s.id, (SELECT count(*) FROM alert a WHERE a.org_id = s.org_id AND a.source_id = s.id AND a.status <> 'RESOLVED'), \
            (SELECT e.received_at FROM event e WHERE e.org_id = s.org_id AND e.source_id = s.id ORDER BY e.id DESC LIMIT 1) \
            FROM alert_source s WHERE s.org_id = $1 AND s.id IN (SELECT value FROM json_each($2)) ORDER BY s.id",
        postgres: "SELECT s.id, (SELECT count(*) FROM alert a WHERE a.org_id = s.org_id AND a.source_id = s.id AND a.status <> 'RESOLVED'), \
            (SELECT e.received_at FROM event e WHERE e.org_id = s.org_id AND e.source_id = s.id ORDER BY e.id DESC LIMIT 1) \
            FROM alert_source s WHERE s.org_id = $1 AND s.id = ANY($2) ORDER BY s.id",
    }
    SOURCES_OF_POLICY { both: "SELECT id, name FROM alert_source WHERE org_id = $1 AND policy_id = $2 AND deleted_at IS NULL ORDER BY id LIMIT 200" }
    SOURCES_BY_POLICY { both: "SELECT policy_id, count(*) FROM alert_source WHERE org_id = $1 AND deleted_at IS NULL GROUP BY policy_id" }
    SOURCES_BY_CONNECTOR { both: "SELECT connector_id, count(*) FROM alert_source WHERE org_id = $1 AND deleted_at IS NULL AND connector_id IS NOT NULL GROUP BY connector_id" }
    SCHEDULE_NAMES { both: "SELECT id, name FROM schedule WHERE org_id = $1 AND deleted_at IS NULL ORDER BY name_folded, id LIMIT $2 OFFSET $3" }
    CALENDAR_NAMES { both: "SELECT id, name FROM holiday_calendar WHERE org_id = $1 ORDER BY name_folded, id LIMIT $2" }
    SCHEDULES { both: "SELECT count(*) FROM schedule WHERE org_id = $1 AND deleted_at IS NULL" }
    POLICY_LEVELS { both: "SELECT p.id, p.name, v.levels FROM escalation_policy p JOIN escalation_policy_version v \
        ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version \
        WHERE p.org_id = $1 AND p.deleted_at IS NULL ORDER BY p.id" }
    ON_OLD_VERSION { both: "SELECT count(*) FROM alert WHERE org_id = $1 AND policy_id = $2 AND policy_version <> $3 AND status <> 'RESOLVED'" }
}

/// How many there are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Alerts that nobody has.
    PendingAlerts,
    /// Alert sources.
    Sources,
    /// Escalation policies.
    Policies,
    /// Jobs that gave up.
    GivenUpJobs,
    /// API keys of everybody.
    ApiKeys,
    /// Schedules.
    Schedules,
    /// Teams.
    Teams,
}

/// How many there are.
pub async fn count(db: &Db, scope: &Scope, what: Counted) -> Result<i64, StoreError> {
    let sql: Sql = match what {
        Counted::PendingAlerts => PENDING,
        Counted::Sources => SOURCES,
        Counted::Policies => POLICIES,
        Counted::GivenUpJobs => GIVEN_UP,
        Counted::ApiKeys => API_KEYS,
        Counted::Schedules => SCHEDULES,
        Counted::Teams => TEAMS,
    };
    Ok(db.one::<(i64,)>(sql, args![scope.org]).await?.map_or(0, |(count,)| count))
}

/// How many API keys a user has.
pub async fn count_api_keys_of(db: &Db, scope: &Scope, user: UserId) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(API_KEYS_OF, args![scope.org, user]).await?.map_or(0, |(count,)| count))
}

/// What is going on at a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its open alerts.
    pub open_alerts: i64,
    /// When its last event came, as far as events are kept.
    pub last_event_at: Option<Timestamp>,
}

/// What is going on at sources.
pub async fn source_facts(
    db: &Db,
    scope: &Scope,
    sources: &[SourceId],
) -> Result<HashMap<SourceId, SourceFacts>, StoreError> {
    let ids: Vec<i64> = sources.iter().map(|source| source.0).collect();
    let rows: Vec<(i64, i64, Option<i64>)> = db.all(SOURCE_FACTS, args![scope.org, ids]).await?;
    let read = |(id, open_alerts, last): (i64, i64, Option<i64>)| {
        (SourceId(id), SourceFacts { open_alerts, last_event_at: last.map(timestamp) })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The sources that escalate to a policy: id and name.
pub async fn sources_of_policy(
    db: &Db,
    scope: &Scope,
    policy: PolicyId,
) -> Result<Vec<(SourceId, String)>, StoreError> {
    let rows: Vec<(i64, String)> = db.all(SOURCES_OF_POLICY, args![scope.org, policy]).await?;
    Ok(rows.into_iter().map(|(id, name)| (SourceId(id), name)).collect())
}

/// How many sources escalate to each policy; a policy without any is missing.
pub async fn sources_by_policy(db: &Db, scope: &Scope) -> Result<HashMap<PolicyId, i64>, StoreError> {
    let rows: Vec<(i64, i64)> = db.all(SOURCES_BY_POLICY, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(policy, count)| (PolicyId(policy), count)).collect())
}

/// How many sources use each connector; one without any is missing.
pub async fn sources_by_connector(db: &Db, scope: &Scope) -> Result<HashMap<ConnectorId, i64>, StoreError> {
    let rows: Vec<(String, i64)> = db.all(SOURCES_BY_CONNECTOR, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(connector, count)| (ConnectorId(connector), count)).collect())
}

/// Open alerts that run on another version of a policy than this one.
pub async fn alerts_on_other_version(
    db: &Db,
    scope: &Scope,
    policy: PolicyId,
    version: i64,
) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(ON_OLD_VERSION, args![scope.org, policy, version]).await?.map_or(0, |(count,)| count))
}

/// Schedules by name: id and name, for what every page says.
pub async fn schedule_names(
    db: &Db,
    scope: &Scope,
    most: i64,
    skipped: i64,
) -> Result<Vec<(ScheduleId, String)>, StoreError> {
    let rows: Vec<(i64, String)> = db.all(SCHEDULE_NAMES, args![scope.org, most, skipped]).await?;
    Ok(rows.into_iter().map(|(id, name)| (ScheduleId(id), name)).collect())
}

/// Calendars of holidays by name: id and name.
pub async fn calendar_names(db: &Db, scope: &Scope, most: i64) -> Result<Vec<(CalendarId, String)>, StoreError> {
    let rows: Vec<(i64, String)> = db.all(CALENDAR_NAMES, args![scope.org, most]).await?;
    Ok(rows.into_iter().map(|(id, name)| (CalendarId(id), name)).collect())
}

/// What a stored level asks.
#[derive(serde::Deserialize)]
struct Asks {
    #[serde(default)]
    schedules: Vec<ScheduleId>,
}

/// The policies that page by each schedule: id and name; a schedule without any is missing.
pub async fn policies_by_schedule(
    db: &Db,
    scope: &Scope,
) -> Result<BTreeMap<ScheduleId, Vec<(PolicyId, String)>>, StoreError> {
    let rows: Vec<(i64, String, String)> = db.all(POLICY_LEVELS, args![scope.org]).await?;
    let mut found: BTreeMap<ScheduleId, Vec<(PolicyId, String)>> = BTreeMap::new();
    for (policy, name, levels) in rows {
        let levels: Vec<Asks> = stored::json("escalation policy", &levels)?;
        let mut asked: Vec<ScheduleId> = levels.into_iter().flat_map(|level| level.schedules).collect();
        asked.sort();
        asked.dedup();
        for schedule in asked {
            found.entry(schedule).or_default().push((PolicyId(policy), name.clone()));
        }
    }
    Ok(found)
}
