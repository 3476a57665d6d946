//! Sample schedules: a small MSP with a week of nights, a swap, a sick day, a gap and a change of the clocks.

use super::sample::people;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{CoverRequestId, FeedId, OverrideId, ScheduleId, TemporaryScheduleId};
use watchbell_core::schedule::Span;
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::on_call_strip::OnCallNow;
use watchbell_ui::pages::on_call::{CoverDirection, CoverForm, CoverState, CoverView, MyShift, OnCallView};
use watchbell_ui::pages::schedule::chart::{Bar, Chart, Row, RowKind, Who};
use watchbell_ui::pages::schedule::coverage::{CoverageView, ShareRow};
use watchbell_ui::pages::schedule::feed::{FeedRow, FeedView};
use watchbell_ui::pages::schedule::override_form::OverrideForm;
use watchbell_ui::pages::schedule::temporary_form::TemporaryForm;
use watchbell_ui::pages::schedule::{
    ConflictView, Controls, OnDuty, OverrideRow, Reach, ScheduleMay, ScheduleView, TemporaryRow,
};
use watchbell_ui::pages::schedule_edit::{ChangedShift, EditView, PreviewView};
use watchbell_ui::pages::schedules::{ScheduleRow, SchedulesView};
use watchbell_ui::time::When;

fn who(person: usize) -> Who {
    Who::Person(people()[person].clone())
}

/// Midnight of today in Berlin.
fn midnight(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(berlin());
    today.start_of_day().map_or(now, |day| day.timestamp())
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)
}

fn hours(now: Timestamp, from: i64, until: i64) -> Span {
    let at = |hour: i64| midnight(now) + SignedDuration::from_hours(hour);
    Span::new(at(from), at(until))
}

fn bar(now: Timestamp, from: i64, until: i64, who: Who) -> Bar {
    Bar { span: hours(now, from, until), who, exception: false, away: String::new() }
}

fn row(kind: RowKind, name: &str, bars: Vec<Bar>) -> Row {
    Row { kind, name: name.into(), href: None, bars }
}

/// Two weeks of "After hours".
pub fn chart(now: Timestamp, id: &str, days: i64) -> Chart {
    let exception = |bar: Bar| Bar { exception: true, ..bar };
    let attended = || Who::Attended("the dispatchers watch the board".into());
    let last = vec![
        bar(now, -24, 8, who(2)),
        bar(now, 8, 17, attended()),
        bar(now, 17, 56, who(0)),
        exception(bar(now, 56, 80, who(3))),
        bar(now, 80, 113, who(0)),
        Bar { away: "sick".into(), ..bar(now, 113, 176, who(1)) },
        bar(now, 176, 200, Who::Nobody),
        bar(now, 200, 290, who(2)),
        bar(now, 290, days * 24 + 9, who(3)),
    ];
    let weekdays = vec![bar(now, -24, 8, who(2)), bar(now, 17, 113, who(0)), bar(now, 200, 290, who(2))];
    let away = Bar { away: "sick".into(), ..bar(now, 120, 168, who(1)) };
    Chart {
        id: id.into(),
        name: "After hours".into(),
        span: hours(now, 0, days * 24),
        when: When { now, zone: berlin() },
        rows: vec![
            row(RowKind::Final, "Final schedule", last),
            row(RowKind::Overrides, "Overrides", vec![exception(bar(now, 56, 80, who(3)))]),
            row(RowKind::Plan, "Working hours", vec![bar(now, 8, 17, attended())]),
            row(RowKind::Plan, "Weekdays", weekdays),
            row(RowKind::Plan, "Weekends", vec![bar(now, 113, 176, who(1)), bar(now, 290, 400, who(3))]),
            row(RowKind::Away, "Bob Ray away", vec![away]),
        ],
        holidays: vec![(hours(now, 96, 97).from.to_zoned(berlin()).date(), "Buß- und Bettag".into())],
        drag_opens: None,
    }
}

fn controls(path: &str) -> Controls {
    Controls {
        path: path.into(),
        reach: Reach::TwoWeeks,
        from: String::new(),
        neighbours: ("2026-11-09".into(), "2026-12-07".into()),
        zone: "Europe/Berlin".into(),
        own_zone: "UTC".into(),
        schedule_zone: "Europe/Berlin".into(),
        zones: Choice::list(&[
            ("UTC", "UTC"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("America/New_York", "America/New_York"),
        ]),
    }
}

fn duty(now: Timestamp, who: Who, next: Who) -> OnDuty {
    OnDuty { who, because: "layer Weekdays".into(), until: Some(hours(now, 26, 30).until), next: Some(next) }
}

pub fn on_call_now(now: Timestamp) -> Vec<OnCallNow> {
    let one = |id: i64, name: &str, duty: OnDuty| OnCallNow { schedule: ScheduleId(id), name: name.into(), duty };
    vec![
        one(1, "After hours", duty(now, who(0), who(3))),
        one(2, "Dispatch", duty(now, Who::Attended("the dispatchers watch the board".into()), who(1))),
        one(3, "Databases", duty(now, Who::Nobody, who(2))),
    ]
}

pub fn choices() -> Vec<Choice> {
    people().iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect()
}

pub fn override_form(form: Form) -> OverrideForm {
    OverrideForm {
        schedule: ScheduleId(1),
        name: "After hours".into(),
        id: None,
        people: choices(),
        zone: "Europe/Berlin".into(),
        form,
    }
}

pub fn refused_override() -> OverrideForm {
    let mut form =
        Form::of([("user", "2"), ("from", "2026-11-20T09:00"), ("until", "2026-11-20T17:00"), ("reason", "Swapped")]);
    form.error("until", "Is past: what was stays as it was.");
    override_form(form)
}

pub fn temporary_form() -> TemporaryForm {
    let form = Form::of([
        ("from", "2026-12-24T00:00"),
        ("until", "2027-01-02T00:00"),
        ("shift.0.user", "1"),
        ("shift.0.from", "2026-12-24T00:00"),
        ("shift.0.until", "2026-12-27T00:00"),
    ]);
    TemporaryForm {
        schedule: ScheduleId(1),
        name: "After hours".into(),
        people: choices(),
        zone: "Europe/Berlin".into(),
        form,
    }
}

fn coverage(now: Timestamp) -> CoverageView {
    let share = |person: usize, hours: i64, nights, weekends| ShareRow {
        person: people()[person].clone(),
        seconds: hours * 3_600,
        nights,
        weekends,
    };
    CoverageView {
        span: hours(now, 0, 336),
        shares: vec![share(0, 150, 6, 0), share(2, 98, 4, 1), share(3, 70, 3, 1)],
        back_to_back: vec![(people()[0].clone(), now.to_zoned(berlin()).date(), 4)],
        hidden: vec![(people()[0].clone(), "Bob Ray".into(), hours(now, 100, 113))],
        covered: 93,
        balanced: 71,
    }
}

pub fn schedule(now: Timestamp) -> ScheduleView {
    let exception = |id: i64, from, until, person: Option<usize>| OverrideRow {
        id: OverrideId(id),
        person: person.map(|person| people()[person].clone()),
        span: hours(now, from, until),
        reason: Some("Swapped for the school play".into()),
        may_change: true,
    };
    ScheduleView {
        id: ScheduleId(1),
        name: "After hours".into(),
        duty: duty(now, who(0), who(3)),
        controls: controls("/schedules/1"),
        chart: Chart { drag_opens: Some("override-dialog"), ..chart(now, "schedule", 14) },
        gaps: vec![hours(now, 176, 200)],
        conflicts: vec![ConflictView {
            person: people()[1].clone(),
            span: hours(now, 120, 168),
            reason: "sick".into(),
            asked: false,
            may_ask: true,
        }],
        overrides: vec![exception(1, 56, 80, Some(3)), exception(2, -48, -40, None)],
        temporaries: vec![TemporaryRow { id: TemporaryScheduleId(1), span: hours(now, 700, 900), shifts: 3 }],
        coverage: Some(coverage(now)),
        feed: Some(feed(now, "/schedules/1/feed")),
        take: override_form(Form::default()),
        policies: vec![("After hours".into(), "/policies/1".into())],
        handoff: Some(super::oncall_people::handoff_view(now)),
        form: Form::default(),
        may: ScheduleMay { take: true, edit: true },
    }
}

fn feed(now: Timestamp, action: &str) -> FeedView {
    FeedView {
        action: action.into(),
        about: "Calendar programs show the shifts and keep them up to date.",
        made: Some("https://watchbell.example.com/calendars/c2VjcmV0LWFkZHJlc3M.ics".into()),
        feeds: vec![
            FeedRow { id: FeedId(1), name: "Outlook".into(), used_at: Some(now) },
            FeedRow { id: FeedId(2), name: "Wall display".into(), used_at: None },
        ],
    }
}

pub fn schedules(now: Timestamp) -> SchedulesView {
    let mut shown = chart(now, "schedules", 14);
    let mut gaps = shown.rows[0].clone();
    gaps.name = "Databases".into();
    gaps.bars = vec![bar(now, -4, 60, Who::Nobody), bar(now, 60, 340, who(2))];
    let first = Row { name: "After hours".into(), ..shown.rows[0].clone() };
    shown.rows = vec![first, gaps];
    shown.rows.iter_mut().zip(1..).for_each(|(row, id)| row.href = Some(format!("/schedules/{id}")));
    let row = |id: i64, name: &str, who: Who, gaps| ScheduleRow {
        id: ScheduleId(id),
        name: name.into(),
        zone: "Europe/Berlin".into(),
        duty: duty(now, who, Who::Nobody),
        gaps,
        policies: 1,
    };
    SchedulesView {
        controls: Controls { schedule_zone: String::new(), ..controls("/schedules") },
        chart: shown,
        rows: vec![row(1, "After hours", who(0), 1), row(3, "Databases", Who::Nobody, 1)],
        paging: watchbell_ui::components::Paging::of(1, 2, |page| format!("?page={page}")),
        may_edit: true,
    }
}

pub fn no_schedules(now: Timestamp) -> SchedulesView {
    SchedulesView { rows: Vec::new(), ..schedules(now) }
}

pub fn edit(now: Timestamp, is_new: bool) -> EditView {
    let mut form = Form::of([
        ("name", "After hours"),
        ("zone", "Europe/Berlin"),
        ("type", "RECURRING"),
        ("owner", "1"),
        ("apply", "now"),
        ("layer.0.name", "Weekdays"),
        ("layer.0.starts_on", "2026-11-23T17:00"),
        ("layer.0.count", "1"),
        ("layer.0.unit", "WEEKS"),
        ("layer.0.user.0", "1"),
        ("layer.0.user.1", "3"),
        ("layer.0.user.2", "1"),
        ("layer.0.restriction.0.from_day", "WEEKDAYS"),
        ("layer.0.restriction.0.from_time", "17:00"),
        ("layer.0.restriction.0.until_time", "08:00"),
        ("layer.1.name", "Weekends"),
        ("layer.1.starts_on", "2026-11-27T17:00"),
        ("layer.1.count", "0"),
        ("layer.1.unit", "WEEKS"),
        ("layer.1.holidays", "ANY"),
    ]);
    form.error("layer.1.count", "Must be a whole number from 1 to 366.");
    form.error("layer.1.user", "Choose at least one person.");
    let changed = ChangedShift { span: hours(now, 56, 80), before: who(0), after: who(3) };
    let lost = ChangedShift { span: hours(now, 176, 200), before: who(1), after: Who::Nobody };
    EditView {
        id: (!is_new).then_some(ScheduleId(1)),
        name: "After hours".into(),
        planned: (!is_new).then(|| hours(now, 300, 301).from),
        people: choices(),
        zones: Choice::list(&[("UTC", "UTC"), ("Europe/Berlin", "Europe/Berlin")]),
        calendars: Choice::list(&[("1", "Germany, North Rhine-Westphalia")]),
        preview: PreviewView {
            chart: Some(chart(now, "preview", 28)),
            wrong: Vec::new(),
            gaps: vec![hours(now, 176, 200)],
            changed: (!is_new).then(|| vec![changed, lost]),
            left_out: 3,
        },
        form: if is_new {
            Form::of([("type", "STATIC"), ("zone", "Europe/Berlin"), ("default_h", "12")])
        } else {
            form
        },
    }
}

pub fn on_call(now: Timestamp) -> OnCallView {
    let mine = |from, until, exception| MyShift {
        schedule: ScheduleId(1),
        name: "After hours".into(),
        span: hours(now, from, until),
        no_end: false,
        exception,
        away: String::new(),
    };
    let request = |id: i64, direction, state| CoverView {
        id: CoverRequestId(id),
        direction,
        person: people()[1].clone(),
        schedule: "After hours".into(),
        span: hours(now, 120, 140),
        to: "everyone".into(),
        note: Some("Parents' evening".into()),
        state,
        expires_at: hours(now, 100, 100).until,
    };
    let running = MyShift {
        span: Span::new(now - SignedDuration::from_hours(2), now + SignedDuration::from_hours(5)),
        ..mine(0, 0, false)
    };
    OnCallView {
        now: vec![running.clone()],
        shifts: vec![running, mine(56, 80, true), MyShift { away: "holiday".into(), ..mine(200, 290, false) }],
        can_be_paged: true,
        schedules: Choice::list(&[("1", "After hours"), ("2", "Dispatch")]),
        cover: Some(CoverForm {
            whom: Choice::list(&[("everyone", "Everyone"), ("team:1", "Team Night"), ("user:2", "Bob Ray")]),
            zone: "Europe/Berlin".into(),
            form: Form::default(),
        }),
        requests: vec![
            request(1, CoverDirection::ToMe, CoverState::Open),
            request(2, CoverDirection::Mine, CoverState::Open),
            request(3, CoverDirection::Mine, CoverState::Accepted(people()[2].clone())),
            request(4, CoverDirection::Mine, CoverState::Ended("Nobody said yes in time".into())),
        ],
        rules: super::user::user(now).rules,
        feed: Some(feed(now, "/on-call/feed")),
        handoffs: vec![super::oncall_people::handoff_view(now)],
        may_take: true,
        form: Form::of([("hours", "2")]),
    }
}

pub fn off_call(now: Timestamp) -> OnCallView {
    OnCallView { now: Vec::new(), shifts: Vec::new(), requests: Vec::new(), ..on_call(now) }
}

/// The editor while its form is not complete: it says what is missing in the place of the chart.
pub fn unfinished(now: Timestamp) -> EditView {
    let wrong = vec!["Layer 2: choose at least one person.".into()];
    let preview = PreviewView { chart: None, wrong, gaps: Vec::new(), changed: None, left_out: 0 };
    EditView { preview, ..edit(now, false) }
}
