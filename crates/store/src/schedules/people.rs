//! Where a person is in rotas, and who takes their place when they leave: nobody leaves a silent hole.

use super::exceptions::passing_on::Past;
use super::load::people_of;
use super::overrides::{self, Override};
use super::temporaries::{self, TemporarySchedule};
use super::{Schedule, find, lock, parts, versions};
use crate::args;
use crate::audit::{self, subject};
use crate::db::Tx;
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::ids::{OrgId, OverrideId, ScheduleId, TemporaryScheduleId, UserId};
use watchbell_core::schedule::{Plan, Span, Version};

sql! {
    OVERRIDES {
        sqlite: "SELECT id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at FROM schedule_override \
            WHERE org_id = $1 AND user_id = $2 AND until_at > $3 AND schedule_id IN (SELECT value FROM json_each($4)) ORDER BY schedule_id, id",
        postgres: "SELECT id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at FROM schedule_override \
            WHERE org_id = $1 AND user_id = $2 AND until_at > $3 AND schedule_id = ANY($4) ORDER BY schedule_id, id",
    }
}

/// How a schedule uses a person from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Which schedule.
    pub schedule: ScheduleId,
    /// Its name.
    pub name: String,
    /// The layers, or the shifts, of its plans: "layer Nights", "shifts".
    pub plans: Vec<String>,
    /// Overrides that are not over.
    pub overrides: Vec<OverrideId>,
    /// Temporary schedules that are not over, with shifts of theirs.
    pub temporaries: Vec<TemporaryScheduleId>,
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("one {one}")),
            count => Some(format!("{count} {many}")),
        };
        let exceptions = [
            count(self.overrides.len(), "override", "overrides"),
            count(self.temporaries.len(), "temporary schedule", "temporary schedules"),
        ];
        let places: Vec<String> = self.plans.iter().cloned().chain(exceptions.into_iter().flatten()).collect();
        write!(f, "\"{}\" ({})", self.name, places.join(", "))
    }
}

/// Where a person is on call now or later: in a plan, an override, a temporary schedule. By schedule.
pub async fn uses_of_user(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Use>, StoreError> {
    let mut reader = reader.into();
    let found = find_uses(&mut reader, scope.org, user, now).await?;
    Ok(found.into_iter().map(|found| found.named(user)).collect())
}

/// A schedule that uses somebody, with all of it that does.
struct Found {
    schedule: Schedule,
    overrides: Vec<Override>,
    temporaries: Vec<TemporarySchedule>,
}

impl Found {
    fn named(self, user: UserId) -> Use {
        let plans = std::iter::once(&self.schedule.current).chain(&self.schedule.upcoming);
        let mut places: Vec<String> = plans.flat_map(|version| places(&version.plan, user)).collect();
        places.dedup();
        Use {
            schedule: self.schedule.id,
            name: self.schedule.name,
            plans: places,
            overrides: self.overrides.iter().map(|found| found.id).collect(),
            temporaries: self.temporaries.iter().map(|found| found.id).collect(),
        }
    }
}

fn places(plan: &Plan, user: UserId) -> Vec<String> {
    match plan {
        Plan::Recurring { layers } => {
            let named = layers.iter().filter(|layer| layer.users.contains(&user));
            named.map(|layer| format!("layer {}", layer.name)).collect()
        }
        Plan::Static { shifts, .. } if shifts.iter().any(|shift| shift.user == user) => vec!["shifts".into()],
        Plan::Static { .. } => Vec::new(),
    }
}

async fn find_uses(
    reader: &mut Reader<'_>,
    org: OrgId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Found>, StoreError> {
    let everything = Page::first(i64::MAX);
    let rows = reader.all(super::LIST, args![org, everything.max_results, everything.start_index]).await?;
    let schedules = super::assemble(reader, org, rows, now).await?;
    let ids: Vec<ScheduleId> = schedules.iter().map(|schedule| schedule.id).collect();
    let (overrides, temporaries) = exceptions_with(reader, org, &ids, user, now).await?;
    let found = |schedule: Schedule| Found {
        overrides: overrides.iter().filter(|found| found.schedule == schedule.id).cloned().collect(),
        temporaries: temporaries.iter().filter(|found| found.schedule == schedule.id).cloned().collect(),
        schedule,
    };
    Ok(schedules.into_iter().map(found).filter(|found| is_used(found, user, now)).collect())
}

/// The overrides and temporary schedules of some schedules that name somebody and are not over.
async fn exceptions_with(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    user: UserId,
    now: Timestamp,
) -> Result<(Vec<Override>, Vec<TemporarySchedule>), StoreError> {
    let mut temporaries = temporaries::all_touching(reader, org, ids, Span::new(now, Timestamp::MAX)).await?;
    temporaries.retain(|found| found.shifts.iter().any(|shift| shift.user == user && shift.span.until > now));
    let overrides: Vec<overrides::Row> = reader.all(OVERRIDES, args![org, user, now, parts::numbers(ids)]).await?;
    Ok((overrides.into_iter().map(Override::from).collect(), temporaries))
}

fn is_used(found: &Found, user: UserId, now: Timestamp) -> bool {
    let mut plans = std::iter::once(&found.schedule.current).chain(&found.schedule.upcoming);
    !found.overrides.is_empty() || !found.temporaries.is_empty() || plans.any(|version| names(version, user, now))
}

/// Whether a version names somebody for a time that is not over.
fn names(version: &Version, user: UserId, now: Timestamp) -> bool {
    match &version.plan {
        Plan::Static { shifts, .. } => shifts.iter().any(|shift| shift.user == user && shift.span.until > now),
        plan @ Plan::Recurring { .. } => people_of(plan).contains(&user),
    }
}

/// Puts somebody else into all rotas of a person from now on: what lies before now stays as it was. `name` is how the person is called.
/// The unit holds both. Errors: `InUse`, naming the rotas, where nobody takes their place.
pub async fn replace_user(
    tx: &mut Tx,
    scope: &Scope,
    (user, name): (UserId, &str),
    replacement: Option<UserId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let found = find_uses(&mut (&mut *tx).into(), scope.org, user, now).await?;
    if found.is_empty() {
        return Ok(());
    }
    let Some(to) = replacement else { return Err(StoreError::InUse { what: in_rotas(found, (user, name)) }) };
    for found in found {
        replace_in(tx, scope, found.schedule.id, (user, to), now).await?;
    }
    Ok(())
}

fn in_rotas(found: Vec<Found>, (user, name): (UserId, &str)) -> String {
    let list: Vec<String> = found.into_iter().map(|found| found.named(user).to_string()).collect();
    format!(
        "{name} is in the schedules {}: say who takes those turns (replacement), or take them out there first",
        list.join(", ")
    )
}

/// One schedule. It is read anew once it is held: it may have changed since it was found.
async fn replace_in(
    tx: &mut Tx,
    scope: &Scope,
    id: ScheduleId,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    lock(tx, scope.org, id).await?;
    let before = find(tx, scope.org, id, now).await?;
    replace_in_plans(tx, scope.org, &before, (user, to), now).await?;
    replace_in_exceptions(tx, scope, id, (user, to), now).await?;
    tx.exec(super::UPDATE, args![scope.org, id, &before.name, watchbell_core::text::fold(&before.name), now]).await?;
    let after = find(tx, scope.org, id, now).await?;
    audit::updated(tx, scope, subject(super::NOUN, id), (&before, &after), now).await?;
    super::changed(tx, scope, id, now).await
}

/// What is over of them stays as it was.
async fn replace_in_exceptions(
    tx: &mut Tx,
    scope: &Scope,
    id: ScheduleId,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut reader = Reader::from(&mut *tx);
    let (overrides, temporaries) = exceptions_with(&mut reader, scope.org, &[id], user, now).await?;
    let begun = overrides.iter().map(|over| over.span.from).chain(temporaries.iter().map(|one| one.span.from));
    let since = begun.min().unwrap_or(now);
    let past = Past::load(&mut reader, scope.org, id, Span::new(since, now)).await?;
    for over in &overrides {
        overrides::hand_over(tx, scope, over, to, &past, now).await?;
    }
    for temporary in &temporaries {
        temporaries::hand_over(tx, scope, temporary, (user, to), &past, now).await?;
    }
    Ok(())
}

/// The plan in force goes on with the other person from now on; those that are to come are written anew.
async fn replace_in_plans(
    tx: &mut Tx,
    org: OrgId,
    schedule: &Schedule,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let replaced = |version: &Version| Version { plan: with(version.plan.clone(), user, to, now), ..version.clone() };
    for version in std::iter::once(&schedule.current).chain(&schedule.upcoming) {
        let new = replaced(version);
        match (new == *version, version.from < now) {
            (true, _) => {}
            (false, true) => versions::squeeze_in(tx, org, schedule.id, &Version { from: now, ..new }, now).await?,
            (false, false) => versions::rewrite(tx, org, schedule.id, &new).await?,
        }
    }
    Ok(())
}

/// A plan with one person in the place of another; turns stay where they are.
fn with(mut plan: Plan, user: UserId, to: UserId, now: Timestamp) -> Plan {
    match &mut plan {
        Plan::Recurring { layers } => {
            let users = layers.iter_mut().flat_map(|layer| &mut layer.users);
            users.filter(|known| **known == user).for_each(|known| *known = to);
        }
        Plan::Static { shifts, .. } => {
            let ahead = shifts.iter_mut().filter(|shift| shift.user == user && shift.span.until > now);
            ahead.for_each(|shift| shift.user = to);
        }
    }
    plan
}
