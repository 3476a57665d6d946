//! A month of maintenance, in the viewer's zone.

use crate::app::App;
use crate::error::ApiError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use watchbell_core::maintenance::Occurrences;
use watchbell_core::schedule::Span;
use watchbell_store::maintenance::{self, KeptWindow, WindowFilter};
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError};
use watchbell_ui::pages::maintenance::{CalendarDay, DayEntry, Month};
use watchbell_ui::routes;
use watchbell_ui::time::When;

/// Windows and times of one window that a month shows at most.
const SHOWN_MAX: usize = 200;

/// The month of a text such as `2026-11`; this one where it is none.
pub(super) async fn month(app: &App, scope: &Scope, wanted: &str, when: &When) -> Result<Month, ApiError> {
    let today = when.now.to_zoned(when.zone.clone()).date();
    let first = format!("{wanted}-01").parse::<Date>().unwrap_or(today).first_of_month();
    let monday = first.saturating_sub(i64::from(first.weekday().to_monday_zero_offset()).days());
    let days: Vec<Date> = monday.series(1.day()).take(weeks_of(first, monday) * 7).collect();
    let span = Span::new(
        midnight(monday, &when.zone),
        midnight(days.last().copied().unwrap_or(first).saturating_add(1.day()), &when.zone),
    );
    let filter = WindowFilter { span: Some(span), ..WindowFilter::default() };
    let page = Page::first(i64::try_from(SHOWN_MAX).unwrap_or(i64::MAX));
    let windows = maintenance::list(&app.db, scope, &filter, page, when.now).await?;
    let times = times_of(&windows, span)?;
    let day = |day: &Date| CalendarDay {
        day: *day,
        of_month: day.month() == first.month(),
        today: *day == today,
        entries: times.iter().filter_map(|(kept, time)| entry(kept, *time, *day, &when.zone)).collect(),
    };
    let all: Vec<CalendarDay> = days.iter().map(day).collect();
    let address = |day: Date| format!("{}?month={}", routes::MAINTENANCE, day.strftime("%Y-%m"));
    Ok(Month {
        title: first.strftime("%B %Y").to_string(),
        previous: address(first.saturating_sub(1.month())),
        next: address(first.saturating_add(1.month())),
        weeks: all.chunks(7).map(<[CalendarDay]>::to_vec).collect(),
    })
}

/// As many weeks as the month touches.
fn weeks_of(first: Date, monday: Date) -> usize {
    let last = first.last_of_month();
    let days = monday.until(last).map_or(0, |span| span.get_days());
    usize::try_from(days / 7 + 1).unwrap_or(6)
}

fn times_of(windows: &[KeptWindow], span: Span) -> Result<Vec<(&KeptWindow, Span)>, StoreError> {
    let mut all = Vec::new();
    for kept in windows {
        let times =
            Occurrences::of(&kept.window).map_err(|error| StoreError::unreadable("maintenance window", error))?;
        all.extend(times.within(span, SHOWN_MAX).into_iter().map(|time| (kept, time)));
    }
    all.sort_by_key(|(kept, time)| (time.from, kept.id));
    Ok(all)
}

fn entry(kept: &KeptWindow, time: Span, day: Date, zone: &TimeZone) -> Option<DayEntry> {
    let whole = Span::new(midnight(day, zone), midnight(day.saturating_add(1.day()), zone));
    time.overlap(&whole)?;
    let clock = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    Some(DayEntry {
        id: kept.id,
        summary: kept.summary.clone(),
        from: whole.holds(time.from).then(|| clock(time.from)),
        until: (time.until <= whole.until).then(|| clock(time.until)),
    })
}

fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
