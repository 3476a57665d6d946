//! How Watchbell itself stands, and who is called when it is not well.

use super::answer::{self, Answer};
use super::choices;
use super::jobs::words;
use super::providers;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::parse;
use crate::app::App;
use crate::auth::Administer;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::auditor::Finding;
use watchbell_core::ids::PolicyId;
use watchbell_core::language::Language;
use watchbell_core::limits::PING_EVERY_S_RANGE;
use watchbell_store::auditor::{self, Settings};
use watchbell_store::jobs::{self, JobKind};
use watchbell_store::scope::Scope;
use watchbell_store::standing;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::health::{HealthView, health as page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::HEALTH, get(show).post(save))
}

async fn show(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    let kept = auditor::settings(&app.db, &visit.can.scope).await?;
    answer::page(page(&visit.shell, &view(&app, &visit.can.scope, form_of(kept)).await?))
}

fn form_of(kept: Settings) -> Form {
    Form::of([
        ("policy", kept.policy.map(|id| id.to_string()).unwrap_or_default()),
        ("ping_url", kept.ping_url.unwrap_or_default()),
        ("ping_method", if kept.ping_post { "POST".into() } else { "GET".into() }),
        ("ping_every_s", kept.ping_every_s.to_string()),
    ])
}

async fn view(app: &App, scope: &Scope, form: Form) -> Result<HealthView, ApiError> {
    let (now, standing) = (app.clock.now(), auditor::standing(&app.db, scope).await?);
    let sentences =
        |found: &[Finding]| found.iter().map(|finding| finding.sentence(Language::English)).collect::<Vec<_>>();
    let waiting = jobs::backlog(&app.db, now).await?;
    let named = |(kind, count, since): (String, i64, _)| {
        (JobKind::parse(&kind).map_or(kind, |kind| words(kind).to_owned()), count, since)
    };
    let mut policies = choices::policies(app, scope).await?;
    policies.insert(0, Choice::new("", "None: tell the administrators"));
    Ok(HealthView {
        is_well: standing.is_well(now),
        ran_at: standing.ran_at,
        findings: sentences(&standing.findings),
        last: standing.found_at.map(|at| (at, sentences(&standing.last_findings))),
        pinged_at: standing.pinged_at,
        ping_error: standing.ping_error,
        waiting: waiting.into_iter().map(named).collect(),
        accounts: providers::in_trouble(app, scope).await?,
        policies,
        form,
    })
}

async fn save(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    match read(&app, &can.scope, &mut reader).await? {
        Some(settings) => {
            let now = app.clock.now();
            auditor::put_settings(&app.db, &can.scope, &settings, now).await?;
            standing::bring_forward(&app.db, &can.scope, JobKind::Ping, now).await?;
            app.wake.notify_one();
            answer::done(routes::HEALTH, "Saved.")
        }
        None => {
            let view = view(&app, &can.scope, reader.form).await?;
            answer::refused(page(&shell::of(&app, &can).await?, &view))
        }
    }
}

/// `None`: it was refused, and the form says why.
async fn read(app: &App, scope: &Scope, reader: &mut Reader) -> Result<Option<Settings>, ApiError> {
    let policy: Option<PolicyId> = reader.form.value("policy").parse().ok();
    let known = choices::policies(app, scope).await?;
    if policy.is_some_and(|id| !known.iter().any(|choice| choice.value == id.to_string())) {
        reader.form.error("policy", "Choose one of the list.");
    }
    let ping_url = match reader.filled("ping_url") {
        None => None,
        Some(url) => {
            let allowed = app.channels.http().check(&url).map_err(|error| ApiError::field("ping_url", error));
            let parsed = parse::url("ping_url", &url).and_then(|url| allowed.map(|_| url));
            reader.take("ping_url", parsed)
        }
    };
    let [least, most] = PING_EVERY_S_RANGE;
    let every = reader.number("ping_every_s", least..=most);
    let ping_post = reader.form.has("ping_method", "POST");
    let Some(ping_every_s) = every.filter(|_| !reader.form.is_refused()) else { return Ok(None) };
    Ok(Some(Settings { policy, ping_url, ping_post, ping_every_s }))
}
