use super::*;
use crate::alert::{Priority, Status};
use jiff::civil::date;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn window(zone: &str, from: &str, until: &str, repeat: Option<(RepeatUnit, i64, Option<Date>)>) -> Window {
    Window {
        zone: zone.into(),
        first: Span::new(at(from), at(until)),
        repeat: repeat.map(|(unit, count, until)| Repeat { unit, count, until }),
        covers: Covers::default(),
        pages_at_end: true,
        ended_at: None,
    }
}

fn begins(window: &Window, from: &str, until: &str) -> Vec<String> {
    let occurrences = Occurrences::of(window).expect("a zone");
    occurrences.within(Span::new(at(from), at(until)), 100).iter().map(|span| span.from.to_string()).collect()
}

#[test]
fn once_is_half_open() {
    let once = window("UTC", "2026-11-25T22:00Z", "2026-11-26T04:00Z", None);
    let asked = Occurrences::of(&once).expect("a zone");
    assert_eq!(asked.open_at(at("2026-11-25T22:00Z")), Some(once.first));
    assert_eq!(asked.open_at(at("2026-11-26T04:00Z")), None);
    assert_eq!(asked.open_at(at("2026-11-25T21:59:59Z")), None);
    assert_eq!(asked.next_after(at("2026-11-25T21:59:59Z")), Some(once.first));
    assert_eq!(asked.next_after(at("2026-11-25T22:00Z")), None);
    assert_eq!(asked.over_at(), Some(at("2026-11-26T04:00Z")));
}

#[test]
fn a_weekly_night_keeps_its_civil_time_where_the_clocks_change() {
    let weekly = window("Europe/Berlin", "2026-03-21T22:00Z", "2026-03-22T03:00Z", Some((RepeatUnit::Weeks, 1, None)));
    let asked = Occurrences::of(&weekly).expect("a zone");
    // Saturday 23:00 to Sunday 04:00; the night of the change has an hour less.
    assert_eq!(
        asked.open_at(at("2026-03-28T23:00Z")),
        Some(Span::new(at("2026-03-28T22:00Z"), at("2026-03-29T02:00Z")))
    );
    assert_eq!(
        asked.open_at(at("2026-04-04T21:00Z")),
        Some(Span::new(at("2026-04-04T21:00Z"), at("2026-04-05T02:00Z")))
    );
    assert_eq!(asked.over_at(), None);
    assert_eq!(asked.next_after(at("2030-01-01T00:00Z")).map(|span| span.from), Some(at("2030-01-05T22:00Z")));
}

#[test]
fn months_clamp_from_the_first_day_or_keep_their_weekday() {
    let clamped = window("UTC", "2026-01-31T22:00Z", "2026-01-31T23:00Z", Some((RepeatUnit::Months, 1, None)));
    let days = ["2026-01-31T22:00:00Z", "2026-02-28T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"];
    assert_eq!(begins(&clamped, "2026-01-01T00:00Z", "2026-05-01T00:00Z"), days);
    // Patch night: the evening of the second Tuesday.
    let patches = window("UTC", "2026-01-13T22:00Z", "2026-01-14T02:00Z", Some((RepeatUnit::MonthsByWeekday, 1, None)));
    let tuesdays = ["2026-01-13T22:00:00Z", "2026-02-10T22:00:00Z", "2026-03-10T22:00:00Z", "2026-04-14T22:00:00Z"];
    assert_eq!(begins(&patches, "2026-01-01T00:00Z", "2026-05-01T00:00Z"), tuesdays);
    let fifth = window("UTC", "2026-03-31T22:00Z", "2026-03-31T23:00Z", Some((RepeatUnit::MonthsByWeekday, 1, None)));
    assert_eq!(
        begins(&fifth, "2026-04-01T00:00Z", "2026-07-01T00:00Z"),
        ["2026-04-28T22:00:00Z", "2026-05-26T22:00:00Z", "2026-06-30T22:00:00Z"]
    );
}

#[test]
fn the_last_day_ends_it_and_ending_early_cuts_only_what_runs() {
    let mut daily =
        window("UTC", "2026-11-01T22:00Z", "2026-11-02T02:00Z", Some((RepeatUnit::Days, 2, Some(date(2026, 11, 6)))));
    let all = ["2026-11-01T22:00:00Z", "2026-11-03T22:00:00Z", "2026-11-05T22:00:00Z"];
    assert_eq!(begins(&daily, "2026-10-01T00:00Z", "2027-01-01T00:00Z"), all);
    assert_eq!(Occurrences::of(&daily).expect("a zone").over_at(), Some(at("2026-11-06T02:00Z")));
    daily.ended_at = Some(at("2026-11-03T23:00Z"));
    let asked = Occurrences::of(&daily).expect("a zone");
    assert_eq!(
        asked.open_at(at("2026-11-03T22:59Z")),
        Some(Span::new(at("2026-11-03T22:00Z"), at("2026-11-03T23:00Z")))
    );
    assert_eq!(asked.open_at(at("2026-11-03T23:00Z")), None);
    assert!(asked.open_at(at("2026-11-05T22:00Z")).is_some());
}

/// Asking at any instant equals listing all times and looking among them.
#[test]
fn asking_equals_listing() {
    let cases = [
        (RepeatUnit::Days, 1),
        (RepeatUnit::Days, 3),
        (RepeatUnit::Weeks, 1),
        (RepeatUnit::Weeks, 2),
        (RepeatUnit::Months, 1),
        (RepeatUnit::Months, 5),
        (RepeatUnit::MonthsByWeekday, 1),
        (RepeatUnit::MonthsByWeekday, 2),
    ];
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
        for (unit, count) in cases {
            let window = window(zone, "2026-01-31T01:30Z", "2026-01-31T09:00Z", Some((unit, count, None)));
            let asked = Occurrences::of(&window).expect("a zone");
            let span = Span::new(at("2026-01-01T00:00Z"), at("2028-01-01T00:00Z"));
            let all = asked.within(span, usize::MAX);
            assert!(all.windows(2).all(|pair| pair[0].until < pair[1].from), "{zone} {unit} {count}");
            for hours in (0..17_000).step_by(29) {
                let now = span.from + SignedDuration::from_hours(hours);
                assert_eq!(
                    asked.open_at(now),
                    all.iter().find(|time| time.holds(now)).copied(),
                    "{zone} {unit} {count} {now}"
                );
                assert_eq!(
                    asked.next_after(now),
                    all.iter().find(|time| time.from > now).copied().or(asked.next_after(now)),
                    "{zone} {unit} {count} {now}"
                );
            }
        }
    }
}

#[test]
fn each_kind_that_names_something_has_to_fit() {
    let mut alert = crate::alert::tests::alert(Status::Pending, Priority::High);
    alert.summary = "Backup on SRV-01 failed".into();
    alert.content.customer = Some("Contoso Ltd".into());
    alert.content.labels.insert("Host Name".into(), "FW-2".into());
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let covers = |sources: &[i64], customers: &[&str], items: &[&str], words: &[&str]| Covers {
        sources: sources.iter().map(|id| SourceId(*id)).collect(),
        customers: names(customers),
        configuration_items: names(items),
        words: names(words),
    };
    for (window, fits) in [
        (covers(&[], &[], &[], &[]), false),
        (covers(&[1, 9], &[], &[], &[]), true),
        (covers(&[9], &[], &[], &[]), false),
        (covers(&[], &["contoso ltd "], &[], &[]), true),
        (covers(&[], &["Contoso"], &[], &[]), false),
        (covers(&[1], &["Contoso Ltd"], &["srv-01"], &["backup"]), true),
        (covers(&[1], &["Fabrikam"], &["srv-01"], &["backup"]), false),
        (covers(&[], &[], &["fw-2"], &[]), true),
        (covers(&[], &[], &["SRV-0", "SRV-010"], &[]), false),
        (covers(&[], &[], &[], &["back"]), false),
        (covers(&[], &[], &[], &["reboot", "srv-01 FAILED", "backup on"]), true),
    ] {
        assert_eq!(window.hold(&alert), fits, "{window:?}");
    }
}
