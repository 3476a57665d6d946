//! Settings, Texts: what a page says in the organization's own words, tried out before it is kept.

use super::answer::{self, Answer};
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::api::texts::{checked, language_named};
use crate::app::App;
use crate::auth::{Administer, PageCan};
use crate::engine::{page, wording};
use crate::error::ApiError;
use crate::texts;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use watchbell_connect::channels::{
    AlertBrief, AlertPage, DueDate, Level, Preview, Reader as MessageReader, Urgency, preview,
};
use watchbell_core::event::{Caller, Content, TicketRef};
use watchbell_core::ids::AlertId;
use watchbell_core::language::Language;
use watchbell_core::texts::{Form as TextForm, Templates};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, sources, users};
use watchbell_ui::pages::texts::{TextsPreview, TextsView, texts as texts_page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/settings/texts/{language}", get(show).post(save))
        .route("/settings/texts/{language}/preview", post(try_out))
        .route("/settings/texts/{language}/default", post(back_to_default))
}

async fn show(State(app): State<App>, InPath(language): InPath<String>, visit: Visit<Administer>) -> Answer {
    let language = language_named(&language)?;
    let kept = texts::get(&app, &visit.can.scope, language).await?;
    let view = TextsView { language, has_own: !kept.is_empty(), form: form_of(&kept), preview: None };
    answer::page(texts_page(&visit.shell, &view))
}

/// The templates, and Watchbell's own where there is none.
fn form_of(kept: &Templates) -> Form {
    Form::of(TextForm::ALL.iter().map(|form| (form.as_str(), kept.get(*form).unwrap_or(form.default_source()))))
}

/// What was typed; what is wrong stands beside its field.
fn read(reader: &mut Reader) -> Templates {
    let mut templates = Templates::default();
    for form in TextForm::ALL {
        let source = reader.value(form.as_str());
        if reader.take(form.as_str(), checked(*form, &source)).is_some() {
            templates = templates.with(*form, Some(&source));
        }
    }
    templates
}

async fn save(State(app): State<App>, InPath(language): InPath<String>, posted: Filled<Administer>) -> Answer {
    let (can, language) = (posted.can, language_named(&language)?);
    let mut reader = Reader::new(posted.form)?;
    let templates = read(&mut reader);
    if reader.form.is_refused() {
        return shown(&app, &can, language, reader.form, None).await;
    }
    texts::put(&app, &can.scope, language, &templates).await?;
    answer::done(&routes::texts(language), "Saved. Pages say so from now on.")
}

async fn back_to_default(
    State(app): State<App>,
    InPath(language): InPath<String>,
    posted: Filled<Administer>,
) -> Answer {
    let language = language_named(&language)?;
    texts::put(&app, &posted.can.scope, language, &Templates::default()).await?;
    answer::done(&routes::texts(language), "Pages are in Watchbell's own words again.")
}

/// The page with what was typed, and with a preview where there is one.
async fn shown(
    app: &App,
    can: &PageCan<Administer>,
    language: Language,
    form: Form,
    preview: Option<TextsPreview>,
) -> Answer {
    let has_own = !texts::get(app, &can.scope, language).await?.is_empty();
    let is_refused = form.is_refused();
    let markup = texts_page(&shell::of(app, can).await?, &TextsView { language, form, has_own, preview });
    if is_refused { answer::refused(markup) } else { answer::page(markup) }
}

/// Shows how a page would arrive with what was typed, and keeps nothing.
async fn try_out(State(app): State<App>, InPath(language): InPath<String>, posted: Filled<Administer>) -> Answer {
    let (can, language) = (posted.can, language_named(&language)?);
    let mut reader = Reader::new(posted.form)?;
    let templates = read(&mut reader);
    let preview = match subject(&app, &can.scope, language, &mut reader).await? {
        Some(subject) if !reader.form.is_refused() => Some(arrived(subject, &templates)),
        _ => None,
    };
    shown(&app, &can, language, reader.form, preview).await
}

/// What is previewed: its name, the page without words of one's own, and what the alert carries.
type Subject = (String, AlertPage, Content);

/// The alert of the number that was typed, or a sample. `None`: there is none, and the form says so.
async fn subject(
    app: &App,
    scope: &Scope,
    language: Language,
    reader: &mut Reader,
) -> Result<Option<Subject>, ApiError> {
    let zone = match scope.actor.user() {
        Some(user) => users::get(&app.db, scope, user).await?.timezone,
        None => String::new(),
    };
    let read_by = MessageReader::of(&zone, language.as_str());
    let Some(number) = reader.filled("alert") else { return Ok(Some(sample(app.clock.now(), read_by))) };
    let found = match number.parse() {
        Ok(id) => match alerts::get(&app.db, scope, AlertId(id)).await {
            Err(StoreError::NotFound { .. }) => None,
            found => Some(found?),
        },
        Err(_) => None,
    };
    let Some(alert) = found else {
        reader.form.error("alert", "There is no alert with this number.");
        return Ok(None);
    };
    let source = sources::get(&app.db, scope, alert.source).await.map(|source| source.name).unwrap_or_default();
    let levels = page::levels_of(app, scope, &alert).await?.max(1);
    let level = Level {
        number: u32::try_from(alert.escalation.level.max(0) + 1).unwrap_or(1),
        of: u32::try_from(levels).unwrap_or(1),
    };
    let drawn = AlertPage { level: Some(level), ..page::draft(app, &alert, source, read_by) };
    Ok(Some((format!("With alert {number}"), drawn, alert.content)))
}

const SAMPLE_TICKET: &str = "T20260101.0001";

/// A page that has everything.
fn sample(now: Timestamp, reader: MessageReader) -> Subject {
    let page = AlertPage {
        alert: sample_brief(),
        details: "Free space on C: is 1 %.\nBackups fail.".into(),
        source_name: "Autotask".into(),
        level: Some(Level { number: 1, of: 3 }),
        queue: Some("Level I Support".into()),
        contact: Some("Jane Doe, +49 30 1234567".into()),
        due: vec![DueDate { label: "First response".into(), at: now + SignedDuration::from_hours(1) }],
        ticket_url: None,
        accept_url: None,
        resolve_url: None,
        complete_url: None,
        started_at: now,
        escalates_at: None,
        reply_code: Some(42),
        wording: None,
        reader,
    };
    ("With a sample".into(), page, sample_content())
}

fn sample_brief() -> AlertBrief {
    AlertBrief {
        id: 42,
        summary: format!("Disk full on SRV-01 [{SAMPLE_TICKET}]"),
        customer: Some("Contoso".into()),
        ticket_number: Some(SAMPLE_TICKET.into()),
        urgency: Urgency::Pages,
        priority_label: Some("Critical".into()),
        url: String::new(),
    }
}

fn sample_content() -> Content {
    let caller = Caller {
        name: "Jane Doe".into(),
        phone: Some("+49 30 1234567".into()),
        email: Some("jane@contoso.example".into()),
    };
    let ticket = TicketRef { number: SAMPLE_TICKET.into(), status: Some("New".into()), ..TicketRef::default() };
    Content { caller: Some(caller), ticket: Some(ticket), ..Content::default() }
}

fn arrived((of, page, content): Subject, templates: &Templates) -> TextsPreview {
    let (worded, problems) = wording::render(templates, &page, &content);
    let Preview { subject, mail, push_title, push, sms, sms_segments, spoken } =
        preview(&AlertPage { wording: Some(worded), ..page });
    let length = sms.chars().count();
    let problems = problems.iter().map(|(form, problem)| format!("{form}: {problem}. Watchbell's own words are used."));
    TextsPreview {
        of,
        problems: problems.collect(),
        ways: vec![
            ("Mail".into(), subject, mail),
            ("Push".into(), push_title, push),
            (format!("Text message: {length} characters, {sms_segments} of at most 2 segments"), String::new(), sms),
            ("Call".into(), String::new(), spoken),
        ],
    }
}
