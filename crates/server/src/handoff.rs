//! Who confirms a hand-off note: whoever is on call, or comes next; it is there for them.

use crate::app::App;
use crate::auth::May;
use crate::error::ApiError;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{Prepared, Span, shifts};
use watchbell_core::user::Role;
use watchbell_store::handoff::{self, Note};
use watchbell_store::schedules;
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError};

/// How far ahead the next person is looked for.
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 35);

/// Who is on call, and who then: at most two people.
pub(crate) fn takers(prepared: &Prepared, now: Timestamp) -> Vec<UserId> {
    let span = Span::new(now, now + AHEAD);
    let all = shifts(prepared, span);
    let current = all.first().and_then(|shift| shift.duty.user());
    let next = all.iter().skip(1).filter_map(|shift| shift.duty.user()).find(|user| Some(*user) != current);
    current.into_iter().chain(next).collect()
}

/// Confirms the latest note of a schedule. Errors: 403 for others than its takers and who may configure, 404.
pub(crate) async fn confirm(app: &App, scope: &Scope, role: Role, id: ScheduleId) -> Result<Note, ApiError> {
    let now = app.clock.now();
    if handoff::list(&app.db, scope, id, Page::first(1)).await?.is_empty() {
        return Err(StoreError::not_found("hand-off note of schedule", id).into());
    }
    let span = Span::new(now, now + AHEAD);
    let ready = schedules::prepared(&app.db, scope, &[id], span).await?;
    let is_taker =
        ready.get(&id).zip(scope.actor.user()).is_some_and(|(prepared, user)| takers(prepared, now).contains(&user));
    match is_taker || May::Configure.is_granted_to(role) {
        true => Ok(handoff::confirm(&app.db, scope, id, now).await?),
        false => Err(ApiError::forbidden(
            "A hand-off note is confirmed by whoever is on call or comes next: ask them, or somebody who edits schedules.",
        )),
    }
}
