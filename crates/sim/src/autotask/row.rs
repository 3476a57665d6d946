//! A row of an entity as JSON, and reading its values.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// A row: field names as on the wire (camelCase), every field of the entity present, null when unset.
pub type Row = Map<String, Value>;

/// The integer in a field.
pub fn int(row: &Row, field: &str) -> Option<i64> {
    row.get(field).and_then(Value::as_i64)
}

/// The text in a field.
pub fn text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// The time in a field.
pub fn time(row: &Row, field: &str) -> Option<Timestamp> {
    text(row, field).and_then(parse_time)
}

/// Whether a field has no value: absent or null.
pub fn is_unset(row: &Row, field: &str) -> bool {
    row.get(field).is_none_or(Value::is_null)
}

/// Sets a field.
pub fn set(row: &mut Row, field: &str, value: impl Into<Value>) {
    row.insert(field.to_owned(), value.into());
}

/// A time as stored and answered: UTC, milliseconds, `Z`.
pub fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Reads a time the way the service does: with or without zone (then UTC), or a date alone.
pub fn parse_time(raw: &str) -> Option<Timestamp> {
    let raw = raw.trim();
    if let Ok(at) = raw.parse::<Timestamp>() {
        return Some(at);
    }
    let civil = raw.parse::<DateTime>().ok().or_else(|| raw.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The value of a user-defined field, when it has one.
pub fn udf<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    let fields = row.get("userDefinedFields")?.as_array()?;
    let named = |field: &&Value| field["name"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(name));
    fields.iter().find(named)?["value"].as_str()
}

/// Looks a key up without regard to case: bodies come in any.
pub fn get_folded<'a>(row: &'a Row, key: &str) -> Option<&'a Value> {
    row.get(key).or_else(|| row.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::{parse_time, stamp};

    #[test]
    fn times_are_read_in_every_form_that_clients_send() {
        for (raw, want) in [
            ("2026-01-31T15:04:05.307", "2026-01-31T15:04:05.307Z"),
            ("2026-01-31T15:04:05Z", "2026-01-31T15:04:05.000Z"),
            ("2026-01-31T15:04:05.000+02:00", "2026-01-31T13:04:05.000Z"),
            ("2026-01-31 15:04:05", "2026-01-31T15:04:05.000Z"),
            ("2026-01-31", "2026-01-31T00:00:00.000Z"),
        ] {
            assert_eq!(stamp(parse_time(raw).expect(raw)), want);
        }
        assert_eq!(parse_time("yesterday"), None);
    }
}
