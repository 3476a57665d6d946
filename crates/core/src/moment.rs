//! Moments as people read them: on their clocks, in their language.

use crate::language::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const WEEKDAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
const MONTHS: [&str; 12] =
    ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];

/// With year and zone: `Thu 1 Jan 2026, 03:12 (Europe/Berlin)`, `Do 1. Jan. 2026, 03:12 (Europe/Berlin)`.
pub fn moment(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    format!("{} ({})", dated(at, zone, language), zone_name(zone))
}

/// With the year: `Thu 1 Jan 2026, 03:12`, `Do 1. Jan. 2026, 03:12`.
pub fn dated(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = at.to_zoned(known(zone));
    format!("{} {}, {}", day(at, zone, language), local.strftime("%Y"), local.strftime("%H:%M"))
}

/// Of the days around now, without the year: `Thu 1 Jan 03:12`, `Do 1. Jan. 03:12`.
pub fn soon(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    format!("{} {}", day(at, zone, language), at.to_zoned(known(zone)).strftime("%H:%M"))
}

/// The name of a zone; `UTC` where it has none.
pub fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// A zone without a name is shown as UTC, so that time and name belong together.
fn known(zone: &TimeZone) -> TimeZone {
    if zone.iana_name().is_some() { zone.clone() } else { TimeZone::UTC }
}

fn day(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = at.to_zoned(known(zone));
    match language {
        Language::English => local.strftime("%a %-d %b").to_string(),
        Language::German => {
            let nth = |names: &[&'static str], number: i8| {
                usize::try_from(number).ok().and_then(|nth| names.get(nth)).copied().unwrap_or_default()
            };
            let weekday = nth(&WEEKDAYS, local.weekday().to_monday_zero_offset());
            format!("{weekday} {}. {}", local.day(), nth(&MONTHS, local.month() - 1))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_moment_is_told_on_the_readers_clock_and_in_their_language() {
        let at: Timestamp = "2026-07-01T22:05:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(moment(at, &berlin, Language::English), "Thu 2 Jul 2026, 00:05 (Europe/Berlin)");
        assert_eq!(moment(at, &berlin, Language::German), "Do 2. Juli 2026, 00:05 (Europe/Berlin)");
        assert_eq!(soon(at, &TimeZone::UTC, Language::English), "Wed 1 Jul 22:05");
        assert_eq!(soon(at, &TimeZone::UTC, Language::German), "Mi 1. Juli 22:05");
        assert_eq!(moment(at, &TimeZone::fixed(jiff::tz::offset(5)), Language::German), "Mi 1. Juli 2026, 22:05 (UTC)");
    }

    #[test]
    fn every_day_and_month_has_a_german_name() {
        let start: Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
        for n in 0..366_i64 {
            let said = soon(start + jiff::SignedDuration::from_hours(24 * n), &TimeZone::UTC, Language::German);
            let words: Vec<&str> = said.split(' ').collect();
            assert_eq!(words.len(), 4, "{said}");
            assert_eq!(words[0], WEEKDAYS[(n % 7) as usize], "{said}");
            assert!(MONTHS.contains(&words[2]), "{said}");
        }
    }
}
