//! Schedules and shifts as the API shows them.

use super::layers::LayerOut;
use super::periods;
use crate::api::refs::{IdRef, Shown, TeamRel, UserRel, kind_of};
use crate::api::users::UserOut;
use crate::app::App;
use crate::error::ApiError;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::SCHEDULE_SPAN_DAYS_MAX;
use watchbell_core::schedule::{self, Because, Plan, Prepared, Span, Version};
use watchbell_store::schedules::load::people_of;
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, teams};

/// Days ahead of which shifts are shown with a recurring schedule; and before, where the past is asked for.
const SHOWN_DAYS: i64 = 30;

/// What says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShiftBecause)]
pub struct BecauseOut {
    /// LAYER, SHIFT, TEMPORARY or OVERRIDE.
    #[serde(rename = "type")]
    kind: String,
    /// The layer, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<usize>,
    /// The override or temporary schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
}

impl BecauseOut {
    fn of(because: Because) -> Option<Self> {
        let shown = |kind: &str, layer, id| Some(Self { kind: kind.to_owned(), layer, id });
        match because {
            Because::Layer { layer, .. } => shown("LAYER", Some(layer), None),
            Because::Static { .. } => shown("SHIFT", None, None),
            Because::Temporary(id) => shown("TEMPORARY", None, Some(id.0)),
            Because::Override(id) => shown("OVERRIDE", None, Some(id.0)),
            Because::Gap => None,
        }
    }
}

/// When somebody is on call.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ShiftRel)]
pub struct ShiftRelOut {
    user: UserRel,
    start: Timestamp,
    end: Timestamp,
}

/// When somebody is on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shift)]
#[serde(rename_all = "camelCase")]
pub struct ShiftOut {
    /// Which, for an override.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Who; nobody, for an override that says so. Of somebody who has no account any more only the id is known.
    #[schema(value_type = Option<UserOut>)]
    pub user: Option<Shown<UserOut, UserRel>>,
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// Why, for an override.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<BecauseOut>,
}

impl ShiftOut {
    /// A shift; `None` where nobody has it.
    pub fn of(shift: &schedule::Shift, users: &[User]) -> Option<Self> {
        Some(Self {
            id: None,
            user: Some(whoever(shift.duty.user()?, users)),
            start: shift.span.from,
            end: shift.span.until,
            reason: None,
            because: BecauseOut::of(shift.because),
        })
    }
}

/// A person, or the bare id of one who is gone.
pub fn whoever(id: UserId, users: &[User]) -> Shown<UserOut, UserRel> {
    match users.iter().find(|user| user.id == id) {
        Some(user) => Shown::Whole(Box::new(user.clone().into())),
        None => Shown::Brief(UserRel::of(id, users)),
    }
}

/// A plan that is to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScheduleUpcoming)]
#[serde(rename_all = "camelCase")]
pub struct UpcomingOut {
    effective_from: Timestamp,
    timezone: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_layers: Option<Vec<LayerOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shifts: Option<Vec<ShiftRelOut>>,
}

/// A schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Schedule)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleOut {
    id: i64,
    name: String,
    timezone: String,
    /// RECURRING or STATIC.
    #[serde(rename = "type")]
    kind: String,
    /// From top to bottom: where two have somebody, the lower one counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_layers: Option<Vec<LayerOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shifts: Option<Vec<ShiftRelOut>>,
    /// Whether gaps between shifts that were entered by hand are allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    show_gaps: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "P7D")]
    default_shift_duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_shift: Option<ShiftRelOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_shift: Option<ShiftRelOut>,
    /// By id.
    teams: Vec<TeamRel>,
    /// Who is told of gaps.
    owners: Vec<UserRel>,
    /// Whose holidays count.
    calendar: Option<IdRef>,
    /// Counts its changes: a PUT that says another one is refused.
    version: i64,
    /// In a PUT: from when on it holds; now, where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_from: Option<Timestamp>,
    /// In a PUT: whether whoever has the turn keeps it, though people were added or moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_current_user: Option<bool>,
    /// Plans that are to come.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upcoming: Vec<UpcomingOut>,
}

/// What is shown beside the schedule itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Includes {
    layers: bool,
    shifts: bool,
    current: bool,
    next: bool,
    past: bool,
}

impl Includes {
    /// Of the words of a query; others are ignored, as ilert does.
    pub fn of(words: &[String]) -> Self {
        let has = |word: &str| words.iter().any(|given| given == word);
        Self {
            layers: has("scheduleLayers"),
            shifts: has("shifts"),
            current: has("currentShift"),
            next: has("nextShift"),
            past: has("past"),
        }
    }

    /// What somebody who wrote a schedule reads back.
    pub fn written() -> Self {
        Self { layers: true, shifts: true, ..Self::default() }
    }

    fn asks_the_schedule(self) -> bool {
        self.shifts || self.current || self.next
    }
}

/// So many days around an instant.
pub fn around(now: Timestamp, days: i64) -> Span {
    let length = SignedDuration::from_hours(24 * days);
    Span::new(
        now.saturating_sub(length).unwrap_or(Timestamp::MIN),
        now.saturating_add(length).unwrap_or(Timestamp::MAX),
    )
}

/// Schedules, with what is asked for beside them.
pub async fn show_schedules(
    app: &App,
    scope: &Scope,
    schedules: Vec<Schedule>,
    includes: Includes,
) -> Result<Vec<ScheduleOut>, StoreError> {
    let now = app.clock.now();
    let ids: Vec<ScheduleId> = schedules.iter().map(|schedule| schedule.id).collect();
    let looked_at = around(now, SCHEDULE_SPAN_DAYS_MAX);
    let ready = match includes.asks_the_schedule() {
        true => schedules::prepared(&app.db, scope, &ids, looked_at).await?,
        false => BTreeMap::new(),
    };
    let asked: Vec<Asked> =
        schedules.iter().map(|schedule| Asked::of(schedule, ready.get(&schedule.id), includes, now)).collect();
    let names = Names::of(app, scope, &schedules, &asked).await?;
    Ok(schedules.iter().zip(asked).map(|(schedule, asked)| names.show(schedule, asked, includes)).collect())
}

/// One schedule, with what is asked for beside it.
pub async fn show_schedule(
    app: &App,
    scope: &Scope,
    schedule: Schedule,
    includes: Includes,
) -> Result<ScheduleOut, ApiError> {
    let id = schedule.id;
    let shown = show_schedules(app, scope, vec![schedule], includes).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("schedule", id).into())
}

/// A shift of somebody.
type Loaded = (UserId, Span);

/// What a schedule answered.
#[derive(Debug, Default)]
struct Asked {
    shifts: Option<Vec<Loaded>>,
    current: Option<Loaded>,
    next: Option<Loaded>,
}

impl Asked {
    fn of(schedule: &Schedule, ready: Option<&Prepared>, includes: Includes, now: Timestamp) -> Self {
        let Some(ready) = ready else { return Self::default() };
        let looked_at = around(now, SCHEDULE_SPAN_DAYS_MAX);
        let current = schedule::shift_at(ready, now, looked_at);
        let next = || {
            let ahead = Span::new(current.span.until, looked_at.until);
            of_people(schedule::shifts(ready, ahead)).next()
        };
        Self {
            shifts: includes.shifts.then(|| shown_shifts(&schedule.current, ready, includes.past, now)),
            current: includes.current.then(|| current.duty.user().map(|user| (user, current.span))).flatten(),
            next: includes.next.then(next).flatten(),
        }
    }
}

fn of_people(shifts: Vec<schedule::Shift>) -> impl Iterator<Item = Loaded> {
    shifts.into_iter().filter_map(|shift| Some((shift.duty.user()?, shift.span)))
}

/// Shifts that were entered by hand are shown as they were, those of layers as they come out; the past as it was.
fn shown_shifts(version: &Version, ready: &Prepared, past: bool, now: Timestamp) -> Vec<Loaded> {
    let near = around(now, SHOWN_DAYS);
    let span = Span::new(if past { near.from } else { now }, near.until);
    match &version.plan {
        Plan::Recurring { .. } => of_people(whole_shifts(ready, span)).collect(),
        Plan::Static { shifts, .. } => {
            let before = if past { Span::new(near.from, now) } else { Span::new(now, now) };
            let mut shown: Vec<Loaded> = of_people(schedule::shifts(ready, before)).collect();
            let ahead = shifts.iter().filter(|shift| shift.span.until > now);
            shown.extend(ahead.map(|shift| (shift.user, shift.span)));
            shown
        }
    }
}

/// The shifts of a span, the first and the last one whole.
pub fn whole_shifts(ready: &Prepared, span: Span) -> Vec<schedule::Shift> {
    let wide = Span::new(around(span.from, SHOWN_DAYS).from, around(span.until, SHOWN_DAYS).until);
    let mut shifts = schedule::shifts(ready, span);
    if let Some(first) = shifts.first_mut() {
        *first = schedule::shift_at(ready, first.span.from, wide);
    }
    if let Some(last) = shifts.last_mut() {
        *last = schedule::shift_at(ready, last.span.from, wide);
    }
    shifts
}

/// The names of all people and teams that are shown.
struct Names {
    users: Vec<User>,
    teams: Vec<teams::Team>,
}

impl Names {
    async fn of(app: &App, scope: &Scope, schedules: &[Schedule], asked: &[Asked]) -> Result<Self, StoreError> {
        let mut users: Vec<UserId> = schedules
            .iter()
            .flat_map(|schedule| {
                let plans = std::iter::once(&schedule.current).chain(&schedule.upcoming);
                plans.flat_map(|version| people_of(&version.plan)).chain(schedule.owners.iter().copied())
            })
            .collect();
        users.extend(asked.iter().flat_map(|asked| {
            let shifts = asked.shifts.iter().flatten().chain(&asked.current).chain(&asked.next);
            shifts.map(|(user, _)| *user)
        }));
        users.sort();
        users.dedup();
        let teams: Vec<_> = schedules.iter().flat_map(|schedule| schedule.teams.iter().copied()).collect();
        Ok(Self {
            users: users::get_many(&app.db, scope, &users).await?,
            teams: teams::get_many(&app.db, scope, &teams).await?,
        })
    }

    fn show(&self, schedule: &Schedule, asked: Asked, includes: Includes) -> ScheduleOut {
        let Version { zone, calendar, plan, .. } = &schedule.current;
        let of_static = match plan {
            Plan::Static { default_shift_s, allows_gaps, .. } => Some((*default_shift_s, *allows_gaps)),
            Plan::Recurring { .. } => None,
        };
        ScheduleOut {
            id: schedule.id.0,
            name: schedule.name.clone(),
            timezone: zone.clone(),
            kind: kind_of(plan).to_owned(),
            schedule_layers: includes.layers.then(|| self.layers(plan)).flatten(),
            shifts: asked.shifts.map(|shifts| shifts.into_iter().map(|shift| self.shift(shift)).collect()),
            show_gaps: of_static.map(|(_, gaps)| gaps),
            default_shift_duration: of_static.map(|(length_s, _)| periods::show_length(length_s)),
            current_shift: asked.current.map(|shift| self.shift(shift)),
            next_shift: asked.next.map(|shift| self.shift(shift)),
            teams: schedule.teams.iter().filter_map(|id| self.team(*id)).collect(),
            owners: schedule.owners.iter().map(|id| UserRel::of(*id, &self.users)).collect(),
            calendar: calendar.map(|id| IdRef { id: id.0 }),
            version: schedule.version,
            effective_from: None,
            keep_current_user: None,
            upcoming: schedule.upcoming.iter().map(|version| self.upcoming(version)).collect(),
        }
    }

    fn layers(&self, plan: &Plan) -> Option<Vec<LayerOut>> {
        match plan {
            Plan::Recurring { layers } => Some(layers.iter().map(|layer| LayerOut::of(layer, &self.users)).collect()),
            Plan::Static { .. } => None,
        }
    }

    fn upcoming(&self, version: &Version) -> UpcomingOut {
        let shifts = match &version.plan {
            Plan::Recurring { .. } => None,
            Plan::Static { shifts, .. } => {
                Some(shifts.iter().map(|shift| self.shift((shift.user, shift.span))).collect())
            }
        };
        UpcomingOut {
            effective_from: version.from,
            timezone: version.zone.clone(),
            kind: kind_of(&version.plan).to_owned(),
            schedule_layers: self.layers(&version.plan),
            shifts,
        }
    }

    fn shift(&self, (user, span): Loaded) -> ShiftRelOut {
        ShiftRelOut { user: UserRel::of(user, &self.users), start: span.from, end: span.until }
    }

    fn team(&self, id: watchbell_core::ids::TeamId) -> Option<TeamRel> {
        let team = self.teams.iter().find(|team| team.id == id)?;
        Some(TeamRel { id: id.0, name: team.name.clone() })
    }
}
