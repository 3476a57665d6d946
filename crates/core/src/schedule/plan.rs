//! What a schedule is made of, as it is stored. [`super::Prepared`] answers from it.

use super::{Restriction, Rotation, Span, Zone};
use crate::ids::{CalendarId, OverrideId, TemporaryScheduleId, UserId};
use crate::user::words;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

words! {
    /// What public holidays do to a layer.
    HolidayRule {
        /// Nothing.
        Any = "ANY",
        /// It does not count on holidays.
        Never = "NEVER",
        /// It counts on holidays only.
        Only = "ONLY",
    }
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// IANA name of the zone of its own times and days; where there is none, they are in the schedule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When its first turn begins, in its zone: also the time of each hand-over.
    pub starts_on: DateTime,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<DateTime>,
    /// In order; somebody may come more than once. Empty only with `attended`.
    pub users: Vec<UserId>,
    /// How often they take turns.
    pub rotation: Rotation,
    /// When it counts; always, where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
    /// Whether a turn without any time that counts is skipped, so that nobody's turn is spent on a free day.
    #[serde(default)]
    pub keeps_turns: bool,
    /// What holidays do to it.
    pub holidays: HolidayRule,
    /// In its time nobody is paged on purpose, and this says why ("the dispatchers watch the board"); it has no users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<String>,
}

impl Layer {
    /// The zone of its times, in a schedule of this zone; `None` for a name that is not known.
    pub fn zone_in(&self, schedules: &Zone) -> Option<Zone> {
        self.zone.as_deref().map_or_else(|| Some(schedules.clone()), Zone::named)
    }
}

/// A shift that was entered by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaticShift {
    /// Whose.
    pub user: UserId,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// Who is on call when, before exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Plan {
    /// Layers of people who take turns; a lower layer wins, where the first is the top one.
    #[serde(rename = "RECURRING")]
    Recurring {
        /// From top to bottom.
        layers: Vec<Layer>,
    },
    /// Shifts entered by hand, none overlapping another, by time.
    #[serde(rename = "STATIC")]
    Static {
        /// By time.
        shifts: Vec<StaticShift>,
        /// Length of a shift that is entered without an end, in seconds.
        default_shift_s: i64,
        /// Whether gaps between shifts are allowed.
        allows_gaps: bool,
    },
}

/// The plan that holds from a moment until the next version's: an edit never touches what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Since when.
    pub from: Timestamp,
    /// IANA name of its zone.
    pub zone: String,
    /// Whose holidays count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// The rest.
    pub plan: Plan,
}

/// Somebody, or nobody, for a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Which; of two for the same instant, the later one wins.
    pub id: OverrideId,
    /// Who; nobody where there is none.
    pub user: Option<UserId>,
    /// When.
    pub span: Span,
}

/// Shifts that replace the plan for a span; between them nobody is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temporary {
    /// Which; of two for the same instant, the later one wins.
    pub id: TemporaryScheduleId,
    /// When.
    pub span: Span,
    /// By time, within the span.
    pub shifts: Vec<StaticShift>,
}

impl Temporary {
    /// What is left of it from a moment on; shifts that have ended are gone.
    pub fn rest(&self, at: Timestamp) -> Option<Self> {
        let span = self.span.overlap(&Span::new(at, self.span.until))?;
        let shifts =
            self.shifts.iter().filter_map(|shift| Some(StaticShift { span: shift.span.overlap(&span)?, ..*shift }));
        Some(Self { id: self.id, span, shifts: shifts.collect() })
    }
}

/// A rota with all that says who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// By time; before the first nobody is on call.
    pub versions: Vec<Version>,
    /// By id.
    pub temporaries: Vec<Temporary>,
    /// By id.
    pub overrides: Vec<Override>,
}
