//! Support hours as the API shows them: ilert's one span a day, and ours beside it, several.

use super::parse;
use super::refs::IdRef;
use crate::app::App;
use crate::error::ApiError;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use watchbell_core::ids::CalendarId;
use watchbell_core::limits::{NAME_CHARS_MAX, SUPPORT_DAY_SPANS_MAX, SUPPORT_EXCEPTIONS_MAX};
use watchbell_core::schedule::restriction::weekday;
use watchbell_core::support_hours::{DaySpan, Exception, SupportHours, SupportStatus};
use watchbell_core::text;
use watchbell_store::StoreError;
use watchbell_store::scope::Scope;
use watchbell_store::support_hours::{self, HoursIn, KeptHours};

/// The days of a week, from Monday.
pub const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// A part of a day; one that ends before it starts goes on into the next day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SupportDay)]
pub struct SupportDayShape {
    /// `08:00`
    start: String,
    /// `17:00`; 24:00 is midnight.
    end: String,
}

impl SupportDayShape {
    fn parse(&self, at: &str) -> Result<DaySpan, ApiError> {
        let time = |field: &str, text: &str| {
            let text = if matches!(text.trim(), "24:00" | "24:00:00") { "00:00" } else { text.trim() };
            let time: Option<Time> = text.parse().ok();
            time.ok_or_else(|| ApiError::field(&format!("{at}.{field}"), "must be a time of the day such as 08:00"))
        };
        Ok(DaySpan { from: time("start", &self.start)?, until: time("end", &self.end)? })
    }

    fn of(from: Time, until: Time) -> Self {
        let show = |time: Time| time.strftime("%H:%M").to_string();
        Self { start: show(from), end: show(until) }
    }
}

/// Days on which the week does not count.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SupportHourException)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionShape {
    name: String,
    /// The first day.
    #[schema(format = Date)]
    start: String,
    /// The last day.
    #[schema(format = Date)]
    end: String,
    /// DURING or OUTSIDE.
    support_status: String,
}

impl ExceptionShape {
    fn parse(self, at: &str) -> Result<Exception, ApiError> {
        let field = |name: &str| format!("{at}.{name}");
        let day = |name: &str, text: &str| {
            let day: Option<Date> = text.trim().get(..10).and_then(|day| day.parse().ok());
            day.ok_or_else(|| ApiError::field(&field(name), "must be a day such as 2026-12-24"))
        };
        let (start, end) = (day("start", &self.start)?, day("end", &self.end)?);
        if end < start {
            return Err(ApiError::field(&field("end"), "must not be before start: it is the last day"));
        }
        let words = SupportStatus::ALL.iter().map(|status| (status.as_str(), *status)).collect::<Vec<_>>();
        Ok(Exception {
            name: parse::name(&field("name"), &self.name)?,
            start,
            end,
            status: parse::word(&field("supportStatus"), &self.support_status, &words)?,
        })
    }

    fn of(exception: &Exception) -> Self {
        Self {
            name: exception.name.clone(),
            start: exception.start.to_string(),
            end: exception.end.to_string(),
            support_status: exception.status.as_str().to_owned(),
        }
    }
}

/// By the day of the week.
type ByDay<T> = BTreeMap<String, Option<T>>;

/// Support hours.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SupportHourPost)]
#[serde(rename_all = "camelCase")]
pub struct SupportHoursIn {
    name: String,
    timezone: String,
    /// By day, from MONDAY to SUNDAY; days that are left out have none.
    support_days: Option<ByDay<SupportDayShape>>,
    /// Several spans a day; a day that is named here counts, whatever `supportDays` says of it.
    support_spans: Option<ByDay<Vec<SupportDayShape>>>,
    /// Left out, they stay as they are.
    exceptions: Option<Vec<ExceptionShape>>,
    /// Whose public holidays are outside. Left out, it stays; null takes it away.
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<IdRef>)]
    holiday_calendar: Option<Option<IdRef>>,
}

impl SupportHoursIn {
    /// The hours; `before`: what they were, on a change.
    pub fn parse(self, before: Option<&SupportHours>) -> Result<HoursIn, ApiError> {
        let name = parse::name("name", &self.name)?;
        let zone = parse::timezone("timezone", &self.timezone)?;
        if self.support_days.is_none() && self.support_spans.is_none() {
            return Err(ApiError::field("supportDays", "is required: MONDAY to SUNDAY, each with start and end"));
        }
        let days = days(self.support_days.unwrap_or_default(), self.support_spans.unwrap_or_default(), before)?;
        let exceptions = match self.exceptions {
            None => before.map(|before| before.exceptions.clone()).unwrap_or_default(),
            Some(list) if list.len() > SUPPORT_EXCEPTIONS_MAX => {
                return Err(ApiError::field("exceptions", format!("may be at most {SUPPORT_EXCEPTIONS_MAX}")));
            }
            Some(list) => {
                let one = |(nth, shape): (usize, ExceptionShape)| shape.parse(&format!("exceptions[{nth}]"));
                list.into_iter().enumerate().map(one).collect::<Result<_, _>>()?
            }
        };
        let kept = before.and_then(|before| before.calendar);
        let calendar = self.holiday_calendar.map_or(kept, |given| given.map(|calendar| CalendarId(calendar.id)));
        Ok(HoursIn { name, hours: SupportHours { zone, days, exceptions, calendar } })
    }
}

/// The support hours of a source: by id, or whole.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SourceSupportHour)]
#[serde(rename_all = "camelCase")]
pub struct SourceHoursIn {
    /// Which.
    pub id: Option<i64>,
    /// The same as beside it.
    pub auto_raise_alerts: Option<bool>,
    timezone: Option<String>,
    support_days: Option<ByDay<SupportDayShape>>,
    support_spans: Option<ByDay<Vec<SupportDayShape>>>,
    exceptions: Option<Vec<ExceptionShape>>,
}

impl SourceHoursIn {
    /// What was sent without an id, to be kept for the source of a name; `None`: an id was sent.
    pub fn take_inline(&mut self, source: &str) -> Result<Option<HoursIn>, ApiError> {
        // Terraform creates with the id 0.
        self.id = self.id.filter(|id| *id != 0);
        if self.id.is_some() {
            return Ok(None);
        }
        let timezone =
            self.timezone.take().ok_or_else(|| ApiError::field("id", "is required, or timezone and supportDays"))?;
        let name = text::cut(&format!("Support hours of {source}"), NAME_CHARS_MAX);
        let (support_days, support_spans) = (self.support_days.take(), self.support_spans.take());
        let exceptions = self.exceptions.take();
        SupportHoursIn { name, timezone, support_days, support_spans, exceptions, holiday_calendar: None }
            .parse(None)
            .map(Some)
    }
}

fn days(
    days: ByDay<SupportDayShape>,
    spans: ByDay<Vec<SupportDayShape>>,
    before: Option<&SupportHours>,
) -> Result<[Vec<DaySpan>; 7], ApiError> {
    let mut week: [Vec<DaySpan>; 7] = Default::default();
    for (day, shape) in days {
        let at = format!("supportDays.{day}");
        let nth = nth_day(&at, &day)?;
        let Some(span) = shape.map(|shape| shape.parse(&at)).transpose()? else { continue };
        // A client that knows one span a day only sends back what it was shown: the day stays as it is.
        let kept = before.map(|before| &before.days[nth]).filter(|kept| envelope(kept) == Some(span));
        week[nth] = kept.cloned().unwrap_or_else(|| vec![span]);
    }
    for (day, shapes) in spans {
        let at = format!("supportSpans.{day}");
        let nth = nth_day(&at, &day)?;
        let shapes = shapes.unwrap_or_default();
        if shapes.len() > SUPPORT_DAY_SPANS_MAX {
            return Err(ApiError::field(&at, format!("may have at most {SUPPORT_DAY_SPANS_MAX} spans")));
        }
        let span = |(i, shape): (usize, &SupportDayShape)| shape.parse(&format!("{at}[{i}]"));
        week[nth] = shapes.iter().enumerate().map(span).collect::<Result<_, _>>()?;
        week[nth].sort_by_key(|span| span.from);
    }
    Ok(week)
}

fn nth_day(at: &str, day: &str) -> Result<usize, ApiError> {
    let nth = weekday::parse(day).and_then(|_| DAYS.iter().position(|known| *known == day));
    nth.ok_or_else(|| ApiError::field(at, "is no day: use MONDAY to SUNDAY"))
}

/// From the first start to the last end.
fn envelope(spans: &[DaySpan]) -> Option<DaySpan> {
    Some(DaySpan { from: spans.first()?.from, until: spans.last()?.until })
}

/// Support hours.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SupportHour)]
#[serde(rename_all = "camelCase")]
pub struct SupportHoursOut {
    id: i64,
    name: String,
    teams: Vec<IdRef>,
    timezone: String,
    /// Of a day with several spans: from its first start to its last end.
    support_days: BTreeMap<&'static str, SupportDayShape>,
    support_spans: BTreeMap<&'static str, Vec<SupportDayShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exceptions: Option<Vec<ExceptionShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holiday_calendar: Option<IdRef>,
    /// Whether it is within them now.
    during: bool,
    /// When that changes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_border: Option<Timestamp>,
}

/// Support hours as answers show them, with how they stand now.
pub async fn show(
    app: &App,
    scope: &Scope,
    all: Vec<KeptHours>,
    whole: bool,
) -> Result<Vec<SupportHoursOut>, StoreError> {
    let (ready, now) = (support_hours::ready(&app.db, scope, &all).await?, app.clock.now());
    let one = |kept: KeptHours| {
        let hours = ready.get(&kept.id);
        let by_day = || DAYS.into_iter().zip(&kept.hours.days).filter(|(_, spans)| !spans.is_empty());
        let shape = |span: &DaySpan| SupportDayShape::of(span.from, span.until);
        SupportHoursOut {
            id: kept.id.0,
            name: kept.name.clone(),
            teams: Vec::new(),
            timezone: kept.hours.zone.clone(),
            support_days: by_day().filter_map(|(day, spans)| Some((day, shape(&envelope(spans)?)))).collect(),
            support_spans: by_day().map(|(day, spans)| (day, spans.iter().map(shape).collect())).collect(),
            exceptions: whole.then(|| kept.hours.exceptions.iter().map(ExceptionShape::of).collect()),
            holiday_calendar: kept.hours.calendar.map(|calendar| IdRef { id: calendar.0 }),
            during: hours.is_some_and(|hours| hours.is_during(now)),
            next_border: hours.and_then(|hours| hours.next_border(now)),
        }
    };
    Ok(all.into_iter().map(one).collect())
}

/// One of them in full.
pub async fn show_one(app: &App, scope: &Scope, kept: KeptHours) -> Result<SupportHoursOut, ApiError> {
    let id = kept.id;
    let shown = show(app, scope, vec![kept], true).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("support hours", id).into())
}
