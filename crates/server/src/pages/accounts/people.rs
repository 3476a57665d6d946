//! Who is who in Autotask: by e-mail address, or chosen by hand.

use super::super::answer::{self, Answer};
use super::super::query::{Query, address};
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use crate::accounts::AUTOTASK;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Configure;
use crate::engine::autotask::{Staff, staff};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_core::limits;
use watchbell_store::connector_people::{self, ToolPerson};
use watchbell_store::connectors::{self, Connector};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::account_people::{PeopleRow, PeopleView, account_people};
use watchbell_ui::{Form, routes};

type Change = (UserId, Option<(i64, String)>);

pub(super) fn router() -> Router<App> {
    Router::new().route("/accounts/{id}/people", get(show).post(save))
}

/// What the page is about.
struct Who {
    account: Connector,
    users: Vec<User>,
    paging: Paging,
    staff: Result<Vec<Staff>, String>,
    chosen: Vec<ToolPerson>,
}

impl Who {
    /// Errors: 404 for accounts of other tools.
    async fn load(app: &App, scope: &Scope, id: String, page: i64) -> Result<Self, ApiError> {
        let account = connectors::get(&app.db, scope, &ConnectorId(id)).await?;
        if account.kind != AUTOTASK {
            return Err(StoreError::not_found("Autotask account", &account.id).into());
        }
        let total = users::count(&app.db, scope).await?;
        let here = routes::account_do(&account.id, "people");
        let paging = Paging::of(page, total, |page| format!("{here}?page={page}"));
        let window = Page { start_index: (page.max(1) - 1) * limits::PAGE_ROWS, max_results: limits::PAGE_ROWS };
        Ok(Self {
            users: users::list(&app.db, scope, window).await?,
            staff: staff(app, scope, &account.id).await,
            chosen: connector_people::list(&app.db, scope, &account.id).await?,
            paging,
            account,
        })
    }

    fn chosen(&self, user: UserId) -> Option<&ToolPerson> {
        self.chosen.iter().find(|chosen| chosen.user == user)
    }

    fn form(&self, page: i64) -> Form {
        let value =
            |user: &User| (field(user.id), self.chosen(user.id).map(|chosen| self.label(chosen)).unwrap_or_default());
        Form::of(self.users.iter().map(value)).with("page", page.to_string())
    }

    /// As it is typed: the name now, or the one that it had.
    fn label(&self, chosen: &ToolPerson) -> String {
        let known = self.staff.iter().flatten().find(|staff| staff.id == chosen.person);
        known.map_or_else(|| format!("{} [{}]", chosen.name, chosen.person), label)
    }

    fn row(&self, user: &User) -> PeopleRow {
        PeopleRow { person: shell::person(user), email: user.email.clone(), now: self.now(user) }
    }

    fn now(&self, user: &User) -> Result<String, String> {
        if let Some(chosen) = self.chosen(user.id) {
            return Ok(format!("{}, chosen by hand", chosen.name));
        }
        let Ok(staff) = &self.staff else { return Ok("by e-mail address".into()) };
        let found: Vec<&Staff> = staff.iter().filter(|staff| staff.has_address_of(user)).collect();
        match found.as_slice() {
            [one] => Ok(format!("{}, by e-mail address", one.name)),
            [] => Err("nobody in Autotask has this address".into()),
            _ => Err("several in Autotask have this address".into()),
        }
    }

    fn view(&self, form: Form) -> PeopleView {
        PeopleView {
            account: (self.account.id.to_string(), self.account.name.clone()),
            rows: self.users.iter().map(|user| self.row(user)).collect(),
            paging: self.paging.clone(),
            staff: self.staff.as_ref().map(|staff| staff.iter().map(label).collect()).map_err(Clone::clone),
            form,
        }
    }

    /// What the form changes; what it names and nobody is, is said beside it.
    fn changes(&self, reader: &mut Reader) -> Vec<Change> {
        let mut changes = Vec::new();
        for user in &self.users {
            let name = field(user.id);
            if reader.form.value(&name) == self.chosen(user.id).map(|chosen| self.label(chosen)).unwrap_or_default() {
                continue;
            }
            let typed = reader.filled(&name);
            let found = typed.as_deref().map(|typed| self.staff.iter().flatten().find(|staff| label(staff) == typed));
            match found {
                Some(None) => reader.form.error(&name, "Choose one of the list, or leave it empty."),
                Some(Some(staff)) => changes.push((user.id, Some((staff.id, staff.name.clone())))),
                None => changes.push((user.id, None)),
            }
        }
        // Who gives a resource back comes first, so that two can be exchanged.
        changes.sort_by_key(|(_, chosen)| chosen.is_some());
        changes
    }
}

fn field(user: UserId) -> String {
    format!("person.{user}")
}

/// A name with the number that tells two of the same name apart.
fn label(staff: &Staff) -> String {
    format!("{} [{}]", staff.name, staff.id)
}

async fn show(State(app): State<App>, InPath(id): InPath<String>, visit: Visit<Configure>, query: Query) -> Answer {
    let who = Who::load(&app, &visit.can.scope, id, query.page()).await?;
    answer::page(account_people(&visit.shell, &who.view(who.form(query.page()))))
}

async fn save(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let page: i64 = reader.form.value("page").parse().unwrap_or(1);
    let who = Who::load(&app, &can.scope, id, page).await?;
    let changes = who.changes(&mut reader);
    if !reader.form.is_refused() {
        match keep(&app, &can.scope, &who.account.id, changes).await {
            Ok(()) => {
                let here = address(&routes::account_do(&who.account.id, "people"), &[("page", &page.to_string())])?;
                return answer::done(&here, "Saved.");
            }
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    answer::refused(account_people(&shell::of(&app, &can).await?, &who.view(reader.form)))
}

/// All or none.
async fn keep(app: &App, scope: &Scope, account: &ConnectorId, changes: Vec<Change>) -> Result<(), StoreError> {
    let (scope, account, now) = (scope.clone(), account.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            for change in changes {
                connector_people::choose_in(tx, &scope, &account, change, now).await?;
            }
            Ok(())
        })
    });
    write.await
}
