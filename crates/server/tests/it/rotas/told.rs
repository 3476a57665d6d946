//! Shifts as the API, a calendar and a chart tell them.

use crate::pages::browser::between;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;
use watchbell_core::schedule::Span;

/// Who, when.
pub struct Told {
    pub span: Span,
    pub name: String,
}

/// Shifts of an answer of the API.
pub fn in_api(shifts: &Value) -> Vec<Told> {
    let time = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let one = |shift: &Value| {
        let name = format!("{} {}", shift["user"]["firstName"].as_str()?, shift["user"]["lastName"].as_str()?);
        Some(Told { span: Span::new(time(&shift["start"]), time(&shift["end"])), name })
    };
    shifts.as_array().unwrap().iter().filter_map(one).collect()
}

/// Events of a calendar: whoever stands before the colon.
pub fn in_feed(calendar: &str) -> Vec<Told> {
    let unfolded = calendar.replace("\r\n ", "");
    let events = unfolded.split("BEGIN:VEVENT").skip(1);
    let one = |event: &str| {
        let summary = line(event, "SUMMARY").1;
        let name = summary.split(':').next().unwrap().to_owned();
        Told { span: Span::new(moment(event, "DTSTART"), moment(event, "DTEND")), name }
    };
    events.map(one).collect()
}

/// The bars of the chart's highest row, which shows a span. Their places have three digits of a percent: they are rounded to minutes.
pub fn in_chart(page: &str, shown: Span) -> Vec<Told> {
    let share = |bar: &str, name: &str| between(bar, &format!(" {name}=\""), "%").unwrap().parse::<f64>().unwrap();
    let at = |percent: f64| {
        let minutes = shown.until.duration_since(shown.from).as_secs_f64() / 60.0 * percent / 100.0;
        shown.from + watchbell_testkit::minutes(minutes.round() as i64)
    };
    let one = |bar: &str| {
        let name = between(bar, "<title>Final schedule: ", ", ")?.to_owned();
        let (from, width) = (share(bar, "x"), share(bar, "width"));
        Some(Told { span: Span::new(at(from), at(from + width)), name })
    };
    page.split("<svg class=\"shift person").skip(1).filter_map(one).collect()
}

fn moment(event: &str, key: &str) -> Timestamp {
    let (parameters, value) = line(event, key);
    let local = DateTime::strptime("%Y%m%dT%H%M%S", value.trim_end_matches('Z')).unwrap();
    let zone = parameters.split_once("TZID=").map_or("UTC", |(_, zone)| zone);
    local.in_tz(zone).unwrap().timestamp()
}

/// Parameters and value of a property.
fn line<'a>(event: &'a str, key: &str) -> (&'a str, &'a str) {
    let line = event.split("\r\n").find(|line| line.starts_with(key)).unwrap();
    line.split_once(':').unwrap()
}
