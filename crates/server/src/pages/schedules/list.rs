//! All schedules on one chart.

use super::super::answer::{self, Answer};
use super::super::query::{Query, address};
use super::super::shell::Visit;
use super::Names;
use super::duties::{bar, gaps, merged, on_duty};
use super::window::Window;
use crate::app::App;
use crate::auth::{May, Read};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::collections::BTreeMap;
use watchbell_core::ids::{PolicyId, ScheduleId};
use watchbell_core::schedule::{Prepared, Schedule, Span, shifts};
use watchbell_store::overview::{self, Counted};
use watchbell_store::schedules;
use watchbell_ui::components::Paging;
use watchbell_ui::pages::schedule::chart::{Chart, Row, RowKind};
use watchbell_ui::pages::schedules::{ScheduleRow, SchedulesView, schedules as page};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::SCHEDULES, get(list))
}

/// What is known of the schedules that are shown.
struct Shown<'a> {
    window: &'a Window,
    names: &'a Names,
    policies: &'a BTreeMap<ScheduleId, Vec<(PolicyId, String)>>,
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let (scope, shell) = (&visit.can.scope, &visit.shell);
    let window = Window::of(&query, routes::SCHEDULES.into(), &shell.when, "");
    let total = overview::count(&app.db, scope, Counted::Schedules).await?;
    let (span, zone) = (query.text("span"), query.text("zone"));
    let paging = Paging::of(query.page(), total, |page| {
        let asked =
            [("page", page.to_string()), ("span", span.clone()), ("from", query.text("from")), ("zone", zone.clone())];
        let filled: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        address(routes::SCHEDULES, &filled).unwrap_or_else(|_| routes::SCHEDULES.to_owned())
    });
    let rows = query.window();
    let named = overview::schedule_names(&app.db, scope, rows.max_results, rows.start_index).await?;
    let ids: Vec<ScheduleId> = named.iter().map(|(id, _)| *id).collect();
    let seen = seen(window.span, shell.when.now);
    let loaded = schedules::load(&app.db, scope, &ids, seen).await?;
    let versions = loaded.values().flat_map(|schedule| &schedule.versions);
    let holidays = schedules::load::holidays(&mut (&app.db).into(), scope.org, versions).await?;
    let names = Names::of_schedules(&app, scope, loaded.values()).await?;
    let policies = overview::policies_by_schedule(&app.db, scope).await?;
    let shown = Shown { window: &window, names: &names, policies: &policies };
    let rows: Vec<(Row, ScheduleRow)> = named
        .into_iter()
        .filter_map(|(id, name)| {
            let schedule = loaded.get(&id)?;
            Some(shown.row(id, name, schedule, &Prepared::new(schedule, &holidays).ok()?))
        })
        .collect();
    let (chart_rows, list_rows) = rows.into_iter().unzip();
    let view = SchedulesView {
        chart: chart(&window, chart_rows),
        controls: window.controls,
        paging,
        rows: list_rows,
        may_edit: May::Configure.is_granted_to(visit.can.role),
    };
    answer::page(page(shell, &view))
}

/// What has to be loaded to show a window, and who is on call now.
pub(super) fn seen(window: Span, now: jiff::Timestamp) -> Span {
    let ahead = super::duties::ahead(now);
    Span::new(window.from.min(ahead.from), window.until.max(ahead.until))
}

fn chart(window: &Window, rows: Vec<Row>) -> Chart {
    Chart {
        id: "schedules".into(),
        name: "all schedules".into(),
        span: window.span,
        when: window.when.clone(),
        rows,
        holidays: Vec::new(),
        drag_opens: None,
    }
}

impl Shown<'_> {
    fn row(&self, id: ScheduleId, name: String, schedule: &Schedule, prepared: &Prepared) -> (Row, ScheduleRow) {
        let calm = merged(shifts(prepared, self.window.span));
        let on_chart = Row {
            kind: RowKind::Final,
            name: name.clone(),
            href: Some(routes::schedule(id)),
            bars: calm.iter().map(|shift| bar(schedule, self.names, shift)).collect(),
        };
        let in_list = ScheduleRow {
            id,
            name,
            zone: zone_of(schedule, self.window.when.now),
            duty: on_duty(schedule, prepared, self.names, self.window.when.now),
            gaps: gaps(prepared, self.window.ahead()).len() as i64,
            policies: self.policies.get(&id).map_or(0, |policies| policies.len() as i64),
        };
        (on_chart, in_list)
    }
}

/// The zone in force.
pub(super) fn zone_of(schedule: &Schedule, now: jiff::Timestamp) -> String {
    let in_force = schedule.versions.iter().rev().find(|version| version.from <= now);
    in_force.or(schedule.versions.first()).map_or_else(|| "UTC".to_owned(), |version| version.zone.clone())
}
