//! Layers of a recurring schedule, and the windows in which they count.

use super::periods;
use crate::api::parse;
use crate::api::refs::{IdRef, UserRel};
use crate::error::ApiError;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::ids::UserId;
use watchbell_core::schedule::restriction::weekday;
use watchbell_core::schedule::{HolidayRule, Layer, Restriction, WeekTime};
use watchbell_store::users::User;

const TIMES_OF_WEEK: &str = "TIMES_OF_WEEK";

const HOLIDAYS: [(&str, HolidayRule); 3] = [
    (HolidayRule::Any.as_str(), HolidayRule::Any),
    (HolidayRule::Never.as_str(), HolidayRule::Never),
    (HolidayRule::Only.as_str(), HolidayRule::Only),
];

/// A time of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TimeOfWeek)]
#[serde(rename_all = "camelCase")]
pub struct WeekTimeOut {
    /// MONDAY .. SUNDAY.
    day_of_week: String,
    /// To the minute.
    #[schema(example = "15:00")]
    time: String,
}

/// A window of each week; it may go over the week's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ScheduleLayerRestriction)]
pub struct RestrictionOut {
    from: WeekTimeOut,
    to: WeekTimeOut,
}

/// People who take turns.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScheduleLayerConfig)]
#[serde(rename_all = "camelCase")]
pub struct LayerOut {
    name: String,
    /// The zone of its own times and days; where there is none, they are in the schedule's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Australia/Sydney")]
    timezone: Option<String>,
    /// When its first turn begins, on the clocks of its zone: also the time of each hand-over.
    #[schema(format = DateTime)]
    starts_on: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ends_on: Option<String>,
    /// In order; somebody may come more than once.
    users: Vec<UserRel>,
    /// How long a turn is.
    #[schema(example = "P7D")]
    rotation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    restriction_type: Option<String>,
    /// When it counts; always, where there are none.
    restrictions: Vec<RestrictionOut>,
    /// What holidays do to it: ANY (nothing), NEVER (it does not count then), ONLY.
    holidays: String,
    /// Whether a turn without any time that counts is skipped, so that nobody's turn is spent on a free day.
    keep_turns: bool,
    /// Why nobody is paged in its time, on purpose; such a layer has no users.
    #[serde(skip_serializing_if = "Option::is_none")]
    attended: Option<String>,
}

/// A layer as it is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerIn {
    name: Option<String>,
    timezone: Option<String>,
    starts_on: String,
    ends_on: Option<String>,
    #[serde(default)]
    users: Option<Vec<IdRef>>,
    rotation: String,
    restriction_type: Option<String>,
    restrictions: Option<Vec<RestrictionOut>>,
    holidays: Option<String>,
    keep_turns: Option<bool>,
    attended: Option<String>,
}

impl LayerIn {
    /// The layer in a schedule of a zone; errors name the field within it.
    pub fn parse(self, schedules: &TimeZone) -> Result<Layer, ApiError> {
        let own = self.timezone.as_deref().map(|name| parse::timezone("timezone", name)).transpose()?;
        let zone = &own.as_deref().map_or_else(|| Ok(schedules.clone()), parse::zone)?;
        if self.restriction_type.is_some_and(|kind| kind != TIMES_OF_WEEK) {
            return Err(ApiError::field("restrictionType", "must be TIMES_OF_WEEK"));
        }
        let restriction = |(nth, window): (usize, RestrictionOut)| {
            window.parse().map_err(|error| error.within(&format!("restrictions[{nth}]")))
        };
        Ok(Layer {
            name: parse::optional_text("name", self.name)?.unwrap_or_default(),
            zone: own,
            starts_on: parse::civil("startsOn", &self.starts_on, zone)?,
            ends_on: self.ends_on.map(|ends_on| parse::civil("endsOn", &ends_on, zone)).transpose()?,
            users: self.users.into_iter().flatten().map(|user| UserId(user.id)).collect(),
            rotation: periods::rotation("rotation", &self.rotation)?,
            restrictions: self
                .restrictions
                .into_iter()
                .flatten()
                .enumerate()
                .map(restriction)
                .collect::<Result<_, _>>()?,
            keeps_turns: self.keep_turns.unwrap_or(false),
            holidays: self.holidays.map_or(Ok(HolidayRule::Any), |word| parse::word("holidays", &word, &HOLIDAYS))?,
            attended: parse::optional_text("attended", self.attended)?,
        })
    }
}

impl RestrictionOut {
    fn parse(self) -> Result<Restriction, ApiError> {
        let from = self.from.parse().map_err(|error| error.within("from"))?;
        let until = self.to.parse().map_err(|error| error.within("to"))?;
        Ok(Restriction::Week { from, until })
    }

    /// A window of each day is seven of the week, which is all that the API knows.
    fn of(restriction: &Restriction) -> Vec<Self> {
        match *restriction {
            Restriction::Week { from, until } => vec![Self { from: from.into(), to: until.into() }],
            Restriction::Day { from, until } => {
                let week = jiff::civil::Weekday::Monday.cycle_forward().take(7);
                week.map(|day| {
                    let end = if until > from { day } else { day.next() };
                    Self { from: WeekTime { day, time: from }.into(), to: WeekTime { day: end, time: until }.into() }
                })
                .collect()
            }
        }
    }
}

impl WeekTimeOut {
    fn parse(self) -> Result<WeekTime, ApiError> {
        let day = weekday::parse(&self.day_of_week)
            .ok_or_else(|| ApiError::field("dayOfWeek", "must be MONDAY, TUESDAY, .. or SUNDAY"))?;
        let time =
            self.time.trim().parse::<Time>().ok().filter(|time| time.second() == 0 && time.subsec_nanosecond() == 0);
        let time =
            time.ok_or_else(|| ApiError::field("time", "must be a time of the day to the minute, such as 15:00"))?;
        Ok(WeekTime { day, time })
    }
}

impl From<WeekTime> for WeekTimeOut {
    fn from(at: WeekTime) -> Self {
        Self { day_of_week: weekday::word(at.day).to_owned(), time: at.time.strftime("%H:%M").to_string() }
    }
}

impl LayerOut {
    /// A layer with the names of its users.
    pub fn of(layer: &Layer, users: &[User]) -> Self {
        Self {
            name: layer.name.clone(),
            timezone: layer.zone.clone(),
            starts_on: show_civil(layer.starts_on),
            ends_on: layer.ends_on.map(show_civil),
            users: layer.users.iter().map(|id| UserRel::of(*id, users)).collect(),
            rotation: periods::show_rotation(layer.rotation),
            restriction_type: (!layer.restrictions.is_empty()).then(|| TIMES_OF_WEEK.to_owned()),
            restrictions: layer.restrictions.iter().flat_map(RestrictionOut::of).collect(),
            holidays: layer.holidays.as_str().to_owned(),
            keep_turns: layer.keeps_turns,
            attended: layer.attended.clone(),
        }
    }
}

/// To the minute, as clients send it, unless there are seconds.
fn show_civil(at: DateTime) -> String {
    at.strftime(if at.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn parse(body: serde_json::Value) -> Result<Layer, ApiError> {
        serde_json::from_value::<LayerIn>(body).unwrap().parse(&zone())
    }

    #[test]
    fn windows_of_the_week_come_back_as_they_went_in() {
        let at = |day: &str, time: &str| json!({"dayOfWeek": day, "time": time});
        let windows = json!([
            {"from": at("FRIDAY", "17:00"), "to": at("MONDAY", "08:00")},
            {"from": at("SUNDAY", "23:30"), "to": at("SUNDAY", "00:15")},
            {"from": at("MONDAY", "00:00"), "to": at("MONDAY", "00:00")},
        ]);
        let layer = parse(json!({"startsOn": "2026-01-05T09:00", "users": [{"id": 2}, {"id": 1}, {"id": 2}], "rotation": "P7D", "restrictionType": "TIMES_OF_WEEK", "restrictions": windows})).unwrap();
        let shown = serde_json::to_value(LayerOut::of(&layer, &[])).unwrap();
        assert_eq!(shown["restrictions"], windows);
        assert_eq!(shown["users"], json!([{"id": 2}, {"id": 1}, {"id": 2}]));
        assert_eq!(
            (&shown["startsOn"], &shown["restrictionType"]),
            (&json!("2026-01-05T09:00"), &json!("TIMES_OF_WEEK"))
        );
    }

    #[test]
    fn a_start_with_an_offset_is_read_in_the_zone() {
        for (given, shown) in [
            ("2026-01-05T09:00", "2026-01-05T09:00"),
            ("2026-01-05T09:00:30.5", "2026-01-05T09:00:30"),
            ("2026-01-05T08:00:00Z", "2026-01-05T09:00"),
            ("2026-07-05T03:00:00-04:00", "2026-07-05T09:00"),
        ] {
            let layer = parse(json!({"startsOn": given, "users": [], "rotation": "P1D"})).unwrap();
            assert_eq!(show_civil(layer.starts_on), shown, "{given}");
        }
    }

    #[test]
    fn a_layer_with_a_zone_of_its_own_is_read_in_it() {
        let body = json!({"timezone": "australia/sydney", "startsOn": "2026-01-05T08:00:00Z", "users": [{"id": 1}], "rotation": "P1D"});
        let layer = parse(body).unwrap();
        let shown = serde_json::to_value(LayerOut::of(&layer, &[])).unwrap();
        assert_eq!((&shown["timezone"], &shown["startsOn"]), (&json!("Australia/Sydney"), &json!("2026-01-05T19:00")));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let layer = |more: serde_json::Value| {
            let mut body = json!({"startsOn": "2026-01-05T09:00", "users": [{"id": 1}], "rotation": "P1D"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            parse(body).unwrap_err().message().to_owned()
        };
        let window = |from: (&str, &str)| json!({"restrictions": [{"from": {"dayOfWeek": from.0, "time": from.1}, "to": {"dayOfWeek": "MONDAY", "time": "08:00"}}]});
        for (more, says) in [
            (json!({"startsOn": "soon"}), "startsOn: "),
            (json!({"endsOn": ""}), "endsOn: "),
            (json!({"timezone": "Mars/Base"}), "timezone: "),
            (json!({"rotation": "PT0H"}), "rotation: "),
            (json!({"restrictionType": "TIMES_OF_DAY"}), "restrictionType: "),
            (json!({"holidays": "MAYBE"}), "holidays: "),
            (window(("FUNDAY", "08:00")), "restrictions[0].from.dayOfWeek: "),
            (window(("FRIDAY", "25:00")), "restrictions[0].from.time: "),
            (window(("FRIDAY", "17:00:01")), "restrictions[0].from.time: "),
        ] {
            let message = layer(more);
            assert!(message.starts_with(says), "{message}");
        }
    }
}
