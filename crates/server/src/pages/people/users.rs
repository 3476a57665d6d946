//! The list of users, and a new one.

use super::super::answer::{self, Answer};
use super::super::query::Query;
use super::super::reader::{Filled, Reader};
use super::super::setup::split_name;
use super::super::shell::{self, Visit, person};
use crate::app::App;
use crate::auth::{Administer, May, Read, hash_password};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use secrecy::SecretString;
use watchbell_core::ids::UserId;
use watchbell_core::user::Role;
use watchbell_store::reach;
use watchbell_store::users::{self, UserIn};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::users::{UserRow, user_new, users as page};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::USERS, get(list)).route(routes::USER_NEW, get(form).post(make))
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let paging =
        Paging::of(query.page(), users::count(&app.db, scope).await?, |page| format!("{}?page={page}", routes::USERS));
    let users = users::list(&app.db, scope, query.window()).await?;
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let reach = reach::of_users(&app.db, scope, &ids, app.clock.now()).await?;
    let row = |user: &users::User| {
        let reach = reach.get(&user.id).cloned().unwrap_or_default();
        UserRow {
            person: person(user),
            email: user.email.clone(),
            role: user.role,
            channels: reach.channels,
            can_be_paged: reach.pages,
        }
    };
    let rows: Vec<UserRow> = users.iter().map(row).collect();
    answer::page(page(&visit.shell, &rows, &paging, May::Administer.is_granted_to(visit.can.role)))
}

async fn form(visit: Visit<Administer>) -> Answer {
    answer::page(user_new(&visit.shell, &Form::of([("role", Role::Responder.as_str())])))
}

/// Makes a user; whoever makes an account vouches for its mailbox.
async fn make(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let (name, email) = (reader.name("name"), reader.email("email"));
    let role = Role::parse(reader.form.value("role"));
    if role.is_none() {
        reader.form.error("role", "Choose a role.");
    }
    let hashed = hash_password(SecretString::from(reader.value("password")), app.ids.salt()).await;
    let hashed = reader.take("password", hashed);
    if let (Some(name), Some(email), Some(role), Some(hash)) = (name, email, role, hashed) {
        let (first, last) = split_name(&name);
        let new = UserIn::new(email, first, last, role);
        match users::create(&app.db, &can.scope, new, Some(hash), app.clock.now()).await {
            Ok(user) => {
                return answer::done(&routes::user(user.id), "Made. Test the contact, so that you know it arrives.");
            }
            Err(error) => reader.refuse(error, &[("email", "email")])?,
        }
    }
    answer::refused(user_new(&shell::of(&app, &can).await?, &reader.form))
}
