//! Escalation policies: who is called first, and who next when nobody answers.

mod entry;

use super::answer::{self, Answer};
use super::choices;
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit, person};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{form_of, read};
use std::collections::HashMap;
use watchbell_core::escalation::Level;
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::user::Role;
use watchbell_store::StoreError;
use watchbell_store::overview::{self, Counted};
use watchbell_store::policies::{self, EscalationPolicy};
use watchbell_store::reach::{self, Reach};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::escalation::{LevelState, LevelView};
use watchbell_ui::pages::policies::{PolicyRow, policies as list_page};
use watchbell_ui::pages::policy::{PolicyView, policy as page};
use watchbell_ui::{Form, Person, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::POLICIES, get(list))
        .route(routes::POLICY_NEW, get(blank).post(make))
        .route("/policies/{id}", get(show).post(save))
        .route("/policies/{id}/delete", post(delete))
}

/// The people of levels, and how they can be reached.
struct People {
    users: HashMap<UserId, User>,
    reach: HashMap<UserId, Reach>,
}

impl People {
    async fn of<'a>(app: &App, scope: &Scope, levels: impl Iterator<Item = &'a Level>) -> Result<Self, StoreError> {
        let mut ids: Vec<UserId> = levels.flat_map(|level| level.users.iter().copied()).collect();
        ids.sort();
        ids.dedup();
        let users = users::get_many(&app.db, scope, &ids).await?;
        Ok(Self {
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            reach: reach::of_users(&app.db, scope, &ids).await?,
        })
    }

    fn person(&self, id: UserId) -> Person {
        self.users.get(&id).map_or_else(|| Person::new(id, format!("user {id}")), person)
    }

    fn can_be_paged(&self, id: UserId) -> bool {
        self.reach.get(&id).is_some_and(|reach| reach.pages)
    }

    fn level(&self, level: &Level) -> LevelView {
        LevelView {
            people: level.users.iter().map(|id| self.person(*id)).collect(),
            unreachable: level.users.iter().filter(|id| !self.can_be_paged(**id)).map(|id| self.person(*id)).collect(),
            timeout_s: level.timeout_s,
            state: LevelState::Ahead,
        }
    }

    /// What is wrong with a policy: a level that would fall through.
    fn warning(&self, levels: &[Level]) -> Option<String> {
        let nobody = levels.iter().position(|level| !level.users.iter().any(|id| self.can_be_paged(*id)));
        nobody.map(|at| format!("Level {} has nobody who can be paged", at + 1))
    }
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = overview::count(&app.db, scope, Counted::Policies).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::POLICIES));
    let found = policies::list(&app.db, scope, query.window()).await?;
    let people = People::of(&app, scope, found.iter().flat_map(|policy| &policy.levels)).await?;
    let uses = overview::sources_by_policy(&app.db, scope).await?;
    let names = |level: &Level| {
        let names: Vec<String> = level.users.iter().map(|id| people.person(*id).name).collect();
        (if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }, level.timeout_s)
    };
    let row = |policy: &EscalationPolicy| PolicyRow {
        id: policy.id,
        name: policy.name.clone(),
        levels: policy.levels.iter().map(names).collect(),
        passes: policy.passes,
        sources: uses.get(&policy.id).copied().unwrap_or(0),
        warning: people.warning(&policy.levels),
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
    let people = People::of(app, scope, policy.iter().flat_map(|policy| &policy.levels)).await?;
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
        levels: policy.iter().flat_map(|policy| &policy.levels).map(|level| people.level(level)).collect(),
        passes: policy.map_or(1, |policy| policy.passes),
        delay_s: policy.map_or(0, |policy| policy.delay_s),
        users: choices::people(app, scope).await?,
        sources: sources.into_iter().map(|(id, name)| (name, routes::source(id))).collect(),
        running,
        form,
        may_edit: may_edit(can.role),
    })
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader, None) {
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

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let policy = policies::get(&app.db, &visit.can.scope, PolicyId(id)).await?;
    let view = view(&app, &visit.can, Some(&policy), form_of(&policy)).await?;
    answer::page(page(&visit.shell, &view))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let policy = policies::get(&app.db, &can.scope, PolicyId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader, policy.routing_key.clone()) {
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
