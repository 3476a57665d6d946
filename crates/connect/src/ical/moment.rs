//! A day or a time of a calendar.

use super::line::Line;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use watchbell_core::schedule::Zone;

/// A day, or a time of a zone.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// The civil time; midnight of a day.
    pub civil: DateTime,
    /// Its zone; none of a day.
    pub zone: Option<Zone>,
}

impl Moment {
    /// What a line says. A zone of a name that is not known is the calendar's.
    pub fn of(line: &Line, calendar: &Zone) -> Option<Self> {
        Self::parse(line.value.trim(), line.param("TZID").and_then(Zone::named).as_ref().unwrap_or(calendar))
    }

    /// All that a line lists.
    pub fn all_of(line: &Line, calendar: &Zone) -> Vec<Self> {
        let zone = line.param("TZID").and_then(Zone::named);
        line.value.split(',').filter_map(|text| Self::parse(text.trim(), zone.as_ref().unwrap_or(calendar))).collect()
    }

    /// `20261224`, `20261224T180000`, or with a `Z` in UTC.
    pub fn parse(text: &str, zone: &Zone) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
        let date = Date::new(number(date.get(..4)?)?, number(date.get(4..6)?)?, number(date.get(6..8)?)?).ok()?;
        let Some(time) = time else { return Some(Self { civil: date.to_datetime(Time::midnight()), zone: None }) };
        let utc = time.ends_with(['Z', 'z']).then(|| Zone::named("UTC")).flatten();
        let part = |range: std::ops::Range<usize>| number::<i8>(time.get(range)?);
        let time = Time::new(part(0..2)?, part(2..4)?, part(4..6).unwrap_or(0).min(59), 0).ok()?;
        Some(Self { civil: date.to_datetime(time), zone: Some(utc.unwrap_or_else(|| zone.clone())) })
    }

    /// The same time of another day.
    pub fn on(&self, date: Date) -> Self {
        Self { civil: date.to_datetime(self.civil.time()), zone: self.zone.clone() }
    }

    /// The instant; of a day its first one in the calendar's zone.
    pub fn instant(&self, calendar: &Zone) -> Timestamp {
        self.zone.as_ref().unwrap_or(calendar).start_at(self.civil)
    }
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
