//! The odd ways in which Autotask writes times.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Longest text that is looked at as a time.
const TIME_CHARS_MAX: usize = 64;

/// Times before 1970 (also .NET's year 1) and from the year 3000 on are nobody's ticket: they count as unreadable.
const SECONDS: std::ops::Range<i64> = 0..32_503_680_000;

/// What a time without an offset means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naive {
    /// The REST API: all its times are UTC, with or without `Z`.
    IsUtc,
    /// The extension callout: local time of the tenant, which nobody here knows.
    IsUnknown,
}

/// Reads `2024-01-31T15:04:05.307`, `...Z`, `...+02:00`, and the callout's `...64300000-04:00:00`.
///
/// `None` for anything else, and for dates that no ticket has.
pub(crate) fn parse(text: &str, naive: Naive) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_ascii() || text.len() > TIME_CHARS_MAX || text.len() < 10 {
        return None;
    }
    let (civil, zone) = split_zone(text);
    let offset = match (zone, naive) {
        ("", Naive::IsUtc) => Offset::UTC,
        ("", Naive::IsUnknown) => return None,
        (zone, _) => parse_offset(zone)?,
    };
    let civil: DateTime = shorten_fraction(civil).parse().ok()?;
    let time = offset.to_timestamp(civil).ok()?;
    SECONDS.contains(&time.as_second()).then_some(time)
}

/// Splits behind the seconds: date and time, then `Z` or an offset. A `+` arrives as a blank from an unescaped form.
fn split_zone(text: &str) -> (&str, &str) {
    let start = text.char_indices().skip(11).find(|(_, c)| matches!(c, 'Z' | 'z' | '+' | '-' | ' ')).map(|(at, _)| at);
    text.split_at(start.unwrap_or(text.len()))
}

/// `Z`, `±HH:MM` or `±HH:MM:SS`.
fn parse_offset(zone: &str) -> Option<Offset> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = zone.split_at(1);
    let sign = if sign == "-" { -1 } else { 1 };
    let mut parts = digits.split(':').map(two_digits);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let in_range = parts.next().is_none() && minutes < 60 && seconds < 60;
    in_range.then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60 + seconds)).ok()).flatten()
}

fn two_digits(part: &str) -> Option<i32> {
    let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| part.parse().ok()).flatten()
}

/// More than nine digits of a second say nothing and are refused by the parser.
fn shorten_fraction(civil: &str) -> &str {
    civil.find('.').map_or(civil, |dot| &civil[..civil.len().min(dot + 10)])
}

/// How a time is sent: UTC, whole milliseconds (rounded down, so that a watermark never skips a row).
pub(crate) fn format(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn reads_every_form_seen() {
        for (text, utc) in [
            ("2024-01-31T15:04:05.307", "2024-01-31T15:04:05.307Z"),
            ("2024-01-31T15:04:05Z", "2024-01-31T15:04:05Z"),
            ("2024-01-31T15:04:05.000Z", "2024-01-31T15:04:05Z"),
            ("2024-01-31T15:04:05+02:00", "2024-01-31T13:04:05Z"),
            ("2019-10-29T14:14:47.64300000-04:00:00", "2019-10-29T18:14:47.643Z"),
            ("2019-10-29T14:14:47.64300000 02:00:00", "2019-10-29T12:14:47.643Z"),
            ("2019-10-29T14:14:47.123456789012", "2019-10-29T14:14:47.123456789Z"),
        ] {
            assert_eq!(parse(text, Naive::IsUtc), Some(utc.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time_of_a_ticket() {
        for text in [
            "",
            "now",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59",
            "2024-13-01T00:00:00Z",
            "2024-01-31T15:04:05+99:99",
            "2024-01-31T15:04:05+",
            "２０２４-01-31T15:04:05Z",
            "-262143-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text, Naive::IsUtc), None, "{text}");
        }
        assert_eq!(parse("2024-01-31T15:04:05", Naive::IsUnknown), None, "local time of an unknown zone");
    }

    #[test]
    fn sends_whole_milliseconds_rounded_down() {
        assert_eq!(format("2026-01-01T00:00:00.9999999Z".parse().unwrap()), "2026-01-01T00:00:00.999Z");
        assert_eq!(format("2026-01-01T00:00:00Z".parse().unwrap()), "2026-01-01T00:00:00.000Z");
    }
}
