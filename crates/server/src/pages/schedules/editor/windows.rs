//! Windows of the day or the week as the editor shows them: five alike from Monday to Friday are one row.

use super::super::super::reader::Reader;
use jiff::civil::{Time, Weekday};
use watchbell_core::schedule::restriction::weekday;
use watchbell_core::schedule::{Restriction, WeekTime};
use watchbell_ui::Form;
use watchbell_ui::pages::schedule_edit::{EACH_DAY, SAME_DAY, WEEKDAYS, WEEKEND};

const WORK: [Weekday; 5] = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
const REST: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

/// The windows of a layer. A row without times is left out; a wrong one is said beside it.
pub(super) fn read(reader: &mut Reader, list: &str) -> Vec<Restriction> {
    let rows = reader.form.rows(list);
    (0..rows).flat_map(|row| read_row(reader, &format!("{list}.{row}"))).collect()
}

fn read_row(reader: &mut Reader, row: &str) -> Vec<Restriction> {
    let value = |part: &str| reader.value(&format!("{row}.{part}"));
    let (from_day, until_day) = (value("from_day"), value("until_day"));
    let (from_time, until_time) = (value("from_time"), value("until_time"));
    if from_time.is_empty() && until_time.is_empty() {
        return Vec::new();
    }
    let (Ok(from), Ok(until)) = (from_time.parse::<Time>(), until_time.parse::<Time>()) else {
        reader.form.error(row, "Needs a time at which it begins and one at which it ends.");
        return Vec::new();
    };
    let each = |days: &[Weekday]| days.iter().map(|day| on_day(*day, from, until)).collect();
    match (from_day.as_str(), until_day.as_str()) {
        (EACH_DAY, SAME_DAY) => vec![Restriction::Day { from, until }],
        (WEEKDAYS, SAME_DAY) => each(&WORK),
        (WEEKEND, SAME_DAY) => each(&REST),
        (first, last) => match (weekday::parse(first), weekday::parse(last)) {
            (Some(first), None) if last == SAME_DAY => vec![on_day(first, from, until)],
            (Some(first), Some(last)) => vec![Restriction::Week {
                from: WeekTime { day: first, time: from },
                until: WeekTime { day: last, time: until },
            }],
            _ => {
                reader.form.error(row, "A window that ends on a day of the week begins on one, too.");
                Vec::new()
            }
        },
    }
}

/// A window that begins on a day and ends on it, or on the next where its end is not after its start.
fn on_day(day: Weekday, from: Time, until: Time) -> Restriction {
    let last = if until > from { day } else { day.next() };
    Restriction::Week { from: WeekTime { day, time: from }, until: WeekTime { day: last, time: until } }
}

/// One row of the editor.
type Row = (String, Time, String, Time);

/// The rows that show windows.
pub(super) fn show(mut form: Form, list: &str, windows: &[Restriction]) -> Form {
    for (nth, (from_day, from, until_day, until)) in rows(windows).into_iter().enumerate() {
        let name = |part: &str| format!("{list}.{nth}.{part}");
        form = form
            .with(name("from_day"), from_day)
            .with(name("from_time"), from.strftime("%H:%M").to_string())
            .with(name("until_day"), until_day)
            .with(name("until_time"), until.strftime("%H:%M").to_string());
    }
    form
}

fn rows(windows: &[Restriction]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for window in windows {
        let row = match *window {
            Restriction::Day { from, until } => (EACH_DAY.to_owned(), from, SAME_DAY.to_owned(), until),
            Restriction::Week { from, until } if *window == on_day(from.day, from.time, until.time) => {
                let first = group(windows, from.time, until.time, from.day).unwrap_or(weekday::word(from.day));
                (first.to_owned(), from.time, SAME_DAY.to_owned(), until.time)
            }
            Restriction::Week { from, until } => {
                (weekday::word(from.day).to_owned(), from.time, weekday::word(until.day).to_owned(), until.time)
            }
        };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// The group of days that all have this window.
fn group(windows: &[Restriction], from: Time, until: Time, day: Weekday) -> Option<&'static str> {
    let all =
        |days: &[Weekday]| days.contains(&day) && days.iter().all(|day| windows.contains(&on_day(*day, from, until)));
    if all(&WORK) { Some(WEEKDAYS) } else { all(&REST).then_some(WEEKEND) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(rows: &[(&str, &str, &str, &str)]) -> (Vec<Restriction>, Form) {
        let mut form = Form::default();
        for (nth, (from_day, from, until_day, until)) in rows.iter().enumerate() {
            let name = |part: &str| format!("r.{nth}.{part}");
            form = form
                .with(name("from_day"), *from_day)
                .with(name("from_time"), *from)
                .with(name("until_day"), *until_day);
            form = form.with(name("until_time"), *until);
        }
        let mut reader = Reader { form: form.clone() };
        let read = read(&mut reader, "r");
        (read, reader.form)
    }

    #[test]
    fn what_is_entered_is_shown_again_as_it_was() {
        let entered = [
            ("WEEKDAYS", "17:00", "", "08:00"),
            ("WEEKEND", "10:00", "", "18:00"),
            ("FRIDAY", "17:00", "MONDAY", "08:00"),
            ("", "22:00", "", "06:00"),
            ("SATURDAY", "01:00", "", "02:00"),
        ];
        let (windows, form) = round(&entered);
        assert_eq!(windows.len(), 5 + 2 + 1 + 1 + 1);
        assert!(!form.is_refused());
        assert_eq!(show(Form::default(), "r", &windows), form);
    }

    #[test]
    fn a_window_over_midnight_ends_on_the_next_day() {
        let (windows, _) = round(&[("SUNDAY", "22:00", "", "06:00")]);
        let Some(Restriction::Week { until, .. }) = windows.first() else { return assert!(!windows.is_empty()) };
        assert_eq!(until.day, Weekday::Monday);
    }

    #[test]
    fn half_a_window_is_refused_beside_its_row_and_an_empty_one_left_out() {
        let (windows, form) = round(&[("", "", "", ""), ("", "17:00", "", ""), ("", "17:00", "FRIDAY", "18:00")]);
        assert!(windows.is_empty());
        assert!(form.error_of("r.0").is_none() && form.error_of("r.1").is_some() && form.error_of("r.2").is_some());
    }
}
