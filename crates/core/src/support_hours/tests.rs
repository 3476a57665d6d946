use super::*;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn clock(text: &str) -> Time {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `Mon-Fri` as numbers from 0, with the spans of each of these days.
fn week(days: &[usize], spans: &[(&str, &str)]) -> [Vec<DaySpan>; 7] {
    std::array::from_fn(|day| match days.contains(&day) {
        true => spans.iter().map(|(from, until)| DaySpan { from: clock(from), until: clock(until) }).collect(),
        false => Vec::new(),
    })
}

const WEEKDAYS: &[usize] = &[0, 1, 2, 3, 4];
const ALL: &[usize] = &[0, 1, 2, 3, 4, 5, 6];

fn stored(zone: &str, days: [Vec<DaySpan>; 7]) -> SupportHours {
    SupportHours { zone: zone.into(), days, exceptions: Vec::new(), calendar: None }
}

fn hours(zone: &str, days: [Vec<DaySpan>; 7]) -> Hours {
    Hours::new(&stored(zone, days), Holidays::new()).expect("a zone")
}

/// Cases TIV-02 and TIV-06 of prometheus/alertmanager (Apache-2.0), and the part of TIV-07 that months do not concern.
#[test]
fn office_hours_as_alertmanager_has_them() {
    let table: [(&str, &[&str], &[&str]); 3] = [
        (
            "UTC",
            &["2020-05-04T15:04Z", "2020-05-05T10:04Z", "2020-06-09T09:04Z"],
            &["2020-05-03T15:04Z", "2020-05-04T08:59Z", "2020-05-05T05:00Z"],
        ),
        ("Australia/Sydney", &["2021-04-06T13:00+10:00"], &["2021-04-06T13:00Z"]),
        ("Australia/Sydney", &["2021-11-01T09:00+11:00", "2021-10-31T22:00Z"], &["2021-10-31T21:00Z"]),
    ];
    for (zone, inside, outside) in table {
        let hours = hours(zone, week(WEEKDAYS, &[("09:00", "17:00")]));
        inside.iter().for_each(|text| assert!(hours.is_during(at(text)), "{text}"));
        outside.iter().for_each(|text| assert!(!hours.is_during(at(text)), "{text}"));
    }
}

#[test]
fn borders_are_half_open_and_the_next_one_is_after_the_instant() {
    let hours = hours("Europe/Berlin", week(WEEKDAYS, &[("08:00", "12:00"), ("13:00", "17:30")]));
    let borders =
        ["2026-11-27T07:00Z", "2026-11-27T11:00Z", "2026-11-27T12:00Z", "2026-11-27T16:30Z", "2026-11-30T07:00Z"];
    for (nth, pair) in borders.windows(2).enumerate() {
        assert_eq!(hours.next_border(at(pair[0])), Some(at(pair[1])));
        assert_eq!(hours.is_during(at(pair[0])), nth % 2 == 0, "{}", pair[0]);
        assert_eq!(hours.is_during(at(pair[1]) - SignedDuration::from_nanos(1)), nth % 2 == 0, "{}", pair[1]);
    }
}

#[test]
fn a_span_may_cross_midnight_and_touching_spans_are_one() {
    let night = hours("UTC", week(&[6], &[("22:00", "06:00")]));
    assert!(night.is_during(at("2026-11-30T05:59Z")) && !night.is_during(at("2026-11-30T06:00Z")));
    assert_eq!(night.next_border(at("2026-11-29T22:00Z")), Some(at("2026-11-30T06:00Z")));
    let round = hours("UTC", week(ALL, &[("08:00", "20:00"), ("20:00", "08:00")]));
    assert_eq!(round.next_border(at("2026-11-29T22:00Z")), None, "24 hours a day, 7 days a week");
    let always = hours("UTC", week(ALL, &[("08:00", "08:00")]));
    assert!(always.is_during(at("2026-11-29T07:59Z")) && always.next_border(at("2026-11-29T07:59Z")).is_none());
    let never = hours("UTC", week(&[], &[]));
    assert!(!never.is_during(at("2026-11-29T07:59Z")) && never.next_border(at("2026-11-29T07:59Z")).is_none());
}

#[test]
fn exceptions_come_before_holidays_and_those_before_the_week() {
    let mut body = stored("Europe/Berlin", week(ALL, &[("20:00", "06:00")]));
    let exception = |name: &str, start, end, status| Exception { name: name.into(), start, end, status };
    body.exceptions = vec![
        exception("Audit", date(2026, 12, 26), date(2026, 12, 26), SupportStatus::During),
        exception("Closed", date(2026, 12, 29), date(2026, 12, 30), SupportStatus::Outside),
    ];
    let holidays =
        Holidays::from([(date(2026, 12, 25), "Christmas".into()), (date(2026, 12, 26), "Boxing Day".into())]);
    let hours = Hours::new(&body, holidays).expect("a zone");
    for (text, during) in [
        ("2026-12-24T22:59Z", true),
        // The night of the 24th ends where the holiday begins, and the holiday's own evening does not count.
        ("2026-12-24T23:00Z", false),
        ("2026-12-25T21:00Z", false),
        ("2026-12-25T23:00Z", true),
        ("2026-12-26T12:00Z", true),
        ("2026-12-27T04:59Z", true),
        ("2026-12-28T23:00Z", false),
        ("2026-12-30T22:59Z", false),
        ("2026-12-30T23:00Z", true),
    ] {
        assert_eq!(hours.is_during(at(text)), during, "{text}");
    }
    assert_eq!(hours.exception_of(date(2026, 12, 25)), Some(("Christmas", SupportStatus::Outside)));
    assert_eq!(hours.next_border(at("2026-12-28T23:00Z")), Some(at("2026-12-30T23:00Z")));
}

#[test]
fn where_the_clocks_change_a_start_takes_the_first_and_an_end_the_last_instant() {
    let spring = hours("Europe/Berlin", week(ALL, &[("02:30", "06:00")]));
    assert_eq!(
        spring.next_border(at("2026-03-28T12:00Z")),
        Some(at("2026-03-29T01:00Z")),
        "02:30 is left out: 03:00 summer time"
    );
    let autumn = hours("Europe/Berlin", week(ALL, &[("01:00", "02:30")]));
    let start = at("2026-10-24T23:00Z");
    assert_eq!(autumn.next_border(start), Some(at("2026-10-25T01:30Z")), "the second 02:30");
    let second = hours("Europe/Berlin", week(ALL, &[("02:30", "06:00")]));
    assert_eq!(second.next_border(at("2026-10-24T12:00Z")), Some(at("2026-10-25T00:30Z")), "the first 02:30");
}

/// Whatever the zone and the day: walking by borders says the same as asking at each quarter of an hour.
#[test]
fn walking_by_borders_equals_asking() {
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "UTC"] {
        let hours = hours(zone, week(&[0, 1, 2, 5, 6], &[("00:00", "00:30"), ("07:45", "12:00"), ("23:15", "01:15")]));
        for start in
            ["2026-03-05T00:00Z", "2026-03-26T00:00Z", "2026-10-01T00:00Z", "2026-10-23T00:00Z", "2026-10-30T00:00Z"]
        {
            let (mut border, mut now) = (None, at(start));
            for _ in 0..500 {
                if border.is_none_or(|next| next <= now) {
                    border = hours.next_border(now);
                }
                let later = now + SignedDuration::from_mins(15);
                let changes = border.is_some_and(|next| next <= later);
                assert_eq!(hours.is_during(now) != hours.is_during(later), changes, "{zone} {now} {border:?}");
                now = later;
            }
            let span = Span::new(at(start), now);
            let within = hours.within(span);
            assert!(within.iter().all(|part| hours.is_during(part.from)), "{zone} {start}");
            assert!(within.windows(2).all(|pair| pair[0].until < pair[1].from), "{zone} {start}: {within:?}");
        }
    }
}

#[test]
fn an_unknown_zone_is_refused() {
    assert!(Hours::new(&stored("Mars/Olympus", week(ALL, &[])), Holidays::new()).is_err());
}
