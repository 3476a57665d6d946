//! API sources: new ones, and their settings.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use super::actions::make_key;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::PolicyId;
use watchbell_core::priority_rule::PriorityRule;
use watchbell_store::sources::{self, Source, SourceIn};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::source_api::{ApiSourceView, source_api as page};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::SOURCE_NEW_API, get(blank).post(make))
}

/// Minutes of silence after which an alert may resolve by itself, and of a window of grouping.
const RESOLVE_MIN: std::ops::RangeInclusive<i64> = 1..=525_600;
/// The window of grouping where none was set: the page does not ask for it.
const WINDOW_S: i64 = 3_600;

async fn blank(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    let form = Form::of([("priority", PriorityRule::High.as_str()), ("grouping", Grouping::EachEvent.as_str())]);
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, form).await?))
}

async fn view(
    app: &App,
    can: &PageCan<Configure>,
    source: Option<&Source>,
    form: Form,
) -> Result<ApiSourceView, ApiError> {
    Ok(ApiSourceView {
        id: source.map(|source| source.id),
        form,
        policies: choices::policies(app, &can.scope).await?,
        hours: choices::support_hours(app, &can.scope).await?,
        groupings: Choice::list(&[
            (Grouping::EachEvent.as_str(), "Every event is one, unless its alertKey belongs to an open alert"),
            (Grouping::PerSummary.as_str(), "Every new summary is one"),
            (Grouping::OnePending.as_str(), "Only while no alert is pending"),
            (Grouping::OneOpen.as_str(), "Only while no alert is open"),
            (Grouping::ByKey.as_str(), "Every new alertKey is one"),
            (Grouping::PerWindow.as_str(), "At most one in a window of time"),
        ]),
    })
}

/// The settings of a source as a form.
pub(super) fn form_of(source: &Source) -> Form {
    let form = Form::of([
        ("name", source.name.clone()),
        ("policy", source.policy.to_string()),
        ("grouping", source.grouping.to_string()),
        ("auto_resolve_min", source.auto_resolve_s.map(|s| (s / 60).to_string()).unwrap_or_default()),
    ]);
    super::loudness::fill(form, source)
}

/// What the form describes, upon what was. `None`: it was refused, and the form says why.
fn read(reader: &mut Reader, before: Option<&Source>) -> Option<SourceIn> {
    let (name, resolve_min) = (reader.name("name"), reader.optional_number("auto_resolve_min", RESOLVE_MIN));
    let policy: Option<PolicyId> = reader.form.value("policy").parse().ok();
    let loudness = super::loudness::read(reader, None);
    let grouping = Grouping::parse(reader.form.value("grouping"));
    for (name, is_missing) in [("policy", policy.is_none()), ("grouping", grouping.is_none())] {
        if is_missing {
            reader.form.error(name, "Choose one.");
        }
    }
    let grouping = grouping?;
    let window =
        before.and_then(|source| source.grouping_window_s).or((grouping == Grouping::PerWindow).then_some(WINDOW_S));
    let new = SourceIn {
        name: name?,
        integration_type: before.map_or_else(|| "API".into(), |source| source.integration_type.clone()),
        policy: policy?,
        active: before.is_none_or(|source| source.active),
        grouping,
        grouping_window_s: window,
        priority_rule: loudness?.rule,
        support_hours: loudness?.hours,
        auto_raise: loudness?.auto_raise,
        auto_resolve_s: resolve_min?.map(|minutes| minutes * 60),
        connector: before.and_then(|source| source.connector.clone()),
        settings: before.map_or_else(|| serde_json::json!({}), |source| source.settings.clone()),
        rules: before.and_then(|source| source.rules.clone()),
    };
    (!reader.form.is_refused()).then_some(new)
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader, None) {
        match sources::create(&app.db, &can.scope, new, make_key(&app)?, app.clock.now()).await {
            Ok(source) => return answer::done(&routes::source(source.id), "Made. Send it an event, as shown below."),
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    answer::refused(page(&shell::of(&app, &can).await?, &view(&app, &can, None, reader.form).await?))
}

/// The settings page of an API source.
pub(super) async fn settings(app: &App, can: &PageCan<Configure>, source: &Source) -> Answer {
    answer::page(page(&shell::of(app, can).await?, &view(app, can, Some(source), form_of(source)).await?))
}

/// Saves the settings of an API source.
pub(super) async fn save(app: &App, can: &PageCan<Configure>, source: &Source, mut reader: Reader) -> Answer {
    if let Some(new) = read(&mut reader, Some(source)) {
        match sources::update(&app.db, &can.scope, source.id, new, app.clock.now()).await {
            Ok(source) => {
                app.source_keys.forget_all();
                return answer::done(&routes::source(source.id), "Saved.");
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    answer::refused(page(&shell::of(app, can).await?, &view(app, can, Some(source), reader.form).await?))
}
