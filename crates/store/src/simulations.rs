//! Running an escalation policy ahead of time: everything that its steps ask is loaded once, for the whole time that it takes.

use crate::db::Db;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::rosters::{self, Rotas};
use crate::scope::Scope;
use crate::turns;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{self, Policy, Roster, Simulated};
use watchbell_core::limits;
use watchbell_core::schedule::Span;

/// How a policy would go for an alert that opens at `at` and that nobody answers. What lies further away than
/// [`limits::SIMULATED_DAYS_MAX`] is left out.
pub async fn simulate(
    db: &Db,
    scope: &Scope,
    policy: &Policy,
    priority: Priority,
    at: Timestamp,
) -> Result<Simulated, StoreError> {
    let mut reader = Reader::from(db);
    let farthest = at.saturating_add(SignedDuration::from_hours(24 * limits::SIMULATED_DAYS_MAX)).unwrap_or(at);
    let span = Span::new(at, policy.ends_at(at).min(farthest).max(at));
    let rotas = Rotas::load(&mut reader, scope, policy.levels.iter(), span).await?;
    let mut people = rotas.people();
    people.extend(policy.levels.iter().flat_map(|level| level.users.iter().copied()));
    let recipients = rosters::with_rules(&mut reader, scope, people).await?;
    let turns = turns::of_policy(&mut reader, scope.org, policy.id).await?;
    let roster_at = |at| Roster { recipients: recipients.clone(), turns: turns.clone(), ..rotas.at(at) };
    Ok(escalation::simulate(policy, priority, at, farthest, roster_at))
}
