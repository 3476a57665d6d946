//! Alerts that wait for a border: what holds their first page back, and quiet ones that are raised. Looked up when a step is due,
//! in its transaction, so that an edit counts from its commit on.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::sources::Source;
use crate::{alerts, changes, escalations, maintenance, support_hours};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use watchbell_core::alert::{Alert, Change, Happening, Priority, Status, apply};
use watchbell_core::grouping::Grouping;
use watchbell_core::hold::{Holds, Silence};
use watchbell_core::ids::{MaintenanceWindowId, OrgId, SourceId, SupportHoursId};
use watchbell_core::limits;
use watchbell_core::priority_rule::{Loudness, PriorityRule};
use watchbell_core::timeline::Actor;

sql! {
    RULES {
        sqlite: "SELECT id, priority_rule, support_hours_id, auto_raise FROM alert_source WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND support_hours_id IS NOT NULL ORDER BY id",
        postgres: "SELECT id, priority_rule, support_hours_id, auto_raise FROM alert_source WHERE org_id = $1 AND id = ANY($2) AND support_hours_id IS NOT NULL ORDER BY id",
    }
    HELD_BY_WINDOW {
        sqlite: "SELECT count(*) FROM alert WHERE org_id = $1 AND held IS NOT NULL AND status <> 'RESOLVED' AND held ->> 'because' = 'maintenance' AND held ->> 'id' = $2",
        postgres: "SELECT count(*) FROM alert WHERE org_id = $1 AND held IS NOT NULL AND status <> 'RESOLVED'
            AND CAST(held AS JSON) ->> 'because' = 'maintenance' AND CAST(CAST(held AS JSON) ->> 'id' AS BIGINT) = $2",
    }
    WAITING { both: "SELECT id FROM alert WHERE org_id = $1 AND id > $2 AND (held IS NOT NULL OR raise_at IS NOT NULL) AND status <> 'RESOLVED' ORDER BY id LIMIT $3" }
}

/// What ingest has to know of a source: how loud its alerts open, and whether anything may hold them back.
#[derive(Debug, Clone)]
pub struct Opening {
    /// How loud.
    pub loudness: Loudness,
    /// Whether something may: most sources have nothing, and their alerts ask nothing.
    pub may_hold: bool,
}

impl From<Priority> for Opening {
    fn from(priority: Priority) -> Self {
        Self { loudness: priority.into(), may_hold: false }
    }
}

/// How the alerts of a source open.
pub async fn opening(db: &Db, scope: &Scope, source: &Source, now: Timestamp) -> Result<Opening, StoreError> {
    let hours = match source.support_hours {
        None => None,
        Some(id) => {
            let kept = support_hours::get_many(db, scope, &[id]).await?;
            support_hours::ready(db, scope, &kept).await?.remove(&id).map(Arc::new)
        }
    };
    let rule = source.priority_rule;
    let may_hold = rule == PriorityRule::SilentOutsideSupportHours || maintenance::is_any(db, scope.org, now).await?;
    Ok(Opening { loudness: Loudness { rule, hours, auto_raise: source.auto_raise }, may_hold })
}

/// The rules of the sources of these alerts that have hours, with the hours' names.
async fn rules(tx: &mut Tx, org: OrgId, alerts: &[&Alert]) -> Result<BTreeMap<SourceId, Silence>, StoreError> {
    let mut sources: Vec<i64> = alerts.iter().map(|alert| alert.source.0).collect();
    sources.sort_unstable();
    sources.dedup();
    let rows: Vec<(i64, String, i64, bool)> = tx.all(RULES, args![org, sources]).await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<i64> = rows.iter().map(|(_, _, hours, _)| *hours).collect();
    let ready = support_hours::ready_in(tx, org, ids).await?;
    let hours: BTreeMap<SupportHoursId, (String, Arc<_>)> =
        ready.into_iter().map(|(kept, hours)| (kept.id, (kept.name, Arc::new(hours)))).collect();
    let rule = |(source, rule, id, auto_raise): (i64, String, i64, bool)| {
        let id = SupportHoursId(id);
        let (name, hours) = hours.get(&id).cloned()?;
        let loudness = Loudness { rule: PriorityRule::parse(&rule)?, hours: Some(hours), auto_raise };
        Some((SourceId(source), Silence { id, name, loudness }))
    };
    Ok(rows.into_iter().filter_map(rule).collect())
}

/// What may hold these alerts back now; nothing where none of them asks.
pub(crate) async fn of(tx: &mut Tx, org: OrgId, all: &[Alert], now: Timestamp) -> Result<Holds, StoreError> {
    let asking: Vec<&Alert> = all.iter().filter(|alert| Holds::concern(alert, now)).collect();
    if asking.is_empty() {
        return Ok(Holds::default());
    }
    Ok(Holds { silences: rules(tx, org, &asking).await?, windows: maintenance::open_now(tx, org, now).await? })
}

/// Raises those whose border has come, or moves them to the border that holds now; returns all as they are then.
pub(crate) async fn raise_due(
    tx: &mut Tx,
    org: OrgId,
    mut all: Vec<Alert>,
    now: Timestamp,
) -> Result<Vec<Alert>, StoreError> {
    let is_due = |alert: &Alert| alert.raised_at().is_some_and(|at| at <= now);
    let due: Vec<&Alert> = all.iter().filter(|alert| is_due(alert)).collect();
    if due.is_empty() {
        return Ok(all);
    }
    let rules = rules(tx, org, &due).await?;
    let mut changes = Vec::with_capacity(due.len());
    for alert in all.iter_mut().filter(|alert| is_due(alert)) {
        let rule = rules.get(&alert.source).filter(|rule| rule.loudness.auto_raise && rule.loudness.rule.needs_hours());
        let change = match rule.map(|rule| (rule.loudness.at(now), rule.loudness.raised_at(now))) {
            Some((Priority::High, _)) => apply(alert, &Happening::Raised, &Actor::System, now, Grouping::EachEvent),
            later => raised_later(alert, later.and_then(|(_, at)| at)),
        };
        changes.push((std::mem::replace(alert, change.alert.clone()), change));
    }
    changes::save(tx, org, changes, &Actor::System, now).await?;
    Ok(all)
}

/// The border was moved, or is none any more.
fn raised_later(alert: &Alert, at: Option<Timestamp>) -> Change {
    let after = Alert { raise_at: at, version: alert.version + 1, ..alert.clone() };
    Change { alert: after, entries: Vec::new(), cancel_pages: false, cancel_pages_of: None, work: Vec::new() }
}

/// How many alerts a window holds now.
pub async fn held_by_window(db: &Db, scope: &Scope, id: MaintenanceWindowId) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(HELD_BY_WINDOW, args![scope.org, id]).await?.map_or(0, |(count,)| count))
}

/// How long after an edit its alerts are looked at once more: what opened on another node meanwhile may have seen the old borders.
const SETTLED_S: i64 = 5;

/// Asks for [`recheck`], since a border was moved.
pub(crate) async fn ask_again(tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
    let job = |word: &str, after_s: i64| {
        let at = now + SignedDuration::from_secs(after_s);
        NewJob::new(org, JobKind::RecheckHolds, org.0, at).once(format!("recheck:{word}"))
    };
    jobs::ask(tx, vec![job("now", 0), job("settled", SETTLED_S)]).await
}

/// Has all alerts that wait for a border looked at again, a chunk at a time; returns the last of the chunk, if there may be more.
pub async fn recheck(tx: &mut Tx, scope: &Scope, after: i64, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let waiting: Vec<(i64,)> = tx.all(WAITING, args![scope.org, after, limits::CLEAN_UP_ROWS_MAX]).await?;
    let last = waiting.last().map(|(id,)| *id).filter(|_| waiting.len() as i64 >= limits::CLEAN_UP_ROWS_MAX);
    let locked = alerts::lock(tx, scope.org, waiting.into_iter().map(|(id,)| id).collect()).await?;
    let woken: Vec<(Alert, Alert)> = locked.into_iter().filter_map(|(alert, _)| woken(alert, now)).collect();
    alerts::update(tx, scope.org, &woken.iter().map(|(before, after)| (before, after)).collect::<Vec<_>>()).await?;
    jobs::ask(tx, woken.iter().filter_map(|(_, alert)| escalations::next_step(scope.org, alert)).collect()).await?;
    Ok(last)
}

/// An alert whose borders are due at once; of one that is snoozed, when the snooze is over.
fn woken(alert: Alert, now: Timestamp) -> Option<(Alert, Alert)> {
    let mut woken = alert.clone();
    if alert.held.is_some() && alert.status == Status::Pending {
        woken.escalation.next_step_at = Some(now);
    }
    if alert.raised_at().is_some() {
        woken.raise_at = Some(now);
    }
    woken.version += 1;
    (woken.escalation != alert.escalation || woken.raise_at != alert.raise_at).then_some((alert, woken))
}
