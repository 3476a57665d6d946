//! When a person asked not to be reached: muted for a while, or quiet hours for what can wait.

use crate::schedule::Zone;
use jiff::civil::Time;
use jiff::{Timestamp, ToSpan as _};

/// Minutes of a day.
pub const DAY_MIN: i64 = 1_440;

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Silence {
    /// No pages from then, at once where it is `None`, ..
    pub muted_from: Option<Timestamp>,
    /// .. until then.
    pub muted_until: Option<Timestamp>,
    /// When quiet alerts wait.
    pub quiet: Option<QuietHours>,
}

impl Silence {
    /// Whether no page goes out to the person now.
    pub fn is_muted(&self, now: Timestamp) -> bool {
        self.muted_until.is_some_and(|until| until > now) && self.muted_from.is_none_or(|from| from <= now)
    }

    /// When a quiet message that is due then goes out: then, or at the end of the quiet hours that it falls into.
    pub fn quiet_due(&self, due_at: Timestamp) -> Timestamp {
        self.quiet.as_ref().and_then(|quiet| quiet.end_after(due_at)).unwrap_or(due_at)
    }
}

/// A part of each day of a zone; one that ends before it begins goes over midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// Minute of the day at which they begin.
    pub from_min: i64,
    /// Minute of the day at which they end; not the one at which they begin.
    pub until_min: i64,
    /// Where the day is.
    pub zone: Zone,
}

impl QuietHours {
    /// The end of the quiet hours that hold `at`; `None` where it lies outside.
    pub fn end_after(&self, at: Timestamp) -> Option<Timestamp> {
        let local = at.to_zoned(self.zone.inner().clone());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let over_midnight = self.from_min > self.until_min;
        let (begun, not_ended) = (minute >= self.from_min, minute < self.until_min);
        let is_quiet = if over_midnight { begun || not_ended } else { begun && not_ended };
        if !is_quiet {
            return None;
        }
        let days = i64::from(over_midnight && begun);
        let day = local.date().checked_add(days.days()).ok()?;
        let end = self.zone.end_at(day.to_datetime(time_of(self.until_min)?));
        (end > at).then_some(end)
    }
}

/// The time of a minute of the day; `None`: no day has it.
pub fn time_of(minute: i64) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minute.div_euclid(60)).ok()?, i8::try_from(minute.rem_euclid(60)).ok()?);
    Time::new(hour, minute, 0, 0).ok()
}

/// `HH:MM` as a minute of the day.
pub fn minute_of(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str, most: i64| {
        let is_number = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|number| is_number && *number <= most)
    };
    Some(digits(hour, 23)? * 60 + digits(minute, 59)?)
}

/// A minute of the day as `HH:MM`.
pub fn words_of(minute: i64) -> String {
    format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn quiet(from: &str, until: &str) -> QuietHours {
        let minute = |text| minute_of(text).unwrap();
        QuietHours { from_min: minute(from), until_min: minute(until), zone: Zone::named("Europe/Berlin").unwrap() }
    }

    #[test]
    fn what_falls_into_quiet_hours_waits_for_their_end() {
        let night = quiet("22:00", "07:00");
        for (due, end) in [
            ("2026-01-05T20:59:59Z", None),
            ("2026-01-05T21:00:00Z", Some("2026-01-06T06:00:00Z")),
            ("2026-01-05T23:30:00Z", Some("2026-01-06T06:00:00Z")),
            ("2026-01-06T05:59:59Z", Some("2026-01-06T06:00:00Z")),
            ("2026-01-06T06:00:00Z", None),
        ] {
            assert_eq!(night.end_after(at(due)), end.map(at), "{due}");
        }
        let noon = quiet("12:00", "13:30");
        assert_eq!(noon.end_after(at("2026-07-01T10:15:00Z")), Some(at("2026-07-01T11:30:00Z")));
        assert_eq!(noon.end_after(at("2026-07-01T11:30:00Z")), None);
    }

    #[test]
    fn the_night_of_a_change_of_clocks_ends_by_the_wall() {
        let night = quiet("22:00", "07:00");
        assert_eq!(night.end_after(at("2026-03-28T23:00:00Z")), Some(at("2026-03-29T05:00:00Z")), "an hour shorter");
        assert_eq!(night.end_after(at("2026-10-24T22:00:00Z")), Some(at("2026-10-25T06:00:00Z")), "an hour longer");
        // 02:30 does not exist that night: they end where it would have been. In autumn it is there twice: the second one counts.
        assert_eq!(quiet("00:00", "02:30").end_after(at("2026-03-29T00:30:00Z")), Some(at("2026-03-29T01:00:00Z")));
        assert_eq!(quiet("00:00", "02:30").end_after(at("2026-10-25T00:15:00Z")), Some(at("2026-10-25T01:30:00Z")));
    }

    #[test]
    fn muting_has_a_beginning_and_an_end() {
        let muted = |from: Option<&str>, until: &str| Silence {
            muted_from: from.map(at),
            muted_until: Some(at(until)),
            quiet: None,
        };
        let now = at("2026-01-05T08:00:00Z");
        assert!(
            muted(None, "2026-01-05T08:00:01Z").is_muted(now) && !muted(None, "2026-01-05T08:00:00Z").is_muted(now)
        );
        assert!(muted(Some("2026-01-05T08:00:00Z"), "2026-01-06T08:00:00Z").is_muted(now));
        assert!(!muted(Some("2026-01-05T08:00:01Z"), "2026-01-06T08:00:00Z").is_muted(now));
        assert!(!Silence::default().is_muted(now));
    }

    #[test]
    fn minutes_are_read_and_written() {
        assert_eq!((minute_of("7:05"), minute_of("23:59"), minute_of("00:00")), (Some(425), Some(1_439), Some(0)));
        for bad in ["24:00", "7", "7:60", "-1:00", "+7:00", "07:5 x", "", "007:00"] {
            assert_eq!(minute_of(bad), None, "{bad}");
        }
        assert_eq!((words_of(425).as_str(), time_of(1_440)), ("07:05", None));
    }
}
