//! Texts of requests into values; every refusal names its field and says what is allowed.

use crate::error::ApiError;
use axum::http::Uri;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};
use watchbell_core::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use watchbell_core::text::Text;

/// Longest e-mail address (RFC 5321).
const EMAIL_CHARS_MAX: usize = 254;

/// Tells a field that is absent (`None`) from one that is null (`Some(None)`).
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(json: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(json).map(Some)
}

/// A name: not empty, at most 255 characters.
pub fn name(field: &str, text: &str) -> Result<String, ApiError> {
    Text::<NAME_CHARS_MAX>::parse(text).map(Text::into_string).map_err(|error| ApiError::field(field, error))
}

/// A text that may be left out; an empty one is left out.
pub fn optional_text(field: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    match text {
        Some(text) if !text.trim().is_empty() => name(field, &text).map(Some),
        _ => Ok(None),
    }
}

/// An e-mail address, as far as that can be seen from outside.
pub fn email(field: &str, text: &str) -> Result<String, ApiError> {
    let text =
        Text::<EMAIL_CHARS_MAX>::parse(text).map(Text::into_string).map_err(|error| ApiError::field(field, error))?;
    let looks_right =
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_clean =
        !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'));
    match looks_right && is_clean {
        true => Ok(text),
        false => Err(ApiError::field(field, "must be an e-mail address")),
    }
}

/// An IANA time zone.
pub fn timezone(field: &str, text: &str) -> Result<String, ApiError> {
    let known = TimeZone::get(text.trim()).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
    known.ok_or_else(|| ApiError::field(field, "must be an IANA time zone such as Europe/Berlin"))
}

/// The clocks of a zone that is stored or was parsed.
pub fn zone(name: &str) -> Result<TimeZone, ApiError> {
    TimeZone::get(name).map_err(|_| ApiError::field("timezone", "must be an IANA time zone such as Europe/Berlin"))
}

/// A code of this many letters.
pub fn code(field: &str, text: &str, letters: usize) -> Result<String, ApiError> {
    let text = text.trim();
    match text.len() == letters && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        true => Ok(text.to_owned()),
        false => Err(ApiError::field(field, format!("must be a code of {letters} letters"))),
    }
}

/// `#rrggbb` or `#rgb`.
pub fn color(field: &str, text: &str) -> Result<String, ApiError> {
    let digits = text.trim().strip_prefix('#').unwrap_or_default();
    match matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.trim().to_owned()),
        false => Err(ApiError::field(field, "must be a colour such as #1e90ff")),
    }
}

/// A moment: ISO 8601 with an offset, or without one in UTC.
pub fn time(field: &str, text: &str) -> Result<Timestamp, ApiError> {
    let text = text.trim();
    let local = || {
        text.parse::<DateTime>()
            .ok()
            .and_then(|local| local.to_zoned(TimeZone::UTC).ok())
            .map(|zoned| zoned.timestamp())
    };
    // A plus sign in a query that nobody escaped arrives as a blank.
    let unescaped = || text.rsplit_once(' ').and_then(|(time, offset)| format!("{time}+{offset}").parse().ok());
    let time = text.parse::<Timestamp>().ok().or_else(local).or_else(unescaped);
    time.ok_or_else(|| ApiError::field(field, "must be a time such as 2026-11-23T09:00:00Z"))
}

/// A moment: with an offset, or without one on the clocks of a zone.
pub fn time_in(field: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, ApiError> {
    let text = text.trim();
    let unescaped = || text.rsplit_once(' ').and_then(|(time, offset)| format!("{time}+{offset}").parse().ok());
    let local = || text.parse::<DateTime>().ok().and_then(|local| local.to_zoned(zone.clone()).ok());
    let time = text.parse::<Timestamp>().ok();
    let time = time.or_else(|| local().map(|zoned| zoned.timestamp())).or_else(unescaped);
    time.map(to_microseconds)
        .ok_or_else(|| ApiError::field(field, "must be a time such as 2026-11-23T09:00 or 2026-11-23T09:00:00Z"))
}

/// As exact as times are stored.
fn to_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// A time on the clocks of a zone: without an offset, or with one, which is then read in the zone.
pub fn civil(field: &str, text: &str, zone: &TimeZone) -> Result<DateTime, ApiError> {
    let text = text.trim();
    let given = text.parse::<Timestamp>().ok().map(|time| time.to_zoned(zone.clone()).datetime());
    let civil = given.or_else(|| text.parse::<DateTime>().ok());
    civil
        .and_then(|civil| civil.with().subsec_nanosecond(0).build().ok())
        .ok_or_else(|| ApiError::field(field, "must be a date and time such as 2026-11-23T09:00"))
}

/// An http or https URL with a host.
pub fn url(field: &str, text: &str) -> Result<String, ApiError> {
    let text =
        Text::<TEXT_CHARS_MAX>::parse(text).map(Text::into_string).map_err(|error| ApiError::field(field, error))?;
    let uri: Option<Uri> = text.parse().ok();
    let is_web = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    match is_web {
        true => Ok(text),
        false => Err(ApiError::field(field, "must be an address such as https://example.com/path")),
    }
}

/// Scheme, host and port of an address: a secret must not travel to another server than the one it was entered for.
pub fn server_of(url: &str) -> String {
    let end = url.find("://").map_or(0, |at| at + 3);
    let rest = &url[end..];
    let host = rest.find(['/', '?', '#']).map_or(rest, |at| &rest[..at]);
    format!("{}{host}", &url[..end]).to_lowercase()
}

/// One of the words that `parse` knows.
pub fn word<T: Copy>(field: &str, text: &str, all: &[(&str, T)]) -> Result<T, ApiError> {
    let found = all.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        ApiError::field(field, format!("must be one of {}", words.join(", ")))
    })
}

/// A number within limits.
pub fn within(field: &str, number: i64, range: std::ops::RangeInclusive<i64>) -> Result<i64, ApiError> {
    match range.contains(&number) {
        true => Ok(number),
        false => Err(ApiError::field(field, format!("must be {} to {}", range.start(), range.end()))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_taken_and_headers_in_them_are_not() {
        for good in ["ann@example.com", "a.b+c@x", "müller@example.de"] {
            assert_eq!(email("email", &format!(" {good} ")).unwrap(), good);
        }
        for bad in ["", "ann", "@x", "ann@", "a@b@c", "a@x\r\nBcc: b@y", "Ann <a@x>", "a@x,b@y"] {
            assert!(email("email", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_have_an_offset_or_are_utc() {
        for (text, second) in [
            ("2026-01-01T00:00", 1_767_225_600),
            ("2026-01-01T01:00:00+01:00", 1_767_225_600),
            ("2026-01-01T01:00:00 01:00", 1_767_225_600),
            ("2026-01-01 00:00", 1_767_225_600),
            ("2026-01-01T00:00:00.5Z", 1_767_225_600),
        ] {
            assert_eq!(time("from", text).unwrap().as_second(), second, "{text}");
        }
        for bad in ["", "yesterday", "2026-13-01T00:00", "99999-01-01T00:00Z"] {
            assert!(time("from", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn zones_urls_numbers_colours() {
        assert_eq!(timezone("timezone", "europe/berlin").unwrap(), "Europe/Berlin");
        assert!(timezone("timezone", "Mars/Olympus").is_err());
        assert!(url("target", "https://ntfy.sh/ann").is_ok());
        for bad in ["ftp://x/y", "//x", "javascript:alert(1)", "https://", "x"] {
            assert!(url("target", bad).is_err(), "{bad}");
        }
        assert!(color("shiftColor", "#1e90ff").is_ok() && color("shiftColor", "red").is_err());
    }
}
