//! How an event repeats: the rules that calendars of holidays and absences use. Others are not guessed at.

use super::moment::Moment;
use jiff::Span;
use jiff::civil::{Date, Weekday};

/// Occurrences that one rule may have.
const OCCURRENCES_MAX: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Each {
    Day,
    Week,
    Month,
    Year,
}

/// A rule that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    each: Each,
    interval: i32,
    count: Option<usize>,
    until: Option<Date>,
    /// Days of the week; in months and years with which of the month it is, from the end below 0.
    weekdays: Vec<(i8, Weekday)>,
}

impl Rule {
    /// Reads a rule (in upper case) of an event that starts at a moment; `None` where it says more than is understood.
    pub fn parse(text: &str, start: &Moment) -> Option<Self> {
        let mut rule = Self { each: Each::Day, interval: 1, count: None, until: None, weekdays: Vec::new() };
        let mut has_frequency = false;
        for (name, value) in text
            .split(';')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('='))
            .collect::<Option<Vec<_>>>()?
        {
            let day = start.civil.date();
            match name {
                "FREQ" => {
                    rule.each = each(value)?;
                    has_frequency = true;
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|interval| (1..=1_000).contains(interval))?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(until(value, start)?),
                "BYDAY" => rule.weekdays = value.split(',').map(weekday).collect::<Option<Vec<_>>>()?,
                // Where they say what the start says, they say nothing new.
                "BYMONTH" if value.parse() == Ok(day.month()) => {}
                "BYMONTHDAY" if value.parse() == Ok(day.day()) => {}
                "WKST" => {}
                _ => return None,
            }
        }
        (has_frequency && rule.makes_sense()).then_some(rule)
    }

    /// The days it falls on, from the first until just before another.
    pub fn days(&self, first: Date, before: Date) -> Vec<Date> {
        let mut found = Vec::new();
        for nth in 0.. {
            let Some(period) = self.period(first, nth) else { break };
            if period.first().is_some_and(|day| *day >= before) || nth as usize > OCCURRENCES_MAX * 4 {
                break;
            }
            for day in period.into_iter().filter(|day| *day >= first) {
                let ended =
                    self.until.is_some_and(|until| day > until) || self.count.is_some_and(|count| found.len() >= count);
                if ended || day >= before || found.len() >= OCCURRENCES_MAX {
                    return found;
                }
                found.push(day);
            }
        }
        found
    }

    fn makes_sense(&self) -> bool {
        match self.each {
            Each::Day => self.weekdays.is_empty(),
            Each::Week => self.weekdays.iter().all(|(nth, _)| *nth == 0),
            Each::Month | Each::Year => self.weekdays.len() <= 1 && self.weekdays.iter().all(|(nth, _)| *nth != 0),
        }
    }

    /// The days of the nth period, in order; `None` beyond the end of time. A day that a month does not have is left out.
    fn period(&self, first: Date, nth: i32) -> Option<Vec<Date>> {
        let step = nth.checked_mul(self.interval)?;
        match self.each {
            Each::Day => Some(vec![first.checked_add(Span::new().try_days(step).ok()?).ok()?]),
            Each::Week => {
                let day = first.checked_add(Span::new().try_weeks(step).ok()?).ok()?;
                self.of_week(day)
            }
            Each::Month => {
                self.of_month(first, first.first_of_month().checked_add(Span::new().try_months(step).ok()?).ok()?)
            }
            Each::Year => {
                self.of_month(first, first.first_of_month().checked_add(Span::new().try_years(step).ok()?).ok()?)
            }
        }
    }

    fn of_week(&self, day: Date) -> Option<Vec<Date>> {
        if self.weekdays.is_empty() {
            return Some(vec![day]);
        }
        let monday = day.checked_sub(Span::new().days(day.weekday().to_monday_zero_offset())).ok()?;
        let mut offsets: Vec<i8> = self.weekdays.iter().map(|(_, weekday)| weekday.to_monday_zero_offset()).collect();
        offsets.sort_unstable();
        offsets.into_iter().map(|offset| monday.checked_add(Span::new().days(offset)).ok()).collect()
    }

    fn of_month(&self, first: Date, month: Date) -> Option<Vec<Date>> {
        let day = match self.weekdays.first() {
            Some((nth, weekday)) => month.nth_weekday_of_month(*nth, *weekday).ok(),
            None => Date::new(month.year(), month.month(), first.day()).ok(),
        };
        Some(day.into_iter().collect())
    }
}

fn each(word: &str) -> Option<Each> {
    match word {
        "DAILY" => Some(Each::Day),
        "WEEKLY" => Some(Each::Week),
        "MONTHLY" => Some(Each::Month),
        "YEARLY" => Some(Each::Year),
        _ => None,
    }
}

/// The last day: of a time in UTC, the day that it is where the event is.
fn until(text: &str, start: &Moment) -> Option<Date> {
    let utc = watchbell_core::schedule::Zone::named("UTC")?;
    let moment = Moment::parse(text, &utc)?;
    match (&moment.zone, &start.zone) {
        (Some(_), Some(zone)) => Some(zone.day_at(moment.instant(&utc))),
        _ => Some(moment.civil.date()),
    }
}

/// `MO`, `4TH`, `-1SU`.
fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let (nth, word) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = if nth.is_empty() { 0 } else { nth.trim_start_matches('+').parse().ok()? };
    let words = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let place = words.iter().position(|known| *known == word)?;
    Some((nth, Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()?))
}
