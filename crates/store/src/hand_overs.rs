//! A schedule was changed: alerts whose running level asks it are looked at again, so that who is on call now is paged as well.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::{alerts, escalations, outlooks, policies, recipients, rosters};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::escalation::{self, Level, Policy, Target};
use watchbell_core::ids::{PolicyId, ScheduleId};
use watchbell_core::limits;

sql! {
    /// Where the pending alerts of an organization stand.
    PLACES {
        both: "SELECT DISTINCT policy_id, policy_version, level FROM alert WHERE org_id = $1 AND status = 'PENDING' AND status <> 'RESOLVED' AND level >= 0 AND next_step_at > $2
            ORDER BY policy_id, policy_version, level"
    }
    RUNNING {
        sqlite: "SELECT id FROM alert WHERE org_id = $1 AND status = 'PENDING' AND status <> 'RESOLVED' AND level >= 0 AND next_step_at > $2 AND id > $3
            AND policy_id || ':' || policy_version || ':' || level IN (SELECT value FROM json_each($5)) ORDER BY id LIMIT $4",
        postgres: "SELECT id FROM alert WHERE org_id = $1 AND status = 'PENDING' AND status <> 'RESOLVED' AND level >= 0 AND next_step_at > $2 AND id > $3
            AND policy_id || ':' || policy_version || ':' || level = ANY($5) ORDER BY id LIMIT $4",
    }
}

/// Asks for the look; part of the unit that changes the schedule.
pub async fn schedule_changed(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let job = NewJob::new(scope.org, JobKind::ScheduleChanged, schedule.0, now).once(format!("schedule:{schedule}"));
    jobs::ask(tx, vec![job]).await
}

/// The levels, of versions of policies, that ask a schedule and that alerts wait at.
pub async fn places(db: &Db, scope: &Scope, schedule: ScheduleId, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let (mut asking, mut last): (Vec<String>, Option<Policy>) = (Vec::new(), None);
    for (id, version, level) in db.all::<(i64, i64, i64)>(PLACES, crate::args![scope.org, now]).await? {
        let policy = match last.take().filter(|policy| (policy.id.0, policy.version) == (id, version)) {
            Some(policy) => policy,
            None => policies::get_version(db, scope, PolicyId(id), version).await?,
        };
        if policy.level(level).is_some_and(|level| level.names(Target::Schedule(schedule))) {
            asking.push(format!("{id}:{version}:{level}"));
        }
        last = Some(policy);
    }
    Ok(asking)
}

/// Looks at some of the alerts at these places: one that has somebody to call is woken now, another at its next hand-over. Returns the
/// last one that was looked at, if there may be more.
pub async fn wake_some(
    tx: &mut Tx,
    scope: &Scope,
    places: &[String],
    after: i64,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    if places.is_empty() {
        return Ok(None);
    }
    let args = crate::args![scope.org, now, after, limits::SCHEDULE_CHANGE_ALERTS_MAX, places.to_vec()];
    let ids: Vec<i64> = tx.all::<(i64,)>(RUNNING, args).await?.into_iter().map(|(id,)| id).collect();
    let last = ids.last().copied().filter(|_| ids.len() as i64 >= limits::SCHEDULE_CHANGE_ALERTS_MAX);
    let locked = alerts::lock(tx, scope.org, ids).await?;
    let waiting: Vec<Alert> = locked.into_iter().map(|(alert, _)| alert).filter(|alert| waits(alert, now)).collect();
    let moved = moved(tx, scope, &waiting, now).await?;
    alerts::update(tx, scope.org, &moved.iter().map(|(before, after)| (*before, after)).collect::<Vec<_>>()).await?;
    jobs::ask(tx, moved.iter().filter_map(|(_, alert)| escalations::next_step(scope.org, alert)).collect()).await?;
    Ok(last)
}

/// Whether a level of it runs and nothing is due: what is due looks at the schedule by itself.
fn waits(alert: &Alert, now: Timestamp) -> bool {
    let lies_ahead = |at: Option<Timestamp>| at.is_none_or(|at| at > now);
    let escalation = &alert.escalation;
    alert.status == Status::Pending
        && alert.snoozed_until.is_none()
        && escalation.next_step_at.is_some()
        && lies_ahead(escalation.next_step_at)
        && lies_ahead(escalation.wake_at)
}

/// Those that are to be looked at at another time than before.
async fn moved<'a>(
    tx: &mut Tx,
    scope: &Scope,
    waiting: &'a [Alert],
    now: Timestamp,
) -> Result<Vec<(&'a Alert, Alert)>, StoreError> {
    let policies = recipients::policies(tx, scope.org, &waiting.iter().collect::<Vec<_>>()).await?;
    let running = |alert: &Alert| policies.get(&(alert.escalation.policy, alert.escalation.version));
    let level = |alert: &Alert| running(alert)?.level(alert.escalation.level);
    let levels: BTreeMap<_, &Level> = waiting.iter().filter_map(|alert| Some((place(alert), level(alert)?))).collect();
    let levels: Vec<&Level> = levels.into_values().collect();
    let roster = rosters::load(&mut *tx, scope, &levels, &[], now).await?;
    let paged = outlooks::paged(tx, scope.org, waiting.iter().map(|alert| alert.id.0).collect()).await?;
    let wake_at = |alert: &Alert| {
        let paged = paged.get(&alert.id.0).map_or(&[][..], Vec::as_slice);
        running(alert).map(|policy| escalation::looked_at_next(alert, policy, &roster, paged, now))
    };
    let moved = |alert: &'a Alert| {
        let wake_at = wake_at(alert)?;
        (wake_at != alert.escalation.wake_at).then(|| (alert, woken_at(alert.clone(), wake_at)))
    };
    Ok(waiting.iter().filter_map(moved).collect())
}

fn place(alert: &Alert) -> (PolicyId, i64, i64) {
    (alert.escalation.policy, alert.escalation.version, alert.escalation.level)
}

fn woken_at(mut alert: Alert, at: Option<Timestamp>) -> Alert {
    alert.version += 1;
    alert.escalation.wake_at = at;
    alert
}
