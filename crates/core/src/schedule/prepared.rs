//! A schedule made ready for questions: its zone is looked up, and what would be counted anew each time is counted once.

use super::free_days::FreeDays;
use super::layer::ReadyLayer;
use super::overlay::{cut, fill, holding, later_wins, overlay};
use super::zone::{DAY, Zone, instant, moved, whole_second};
use super::{Because, Duty, Override, Plan, Schedule, Shift, Span, StaticShift, Temporary, Version};
use crate::ids::CalendarId;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The holidays of a calendar: the day, and its name.
pub type Holidays = BTreeMap<Date, String>;

/// Why a schedule cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The zone is not in the zone database.
    #[error("time zone {0:?} is not known")]
    Zone(String),
}

/// A schedule that can be asked.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// By time.
    versions: Vec<ReadyVersion>,
    /// What overrides and temporary schedules say, disjoint, by time.
    exceptions: Vec<Shift>,
}

#[derive(Debug, Clone)]
struct ReadyVersion {
    from: Timestamp,
    zone: Zone,
    plan: ReadyPlan,
}

#[derive(Debug, Clone)]
enum ReadyPlan {
    /// From top to bottom.
    Layers(Vec<ReadyLayer>),
    /// Disjoint, by time.
    Static(Vec<Shift>),
}

impl Prepared {
    /// Makes it ready. A calendar that is not among `calendars` has no holidays.
    pub fn new(schedule: &Schedule, calendars: &BTreeMap<CalendarId, Holidays>) -> Result<Self, NotReady> {
        let mut versions = schedule
            .versions
            .iter()
            .map(|version| ReadyVersion::new(version, calendars))
            .collect::<Result<Vec<_>, _>>()?;
        versions.sort_by_key(|version| version.from);
        let exceptions = overlay(&temporary_shifts(&schedule.temporaries), &override_shifts(&schedule.overrides));
        Ok(Self { versions, exceptions })
    }

    /// The schedule's zone in force at an instant; before the first version, that one's.
    pub fn zone_at(&self, at: Timestamp) -> Option<&Zone> {
        self.version_at(at).or(self.versions.first()).map(|version| &version.zone)
    }

    /// The stretches of each layer in a span, from top to bottom, one list for each version; none for shifts entered by hand.
    pub(super) fn layers(&self, span: Span) -> impl Iterator<Item = Vec<Vec<(Span, Duty)>>> {
        self.versions.iter().enumerate().filter_map(move |(nth, version)| {
            let until = self.versions.get(nth + 1).map_or(Timestamp::MAX, |next| next.from);
            let in_force = span.overlap(&Span::new(version.from, until))?;
            let ReadyPlan::Layers(layers) = &version.plan else { return None };
            let stretches = |(layer, ready)| {
                version.layer_shifts(layer, ready, in_force).into_iter().map(|shift| (shift.span, shift.duty)).collect()
            };
            Some(layers.iter().enumerate().map(stretches).collect())
        })
    }

    fn version_at(&self, at: Timestamp) -> Option<&ReadyVersion> {
        self.versions.get(self.versions.partition_point(|version| version.from <= at).checked_sub(1)?)
    }

    /// What the plans say in a span, version by version. What a person has on both sides of an edit is one shift to them.
    fn planned(&self, span: Span) -> Vec<Shift> {
        let mut all: Vec<Shift> = Vec::new();
        for (nth, version) in self.versions.iter().enumerate() {
            let until = self.versions.get(nth + 1).map_or(Timestamp::MAX, |next| next.from);
            let Some(in_force) = span.overlap(&Span::new(version.from, until)) else { continue };
            let mut shifts = version.shifts(in_force);
            match (all.last_mut(), shifts.first()) {
                (Some(last), Some(first)) if last.span.until == first.span.from && last.duty == first.duty => {
                    last.span.until = first.span.until;
                    all.extend(shifts.drain(1..));
                }
                _ => all.append(&mut shifts),
            }
        }
        all
    }
}

impl ReadyVersion {
    fn new(version: &Version, calendars: &BTreeMap<CalendarId, Holidays>) -> Result<Self, NotReady> {
        let zone = Zone::named(&version.zone).ok_or_else(|| NotReady::Zone(version.zone.clone()))?;
        let holidays = version.calendar.and_then(|id| calendars.get(&id)).map(FreeDays::new).unwrap_or_default();
        let plan = match &version.plan {
            Plan::Recurring { layers } => {
                let ready = layers.iter().map(|layer| ReadyLayer::new(layer, &holidays));
                ReadyPlan::Layers(ready.collect::<Result<_, _>>()?)
            }
            Plan::Static { shifts, .. } => ReadyPlan::Static(static_shifts(shifts)),
        };
        Ok(Self { from: version.from, zone, plan })
    }

    fn at(&self, at: Timestamp) -> Option<(Duty, Because)> {
        match &self.plan {
            ReadyPlan::Static(shifts) => holding(shifts, at).map(|shift| (shift.duty, shift.because)),
            ReadyPlan::Layers(layers) => {
                let now = self.zone.read(at);
                let on_its_wall = |ready: &ReadyLayer| ready.zone.as_ref().map_or(now, |zone| zone.read(at));
                let answers = |(layer, ready): (usize, &ReadyLayer)| Some((layer, ready.at(on_its_wall(ready))?));
                let lowest = layers.iter().enumerate().rev().find_map(answers);
                lowest.map(|(layer, (duty, turn))| (duty, Because::Layer { layer, turn }))
            }
        }
    }

    fn shifts(&self, span: Span) -> Vec<Shift> {
        match &self.plan {
            ReadyPlan::Static(shifts) => cut(shifts, span),
            ReadyPlan::Layers(layers) => {
                let layers = layers.iter().enumerate().map(|(layer, ready)| self.layer_shifts(layer, ready, span));
                layers.reduce(|above, below| overlay(&above, &below)).unwrap_or_default()
            }
        }
    }

    fn layer_shifts(&self, layer: usize, ready: &ReadyLayer, span: Span) -> Vec<Shift> {
        let seconds = (whole_second(span.from), whole_second(span.until) + 1);
        let shifts = ready.runs(ready.zone.as_ref().unwrap_or(&self.zone), seconds).into_iter().map(|run| Shift {
            span: Span::new(instant(run.span.0).max(span.from), instant(run.span.1).min(span.until)),
            duty: run.duty,
            because: Because::Layer { layer, turn: run.turn },
        });
        shifts.filter(|shift| !shift.span.is_empty()).collect()
    }
}

fn static_shifts(shifts: &[StaticShift]) -> Vec<Shift> {
    let shifts = shifts.iter().enumerate().map(|(nth, one)| Shift {
        span: one.span,
        duty: Duty::User(one.user),
        because: Because::Static { shift: nth },
    });
    later_wins(&shifts.collect::<Vec<_>>())
}

fn override_shifts(overrides: &[Override]) -> Vec<Shift> {
    let mut by_id: Vec<&Override> = overrides.iter().collect();
    by_id.sort_by_key(|one| one.id);
    let shifts = by_id.into_iter().map(|one| Shift {
        span: one.span,
        duty: one.user.map_or(Duty::Nobody, Duty::User),
        because: Because::Override(one.id),
    });
    later_wins(&shifts.collect::<Vec<_>>())
}

fn temporary_shifts(temporaries: &[Temporary]) -> Vec<Shift> {
    let mut by_id: Vec<&Temporary> = temporaries.iter().collect();
    by_id.sort_by_key(|one| one.id);
    let mut all = Vec::new();
    for one in by_id {
        let because = Because::Temporary(one.id);
        all.push(Shift { span: one.span, duty: Duty::Nobody, because });
        let within = one.shifts.iter().filter_map(|shift| Some((shift.user, shift.span.overlap(&one.span)?)));
        all.extend(within.map(|(user, span)| Shift { span, duty: Duty::User(user), because }));
    }
    later_wins(&all)
}

/// Who is on call at an instant, and because of what. THE function: paging, chart, header, feed and API all ask it.
pub fn on_call(schedule: &Prepared, at: Timestamp) -> (Duty, Because) {
    if let Some(exception) = holding(&schedule.exceptions, at) {
        return (exception.duty, exception.because);
    }
    schedule.version_at(at).and_then(|version| version.at(at)).unwrap_or((Duty::Nobody, Because::Gap))
}

/// The whole shift that an instant lies in, looked at no further than `within`.
pub fn shift_at(schedule: &Prepared, at: Timestamp, within: Span) -> Shift {
    let mut reach = DAY;
    loop {
        let near = Span::new(moved(at, -reach).max(within.from), moved(at, reach).min(within.until));
        let Some(shift) = shifts(schedule, near).into_iter().find(|shift| shift.span.holds(at)) else {
            let (duty, because) = on_call(schedule, at);
            return Shift { span: Span::new(at, at), duty, because };
        };
        let begins = shift.span.from > near.from || near.from == within.from;
        let ends = shift.span.until < near.until || near.until == within.until;
        if begins && ends {
            return shift;
        }
        reach *= 4;
    }
}

/// Who is on call in a span: shifts by time that tile it, gaps too. A hand-over to the same person by another turn is a shift of its own.
pub fn shifts(schedule: &Prepared, span: Span) -> Vec<Shift> {
    if span.is_empty() {
        return Vec::new();
    }
    let planned = fill(&schedule.planned(span), span);
    overlay(&planned, &cut(&schedule.exceptions, span))
}
