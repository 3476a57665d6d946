//! The rows of a chart: each layer is asked as a schedule of its own, so that a row shows what the one rule says of it.

use super::Names;
use super::duties::{bar, merged};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::CalendarId;
use watchbell_core::schedule::{Duty, Holidays, Plan, Prepared, Schedule, Shift, Span, Version, shifts};
use watchbell_ui::pages::schedule::chart::{Bar, Row, RowKind, Who};

/// Rows of layers on one chart.
const LAYER_ROWS_MAX: usize = 20;

/// What the rows are made of.
pub(super) struct Source<'a> {
    /// The schedule.
    pub(super) schedule: &'a Schedule,
    /// Its holidays.
    pub(super) holidays: &'a BTreeMap<CalendarId, Holidays>,
    /// Its people.
    pub(super) names: &'a Names,
    /// What is shown.
    pub(super) span: Span,
}

impl Source<'_> {
    /// Final, overrides, temporary schedules, then each layer or the plan of static shifts.
    pub(super) fn rows(&self) -> Vec<Row> {
        let bare = |schedule: Schedule| self.bars(&schedule);
        let without = Schedule { versions: Vec::new(), temporaries: Vec::new(), overrides: Vec::new() };
        let temporaries = Schedule { temporaries: self.schedule.temporaries.clone(), ..without.clone() };
        let shown = |kind, name: &str, bars| Row { kind, name: name.into(), href: None, bars };
        let mut rows = vec![
            shown(RowKind::Final, "Final schedule", self.bars(self.schedule)),
            shown(RowKind::Overrides, "Overrides", self.overrides()),
        ];
        if !temporaries.temporaries.is_empty() {
            rows.push(shown(RowKind::Plan, "Temporary", covered(bare(temporaries))));
        }
        let layers = self.layers().into_iter().map(|(name, versions)| {
            let alone = Schedule { versions, ..without.clone() };
            shown(RowKind::Plan, &name, covered(self.bars(&alone)))
        });
        rows.extend(layers);
        rows
    }

    /// What a schedule says in the span; nothing where it cannot be asked.
    fn bars(&self, schedule: &Schedule) -> Vec<Bar> {
        let Ok(prepared) = Prepared::new(schedule, self.holidays) else { return Vec::new() };
        let all = merged(shifts(&prepared, self.span)).into_iter();
        all.filter_map(|shift| since_made(schedule, shift)).map(|shift| bar(schedule, self.names, &shift)).collect()
    }

    /// Each override, also where a later one lies over it: so that none is lost from sight.
    fn overrides(&self) -> Vec<Bar> {
        let in_sight = self.schedule.overrides.iter().filter(|one| one.span.overlap(&self.span).is_some());
        let who = |user: Option<_>| user.map_or(Who::Nobody, |user| Who::Person(self.names.person(user)));
        in_sight.map(|one| Bar { span: one.span, who: who(one.user), exception: true, away: String::new() }).collect()
    }

    /// The versions of each layer by its name, in order of their first appearance from the newest plan on.
    fn layers(&self) -> Vec<(String, Vec<Version>)> {
        let versions = in_force(&self.schedule.versions, self.span);
        let mut names: Vec<String> = Vec::new();
        for version in versions.iter().rev() {
            names.extend(row_names(&version.plan).into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        names.truncate(LAYER_ROWS_MAX);
        let alone = |name: &String| versions.iter().map(|version| only(version, name)).collect();
        names.iter().map(|name| (name.clone(), alone(name))).collect()
    }
}

/// A shift without the time before the schedule was made, in which nobody missed anybody.
fn since_made(schedule: &Schedule, shift: Shift) -> Option<Shift> {
    let made =
        schedule.versions.first().filter(|_| shift.duty == Duty::Nobody).map_or(shift.span.from, |first| first.from);
    let span = Span::new(shift.span.from.max(made), shift.span.until);
    (!span.is_empty()).then_some(Shift { span, ..shift })
}

/// The versions that a span sees.
fn in_force(versions: &[Version], span: Span) -> Vec<Version> {
    let until = |nth: usize| versions.get(nth + 1).map_or(Timestamp::MAX, |next| next.from);
    let seen =
        versions.iter().enumerate().filter(|(nth, one)| Span::new(one.from, until(*nth)).overlap(&span).is_some());
    seen.map(|(_, version)| version.clone()).collect()
}

/// Name of the row of static shifts.
const STATIC: &str = "Shifts";

fn row_names(plan: &Plan) -> Vec<String> {
    match plan {
        Plan::Recurring { layers } => layers.iter().map(|layer| layer.name.clone()).collect(),
        Plan::Static { .. } => vec![STATIC.into()],
    }
}

/// A version with the layers of one name only.
fn only(version: &Version, name: &str) -> Version {
    let plan = match &version.plan {
        Plan::Recurring { layers } => {
            Plan::Recurring { layers: layers.iter().filter(|layer| layer.name == name).cloned().collect() }
        }
        plan @ Plan::Static { .. } if name == STATIC => plan.clone(),
        Plan::Static { .. } => Plan::Recurring { layers: Vec::new() },
    };
    Version { plan, ..version.clone() }
}

/// Bars without gaps: a layer that does not count is no gap.
fn covered(bars: Vec<Bar>) -> Vec<Bar> {
    bars.into_iter().filter(|bar| bar.who != Who::Nobody).collect()
}

/// The named days of a schedule in a span, for the zone that is shown.
pub(super) fn named_days(
    schedule: &Schedule,
    holidays: &BTreeMap<CalendarId, Holidays>,
    (from, until): (jiff::civil::Date, jiff::civil::Date),
) -> Vec<(jiff::civil::Date, String)> {
    let calendars = schedule.versions.iter().filter_map(|version| version.calendar).filter_map(|id| holidays.get(&id));
    let mut days: Vec<_> =
        calendars.flat_map(|days| days.range(from..until)).map(|(day, name)| (*day, name.clone())).collect();
    days.sort();
    days.dedup();
    days
}
