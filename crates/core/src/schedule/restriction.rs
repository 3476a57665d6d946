//! When of the day or week a layer counts.

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

/// A time of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeekTime {
    /// The day.
    #[serde(with = "weekday")]
    pub day: Weekday,
    /// The time of that day, to the minute.
    pub time: Time,
}

/// A window that comes back. Ends are exclusive; one that ends before it starts, or where it starts, goes over midnight or over
/// the week's end: a window from 08:00 to 08:00 is the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "each", rename_all = "lowercase")]
pub enum Restriction {
    /// Each day.
    Day {
        /// Its start.
        from: Time,
        /// Its end, on the next day where it is not after the start.
        until: Time,
    },
    /// Each week.
    Week {
        /// Its start.
        from: WeekTime,
        /// Its end, in the next week where it is not after the start.
        until: WeekTime,
    },
}

/// Days of the week are English words in upper case, as on the wire.
pub mod weekday {
    use jiff::civil::Weekday;
    use serde::{Deserialize as _, Deserializer, Serializer};

    const WORDS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

    /// The word of a day.
    pub fn word(day: Weekday) -> &'static str {
        WORDS[usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)]
    }

    /// The day of a word.
    pub fn parse(word: &str) -> Option<Weekday> {
        let nth = WORDS.iter().position(|known| *known == word)?;
        Weekday::from_monday_zero_offset(i8::try_from(nth).ok()?).ok()
    }

    pub(super) fn serialize<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(word(*day))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no day of the week")))
    }
}
