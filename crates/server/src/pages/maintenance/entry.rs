//! A maintenance window as a form, and back.

use super::super::reader::{Reader, sentence};
use crate::api::maintenance_shapes::{check, names, read_description, time_in};
use crate::api::parse;
use crate::app::App;
use crate::error::ApiError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use watchbell_core::ids::SourceId;
use watchbell_core::limits::WINDOW_REPEAT_MAX;
use watchbell_core::maintenance::{Covers, Repeat, RepeatUnit, Window};
use watchbell_core::schedule::{Span, Zone};
use watchbell_store::maintenance::{KeptWindow, WindowIn};
use watchbell_store::scope::Scope;
use watchbell_ui::Form;
use watchbell_ui::time::When;

/// What `datetime-local` fields hold.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A window of the next hours, to begin with.
pub(super) fn new_form(when: &When) -> Form {
    let start = when.now + SignedDuration::from_mins(5);
    Form::of([
        ("zone", when.zone.iana_name().unwrap_or("UTC").to_owned()),
        ("start", local(start, &when.zone)),
        ("end", local(start + SignedDuration::from_hours(2), &when.zone)),
        ("count", "1".to_owned()),
    ])
    .ticked("pages_at_end", true)
}

/// The form of a window that is kept.
pub(super) fn form_of(kept: &KeptWindow) -> Form {
    let window = &kept.window;
    let zone = Zone::named(&window.zone).map_or(TimeZone::UTC, |zone| zone.inner().clone());
    let repeat = window.repeat.as_ref();
    let form = Form::of([
        ("summary", kept.summary.clone()),
        ("description", kept.description.clone()),
        ("zone", window.zone.clone()),
        ("start", local(window.first.from, &zone)),
        ("end", local(window.first.until, &zone)),
        ("customers", window.covers.customers.join("\n")),
        ("items", window.covers.configuration_items.join("\n")),
        ("words", window.covers.words.join("\n")),
        ("repeat", repeat.map(|repeat| repeat.unit.to_string()).unwrap_or_default()),
        ("count", repeat.map_or(1, |repeat| repeat.count).to_string()),
        ("until", repeat.and_then(|repeat| repeat.until).map(|day| day.to_string()).unwrap_or_default()),
    ]);
    let sources = window.covers.sources.iter();
    sources
        .fold(form, |form, source| form.with("source", source.to_string()))
        .ticked("pages_at_end", window.pages_at_end)
}

/// The window that a form describes. `None`: it was refused, and the form says why.
pub(super) async fn read(
    app: &App,
    scope: &Scope,
    reader: &mut Reader,
    before: Option<&KeptWindow>,
) -> Option<WindowIn> {
    let summary = reader.name("summary");
    let description = read_description(reader.form.value("description"));
    let description = reader.take("description", description);
    let zone = parse::timezone("zone", reader.form.value("zone"));
    let zone = reader.take("zone", zone)?;
    let (start, end) = (time(reader, "start", &zone), time(reader, "end", &zone));
    let repeat = repeat(reader);
    let covers = covers(reader);
    let first = Span::new(start?, end?);
    let ended_at = before.and_then(|kept| kept.window.still_ended(first));
    let pages_at_end = reader.form.is_on("pages_at_end");
    let window = Window { zone, first, repeat: repeat?, covers: covers?, pages_at_end, ended_at };
    if let Err(error) = check(app, scope, &window).await {
        reader.form.error(field_of(&error), sentence(error.message()));
    }
    let notifications = before.map_or_else(|| json!({}), |kept| kept.notifications.clone());
    let new = WindowIn { summary: summary?, description: description?, notifications, window };
    (!reader.form.is_refused()).then_some(new)
}

/// The field of the form for a field of the API.
fn field_of(error: &ApiError) -> &'static str {
    match error.message().split([':', '[']).next().unwrap_or_default() {
        "end" => "end",
        "recurrence" => "repeat",
        "alertSources" => "source",
        _ => "",
    }
}

fn time(reader: &mut Reader, name: &str, zone: &str) -> Option<Timestamp> {
    let time = time_in(name, reader.form.value(name), zone);
    reader.take(name, time)
}

/// The outer `None`: it was refused; the inner one: once.
fn repeat(reader: &mut Reader) -> Option<Option<Repeat>> {
    let Some(word) = reader.filled("repeat") else { return Some(None) };
    let unit = RepeatUnit::parse(&word);
    if unit.is_none() {
        reader.form.error("repeat", "Choose one.");
    }
    let count = reader.number("count", 1..=WINDOW_REPEAT_MAX);
    let until = match reader.filled("until").map(|day| day.parse::<Date>()) {
        None => None,
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            reader.form.error("until", "Must be a day.");
            None
        }
    };
    Some(Some(Repeat { unit: unit?, count: count?, until }))
}

fn covers(reader: &mut Reader) -> Option<Covers> {
    let sources = reader.form.all("source").filter_map(|id| id.parse().ok()).map(SourceId).collect();
    let mut list = |name: &str| {
        let lines = reader.value(name);
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let names = names(name, Some(lines), Vec::new());
        reader.take(name, names)
    };
    let (customers, configuration_items, words) = (list("customers"), list("items"), list("words"));
    Some(Covers { sources, customers: customers?, configuration_items: configuration_items?, words: words? })
}
