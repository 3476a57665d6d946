//! What forms offer: people, policies, sources, zones.

use super::shell::full_name;
use crate::app::App;
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, policies, schedules, sources, support_hours, teams, users};
use watchbell_ui::components::Choice;

/// Things that one list of a form offers at most; whoever has more uses the API.
pub(super) const CHOICES_MAX: i64 = 1_000;

/// People by name: value is the id.
pub(super) async fn people(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let users = users::list(&app.db, scope, Page::first(CHOICES_MAX)).await?;
    let mut choices: Vec<Choice> = users.iter().map(|user| Choice::new(user.id.to_string(), full_name(user))).collect();
    choices.sort_by_key(|choice| choice.text.to_lowercase());
    Ok(choices)
}

/// Policies by name: value is the id.
pub(super) async fn policies(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let policies = policies::list(&app.db, scope, Page::first(CHOICES_MAX)).await?;
    Ok(policies.iter().map(|policy| Choice::new(policy.id.to_string(), policy.name.clone())).collect())
}

/// Sources by name: value is the id.
pub(super) async fn sources(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let sources = sources::list(&app.db, scope, Page::first(CHOICES_MAX)).await?;
    Ok(sources.iter().map(|source| Choice::new(source.id.to_string(), source.name.clone())).collect())
}

/// Support hours by name: value is the id; the first is none.
pub(super) async fn support_hours(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let hours = support_hours::list(&app.db, scope, Page::first(CHOICES_MAX)).await?;
    let named = hours.iter().map(|hours| Choice::new(hours.id.to_string(), hours.name.clone()));
    Ok(std::iter::once(Choice::new("", "None")).chain(named).collect())
}

/// IANA zones, UTC first.
pub(super) fn zones() -> Vec<Choice> {
    let names = jiff::tz::db().available().map(|name| name.to_string()).filter(|name| name.contains('/'));
    std::iter::once("UTC".to_owned()).chain(names).map(|name| Choice::new(name.clone(), name)).collect()
}

/// Schedules by name: value is the id.
pub(super) async fn schedules(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let found = schedules::list(&app.db, scope, Page::first(CHOICES_MAX), app.clock.now()).await?;
    Ok(found.into_iter().map(|schedule| Choice::new(schedule.id.to_string(), schedule.name)).collect())
}

/// Teams by name: value is the id.
pub(super) async fn teams(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let found = teams::list(&app.db, scope, None, Page::first(CHOICES_MAX)).await?;
    Ok(found.into_iter().map(|team| Choice::new(team.id.to_string(), team.name)).collect())
}
