//! Maintenance windows as the API shows them: ilert's fields, and ours beside them.

use super::parse;
use super::refs::IdRef;
use crate::app::App;
use crate::error::ApiError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use watchbell_core::ids::SourceId;
use watchbell_core::limits::{DETAILS_CHARS_MAX, HOLD_DAYS_MAX, WINDOW_NAMES_MAX, WINDOW_REPEAT_MAX};
use watchbell_core::maintenance::{Covers, Occurrences, Repeat, RepeatUnit, Window};
use watchbell_core::schedule::{Span, Zone};
use watchbell_core::text::Text;
use watchbell_store::maintenance::{KeptWindow, WindowIn};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, sources};

/// How a window comes back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = MaintenanceRecurrence)]
#[serde(rename_all = "camelCase")]
pub struct RecurrenceShape {
    /// DAYS, WEEKS, MONTHS (the same day of the month) or MONTHS_BY_WEEKDAY ("the second Tuesday").
    unit: String,
    /// Every so many; 1 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
    /// The last day on which one may begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    until: Option<String>,
}

impl RecurrenceShape {
    fn parse(self) -> Result<Repeat, ApiError> {
        let words: Vec<_> = RepeatUnit::ALL.iter().map(|unit| (unit.as_str(), *unit)).collect();
        let until = |text: String| {
            let day: Option<Date> = text.trim().get(..10).and_then(|day| day.parse().ok());
            day.ok_or_else(|| ApiError::field("recurrence.until", "must be a day such as 2026-12-31"))
        };
        Ok(Repeat {
            unit: parse::word("recurrence.unit", &self.unit, &words)?,
            count: parse::within("recurrence.count", self.count.unwrap_or(1), 1..=WINDOW_REPEAT_MAX)?,
            until: self.until.map(until).transpose()?,
        })
    }

    fn of(repeat: &Repeat) -> Self {
        let until = repeat.until.map(|day| day.to_string());
        Self { unit: repeat.unit.as_str().to_owned(), count: Some(repeat.count), until }
    }
}

/// A maintenance window. On a change, lists that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MaintenanceWindowPost)]
#[serde(rename_all = "camelCase")]
pub struct WindowBody {
    summary: String,
    description: Option<String>,
    /// With an offset, or without one in `timezone`.
    start: String,
    /// At most 31 days after the start.
    end: String,
    /// UTC where it is left out.
    timezone: Option<String>,
    alert_sources: Option<Vec<IdRef>>,
    /// Taken for clients, and ignored: there are no services yet.
    #[schema(value_type = Option<Vec<IdRef>>)]
    #[expect(dead_code, reason = "named so that the document shows that it is taken")]
    services: Option<Json>,
    /// Kept as it was sent; nobody is notified of windows yet.
    #[schema(value_type = Option<Object>)]
    notifications: Option<Json>,
    /// Client companies, as alerts name them.
    customers: Option<Vec<String>>,
    /// Devices: by a label of the alert, or named in its summary or key.
    configuration_items: Option<Vec<String>>,
    /// Words of the summary.
    words: Option<Vec<String>>,
    /// Left out, it stays; null: once.
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<RecurrenceShape>)]
    recurrence: Option<Option<RecurrenceShape>>,
    /// Whether alerts that are still open at the end page then; true where it is left out.
    page_at_end: Option<bool>,
}

impl WindowBody {
    /// The window; `before`: what it was, on a change.
    pub async fn parse(self, app: &App, scope: &Scope, before: Option<&KeptWindow>) -> Result<WindowIn, ApiError> {
        let kept = before.map(|kept| &kept.window);
        let zone = match self.timezone.as_deref().filter(|zone| !zone.trim().is_empty()) {
            Some(zone) => parse::timezone("timezone", zone)?,
            None => kept.map_or_else(|| "UTC".into(), |kept| kept.zone.clone()),
        };
        let first = Span::new(time_in("start", &self.start, &zone)?, time_in("end", &self.end, &zone)?);
        let repeat = match self.recurrence {
            None => kept.and_then(|kept| kept.repeat),
            Some(given) => given.map(RecurrenceShape::parse).transpose()?,
        };
        let covers =
            |read: fn(&Covers) -> &Vec<String>| kept.map(|kept| read(&kept.covers).clone()).unwrap_or_default();
        let sources = self.alert_sources.map(|list| list.into_iter().map(|source| SourceId(source.id)).collect());
        let covers = Covers {
            sources: sources.unwrap_or_else(|| kept.map(|kept| kept.covers.sources.clone()).unwrap_or_default()),
            customers: names("customers", self.customers, covers(|covers| &covers.customers))?,
            configuration_items: names(
                "configurationItems",
                self.configuration_items,
                covers(|covers| &covers.configuration_items),
            )?,
            words: names("words", self.words, covers(|covers| &covers.words))?,
        };
        let pages_at_end = self.page_at_end.or(kept.map(|kept| kept.pages_at_end)).unwrap_or(true);
        let ended_at = kept.and_then(|kept| kept.still_ended(first));
        let window = Window { zone, first, repeat, covers, pages_at_end, ended_at };
        check(app, scope, &window).await?;
        let description = self.description.or(before.map(|kept| kept.description.clone())).unwrap_or_default();
        let notifications = self.notifications.filter(|given| given.is_object() && given.to_string().len() <= 1_000);
        Ok(WindowIn {
            summary: parse::name("summary", &self.summary)?,
            description: read_description(&description)?,
            notifications: notifications.or(before.map(|kept| kept.notifications.clone())).unwrap_or_else(|| json!({})),
            window,
        })
    }
}

/// A moment: with an offset, or without one in a zone that is known.
pub fn time_in(field: &str, text: &str, zone: &str) -> Result<Timestamp, ApiError> {
    let zone = Zone::named(zone).map_or(TimeZone::UTC, |zone| zone.inner().clone());
    parse::time_in(field, text, &zone)
}

/// The description of a window: it may be empty.
pub fn read_description(text: &str) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    Text::<DETAILS_CHARS_MAX>::parse(text).map(Text::into_string).map_err(|error| ApiError::field("description", error))
}

/// Names of one kind, each once.
pub fn names(field: &str, given: Option<Vec<String>>, kept: Vec<String>) -> Result<Vec<String>, ApiError> {
    let Some(given) = given else { return Ok(kept) };
    let mut names: Vec<String> = Vec::new();
    for (nth, name) in given.iter().enumerate() {
        let name = parse::name(&format!("{field}[{nth}]"), name)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len() {
        0..=WINDOW_NAMES_MAX => Ok(names),
        _ => Err(ApiError::field(field, format!("may be at most {WINDOW_NAMES_MAX}"))),
    }
}

/// Refuses a window that is empty, too long, without end between its times, or about nothing.
pub async fn check(app: &App, scope: &Scope, window: &Window) -> Result<(), ApiError> {
    if window.first.is_empty() {
        return Err(ApiError::field("end", "must be after start"));
    }
    let length = window.first.until.duration_since(window.first.from);
    if length > SignedDuration::from_hours(24 * HOLD_DAYS_MAX) {
        return Err(ApiError::field(
            "end",
            format!("must be at most {HOLD_DAYS_MAX} days after start: maintenance must not silence for ever"),
        ));
    }
    if window.repeat.as_ref().is_some_and(|repeat| length >= repeat.shortest()) {
        return Err(ApiError::field(
            "recurrence",
            "must come back less often than it lasts: between two times somebody has to be paged",
        ));
    }
    let sources = &window.covers.sources;
    if window.covers.is_empty() {
        let how = "must name an alert source, or customers, configurationItems or words: a window over everything would page nobody at all";
        return Err(ApiError::field("alertSources", how));
    }
    if sources.len() > WINDOW_NAMES_MAX {
        return Err(ApiError::field("alertSources", format!("may be at most {WINDOW_NAMES_MAX}")));
    }
    let found = sources::get_many(&app.db, scope, sources).await?;
    let lives = |id: &SourceId| found.iter().any(|source| source.id == *id && source.deleted_at.is_none());
    match sources.iter().find(|id| !lives(id)) {
        Some(missing) => Err(ApiError::field("alertSources", format!("alert source {missing} does not exist"))),
        None => Ok(()),
    }
}

/// A source by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MaintenanceAlertSource)]
struct SourceRel {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// From an instant until just before another.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeSpan)]
struct SpanOut {
    from: Timestamp,
    until: Timestamp,
}

/// A maintenance window.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MaintenanceWindow)]
#[serde(rename_all = "camelCase")]
pub struct WindowOut {
    id: i64,
    summary: String,
    description: String,
    start: Timestamp,
    end: Timestamp,
    timezone: String,
    alert_sources: Vec<SourceRel>,
    services: Vec<IdRef>,
    /// Number of the user who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[schema(value_type = Object)]
    notifications: Json,
    customers: Vec<String>,
    configuration_items: Vec<String>,
    words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<RecurrenceShape>,
    page_at_end: bool,
    /// OPEN until its last time is over, then CLOSED.
    state: &'static str,
    /// The time that runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<SpanOut>,
    /// The next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<SpanOut>,
}

/// Windows with the names of their sources.
pub async fn show(app: &App, scope: &Scope, all: Vec<KeptWindow>) -> Result<Vec<WindowOut>, ApiError> {
    let mut ids: Vec<SourceId> = all.iter().flat_map(|kept| kept.window.covers.sources.iter().copied()).collect();
    ids.sort();
    ids.dedup();
    let sources = sources::get_many(&app.db, scope, &ids).await?;
    let name = |id: SourceId| sources.iter().find(|source| source.id == id).map(|source| source.name.clone());
    let now = app.clock.now();
    let one = |kept: KeptWindow| {
        let times =
            Occurrences::of(&kept.window).map_err(|error| StoreError::unreadable("maintenance window", error))?;
        let span = |span: Span| SpanOut { from: span.from, until: span.until };
        let (current, next) = (times.open_at(now).map(span), times.next_after(now).map(span));
        let is_over = times.over_at().is_some_and(|at| at <= now);
        let Window { zone, first, repeat, covers, pages_at_end, .. } = kept.window;
        Ok(WindowOut {
            id: kept.id.0,
            summary: kept.summary,
            description: kept.description,
            start: first.from,
            end: first.until,
            timezone: zone,
            alert_sources: covers.sources.iter().map(|id| SourceRel { id: id.0, name: name(*id) }).collect(),
            services: Vec::new(),
            created_by: kept.created_by.map(|user| user.to_string()),
            notifications: kept.notifications,
            customers: covers.customers,
            configuration_items: covers.configuration_items,
            words: covers.words,
            recurrence: repeat.as_ref().map(RecurrenceShape::of),
            page_at_end: pages_at_end,
            state: if is_over { "CLOSED" } else { "OPEN" },
            current,
            next,
        })
    };
    all.into_iter().map(one).collect::<Result<_, StoreError>>().map_err(ApiError::from)
}

/// One window.
pub async fn show_one(app: &App, scope: &Scope, kept: KeptWindow) -> Result<WindowOut, ApiError> {
    let id = kept.id;
    let shown = show(app, scope, vec![kept]).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("maintenance window", id).into())
}
