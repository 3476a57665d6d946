//! Who takes the place of somebody who leaves: in policies, among the fallback contacts, in rotas, in teams. Where nobody does, whoever
//! stands in such a place is not deleted.

use crate::db::Tx;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::users::{self, User};
use crate::{fallback, policies, schedules, teams};
use jiff::Timestamp;
use watchbell_core::escalation::Target;
use watchbell_core::ids::{OrgId, UserId};

/// Holds who leaves, and who takes their place, in the order of their ids, as two such units would meet.
/// Errors: `NotFound`, `Refused` (the replacement does not exist, or is the person).
pub(crate) async fn hold(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    replacement: Option<UserId>,
) -> Result<User, StoreError> {
    if replacement == Some(user) {
        return Err(StoreError::Refused("replacement: must be somebody else".into()));
    }
    let (first, last): (Vec<UserId>, Vec<UserId>) = replacement.into_iter().partition(|to| *to < user);
    schedules::parts::check_people(tx, org, "replacement", first).await?;
    let leaving = users::lock(tx, org, user).await?;
    schedules::parts::check_people(tx, org, "replacement", last).await?;
    Ok(leaving)
}

/// Puts the replacement into each place. Errors: `InUse`, naming the places, where there is no replacement; `Refused`, where a
/// policy would reach nobody then.
pub(crate) async fn succeed(
    tx: &mut Tx,
    scope: &Scope,
    user: &User,
    replacement: Option<UserId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, name) = (user.id, user.name());
    if replacement.is_none() {
        refuse_hole(tx, scope.org, (id, &name)).await?;
    }
    schedules::replace_user(tx, scope, (id, &name), replacement, now).await?;
    let Some(to) = replacement else { return teams::leave_all(tx, scope.org, id, now).await };
    teams::replace_user(tx, scope, (id, to), now).await?;
    // Behind rotas and teams: what a policy names has to reach somebody.
    policies::replace_user(tx, scope, (id, to), now).await?;
    fallback::replace_user(tx, scope, (id, to), now).await
}

async fn refuse_hole(tx: &mut Tx, org: OrgId, (user, name): (UserId, &str)) -> Result<(), StoreError> {
    let policies = policies::names_that_target(tx, org, Target::User(user)).await?;
    if !policies.is_empty() {
        let list = policies.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let what = format!(
            "{name} is paged by the escalation policies {list}: say who takes their place (replacement), or take them out there first"
        );
        return Err(StoreError::InUse { what });
    }
    match fallback::names_user(tx, org, user).await? {
        false => Ok(()),
        true => Err(StoreError::InUse {
            what: format!(
                "{name} is a fallback contact, who is told where nobody could be notified: say who takes their place (replacement), \
                 or take them out in the settings first"
            ),
        }),
    }
}
