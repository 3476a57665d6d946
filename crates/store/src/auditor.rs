//! What the auditor looks at, and what it keeps of what it found.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use watchbell_core::auditor::{Finding, Runs};
use watchbell_core::ids::{AlertId, PolicyId, SourceId};
use watchbell_core::limits;

sql! {
    GET { both: "SELECT ran_at, findings, raised, last_findings, found_at, pinged_at, ping_tried_at, ping_error FROM auditor WHERE org_id = $1" }
    MAKE { both: "INSERT INTO auditor (org_id, findings, raised, last_findings) VALUES ($1, '[]', '[]', '[]') ON CONFLICT (org_id) DO NOTHING" }
    RAN { both: "UPDATE auditor SET ran_at = $2, findings = $3, raised = $4 WHERE org_id = $1" }
    FOUND { both: "UPDATE auditor SET found_at = $2, last_findings = $3 WHERE org_id = $1" }
    PINGED { both: "UPDATE auditor SET ping_tried_at = $2, pinged_at = CASE WHEN $3 THEN $2 ELSE pinged_at END, ping_error = $4 WHERE org_id = $1" }
    /// Pending alerts with further levels or passes and no time for the next one. Where a whole pass found nobody the escalation ends
    /// early, and knows so.
    STAND_STILL {
        sqlite: "SELECT a.id FROM alert a JOIN escalation_policy_version v ON v.org_id = a.org_id AND v.policy_id = a.policy_id AND v.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED' AND a.priority = 'HIGH' AND a.next_step_at IS NULL AND a.wake_at IS NULL AND a.snoozed_until IS NULL AND a.held IS NULL
            AND (a.level + 1 < json_array_length(v.levels) OR a.pass - a.first_pass + 1 < v.passes)
            AND coalesce(a.progress ->> 'ended', 0) = 0 ORDER BY a.id LIMIT $2",
        postgres: "SELECT a.id FROM alert a JOIN escalation_policy_version v ON v.org_id = a.org_id AND v.policy_id = a.policy_id AND v.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED' AND a.priority = 'HIGH' AND a.next_step_at IS NULL AND a.wake_at IS NULL AND a.snoozed_until IS NULL AND a.held IS NULL
            AND (a.level + 1 < json_array_length(v.levels::json) OR a.pass - a.first_pass + 1 < v.passes)
            AND coalesce(CAST(a.progress AS JSON) ->> 'ended', 'false') = 'false' ORDER BY a.id LIMIT $2",
    }
    /// How long each version of a policy waits at most. `$2`: how long tries to reach anybody at all do.
    FAR_STEPS {
        sqlite: "WITH patience AS MATERIALIZED (SELECT policy_id, version, max(delay_s, $2, coalesce((SELECT max(value ->> 'timeout_s') FROM json_each(levels)), 0)) AS longest_s
                FROM escalation_policy_version WHERE org_id = $1)
            SELECT a.id FROM alert a JOIN patience p ON p.policy_id = a.policy_id AND p.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED' AND a.priority = 'HIGH' AND a.held IS NULL AND a.next_step_at > $3 + p.longest_s * 1000000 ORDER BY a.id LIMIT $4",
        postgres: "WITH patience AS MATERIALIZED (SELECT policy_id, version, greatest(delay_s, $2, coalesce((SELECT max(CAST(value ->> 'timeout_s' AS BIGINT)) FROM json_array_elements(CAST(levels AS JSON))), 0)) AS longest_s
                FROM escalation_policy_version WHERE org_id = $1)
            SELECT a.id FROM alert a JOIN patience p ON p.policy_id = a.policy_id AND p.version = a.policy_version
            WHERE a.org_id = $1 AND a.status = 'PENDING' AND a.status <> 'RESOLVED' AND a.priority = 'HIGH' AND a.held IS NULL AND a.next_step_at > $3 + p.longest_s * 1000000 ORDER BY a.id LIMIT $4",
    }
    /// What waits although it is due. What waits for an earlier job of its lane is not late: that one is, or it says by itself what is wrong.
    LATE {
        both: "SELECT j.kind, count(*), min(j.visible_at) FROM job j WHERE j.gave_up_at IS NULL AND j.visible_at <= $1
            AND (j.lane IS NULL OR NOT EXISTS (SELECT 1 FROM job o WHERE o.lane = j.lane AND o.gave_up_at IS NULL AND o.id < j.id)) GROUP BY j.kind ORDER BY j.kind"
    }
    /// Sources that are asked for changes, by what is known of their last poll.
    POLLED {
        both: "SELECT id, name, started_at, polled_at, poll_state, rules FROM alert_source WHERE org_id = $1 AND integration_type = 'AUTOTASK' AND active AND deleted_at IS NULL ORDER BY id LIMIT $2"
    }
}

/// Rows looked at of each kind.
const LOOKED_AT_MAX: i64 = 1_000;
/// How late work may be that pages hang on, and other work, in seconds.
const LATE_S: [i64; 2] = [120, 900];
/// Kinds that pages hang on.
const URGENT: [&str; 4] = ["escalate", "notify", "summarize", "tell"];
/// How long a source may go without being asked, in seconds, and how many of its own intervals.
const SILENT_S: i64 = 900;
const SILENT_INTERVALS: i64 = 3;
/// What a next step may lie beyond the longest wait of its policy, in seconds.
const SLACK_S: i64 = 60;

/// The name of the setting that says whom the auditor calls and whom it tells outside.
pub const SETTING: &str = "auditor";

/// Whom the auditor calls, and which outside watch hears that all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Who is called when it finds what it cannot mend; the administrators are told where there is none.
    pub policy: Option<PolicyId>,
    /// The address of the outside watch.
    pub ping_url: Option<String>,
    /// Whether it is a POST; a GET otherwise.
    pub ping_post: bool,
    /// How often.
    pub ping_every_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { policy: None, ping_url: None, ping_post: false, ping_every_s: limits::PING_EVERY_S }
    }
}

/// Those that are kept; the defaults where there are none, or where a newer version wrote something else.
pub async fn settings(db: &Db, scope: &Scope) -> Result<Settings, StoreError> {
    let kept = crate::settings::get(db, scope, SETTING).await?.and_then(|setting| setting.value);
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Keeps them.
pub async fn put_settings(db: &Db, scope: &Scope, settings: &Settings, now: Timestamp) -> Result<(), StoreError> {
    crate::settings::put(db, scope, SETTING, (Some(stored::to_json(settings)?), None), now).await
}

/// How the auditor stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its last run.
    pub ran_at: Option<Timestamp>,
    /// What that found.
    pub findings: Vec<Finding>,
    /// Keys of findings for which an alert is open or people were told.
    pub raised: Vec<String>,
    /// What was found last.
    pub last_findings: Vec<Finding>,
    /// When.
    pub found_at: Option<Timestamp>,
    /// When the outside was told last that all is well.
    pub pinged_at: Option<Timestamp>,
    /// When that was tried last.
    pub ping_tried_at: Option<Timestamp>,
    /// What went wrong at that try.
    pub ping_error: Option<String>,
}

impl Standing {
    /// Whether the outside may be told that all is well.
    pub fn is_well(&self, now: Timestamp) -> bool {
        Runs { ran_at: self.ran_at, found_at: self.found_at }.is_well(now)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    ran_at: Option<i64>,
    findings: String,
    raised: String,
    last_findings: String,
    found_at: Option<i64>,
    pinged_at: Option<i64>,
    ping_tried_at: Option<i64>,
    ping_error: Option<String>,
}

impl From<Row> for Standing {
    /// Findings of another version are not read: the next run writes them anew.
    fn from(row: Row) -> Self {
        let findings = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self {
            ran_at: row.ran_at.map(timestamp),
            findings: findings(&row.findings),
            raised: serde_json::from_str(&row.raised).unwrap_or_default(),
            last_findings: findings(&row.last_findings),
            found_at: row.found_at.map(timestamp),
            pinged_at: row.pinged_at.map(timestamp),
            ping_tried_at: row.ping_tried_at.map(timestamp),
            ping_error: row.ping_error,
        }
    }
}

/// How the auditor stands; as if it had never run where it has not.
pub async fn standing(db: &Db, scope: &Scope) -> Result<Standing, StoreError> {
    let row: Option<Row> = db.one(GET, args![scope.org]).await?;
    Ok(row.map(Standing::from).unwrap_or_default())
}

/// Keeps what a run found, and the keys for which somebody was called or told.
pub async fn note_run(
    tx: &mut Tx,
    scope: &Scope,
    found: &[Finding],
    raised: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(MAKE, args![scope.org]).await?;
    tx.exec(RAN, args![scope.org, now, stored::to_json(&found)?, stored::to_json(&raised)?]).await?;
    note_found(tx, scope, found, now).await
}

/// Keeps that something was found, beside the runs too.
pub async fn note_found(tx: &mut Tx, scope: &Scope, found: &[Finding], now: Timestamp) -> Result<(), StoreError> {
    if found.is_empty() {
        return Ok(());
    }
    tx.exec(MAKE, args![scope.org]).await?;
    tx.exec(FOUND, args![scope.org, now, stored::to_json(&found)?]).await.map(|_| ())
}

/// Keeps what became of telling the outside.
pub async fn note_ping(
    tx: &mut Tx,
    scope: &Scope,
    outcome: Result<(), String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(MAKE, args![scope.org]).await?;
    tx.exec(PINGED, args![scope.org, now, outcome.is_ok(), outcome.err()]).await.map(|_| ())
}

/// Looks for what the auditor cannot mend. Reads only.
pub async fn look(db: &Db, scope: &Scope, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    let still: Vec<(i64,)> = db.all(STAND_STILL, args![scope.org, LOOKED_AT_MAX]).await?;
    if let Some((first,)) = still.first() {
        found.push(Finding::AlertsStandStill { count: still.len(), first: AlertId(*first) });
    }
    let far = far_steps(db, scope, now).await?;
    if let Some(first) = far.first() {
        found.push(Finding::StepsTooFar { count: far.len(), first: *first });
    }
    found.extend(late_work(db, now).await?);
    found.extend(silent_sources(db, scope, now).await?);
    Ok(found)
}

async fn far_steps(db: &Db, scope: &Scope, now: Timestamp) -> Result<Vec<AlertId>, StoreError> {
    // Nobody reached: the tries begin anew after as long as this.
    let longest_retry_s = limits::NOBODY_RETRY_MIN[1] * 60;
    let args = args![scope.org, longest_retry_s, ahead(now, SLACK_S), LOOKED_AT_MAX];
    let rows: Vec<(i64,)> = db.all(FAR_STEPS, args).await?;
    Ok(rows.into_iter().map(|(id,)| AlertId(id)).collect())
}

fn ahead(now: Timestamp, by_s: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(by_s)).unwrap_or(Timestamp::MAX)
}

async fn late_work(db: &Db, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let late = |(job, count, since): (String, i64, i64)| {
        let (since, bound_s) = (timestamp(since), if URGENT.contains(&job.as_str()) { LATE_S[0] } else { LATE_S[1] });
        let is_late = now.duration_since(since) > SignedDuration::from_secs(bound_s);
        is_late.then_some(Finding::WorkLate { job, count, since })
    };
    Ok(db.all(LATE, args![now]).await?.into_iter().filter_map(late).collect())
}

#[derive(sqlx::FromRow)]
struct Polled {
    id: i64,
    name: String,
    started_at: i64,
    polled_at: Option<i64>,
    poll_state: Option<String>,
    rules: Option<String>,
}

/// What of a source's rules says how often it is asked.
#[derive(Default, Deserialize)]
struct Interval {
    #[serde(default)]
    poll_interval_s: Option<i64>,
}

/// What of the state of its poll says when it was last asked with success.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Outcome {
    succeeded_at: Option<Timestamp>,
    error: Option<String>,
}

impl Polled {
    /// The last poll that worked; before there was any, since when there could have been. A try that failed is none.
    fn answered_at(&self) -> Timestamp {
        let outcome: Outcome = read(self.poll_state.as_deref());
        let polled_at = self.polled_at.filter(|_| outcome.error.is_none());
        outcome.succeeded_at.unwrap_or_else(|| timestamp(polled_at.unwrap_or(self.started_at)))
    }

    fn bound(&self) -> SignedDuration {
        let interval_s = read::<Interval>(self.rules.as_deref()).poll_interval_s.unwrap_or(0);
        SignedDuration::from_secs(SILENT_S.max(SILENT_INTERVALS * interval_s))
    }
}

fn read<T: Default + serde::de::DeserializeOwned>(text: Option<&str>) -> T {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

async fn silent_sources(db: &Db, scope: &Scope, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<Polled> = db.all(POLLED, args![scope.org, LOOKED_AT_MAX]).await?;
    let silent = |polled: Polled| {
        let since = polled.answered_at();
        let is_silent = now.duration_since(since) > polled.bound();
        is_silent.then_some(Finding::SourceSilent { source: SourceId(polled.id), name: polled.name, since })
    };
    Ok(rows.into_iter().filter_map(silent).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_another_version_are_read_as_far_as_they_go() {
        let read: Settings = serde_json::from_str(r#"{"ping_url":"https://x.example","later":1}"#).unwrap();
        assert_eq!((read.ping_every_s, read.ping_url.as_deref()), (60, Some("https://x.example")));
    }
}
