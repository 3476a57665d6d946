//! Samples of absences and of calendars of public holidays.

use crate::sample::{ago, people};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use maud::Markup;
use watchbell_core::ids::{AbsenceId, CalendarId};
use watchbell_core::schedule::Span;
use watchbell_ui::pages::absences::{AbsenceFeedView, AbsenceRow, AbsencesView, absence_page};
use watchbell_ui::pages::holidays::{CalendarRow, CalendarView, Reading};
use watchbell_ui::{Form, Shell};

pub fn absences(now: Timestamp) -> AbsencesView {
    let day = |nth: i64| now + SignedDuration::from_hours(24 * nth);
    let row = |id, from, until, reason: &str, from_calendar| AbsenceRow {
        id: AbsenceId(id),
        span: Span::new(day(from), day(until)),
        reason: reason.into(),
        from_calendar,
    };
    AbsencesView {
        rows: vec![row(1, 2, 3, "Dentist", false), row(2, 30, 44, "", true)],
        feed: Some(AbsenceFeedView { read_at: Some(ago(now, 3_600)), error: Some("It answered 404.".into()) }),
    }
}

pub fn absence(shell: &Shell) -> Markup {
    let fields = [("away_from", "2026-11-25T08:00"), ("away_until", "2026-11-25T07:00"), ("away_reason", "Dentist")];
    let mut form = Form::of(fields);
    form.error("away_until", "Must come after the start.");
    absence_page(shell, &people()[0], AbsenceId(1), &form, "Europe/Berlin")
}

pub fn calendars(now: Timestamp) -> Vec<CalendarRow> {
    let row = |id, name: &str, ahead, reading| CalendarRow {
        id: CalendarId(id),
        name: name.into(),
        ahead,
        next: (ahead > 0).then(|| (date(2026, 12, 25), "Christmas Day".to_owned())),
        reading,
    };
    let read = Reading { has_address: true, read_at: Some(ago(now, 7_200)), error: None };
    let failed = Reading { error: Some("The address answered 403.".into()), ..read.clone() };
    vec![
        row(1, "Germany, Bavaria", 13, read),
        row(2, "Company days", 2, Reading::default()),
        row(3, "Austria", 0, failed),
    ]
}

pub fn calendar(now: Timestamp) -> CalendarView {
    let days = vec![(date(2026, 12, 25), "Christmas Day".to_owned()), (date(2026, 12, 26), "Boxing Day".to_owned())];
    let lines: Vec<String> = days.iter().map(|(day, name)| format!("{day} {name}")).collect();
    CalendarView {
        id: Some(CalendarId(1)),
        name: "Germany, Bavaria".into(),
        reading: Reading { has_address: false, read_at: Some(ago(now, 7_200)), error: None },
        form: Form::of([("name", "Germany, Bavaria".to_owned()), ("url", String::new()), ("days", lines.join("\n"))]),
        days,
        may_edit: true,
    }
}
