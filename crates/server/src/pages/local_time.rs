//! A date and a time as a browser's field sends them, in the reader's zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `2026-11-25T08:00` in a zone; one that the clocks leave out is the moment after.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local: DateTime = text.trim().parse().ok()?;
    local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// The next time that it is that hour.
pub(super) fn next_hour(hour: i8, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    let at =
        |date: jiff::civil::Date| date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    at(today).filter(|at| *at > now).or_else(|| at(today.tomorrow().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_and_morning_is_the_next_one() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(parse("2026-07-01T08:00", &berlin).unwrap().to_string(), "2026-07-01T06:00:00Z");
        assert_eq!(parse("tomorrow", &berlin), None);
        for (now, morning) in
            [("2026-01-05T06:59:00Z", "2026-01-05T07:00:00Z"), ("2026-01-05T07:00:00Z", "2026-01-06T07:00:00Z")]
        {
            assert_eq!(next_hour(8, now.parse().unwrap(), &berlin).unwrap().to_string(), morning);
        }
    }
}
