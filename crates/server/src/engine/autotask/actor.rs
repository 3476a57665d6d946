//! Who changed a ticket: the resource behind the last activity, and the user of Watchbell with the same mail address.

use super::account::Account;
use super::health::Trouble;
use super::people;
use super::source::TicketSource;
use super::words;
use autotask::Resource;
use watchbell_connect::sources::autotask::{self as rows, LastTouch};
use watchbell_core::autotask::{Actor, Ticket, status_set_by};
use watchbell_core::timeline;
use watchbell_store::{StoreError, connector_people, users};

/// Who changed a ticket last.
pub(super) async fn last_actor(
    account: &Account,
    source: &TicketSource,
    row: &::autotask::Ticket,
    caller: Option<&str>,
) -> Result<Actor, StoreError> {
    match rows::last_touch(row) {
        LastTouch::Contact => Ok(Actor::Contact { id: None, name: caller.unwrap_or("the customer").to_owned() }),
        LastTouch::Unknown => Ok(Actor::Unknown),
        LastTouch::Resource(id) => of_resource(account, source, id).await,
    }
}

/// The actor behind a resource.
pub(super) async fn of_resource(account: &Account, source: &TicketSource, id: i64) -> Result<Actor, StoreError> {
    if id == Resource::AUTOTASK_ADMINISTRATOR {
        return Ok(Actor::System);
    }
    let resource = people::resource(account, id).await?;
    let to_actor = |found: Resource| rows::to_actor(&found, &source.lists.api_licenses, account.client.user_name());
    Ok(resource.map_or(Actor::Unknown, to_actor))
}

/// Who brought a ticket to its status, by its history; `last` where that cannot be read or does not say. Who touched it last may
/// have done something else: a rule edits right after a person, or a person writes a note right after a rule.
pub(super) async fn who_set_status(
    account: &Account,
    source: &TicketSource,
    ticket: &Ticket,
    last: Actor,
) -> Result<Actor, StoreError> {
    let row = source.rules.statuses.rows.iter().find(|row| row.id == ticket.status);
    let history = match account.ask(account.client.history(ticket.id)).await {
        Ok(history) => rows::history(&history.items),
        Err(Trouble::Store(error)) => return Err(error),
        Err(_) => return Ok(last),
    };
    match row.and_then(|row| status_set_by(&history, &row.label)) {
        None => Ok(last),
        Some(resource) if resource.is_some() && resource == last.resource() => Ok(last),
        Some(Some(resource)) => of_resource(account, source, resource).await,
        Some(None) if last.is_person() => Ok(Actor::Unknown),
        Some(None) => Ok(last),
    }
}

/// The same as the timeline names it: a user of Watchbell where one has the resource's mail address.
pub(super) async fn as_timeline(account: &Account, actor: &Actor) -> Result<timeline::Actor, StoreError> {
    let outside = || timeline::Actor::Outside { name: words::name(actor).to_owned() };
    match actor {
        Actor::Person { id, .. } => Ok(user_of(account, *id).await?.unwrap_or_else(outside)),
        Actor::ApiUser { .. } | Actor::System | Actor::Contact { .. } | Actor::Unknown => Ok(outside()),
    }
}

/// Who has a ticket, as the timeline names them.
pub(super) async fn assignee_as_timeline(
    account: &Account,
    ticket: &Ticket,
) -> Result<Option<timeline::Actor>, StoreError> {
    let Some(id) = ticket.assignee else { return Ok(None) };
    if let Some(user) = user_of(account, id).await? {
        return Ok(Some(user));
    }
    let resource = people::resource(account, id).await?;
    Ok(resource.map(|resource| timeline::Actor::Outside { name: resource.full_name() }))
}

/// The user for whom the resource was chosen by hand, else the one with a mail address of it.
async fn user_of(account: &Account, resource: i64) -> Result<Option<timeline::Actor>, StoreError> {
    let chosen = connector_people::of_person(&account.app.db, &account.scope, &account.id, resource).await?;
    if let Some(chosen) = chosen {
        return Ok(Some(timeline::Actor::User { id: chosen.user }));
    }
    let Some(resource) = people::resource(account, resource).await? else { return Ok(None) };
    for email in [resource.email, resource.email2, resource.email3, resource.user_name].into_iter().flatten() {
        if let Some(user) = users::find_by_email(&account.app.db, &account.scope, &email).await? {
            return Ok(Some(timeline::Actor::User { id: user.id }));
        }
    }
    Ok(None)
}
