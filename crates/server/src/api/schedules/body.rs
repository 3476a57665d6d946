//! A schedule as it is sent.

use super::layers::LayerIn;
use super::periods;
use crate::api::parse;
use crate::api::refs::IdRef;
use crate::error::ApiError;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use watchbell_core::ids::{CalendarId, TeamId, UserId};
use watchbell_core::limits::SCHEDULE_OWNERS_MAX;
use watchbell_core::schedule::{Plan, Span, StaticShift};
use watchbell_store::schedules::{Edit, ScheduleIn};

/// Length of a shift that is entered without an end, in seconds, where the schedule does not say (a week).
const SHIFT_S: i64 = 604_800;

const KINDS: [(&str, Kind); 2] = [("RECURRING", Kind::Recurring), ("STATIC", Kind::Static)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recurring,
    Static,
}

/// A shift as it is sent.
#[derive(Debug, Deserialize)]
pub struct ShiftIn {
    user: IdRef,
    start: String,
    end: Option<String>,
}

impl ShiftIn {
    /// The shift; one without an end has the default length.
    pub fn parse(self, zone: &TimeZone, default_s: i64) -> Result<StaticShift, ApiError> {
        let from = parse::time_in("start", &self.start, zone)?;
        let until = match self.end {
            Some(end) => parse::time_in("end", &end, zone)?,
            None => from.saturating_add(SignedDuration::from_secs(default_s)).unwrap_or(Timestamp::MAX),
        };
        Ok(StaticShift { user: UserId(self.user.id), span: Span::new(from, until) })
    }
}

/// Shifts by time; errors name which.
pub fn parse_shifts(shifts: Vec<ShiftIn>, zone: &TimeZone, default_s: i64) -> Result<Vec<StaticShift>, ApiError> {
    let parse = |(nth, shift): (usize, ShiftIn)| {
        shift.parse(zone, default_s).map_err(|error| error.within(&format!("shifts[{nth}]")))
    };
    let mut shifts = shifts.into_iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    shifts.sort_by_key(|shift| shift.span.from);
    Ok(shifts)
}

/// A schedule as it is sent. An id is ignored: ilert's clients send 0 for a new one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleBody {
    name: Option<String>,
    timezone: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    schedule_layers: Option<Vec<LayerIn>>,
    shifts: Option<Vec<ShiftIn>>,
    show_gaps: Option<bool>,
    default_shift_duration: Option<String>,
    teams: Option<Vec<IdRef>>,
    owners: Option<Vec<IdRef>>,
    #[serde(default, deserialize_with = "parse::nullable")]
    calendar: Option<Option<IdRef>>,
    version: Option<i64>,
    effective_from: Option<String>,
    keep_current_user: Option<bool>,
}

impl ScheduleBody {
    /// A new schedule, or what becomes of `before`: what is left out stays as it is.
    pub fn parse(self, before: Option<ScheduleIn>) -> Result<(ScheduleIn, Edit), ApiError> {
        let zone = match (&self.timezone, &before) {
            (Some(zone), _) => parse::timezone("timezone", zone)?,
            (None, Some(before)) => before.zone.clone(),
            (None, None) => return Err(ApiError::field("timezone", "is required")),
        };
        let clocks = parse::zone(&zone)?;
        let name = match (&self.name, &before) {
            (Some(name), _) => parse::name("name", name)?,
            (None, Some(before)) => before.name.clone(),
            (None, None) => return Err(ApiError::field("name", "is required")),
        };
        let from =
            self.effective_from.as_deref().map(|from| parse::time_in("effectiveFrom", from, &clocks)).transpose()?;
        let edit = Edit { from, seen: self.version, keeps_turn: self.keep_current_user.unwrap_or(false) };
        let calendar = match self.calendar {
            Some(calendar) => calendar.map(|calendar| CalendarId(calendar.id)),
            None => before.as_ref().and_then(|before| before.calendar),
        };
        let (teams, owners) = (ids("teams", &self.teams, TeamId)?, ids("owners", &self.owners, UserId)?);
        let plan = self.parse_plan(before.map(|before| before.plan), &clocks)?;
        Ok((ScheduleIn { name, zone, calendar, plan, owners, teams }, edit))
    }

    fn parse_plan(self, before: Option<Plan>, zone: &TimeZone) -> Result<Plan, ApiError> {
        match self.kind(before.as_ref())? {
            Kind::Recurring => match (self.schedule_layers, before) {
                (Some(layers), _) => Ok(Plan::Recurring { layers: parse_layers(layers, zone)? }),
                (None, Some(plan @ Plan::Recurring { .. })) => Ok(plan),
                (None, _) => Err(ApiError::field("scheduleLayers", "is required for a schedule of type RECURRING")),
            },
            Kind::Static => {
                let (shifts, length_s, gaps) = match before {
                    Some(Plan::Static { shifts, default_shift_s, allows_gaps }) => {
                        (shifts, default_shift_s, allows_gaps)
                    }
                    Some(Plan::Recurring { .. }) | None => (Vec::new(), SHIFT_S, true),
                };
                let length = self.default_shift_duration.as_deref();
                let default_shift_s =
                    length.map_or(Ok(length_s), |length| periods::length("defaultShiftDuration", length))?;
                let shifts = self.shifts.map_or(Ok(shifts), |shifts| parse_shifts(shifts, zone, default_shift_s))?;
                Ok(Plan::Static { shifts, default_shift_s, allows_gaps: self.show_gaps.unwrap_or(gaps) })
            }
        }
    }

    /// The type that was said, or that of what was sent, or as it is.
    fn kind(&self, before: Option<&Plan>) -> Result<Kind, ApiError> {
        if let Some(kind) = &self.kind {
            return parse::word("type", kind, &KINDS);
        }
        Ok(match (before, &self.schedule_layers, &self.shifts) {
            (Some(Plan::Recurring { .. }), ..) | (None, Some(_), _) => Kind::Recurring,
            (Some(Plan::Static { .. }), ..) | (None, None, Some(_)) => Kind::Static,
            (None, None, None) => return Err(ApiError::field("type", "is required: RECURRING or STATIC")),
        })
    }
}

fn parse_layers(layers: Vec<LayerIn>, zone: &TimeZone) -> Result<Vec<watchbell_core::schedule::Layer>, ApiError> {
    let parse = |(nth, layer): (usize, LayerIn)| {
        layer.parse(zone).map_err(|error| error.within(&format!("scheduleLayers[{nth}]")))
    };
    layers.into_iter().enumerate().map(parse).collect()
}

fn ids<T>(field: &str, given: &Option<Vec<IdRef>>, id: fn(i64) -> T) -> Result<Option<Vec<T>>, ApiError> {
    match given {
        Some(given) if given.len() > SCHEDULE_OWNERS_MAX => {
            Err(ApiError::field(field, format!("may be at most {SCHEDULE_OWNERS_MAX}")))
        }
        given => Ok(given.as_ref().map(|given| given.iter().map(|given| id(given.id)).collect())),
    }
}
