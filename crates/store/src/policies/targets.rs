//! What levels name: it has to exist, somebody of it has to be reachable, and it is not deleted while a policy names it.

use super::NOUN;
use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::rosters::{self, Rotas};
use crate::scope::Scope;
use crate::{schedules, stored, teams, users};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{Level, Target};
use watchbell_core::ids::{OrgId, PolicyId, ScheduleId, TeamId, UserId};
use watchbell_core::limits;
use watchbell_core::schedule::Span;

sql! {
    ALL_LEVELS { both: "SELECT p.id, p.name, v.levels FROM escalation_policy p JOIN escalation_policy_version v \
        ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version \
        WHERE p.org_id = $1 AND p.deleted_at IS NULL ORDER BY p.id" }
}

/// What levels name has to exist; it stays until the unit ends.
pub(super) async fn check_exist(tx: &mut Tx, org: OrgId, levels: &[Level]) -> Result<(), StoreError> {
    let user_ids: Vec<UserId> = unique(levels.iter().flat_map(|level| level.users.iter().copied()));
    let schedule_ids: Vec<ScheduleId> = unique(levels.iter().flat_map(|level| level.schedules.iter().copied()));
    let team_ids: Vec<TeamId> = unique(levels.iter().flat_map(|level| level.teams.iter().copied()));
    let mut missing: Vec<String> =
        users::missing(tx, org, &user_ids).await?.iter().map(|id| format!("user {id}")).collect();
    if !schedule_ids.is_empty() {
        let ids = schedules::missing(tx, org, &schedule_ids).await?;
        missing.extend(ids.iter().map(|id| format!("schedule {id}")));
    }
    if !team_ids.is_empty() {
        missing.extend(teams::missing(tx, org, &team_ids).await?.iter().map(|id| format!("team {id}")));
    }
    match missing.first() {
        None => Ok(()),
        Some(what) => Err(StoreError::Refused(format!("{what} of escalationRules does not exist"))),
    }
}

/// A policy that can reach nobody is refused: nobody of all whom it calls has a contact that works, with a rule that leads to it.
/// Of schedules those count who are on call within [`limits::SIMULATED_DAYS_MAX`]; one in which nobody is at all is left to the
/// warnings about its gaps.
pub(super) async fn check_reach(
    tx: &mut Tx,
    scope: &Scope,
    levels: &[Level],
    now: Timestamp,
) -> Result<(), StoreError> {
    if levels.is_empty() {
        return Ok(());
    }
    let until = now.saturating_add(SignedDuration::from_hours(24 * limits::SIMULATED_DAYS_MAX)).unwrap_or(now);
    let mut reader = tx.into();
    let rotas = Rotas::load(&mut reader, scope, levels.iter(), Span::new(now, until)).await?;
    let mut people = rotas.people();
    people.extend(levels.iter().flat_map(|level| level.users.iter().copied()));
    if people.is_empty() && levels.iter().any(|level| !level.schedules.is_empty()) {
        return Ok(());
    }
    let known = rosters::with_rules(&mut reader, scope, people).await?;
    match known.values().any(|recipient| recipient.rules.iter().any(|rule| rule.priority == Priority::High)) {
        true => Ok(()),
        false => Err(StoreError::Refused(
            "escalationRules reach nobody: none of the people whom they call has a verified contact with a rule for pages. \
             Give one of them such a contact first (Users, Contacts), or name somebody else"
                .into(),
        )),
    }
}

fn unique<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<BTreeSet<T>>().into_iter().collect()
}

/// The names of the policies whose current version names this: what they name is not deleted.
pub(crate) async fn names_that_target(tx: &mut Tx, org: OrgId, target: Target) -> Result<Vec<String>, StoreError> {
    Ok(that_target(tx, org, target).await?.into_iter().map(|(_, name)| name).collect())
}

/// The policies whose current version names this, by id, with their names.
pub(super) async fn that_target(
    tx: &mut Tx,
    org: OrgId,
    target: Target,
) -> Result<Vec<(PolicyId, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = tx.all(ALL_LEVELS, args![org]).await?;
    let mut found = Vec::new();
    for (id, name, levels) in rows {
        let levels: Vec<Level> = stored::json(NOUN, &levels)?;
        if levels.iter().any(|level| level.names(target)) {
            found.push((PolicyId(id), name));
        }
    }
    Ok(found)
}
