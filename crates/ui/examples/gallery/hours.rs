//! Sample data of support hours and maintenance.

use jiff::Timestamp;
use jiff::civil::date;
use watchbell_core::ids::{MaintenanceWindowId, SupportHoursId};
use watchbell_ui::Form;
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::maintenance::{CalendarDay, DayEntry, Month, WindowRow, WindowView, WindowsView};
use watchbell_ui::pages::support_hours::{HoursNow, HoursRow, HoursView};

use crate::sample::ago;

fn zones() -> Vec<Choice> {
    Choice::list(&[("Europe/Berlin", "Europe/Berlin"), ("America/New_York", "America/New_York")])
}

pub fn rows(now: Timestamp) -> Vec<HoursRow> {
    let row = |id, name: &str, zone: &str, state, sources| HoursRow {
        id: SupportHoursId(id),
        name: name.into(),
        zone: zone.into(),
        now: state,
        sources,
    };
    vec![
        row(1, "Contoso, weekdays", "Europe/Berlin", HoursNow { during: true, until: Some(ago(now, -7_200)) }, 3),
        row(2, "Fabrikam, nights", "America/New_York", HoursNow { during: false, until: Some(ago(now, -90_000)) }, 1),
        row(3, "Around the clock", "UTC", HoursNow { during: true, until: None }, 0),
    ]
}

pub fn hours(now: Timestamp) -> HoursView {
    let mut form = Form::of([
        ("name", "Contoso, weekdays"),
        ("zone", "Europe/Berlin"),
        ("day.0", "08:00-12:00, 13:00-17:00"),
        ("day.1", "eight to five"),
        ("exception.0.name", "Stocktaking"),
        ("exception.0.start", "2026-12-30"),
        ("exception.0.end", "2026-12-31"),
        ("exception.0.status", "OUTSIDE"),
    ]);
    form.error("day.1", "Write times like 08:00-12:00, 13:00-17:30.");
    let office = vec![(480, 720), (780, 1_020)];
    HoursView {
        id: Some(SupportHoursId(1)),
        name: "Contoso, weekdays".into(),
        week: [office.clone(), office.clone(), office.clone(), office, vec![(480, 900)], vec![], vec![(1_320, 1_440)]],
        now: Some(HoursNow { during: true, until: Some(ago(now, -7_200)) }),
        here: Some((2, 615)),
        zones: zones(),
        calendars: Choice::list(&[("", "None"), ("1", "Germany, Bavaria")]),
        sources: vec![("Autotask after hours".into(), "/sources/1".into())],
        form,
        may_edit: true,
    }
}

pub fn windows(now: Timestamp) -> WindowsView {
    let entry = |from: Option<&str>, until: Option<&str>| DayEntry {
        id: MaintenanceWindowId(1),
        summary: "Patch night".into(),
        from: from.map(str::to_owned),
        until: until.map(str::to_owned),
    };
    let day = |offset: i64| CalendarDay {
        day: date(2026, 10, 26).saturating_add(jiff::Span::new().days(offset)),
        of_month: (6..36).contains(&offset),
        today: offset == 30,
        entries: match offset {
            15 => vec![entry(Some("22:00"), None)],
            16 => vec![entry(None, Some("04:00"))],
            _ => vec![],
        },
    };
    let days: Vec<CalendarDay> = (0..42).map(day).collect();
    let row = |id, summary: &str, repeats: Option<&str>, open_until, next, is_over| WindowRow {
        id: MaintenanceWindowId(id),
        summary: summary.into(),
        covers: "Autotask after hours; Contoso".into(),
        repeats: repeats.map(str::to_owned),
        open_until,
        next,
        is_over,
    };
    WindowsView {
        month: Month {
            title: "November 2026".into(),
            previous: "/maintenance?month=2026-10".into(),
            next: "/maintenance?month=2026-12".into(),
            weeks: days.chunks(7).map(<[CalendarDay]>::to_vec).collect(),
        },
        rows: vec![
            row(1, "Patch night", Some("every month, on its weekday"), Some(ago(now, -3_600)), None, false),
            row(2, "Move of the data centre", None, None, Some((ago(now, -90_000), ago(now, -180_000))), false),
            row(3, "New firewall", None, None, None, true),
        ],
        paging: Paging::of(1, 3, |page| format!("?page={page}")),
        may_edit: true,
    }
}

pub fn window(now: Timestamp) -> WindowView {
    let mut form = Form::of([
        ("summary", "Patch night"),
        ("zone", "Europe/Berlin"),
        ("start", "2026-11-10T22:00"),
        ("end", "2026-11-10T21:00"),
        ("repeat", "MONTHS_BY_WEEKDAY"),
        ("count", "1"),
        ("source", "1"),
        ("customers", "Contoso"),
        ("pages_at_end", "on"),
    ]);
    form.error("end", "Must be after start.");
    WindowView {
        id: Some(MaintenanceWindowId(1)),
        summary: "Patch night".into(),
        open_until: Some(ago(now, -3_600)),
        zones: zones(),
        sources: Choice::list(&[("1", "Autotask after hours"), ("2", "Monitoring")]),
        held: 2,
        form,
        may_edit: true,
    }
}
