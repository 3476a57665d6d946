//! One user: seen, changed, deleted; and the profile, which is the same for oneself.

use super::super::answer::{self, Answer};
use super::super::reader::{Filled, Reader};
use super::super::setup::split_name;
use super::super::shell::{self, Visit};
use super::view::view;
use crate::api::extract::InPath;
use crate::api::parse;
use crate::app::App;
use crate::auth::{Administer, May, Own, PageCan, Permission, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_core::ids::UserId;
use watchbell_core::language::Language;
use watchbell_core::user::Role;
use watchbell_store::users::{self, UserIn};
use watchbell_ui::pages::user::UserView;
use watchbell_ui::pages::{profile, user};
use watchbell_ui::{Form, Markup, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::PROFILE, get(show_profile))
        .route("/users/{id}", get(show).post(save))
        .route("/users/{id}/delete", post(delete))
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let view = view(&app, &visit.can, UserId(id), None).await?;
    answer::page(user::user(&visit.shell, &view))
}

async fn show_profile(State(app): State<App>, visit: Visit<Own>) -> Answer {
    let view = view(&app, &visit.can, own(&visit.can)?, None).await?;
    answer::page(profile::profile(&visit.shell, &view, &Form::default()))
}

/// The user who asks.
pub(in super::super) fn own<P>(can: &PageCan<P>) -> Result<UserId, ApiError> {
    can.scope.actor.user().ok_or_else(|| ApiError::forbidden("Only users have a profile."))
}

/// Whether the visitor may change somebody: themselves, or anybody as an administrator. Errors: 403.
pub(super) fn may_change<P>(can: &PageCan<P>, id: UserId) -> Result<UserId, ApiError> {
    match own(can)? == id || May::Administer.is_granted_to(can.role) {
        true => Ok(id),
        false => Err(ApiError::forbidden("Only administrators change other people.")),
    }
}

/// Where the forms about somebody come back to.
pub(super) fn home<P>(can: &PageCan<P>, id: UserId) -> String {
    if can.scope.actor.user() == Some(id) { routes::PROFILE.to_owned() } else { routes::user(id) }
}

/// The page about somebody, with what was refused.
pub(super) async fn page_of<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    id: UserId,
    form: Form,
) -> Result<Markup, ApiError> {
    let view = view(app, can, id, Some(form)).await?;
    shown(app, can, &view).await
}

async fn shown<P: Permission>(app: &App, can: &PageCan<P>, view: &UserView) -> Result<Markup, ApiError> {
    let shell = shell::of(app, can).await?;
    Ok(match own(can)? == view.person.id {
        true => profile::profile(&shell, view, &Form::default()),
        false => user::user(&shell, view),
    })
}

/// The page about somebody with the secret of a webhook that was just made: it is in this answer only.
pub(super) async fn page_with_secret<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    id: UserId,
    secret: Option<String>,
) -> Result<Markup, ApiError> {
    let view = view(app, can, id, None).await?;
    shown(app, can, &UserView { made_secret: secret, ..view }).await
}

/// A refused form of the page about somebody: its values and errors, and the stored values of the other forms.
pub(super) async fn refused<P: Permission>(app: &App, can: &PageCan<P>, id: UserId, form: Form) -> Answer {
    let user = users::get(&app.db, &can.scope, id).await?;
    let stored = super::view::stored(&user);
    let missing = ["name", "email", "role", "zone", "language"].into_iter().filter(|name| !form.is_on(name));
    let form = missing
        .map(|name| (name, stored.value(name).to_owned()))
        .collect::<Vec<_>>()
        .into_iter()
        .fold(form, |form, (name, value)| form.with(name, value));
    // What a refused form does not hold is as it is kept: saving it must not clear it.
    let form = if form.is_on("silence") { form } else { super::silence::stored(form, &user) };
    answer::refused(page_of(app, can, id, form).await?)
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    let before = users::get(&app.db, &can.scope, id).await?;
    let role = role(&can, &mut reader, before.role);
    let (name, email) = (reader.name("name"), reader.email("email"));
    let zone = parse::timezone("zone", reader.form.value("zone"));
    let zone = reader.take("zone", zone);
    let language = language(&mut reader, &before.language);
    if let (Some(name), Some(email), Some(timezone), Some(role), Some(language)) = (name, email, zone, role, language) {
        let (first, last) = split_name(&name);
        let new = UserIn {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email,
            timezone,
            role,
            language,
            ..UserIn::from(before)
        };
        match users::update(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "Saved."),
            Err(error) => reader.refuse(error, &[("email", "email")])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

/// The role that was chosen; only administrators choose.
fn role(can: &PageCan<Own>, reader: &mut Reader, kept: Role) -> Option<Role> {
    if !May::Administer.is_granted_to(can.role) || !reader.form.is_on("role") {
        return Some(kept);
    }
    let role = Role::parse(reader.form.value("role"));
    if role.is_none() {
        reader.form.error("role", "Choose a role.");
    }
    role
}

/// The language that was chosen. One that is kept and not among ours (set over the API) stays until another is chosen.
fn language(reader: &mut Reader, kept: &str) -> Option<String> {
    let chosen = reader.form.value("language");
    match Language::parse(chosen) {
        Some(chosen) if chosen == Language::of(kept) => Some(kept.to_owned()),
        Some(chosen) => Some(chosen.as_str().to_owned()),
        None if !reader.form.is_on("language") => Some(kept.to_owned()),
        None => {
            reader.form.error("language", "Choose a language.");
            None
        }
    }
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Administer>) -> Answer {
    let (can, id) = (posted.can, UserId(id));
    let mut reader = Reader::new(posted.form)?;
    if !reader.form.is_on("confirmed") {
        reader.form.error("", "Tick the box to delete the user.");
        return refused(&app, &can, id, reader.form).await;
    }
    let replacement = reader.filled("replacement").and_then(|id| id.parse().ok());
    match users::delete(&app.db, &can.scope, id, replacement, app.clock.now()).await {
        Ok(()) => answer::done(routes::USERS, "The user is deleted."),
        Err(error) => {
            reader.refuse(error, &[])?;
            refused(&app, &can, id, reader.form).await
        }
    }
}
