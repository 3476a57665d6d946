//! Support hours as a form, and back.

use super::super::reader::Reader;
use crate::api::parse;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use watchbell_core::ids::CalendarId;
use watchbell_core::limits::{SUPPORT_DAY_SPANS_MAX, SUPPORT_EXCEPTIONS_MAX};
use watchbell_core::support_hours::{DaySpan, Exception, Hours, SupportHours, SupportStatus};
use watchbell_store::support_hours::{HoursIn, KeptHours};
use watchbell_ui::Form;
use watchbell_ui::pages::support_hours::Minutes;

/// The form of hours that are kept.
pub(super) fn form_of(kept: &KeptHours) -> Form {
    let hours = &kept.hours;
    let calendar = hours.calendar.map(|calendar| calendar.to_string()).unwrap_or_default();
    let first = Form::of([("name", kept.name.clone()), ("zone", hours.zone.clone()), ("calendar", calendar)]);
    let days =
        hours.days.iter().enumerate().fold(first, |form, (nth, spans)| form.with(format!("day.{nth}"), times(spans)));
    hours.exceptions.iter().enumerate().fold(days, |form, (nth, exception)| {
        form.with(format!("exception.{nth}.name"), exception.name.clone())
            .with(format!("exception.{nth}.start"), exception.start.to_string())
            .with(format!("exception.{nth}.end"), exception.end.to_string())
            .with(format!("exception.{nth}.status"), exception.status.as_str())
    })
}

fn times(spans: &[DaySpan]) -> String {
    let time = |time: Time| time.strftime("%H:%M").to_string();
    let until = |span: &DaySpan| if span.until == Time::midnight() { "24:00".to_owned() } else { time(span.until) };
    spans.iter().map(|span| format!("{}-{}", time(span.from), until(span))).collect::<Vec<_>>().join(", ")
}

/// The hours that a form describes. `None`: it was refused, and the form says why.
pub(super) fn read(reader: &mut Reader) -> Option<HoursIn> {
    let name = reader.name("name");
    let zone = parse::timezone("zone", reader.form.value("zone"));
    let zone = reader.take("zone", zone);
    let days: [Vec<DaySpan>; 7] = std::array::from_fn(|nth| day(reader, &format!("day.{nth}")));
    let exceptions: Vec<Exception> = (0..SUPPORT_EXCEPTIONS_MAX).filter_map(|nth| exception(reader, nth)).collect();
    let calendar = reader.filled("calendar").and_then(|id| id.parse().ok()).map(CalendarId);
    let new = HoursIn { name: name?, hours: SupportHours { zone: zone?, days, exceptions, calendar } };
    (!reader.form.is_refused()).then_some(new)
}

fn day(reader: &mut Reader, name: &str) -> Vec<DaySpan> {
    let text = reader.value(name);
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut spans: Vec<DaySpan> = parts.iter().filter_map(|part| span(part)).collect();
    if spans.len() < parts.len() {
        reader.form.error(name, "Write times like 08:00-12:00, 13:00-17:30.");
    } else if spans.len() > SUPPORT_DAY_SPANS_MAX {
        reader.form.error(name, format!("At most {SUPPORT_DAY_SPANS_MAX} spans a day."));
    }
    spans.sort_by_key(|span| span.from);
    spans
}

fn span(part: &str) -> Option<DaySpan> {
    let (from, until) = part.split_once(['-', '–'])?;
    Some(DaySpan { from: time(from)?, until: time(until)? })
}

/// `8:00`, `08:00` or `8`; 24:00 is midnight.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    match (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

/// A row that is not empty.
fn exception(reader: &mut Reader, nth: usize) -> Option<Exception> {
    let (row, cell) = (format!("exception.{nth}"), |field: &str| format!("exception.{nth}.{field}"));
    let [name, first, last] = ["name", "start", "end"].map(|field| reader.filled(&cell(field)));
    if name.is_none() && first.is_none() && last.is_none() {
        return None;
    }
    let name = name.unwrap_or_default();
    let day = |text: Option<&String>| text.and_then(|text| text.parse::<Date>().ok());
    // Without a last day it is one day.
    let (start, end) = (day(first.as_ref()), day(last.as_ref().or(first.as_ref())));
    let status = SupportStatus::parse(reader.form.value(&cell("status"))).unwrap_or(SupportStatus::Outside);
    let problem = match (start, end) {
        (Some(start), Some(end)) if end < start => "The last day is before the first.",
        (Some(start), Some(end)) => match parse::name(&row, &name) {
            Ok(name) => return Some(Exception { name, start, end, status }),
            Err(_) if name.is_empty() => "Give it a name.",
            Err(_) => "The name is too long.",
        },
        (None, _) => "Say the first day.",
        (_, None) => "The last day is no day.",
    };
    reader.form.error(row, problem);
    None
}

/// The week as the picture has it: what goes on into the next day stands there too.
pub(super) fn week_of(days: &[Vec<DaySpan>; 7]) -> [Vec<Minutes>; 7] {
    let minutes = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
    let over_midnight = |span: &&DaySpan| span.until <= span.from;
    std::array::from_fn(|nth| {
        let end = |span: &DaySpan| if over_midnight(&span) { 1_440 } else { minutes(span.until) };
        let own = days[nth].iter().map(|span| (minutes(span.from), end(span)));
        let yesterdays = days[(nth + 6) % 7].iter().filter(over_midnight).map(|span| (0, minutes(span.until)));
        let mut all: Vec<Minutes> = yesterdays.chain(own).filter(|(from, until)| from < until).collect();
        all.sort_unstable();
        all
    })
}

/// The day of the week and the minute of the day that it is there.
pub(super) fn here(hours: &Hours, now: Timestamp) -> Option<(usize, i64)> {
    let civil = hours.zone().inner().to_datetime(now);
    let day = usize::try_from(civil.weekday().to_monday_zero_offset()).ok()?;
    Some((day, i64::from(civil.hour()) * 60 + i64::from(civil.minute())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn reader(pairs: &[(&str, &str)]) -> Reader {
        Reader { form: Form::of(pairs.iter().copied()) }
    }

    #[test]
    fn times_of_a_day_are_read_and_shown_again() {
        let fields = [
            ("name", "Office"),
            ("zone", "Europe/Berlin"),
            ("day.0", "13:00–17:30; 8-12:00"),
            ("day.4", "22:00-06:00"),
            ("day.6", "0:00-24:00"),
        ];
        let read = read(&mut reader(&fields)).unwrap();
        assert_eq!(times(&read.hours.days[0]), "08:00-12:00, 13:00-17:30");
        let week = week_of(&read.hours.days);
        assert_eq!(week[0], [(480, 720), (780, 1_050)]);
        assert_eq!(
            (&week[4][..], &week[5][..], &week[6][..]),
            (&[(1_320, 1_440)][..], &[(0, 360)][..], &[(0, 1_440)][..])
        );
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let fields = [
            ("name", ""),
            ("zone", "Mars"),
            ("day.1", "8 to 9"),
            ("day.2", "1-2,3-4,5-6,7-8,9-10,11-12,13-14,15-16,17-18,19-20,21-22"),
            ("exception.0.name", "Closed"),
            ("exception.0.start", "2026-12-24"),
            ("exception.0.end", "2026-12-23"),
        ];
        let mut wrong = reader(&fields);
        assert!(read(&mut wrong).is_none());
        for field in ["name", "zone", "day.1", "day.2", "exception.0"] {
            assert!(wrong.form.error_of(field).is_some(), "{field}");
        }
    }
}
