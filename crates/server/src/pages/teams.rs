//! Teams: the list, and the editor of one.

use super::answer::{self, Answer};
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit, full_name, person};
use super::{choices, on_duty};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::Timestamp;
use std::collections::HashMap;
use watchbell_connect::channels::zone_named;
use watchbell_core::ids::{TeamId, UserId};
use watchbell_core::user::TeamRole;
use watchbell_store::overview::{self, Counted};
use watchbell_store::scope::Scope;
use watchbell_store::teams::{self, Member, Team, TeamIn};
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, reach};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::teams::{MemberRow, TeamRow, TeamView, team as page, teams as list_page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::TEAMS, get(list))
        .route(routes::TEAM_NEW, get(blank).post(make))
        .route("/teams/{id}", get(show).post(save))
        .route("/teams/{id}/delete", post(delete))
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = overview::count(&app.db, scope, Counted::Teams).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::TEAMS));
    let found = teams::list(&app.db, scope, None, query.window()).await?;
    let users = users_of(&app, scope, &found).await?;
    let on_call = on_duty::now(&app, scope).await?;
    let viewer = scope.actor.user();
    let row = |team: Team| {
        let name = |member: &Member| users.get(&member.user).map(full_name);
        TeamRow {
            id: team.id,
            name: team.name,
            members: team.members.iter().filter_map(name).collect(),
            on_call: team.members.iter().filter(|member| on_call.contains_key(&member.user)).filter_map(name).collect(),
            is_mine: team.members.iter().any(|member| Some(member.user) == viewer),
        }
    };
    let rows: Vec<TeamRow> = found.into_iter().map(row).collect();
    answer::page(list_page(&visit.shell, &rows, &paging, May::Configure.is_granted_to(visit.can.role)))
}

async fn users_of(app: &App, scope: &Scope, teams: &[Team]) -> Result<HashMap<UserId, User>, StoreError> {
    let mut ids: Vec<UserId> = teams.iter().flat_map(|team| &team.members).map(|member| member.user).collect();
    ids.sort();
    ids.dedup();
    let users = users::get_many(&app.db, scope, &ids).await?;
    Ok(users.into_iter().map(|user| (user.id, user)).collect())
}

async fn blank(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, Form::default()).await?))
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let team = teams::get(&app.db, &visit.can.scope, TeamId(id)).await?;
    let form = form_of(&team);
    answer::page(page(&visit.shell, &view(&app, &visit.can, Some(&team), form).await?))
}

fn form_of(team: &Team) -> Form {
    let seen = team.updated_at.as_microsecond().to_string();
    let first = Form::of([("name", team.name.clone()), ("seen", seen)]);
    team.members.iter().fold(first, |form, member| {
        let form = form.with("member", member.user.to_string());
        form.with(format!("role.{}", member.user), member.role.as_str())
    })
}

async fn view<P>(app: &App, can: &PageCan<P>, team: Option<&Team>, form: Form) -> Result<TeamView, ApiError> {
    let scope = &can.scope;
    let members = team.map(|team| team.members.clone()).unwrap_or_default();
    let people = choices::people(app, scope).await?;
    let is_in = |id: &str| members.iter().any(|member| member.user.to_string() == id);
    Ok(TeamView {
        id: team.map(|team| team.id),
        members: rows(app, scope, &members).await?,
        people: people.into_iter().filter(|choice| !is_in(&choice.value)).collect(),
        form,
        may_edit: May::Configure.is_granted_to(can.role),
    })
}

async fn rows(app: &App, scope: &Scope, members: &[Member]) -> Result<Vec<MemberRow>, StoreError> {
    let ids: Vec<UserId> = members.iter().map(|member| member.user).collect();
    let (users, now) = (users::get_many(&app.db, scope, &ids).await?, app.clock.now());
    let reach = reach::of_users(&app.db, scope, &ids, app.clock.now()).await?;
    let on_call = on_duty::now(app, scope).await?;
    let row = |user: &User| {
        let role = members.iter().find(|member| member.user == user.id).map(|member| member.role);
        let local = now.to_zoned(zone_named(&user.timezone));
        MemberRow {
            person: person(user),
            role: role.unwrap_or(TeamRole::Responder).as_str().to_owned(),
            on_call: on_call.get(&user.id).cloned().unwrap_or_default(),
            can_be_paged: reach.get(&user.id).is_some_and(|reach| reach.pages),
            zone: (user.timezone.clone(), local.strftime("%H:%M").to_string()),
        }
    };
    Ok(users.iter().map(row).collect())
}

/// Those who are still ticked, and the one who was chosen to join.
fn read(reader: &mut Reader) -> Option<TeamIn> {
    let name = reader.name("name");
    let role = |reader: &Reader, field: &str| TeamRole::parse(reader.form.value(field)).unwrap_or(TeamRole::Responder);
    let ticked: Vec<i64> = reader.form.all("member").filter_map(|id| id.parse().ok()).collect();
    let mut members: Vec<Member> = Vec::new();
    for id in ticked {
        let member = Member { user: UserId(id), role: role(reader, &format!("role.{id}")) };
        if !members.iter().any(|known| known.user == member.user) {
            members.push(member);
        }
    }
    if let Ok(id) = reader.form.value("add").parse()
        && !members.iter().any(|known| known.user == UserId(id))
    {
        members.push(Member { user: UserId(id), role: role(reader, "add_role") });
    }
    Some(TeamIn { name: name?, members: Some(members) })
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match teams::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(team) => return answer::done(&routes::team(team.id), "The team is made."),
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    let view = view(&app, &can, None, reader.form).await?;
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let before = teams::get(&app.db, &can.scope, TeamId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    let seen = reader.form.value("seen").parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    if let Some(new) = read(&mut reader) {
        match teams::update(&app.db, &can.scope, before.id, new, seen, app.clock.now()).await {
            Ok(_) => return answer::done(&routes::team(id), "Saved."),
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    let view = view(&app, &can, Some(&before), reader.form).await?;
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let before = teams::get(&app.db, &can.scope, TeamId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    match reader.form.is_on("confirmed") {
        false => reader.form.error("", "Tick the box to delete the team."),
        true => match teams::delete(&app.db, &can.scope, before.id, app.clock.now()).await {
            Ok(()) => return answer::done(routes::TEAMS, "The team is deleted."),
            Err(error) => reader.refuse(error, &[])?,
        },
    }
    let mut form = form_of(&before);
    reader.form.errors().for_each(|(name, words)| form.error(name, words));
    let view = view(&app, &can, Some(&before), form).await?;
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}
