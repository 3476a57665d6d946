//! Who is on call by each schedule: what every page says at its top.

use super::Names;
use super::duties::{ahead, on_duty};
use crate::app::App;
use jiff::SignedDuration;
use watchbell_core::ids::ScheduleId;
use watchbell_core::schedule::{Duty, Prepared, Span, on_call};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, overview, schedules};
use watchbell_ui::on_call_strip::OnCallNow;

/// Schedules of which it is known until when and who then.
const SHOWN_MAX: usize = 30;
/// Schedules that are asked at all.
const ASKED_MAX: i64 = 2_000;

/// Who is on call now. A schedule that cannot be read has nobody on call, as for paging.
pub(in super::super) async fn on_call_now(app: &App, scope: &Scope) -> Result<Vec<OnCallNow>, StoreError> {
    let names = overview::schedule_names(&app.db, scope, ASKED_MAX, 0).await?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
    let names = if names.len() > SHOWN_MAX { uncovered_first(app, scope, names).await? } else { names };
    let ids: Vec<ScheduleId> = names.iter().map(|(id, _)| *id).collect();
    let loaded = schedules::load(&app.db, scope, &ids, ahead(now)).await?;
    let holidays =
        schedules::load::holidays(&mut (&app.db).into(), scope.org, loaded.values().flat_map(|s| &s.versions)).await?;
    let people = Names::of_schedules(app, scope, loaded.values()).await?;
    let one = |(schedule, name): (ScheduleId, String)| {
        let empty =
            watchbell_core::schedule::Schedule { versions: Vec::new(), temporaries: Vec::new(), overrides: Vec::new() };
        let schedule_of = loaded.get(&schedule).cloned().unwrap_or(empty);
        let prepared = Prepared::new(&schedule_of, &holidays).ok()?;
        Some(OnCallNow { schedule, name, duty: on_duty(&schedule_of, &prepared, &people, now) })
    };
    Ok(names.into_iter().filter_map(one).collect())
}

/// So many that one can be shown: those by which nobody is on call, then the others by name.
async fn uncovered_first(
    app: &App,
    scope: &Scope,
    names: Vec<(ScheduleId, String)>,
) -> Result<Vec<(ScheduleId, String)>, StoreError> {
    let now = app.clock.now();
    let ids: Vec<ScheduleId> = names.iter().map(|(id, _)| *id).collect();
    let ready = schedules::prepared(&app.db, scope, &ids, Span::new(now, now + SignedDuration::from_secs(1))).await?;
    let is_covered = |id: &ScheduleId| ready.get(id).is_some_and(|ready| on_call(ready, now).0 != Duty::Nobody);
    let (covered, gaps): (Vec<_>, Vec<_>) = names.into_iter().partition(|(id, _)| is_covered(id));
    Ok(gaps.into_iter().chain(covered).take(SHOWN_MAX).collect())
}
