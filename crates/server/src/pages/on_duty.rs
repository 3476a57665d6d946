//! Who is on call now, by person: the names of the schedules.

use crate::app::App;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{Span, on_call};
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, schedules};

use super::choices::CHOICES_MAX;

/// Everybody who is on call at this moment.
pub(super) async fn now(app: &App, scope: &Scope) -> Result<BTreeMap<UserId, Vec<String>>, StoreError> {
    let now = app.clock.now();
    let all = schedules::list(&app.db, scope, Page::first(CHOICES_MAX), now).await?;
    let ids: Vec<ScheduleId> = all.iter().map(|schedule| schedule.id).collect();
    let ready = schedules::prepared(&app.db, scope, &ids, Span::new(now, now + SignedDuration::from_secs(1))).await?;
    let mut people: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
    for schedule in all {
        let duty = ready.get(&schedule.id).and_then(|ready| on_call(ready, now).0.user());
        if let Some(user) = duty {
            people.entry(user).or_default().push(schedule.name);
        }
    }
    Ok(people)
}
