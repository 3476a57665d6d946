//! Escalation policies: who is called first, and who next when nobody answers.

mod entry;
mod simulate;

use super::answer::{self, Answer};
use super::choices;
use super::levels::Behind;
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit, full_name};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{form_of, read};
use watchbell_core::alert::Priority;
use watchbell_core::escalation::Level;
use watchbell_core::ids::PolicyId;
use watchbell_core::user::Role;
use watchbell_store::overview::{self, Counted};
use watchbell_store::policies::{self, EscalationPolicy};
use watchbell_store::{StoreError, fallback, users};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::escalation::LevelState;
use watchbell_ui::pages::policies::{PolicyRow, policies as list_page};
use watchbell_ui::pages::policy::{PolicyView, policy as page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::POLICIES, get(list))
        .route(routes::POLICY_NEW, get(blank).post(make))
        .route("/policies/{id}", get(show).post(save))
        .route("/policies/{id}/delete", post(delete))
}

/// What is wrong with a policy: a level that would fall through now.
fn warning(behind: &Behind, levels: &[Level]) -> Option<String> {
    let Some(at) = behind.first_empty(levels) else {
        return behind.is_browser_only(levels).then(|| "Only push to browsers reaches its people".to_owned());
    };
    let gap = levels.get(at - 1).is_some_and(|level| behind.has_gap(level));
    Some(match gap {
        true => format!("Level {at} has nobody on call now"),
        false => format!("Level {at} has nobody who can be paged"),
    })
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = overview::count(&app.db, scope, Counted::Policies).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::POLICIES));
    let found = policies::list(&app.db, scope, query.window()).await?;
    let behind = Behind::load(&app, scope, &found.iter().flat_map(|policy| &policy.levels).collect::<Vec<_>>()).await?;
    let uses = overview::sources_by_policy(&app.db, scope).await?;
    let names = |level: &Level| (behind.names(level), level.timeout_s);
    let row = |policy: &EscalationPolicy| PolicyRow {
        id: policy.id,
        name: policy.name.clone(),
        levels: policy.levels.iter().map(names).collect(),
        passes: policy.passes,
        sources: uses.get(&policy.id).copied().unwrap_or(0),
        warning: warning(&behind, &policy.levels),
    };
    let rows: Vec<PolicyRow> = found.iter().map(row).collect();
    answer::page(list_page(&visit.shell, &rows, &paging, may_edit(visit.can.role)))
}

fn may_edit(role: Role) -> bool {
    May::Configure.is_granted_to(role)
}

async fn blank(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    let form = Form::of([("passes", "1"), ("delay_min", "0"), ("level.0.timeout_min", "5")]);
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, form).await?))
}

async fn view<P>(
    app: &App,
    can: &PageCan<P>,
    policy: Option<&EscalationPolicy>,
    form: Form,
) -> Result<PolicyView, ApiError> {
    let scope = &can.scope;
    let levels: Vec<&Level> = policy.iter().flat_map(|policy| &policy.levels).collect();
    let behind = Behind::load(app, scope, &levels).await?;
    let (sources, running) = match policy {
        Some(policy) => (
            overview::sources_of_policy(&app.db, scope, policy.id).await?,
            overview::alerts_on_other_version(&app.db, scope, policy.id, policy.version).await?,
        ),
        None => (Vec::new(), 0),
    };
    Ok(PolicyView {
        id: policy.map(|policy| policy.id),
        name: policy.map_or_else(String::new, |policy| policy.name.clone()),
        browser_only: policy.is_some_and(|policy| behind.is_browser_only(&policy.levels)),
        levels: levels.into_iter().map(|level| behind.view(level, Priority::High, LevelState::Ahead)).collect(),
        passes: policy.map_or(1, |policy| policy.passes),
        delay_s: policy.map_or(0, |policy| policy.delay_s),
        fallback: fallback_names(app, can).await?,
        simulation: None,
        users: choices::people(app, scope).await?,
        schedules: choices::schedules(app, scope).await?,
        teams: choices::teams(app, scope).await?,
        sources: sources.into_iter().map(|(id, name)| (name, routes::source(id))).collect(),
        running,
        form,
        may_edit: may_edit(can.role),
    })
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match policies::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(policy) => {
                return answer::done(
                    &routes::policy(policy.id),
                    "Made. An alert source that escalates to it makes it ring.",
                );
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    let view = view(&app, &can, None, reader.form).await?;
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

/// Who is told where nobody could be notified. Addresses of people without an account are told to who may configure.
async fn fallback_names<P>(app: &App, can: &PageCan<P>) -> Result<Vec<String>, StoreError> {
    let fallback = fallback::get(&app.db, &can.scope).await?;
    let people = users::get_many(&app.db, &can.scope, &fallback.users).await?;
    let mails = match may_edit(can.role) {
        true => fallback.mails,
        false => fallback.mails.into_iter().take(1).map(|_| "somebody by e-mail".to_owned()).collect(),
    };
    Ok(people.iter().map(full_name).chain(mails).collect())
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>, query: Query) -> Answer {
    let policy = policies::get(&app.db, &visit.can.scope, PolicyId(id)).await?;
    let mut view = view(&app, &visit.can, Some(&policy), form_of(&policy)).await?;
    if query.0.is_on("simulate") {
        view.simulation = Some(simulate::simulation(&app, &visit.can.scope, &policy, &query, &visit.shell.when).await?);
    }
    answer::page(page(&visit.shell, &view))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let policy = policies::get(&app.db, &can.scope, PolicyId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match policies::update(&app.db, &can.scope, policy.id, new, app.clock.now()).await {
            Ok(policy) => {
                return answer::done(
                    &routes::policy(policy.id),
                    "Saved. Open alerts keep the policy as it was when they began.",
                );
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    refused(&app, &can, &policy, reader).await
}

async fn refused(app: &App, can: &PageCan<Configure>, policy: &EscalationPolicy, reader: Reader) -> Answer {
    let view = view(app, can, Some(policy), reader.form).await?;
    answer::refused(page(&shell::of(app, can).await?, &view))
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let policy = policies::get(&app.db, &can.scope, PolicyId(id)).await?;
    let mut reader = Reader { form: form_of(&policy) };
    if !Form::of(posted.form).is_on("confirmed") {
        reader.form.error("", "Tick the box to delete the policy.");
        return refused(&app, &can, &policy, reader).await;
    }
    match policies::delete(&app.db, &can.scope, policy.id, app.clock.now()).await {
        Ok(()) => answer::done(routes::POLICIES, "The policy is deleted."),
        Err(error) => {
            reader.refuse(error, &[])?;
            refused(&app, &can, &policy, reader).await
        }
    }
}
