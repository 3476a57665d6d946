//! Calendars as they are found in the wild, read.

use super::*;
use jiff::civil::date;
use watchbell_core::schedule::Span;

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}\nEND:VCALENDAR\n").replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:1@example\n{lines}\nEND:VEVENT"))
}

fn found(text: &str) -> Vec<Event> {
    read(text.as_bytes(), &berlin(), (date(2026, 1, 1), date(2028, 1, 1))).unwrap().events
}

fn days(text: &str) -> Vec<String> {
    found(text).iter().map(|event| event.when.first_day(&berlin()).to_string()).collect()
}

fn span(from: &str, until: &str) -> When {
    When::Time(Span::new(from.parse().unwrap(), until.parse().unwrap()))
}

#[test]
fn whole_days_end_before_their_end() {
    let text = event("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Heiligabend\\, und\\n danach");
    let expected = Event {
        uid: "1@example".into(),
        summary: "Heiligabend, und\n danach".into(),
        when: When::Days { from: date(2026, 12, 24), until: date(2026, 12, 27) },
    };
    assert_eq!(found(&text), [expected]);
    assert_eq!(
        found(&event("DTSTART;VALUE=DATE:20260501"))[0].when,
        When::Days { from: date(2026, 5, 1), until: date(2026, 5, 2) }
    );
}

#[test]
fn times_are_of_their_zone_or_of_the_calendars() {
    let at = |line: &str| found(&event(&format!("{line}\nDURATION:PT2H")))[0].when;
    assert_eq!(at("DTSTART:20260701T080000Z"), span("2026-07-01T08:00Z", "2026-07-01T10:00Z"));
    assert_eq!(at("DTSTART:20260701T080000"), span("2026-07-01T06:00Z", "2026-07-01T08:00Z"));
    assert_eq!(at("DTSTART;TZID=America/New_York:20260701T080000"), span("2026-07-01T12:00Z", "2026-07-01T14:00Z"));
    assert_eq!(
        at("DTSTART;TZID=\"W. Europe Standard Time\":20260701T080000"),
        span("2026-07-01T06:00Z", "2026-07-01T08:00Z")
    );
}

#[test]
fn an_end_is_as_far_as_the_clock_on_the_wall_says() {
    let text = event(
        "DTSTART;TZID=Europe/Berlin:20260328T180000\nDTEND;TZID=Europe/Berlin:20260329T180000\nRRULE:FREQ=WEEKLY;COUNT=2",
    );
    let expected = [span("2026-03-28T17:00Z", "2026-03-29T16:00Z"), span("2026-04-04T16:00Z", "2026-04-05T16:00Z")];
    assert_eq!(found(&text).iter().map(|event| event.when).collect::<Vec<_>>(), expected);
}

#[test]
fn folded_lines_alarms_and_other_components_are_no_hindrance() {
    let text = calendar(
        "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19701025T030000\nEND:STANDARD\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260101\nSUMMARY:New\n  Year\nBEGIN:VALARM\nSUMMARY:no\nDTSTART:20270101T000000Z\nEND:VALARM\nEND:VEVENT",
    );
    let events = found(&text);
    assert_eq!((events.len(), events[0].summary.as_str()), (1, "New Year"));
}

#[test]
fn rules_of_holidays_are_written_out() {
    let rule = |start: &str, rule: &str| days(&event(&format!("DTSTART;VALUE=DATE:{start}\nRRULE:{rule}")));
    assert_eq!(rule("20200101", "FREQ=YEARLY"), ["2026-01-01", "2027-01-01"]);
    assert_eq!(rule("20201225", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;UNTIL=20261231"), ["2026-12-25"]);
    assert_eq!(rule("20201126", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), ["2026-11-26", "2027-11-25"]);
    assert_eq!(rule("20200525", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"), ["2026-05-25", "2027-05-31"]);
    assert_eq!(rule("20240229", "FREQ=YEARLY"), Vec::<String>::new(), "neither year has the day");
    assert_eq!(rule("20260131", "FREQ=MONTHLY;COUNT=3"), ["2026-01-31", "2026-03-31", "2026-05-31"]);
    assert_eq!(rule("20260105", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3"), ["2026-01-05", "2026-01-07", "2026-01-12"]);
    assert_eq!(rule("20260105", "FREQ=DAILY;INTERVAL=3;UNTIL=20260112"), ["2026-01-05", "2026-01-08", "2026-01-11"]);
}

#[test]
fn left_out_and_moved_occurrences_are_seen() {
    let text = calendar(
        "BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260112\nEND:VEVENT\n\
        BEGIN:VEVENT\nUID:a\nRECURRENCE-ID;VALUE=DATE:20260119\nDTSTART;VALUE=DATE:20260120\nEND:VEVENT",
    );
    assert_eq!(days(&text), ["2026-01-05", "2026-01-20", "2026-01-26"]);
    let uids: Vec<String> = found(&text).into_iter().map(|event| event.uid).collect();
    assert_eq!(uids.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
}

#[test]
fn a_rule_that_is_not_understood_counts_once_and_is_counted() {
    let text = event("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU");
    let feed = read(text.as_bytes(), &berlin(), (date(2026, 1, 1), date(2028, 1, 1))).unwrap();
    assert_eq!((feed.events.len(), feed.not_understood), (1, 1));
}

#[test]
fn what_is_cancelled_or_elsewhere_in_time_is_left_out() {
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20260105\nSTATUS:CANCELLED")), Vec::<String>::new());
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20251231")), Vec::<String>::new());
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20251231\nDTEND;VALUE=DATE:20260102")), ["2025-12-31"]);
    assert_eq!(days(&event("DTSTART:20260105T080000Z")), Vec::<String>::new(), "it has no time");
}

#[test]
fn something_else_is_refused() {
    let read = |text: &str| read(text.as_bytes(), &berlin(), (date(2026, 1, 1), date(2028, 1, 1)));
    assert_eq!(read("<!DOCTYPE html>"), Err(IcalError::NotACalendar));
    assert_eq!(read(""), Err(IcalError::NotACalendar));
    let many = |count: usize| calendar(&"BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260105\nEND:VEVENT\n".repeat(count));
    assert_eq!(read(&many(5_000)).unwrap().events.len(), 5_000);
    assert_eq!(read(&many(5_001)), Err(IcalError::TooMany));
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(BEGIN:VCALENDAR\n)?((BEGIN:VEVENT|END:VEVENT|UID:1|DTSTART:[0-9TZ]{0,16}|RRULE:FREQ=(DAILY|YEARLY|WEEKLY|MONTHLY);(INTERVAL|COUNT|UNTIL|BYDAY)=[-0-9A-Z]{0,9}|DURATION:P[0-9DTWHM]{0,6}|[A-Z;:=\" ]{0,9})\n){0,20}") {
        let _ = read(text.as_bytes(), &berlin(), (date(2026, 1, 1), date(2028, 1, 1)));
    }
}
