//! A schedule was changed: alerts whose running level asks it are looked at again, so that who is on call now is paged as well.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::{alerts, escalations, recipients};
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::escalation::{Policy, Target};
use watchbell_core::ids::{OrgId, ScheduleId};
use watchbell_core::limits;

sql! {
    RUNNING {
        both: "SELECT id FROM alert WHERE org_id = $1 AND status = 'PENDING' AND status <> 'RESOLVED' AND level >= 0 AND next_step_at > $2 AND id > $3 ORDER BY id LIMIT $4"
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

/// Wakes the alerts whose running level asks a schedule, some in each transaction.
pub async fn wake_all(db: &Db, scope: &Scope, schedule: ScheduleId, now: Timestamp) -> Result<(), StoreError> {
    let (org, mut last) = (scope.org, 0);
    loop {
        let part = db.write(move |tx| Box::pin(async move { wake_some(tx, org, schedule, last, now).await }));
        match part.await {
            Ok(Some(seen)) => last = seen,
            Ok(None) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// The last alert that was looked at; `None`: there are no more.
async fn wake_some(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    after: i64,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let args = crate::args![org, now, after, limits::SCHEDULE_CHANGE_ALERTS_MAX];
    let ids: Vec<i64> = tx.all::<(i64,)>(RUNNING, args).await?.into_iter().map(|(id,)| id).collect();
    let Some(last) = ids.last().copied() else { return Ok(None) };
    let locked: Vec<Alert> = alerts::lock(tx, org, ids).await?.into_iter().map(|(alert, _)| alert).collect();
    let policies = recipients::policies(tx, org, &locked.iter().collect::<Vec<_>>()).await?;
    let asks = |alert: &Alert| {
        policies.get(&(alert.escalation.policy, alert.escalation.version)).is_some_and(|p| runs_by(alert, p, schedule))
    };
    let woken: Vec<(Alert, Alert)> =
        locked.into_iter().filter(asks).map(|alert| (alert.clone(), woken(alert, now))).collect();
    alerts::update(tx, org, &woken.iter().map(|(before, after)| (before, after)).collect::<Vec<_>>()).await?;
    jobs::ask(tx, woken.iter().filter_map(|(_, alert)| escalations::next_step(org, alert)).collect()).await?;
    Ok(Some(last))
}

fn runs_by(alert: &Alert, policy: &Policy, schedule: ScheduleId) -> bool {
    let level = policy.level(alert.escalation.level);
    alert.status == Status::Pending && level.is_some_and(|level| level.names(Target::Schedule(schedule)))
}

fn woken(mut alert: Alert, now: Timestamp) -> Alert {
    alert.version += 1;
    alert.escalation.wake_at = Some(now);
    alert
}
