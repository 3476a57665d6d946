//! Alert actions: the list, the form with the tenant's own lists, and the test.

mod entry;

use super::answer::{self, Answer};
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::accounts::AUTOTASK;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::engine::autotask::{companies_like, company_named, lists_of, test_action};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{blank_form, form_of, lists, read};
use watchbell_core::alert_action::TriggerMode;
use watchbell_core::ids::{ActionId, ConnectorId};
use watchbell_store::Page;
use watchbell_store::alert_actions::{self, AlertAction};
use watchbell_store::connectors;
use watchbell_store::scope::Scope;
use watchbell_store::sources;
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::alert_actions::{
    ActionRow, ActionView, alert_action as page, alert_actions as list_page, choose_account,
};
use watchbell_ui::{Form, routes};

/// Sources that the form offers at most; whoever has more uses the API.
const SOURCES_MAX: i64 = 1_000;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::ALERT_ACTIONS, get(list))
        .route(routes::ALERT_ACTION_NEW, get(blank).post(make))
        .route("/alert-actions/{id}", get(show).post(save))
        .route("/alert-actions/{id}/delete", post(delete))
        .route("/alert-actions/{id}/test", post(test))
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = alert_actions::count(&app.db, scope).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::ALERT_ACTIONS));
    let found = alert_actions::list(&app.db, scope, None, None, query.window()).await?;
    let accounts = connectors::of_kind(&app.db, scope, AUTOTASK).await?;
    let name_of = |id: &ConnectorId| {
        let account = accounts.iter().find(|account| account.id == *id);
        account.map_or_else(|| id.0.clone(), |account| account.name.clone())
    };
    let row = |action: AlertAction| ActionRow {
        account: name_of(&action.connector),
        id: action.id.0,
        name: action.name,
        sources: action.sources.into_iter().map(|(_, name)| name).collect(),
        is_automatic: action.rules.mode == TriggerMode::Automatic,
    };
    let rows: Vec<ActionRow> = found.into_iter().map(row).collect();
    answer::page(list_page(&visit.shell, &rows, &paging, May::Configure.is_granted_to(visit.can.role)))
}

/// What one page shows besides its form.
struct Around<'a> {
    kept: Option<&'a AlertAction>,
    connector: ConnectorId,
    /// What a person looks for.
    search: Option<String>,
    tested: Vec<(String, String, bool)>,
}

impl<'a> Around<'a> {
    fn of(kept: &'a AlertAction) -> Self {
        Self { connector: kept.connector.clone(), kept: Some(kept), search: None, tested: Vec::new() }
    }

    fn new(connector: ConnectorId) -> Self {
        Self { kept: None, connector, search: None, tested: Vec::new() }
    }
}

async fn view<P>(app: &App, can: &PageCan<P>, around: Around<'_>, mut form: Form) -> Result<ActionView, ApiError> {
    let scope = &can.scope;
    let account = connectors::get(&app.db, scope, &around.connector).await?;
    let may_edit = May::Configure.is_granted_to(can.role);
    let found = if may_edit { lists_of(app, scope, &account.id).await } else { Ok(Default::default()) };
    let (lists, lists_problem) = match found {
        Ok(found) => (lists(&found), None),
        Err(problem) => (Default::default(), Some(problem)),
    };
    let companies = if may_edit { companies(app, scope, &around, &mut form).await } else { Vec::new() };
    let sources = sources::list(&app.db, scope, Page::first(SOURCES_MAX)).await?;
    let sources = sources.into_iter().filter(|source| !source.integration_type.eq_ignore_ascii_case(&account.kind));
    Ok(ActionView {
        id: around.kept.map(|action| action.id.0.clone()),
        name: around.kept.map_or_else(String::new, |action| action.name.clone()),
        account: (account.id.0, account.name),
        sources: sources.map(|source| Choice::new(source.id.to_string(), source.name)).collect(),
        lists,
        lists_problem,
        companies,
        tested: around.tested,
        form,
        may_edit,
    })
}

/// The company that is set, and those that were found.
async fn companies(app: &App, scope: &Scope, around: &Around<'_>, form: &mut Form) -> Vec<Choice> {
    let mut all = Vec::new();
    if let Ok(id) = form.value("company").trim().parse::<i64>() {
        let name = company_named(app, scope, &around.connector, id).await;
        all.push(Choice::new(id.to_string(), name.unwrap_or_else(|| format!("company {id}"))));
    }
    let Some(text) = &around.search else { return all };
    match companies_like(app, scope, &around.connector, text).await {
        Ok(found) if found.is_empty() => form.error("company_search", "No active company has this in its name."),
        Ok(found) => {
            let new = found.into_iter().filter(|(id, _)| !all.iter().any(|choice| choice.value == id.to_string()));
            let new: Vec<Choice> = new.map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            all.extend(new);
        }
        Err(why) => form.error("company_search", why),
    }
    all
}

async fn blank(State(app): State<App>, visit: Visit<Configure>, query: Query) -> Answer {
    let accounts = connectors::of_kind(&app.db, &visit.can.scope, AUTOTASK).await?;
    let chosen = match (query.text("connector"), accounts.as_slice()) {
        (id, _) if !id.is_empty() => Some(ConnectorId(id)),
        (_, [only]) => Some(only.id.clone()),
        _ => None,
    };
    let Some(connector) = chosen else {
        let accounts: Vec<(String, String)> = accounts.into_iter().map(|one| (one.id.0, one.name)).collect();
        return answer::page(choose_account(&visit.shell, &accounts));
    };
    let view = view(&app, &visit.can, Around::new(connector), blank_form()).await?;
    answer::page(page(&visit.shell, &view))
}

async fn make(State(app): State<App>, query: Query, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let connector = ConnectorId(query.text("connector"));
    let around = Around { search: search(&reader), ..Around::new(connector.clone()) };
    if around.search.is_none()
        && let Some(new) = read(&mut reader, connector)
    {
        match alert_actions::create(&app.db, &can.scope, ActionId(app.ids.uuid()), new, app.clock.now()).await {
            Ok(made) => {
                let word = "Made. It acts upon alerts from now on; test it once.";
                return answer::done(&routes::alert_action(&made.id), word);
            }
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, around, reader).await
}

/// What a person looks for, where they pressed Search.
fn search(reader: &Reader) -> Option<String> {
    let wants = reader.form.value("do") == "search";
    wants.then(|| watchbell_core::text::cut(reader.form.value("company_search").trim(), 100))
}

async fn refused(app: &App, can: &PageCan<Configure>, around: Around<'_>, reader: Reader) -> Answer {
    let is_search = around.search.is_some();
    let page = page(&shell::of(app, can).await?, &view(app, can, around, reader.form).await?);
    if is_search { answer::page(page) } else { answer::refused(page) }
}

async fn show(State(app): State<App>, InPath(id): InPath<String>, visit: Visit<Read>) -> Answer {
    let kept = alert_actions::get(&app.db, &visit.can.scope, &ActionId(id)).await?;
    let view = view(&app, &visit.can, Around::of(&kept), form_of(&kept)).await?;
    answer::page(page(&visit.shell, &view))
}

async fn save(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = alert_actions::get(&app.db, &can.scope, &ActionId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    let around = Around { search: search(&reader), ..Around::of(&kept) };
    if around.search.is_none()
        && let Some(new) = read(&mut reader, kept.connector.clone())
    {
        match alert_actions::update(&app.db, &can.scope, &kept.id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&routes::alert_action(&kept.id), "Saved."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, around, reader).await
}

async fn test(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = alert_actions::get(&app.db, &can.scope, &ActionId(id)).await?;
    let of = (&kept.connector, kept.name.as_str());
    let steps = test_action(&app, &can.scope, of, &kept.rules.ticket).await;
    let tested = steps.into_iter().map(|step| match step.said {
        Ok(said) => (step.what.to_owned(), said, true),
        Err(error) => (step.what.to_owned(), error, false),
    });
    let around = Around { tested: tested.collect(), ..Around::of(&kept) };
    let shell = shell::of(&app, &can).await?;
    answer::page(page(&shell, &view(&app, &can, around, form_of(&kept)).await?))
}

async fn delete(State(app): State<App>, InPath(id): InPath<String>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = alert_actions::get(&app.db, &can.scope, &ActionId(id)).await?;
    let mut reader = Reader { form: form_of(&kept) };
    if !Form::of(posted.form).is_on("confirmed") {
        reader.form.error("", "Tick the box to delete the alert action.");
        return refused(&app, &can, Around::of(&kept), reader).await;
    }
    alert_actions::delete(&app.db, &can.scope, &kept.id, app.clock.now()).await?;
    answer::done(routes::ALERT_ACTIONS, "The alert action is deleted.")
}
