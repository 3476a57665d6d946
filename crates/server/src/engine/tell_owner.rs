//! Telling the owner of an account, once, that it was refused: over every contact that they have.

use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::{finish, payload};
use crate::engine::{direct, said};
use jiff::Timestamp;
use watchbell_connect::channels::{Message, Notice, Reader};
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Role;
use watchbell_store::connectors::{self, Connector};
use watchbell_store::jobs::{Job, JobKind, NewJob};
use watchbell_store::page::Page;
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, doors};

/// Accounts without an owner concern the administrators: at most so many.
const ADMINS_MAX: i64 = 20;
/// Users among whom administrators are looked for.
const USERS_MAX: i64 = 1_000;
/// Tries before it is given up: the page of the account says it all the same.
const TRIES_MAX: i64 = 5;

/// Who is told: the owner, or the administrators where there is none.
pub(crate) async fn addressees(app: &App, scope: &Scope, connector: &Connector) -> Result<Vec<UserId>, StoreError> {
    if let Some(owner) = connector.owner {
        return Ok(vec![owner]);
    }
    let all = users::list(&app.db, scope, Page { start_index: 0, max_results: USERS_MAX }).await?;
    let admins = all.into_iter().filter(|user| user.role == Role::Admin).map(|user| user.id);
    Ok(admins.take(usize::try_from(ADMINS_MAX).unwrap_or_default()).collect())
}

/// The jobs that tell them.
pub(crate) fn jobs(scope: &Scope, connector: &ConnectorId, told: Vec<UserId>, now: Timestamp) -> Vec<NewJob> {
    told.into_iter().map(|user| NewJob::new(scope.org, JobKind::TellOwner, user.0, now).with(connector)).collect()
}

/// Tells one of them over every contact.
pub(super) async fn tell_owner(app: &App, job: &Job) -> Result<(), JobError> {
    let id: ConnectorId = payload(job)?;
    let scope = doors::system(job.org);
    let (user, connector) =
        match (users::get(&app.db, &scope, UserId(job.subject)).await, connectors::get(&app.db, &scope, &id).await) {
            (Ok(user), Ok(connector)) => (user, connector),
            (Err(StoreError::NotFound { .. }), _) | (_, Err(StoreError::NotFound { .. })) => {
                return finish(app, job).await;
            }
            (Err(error), _) | (_, Err(error)) => return Err(error.into()),
        };
    let message = Message::Notice(notice(app, &user, &connector));
    direct::to_user(app, job, (user.id, "account"), &message, TRIES_MAX).await
}

fn notice(app: &App, user: &User, connector: &Connector) -> Notice {
    let reader = Reader::of(&user.timezone, &user.language);
    let language = reader.language;
    let why = connector.state_reason.clone().unwrap_or_else(|| said::refused(language).to_owned());
    let (tool, means, path) = match ProviderKind::parse(&connector.kind) {
        Some(kind) => (kind.name(), said::provider_means(language), "providers"),
        None => ("Autotask", said::account_means(language), "accounts"),
    };
    Notice {
        title: said::account_title(language, tool, &connector.name),
        text: format!("{why}\n{means}"),
        url: Some(format!("{}/{path}/{}", app.config.public_url(), connector.id)),
        at: connector.state_since,
        needs_you: true,
        reader,
    }
}
