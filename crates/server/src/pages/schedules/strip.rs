//! Who is on call by each schedule: what every page says at its top.

use super::Names;
use super::duties::{ahead, on_duty};
use crate::app::App;
use watchbell_core::ids::ScheduleId;
use watchbell_core::schedule::Prepared;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, overview, schedules};
use watchbell_ui::on_call_strip::OnCallNow;

/// Schedules that are looked at; whoever has more sees them on their page.
const LOOKED_AT_MAX: usize = 30;

/// Who is on call now. A schedule that cannot be read has nobody on call, as for paging.
pub(in super::super) async fn on_call_now(app: &App, scope: &Scope) -> Result<Vec<OnCallNow>, StoreError> {
    let names = overview::schedule_names(&app.db, scope, LOOKED_AT_MAX as i64).await?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
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
