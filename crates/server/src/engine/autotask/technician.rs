//! Who a user of Watchbell is in Autotask: the resource that was chosen for them by hand, else the active one with their mail address.

use super::account::Account;
use super::health::Trouble;
use super::source::TicketSource;
use super::tenant::{cached, is_fresh, put};
use autotask::Resource;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::autotask::{Assignment, QueueRole, Ticket, choose_role};
use watchbell_store::connector_people;
use watchbell_store::users::User;

/// Who somebody is in Autotask is asked again after this time.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// A resource that can have tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Technician {
    pub(super) resource: i64,
    usual_role: Option<i64>,
    held: Vec<QueueRole>,
}

impl Technician {
    /// As what they have a ticket; inside: why they cannot.
    pub(super) fn assignment(&self, ticket: &Ticket, user: &User) -> Result<Assignment, String> {
        let role = choose_role(&self.held, self.usual_role, ticket.queue);
        let without =
            || format!("{} holds no role in a queue of the service desk: Autotask assigns them nothing", user.email);
        role.map(|role| Assignment { resource: self.resource, role }).ok_or_else(without)
    }
}

/// Who somebody is; inside: why it is not known.
pub(super) async fn technician(
    account: &Account,
    source: &TicketSource,
    user: &User,
) -> Result<Result<Technician, String>, Trouble> {
    let chosen = connector_people::of_user(&account.app.db, &account.scope, &account.id, user.id).await?;
    let name = match &chosen {
        Some(chosen) => format!("technician:{}", chosen.person),
        None => format!("technician:{}", user.email.to_lowercase()),
    };
    let known = cached::<Technician>(account, &name).await?;
    let chosen = chosen.map(|chosen| chosen.person);
    match known {
        Some((technician, read_at)) if is_fresh(account, read_at, FRESH) => Ok(Ok(technician)),
        known => match (ask(account, source, (chosen, &user.email)).await, known) {
            (Ok(Ok(technician)), _) => {
                put(account, &name, &json!(technician)).await?;
                Ok(Ok(technician))
            }
            (Ok(Err(why)), _) => Ok(Err(why)),
            (Err(Trouble::Store(error)), _) => Err(Trouble::Store(error)),
            (Err(_), Some((technician, _))) => Ok(Ok(technician)),
            (Err(Trouble::Refused(error)), None) => Ok(Err(error.to_string())),
            (Err(trouble), None) => Err(trouble),
        },
    }
}

async fn ask(
    account: &Account,
    source: &TicketSource,
    (chosen, email): (Option<i64>, &str),
) -> Result<Result<Technician, String>, Trouble> {
    let resource = match chosen {
        Some(id) => by_hand(account, id).await?,
        None => by_email(account, source, email).await?,
    };
    let resource = match resource {
        Ok(resource) => resource,
        Err(why) => return Ok(Err(why)),
    };
    let roles = account.ask(account.client.roles_of(resource.id)).await?;
    let usual_role = resource.default_service_desk_role_id;
    Ok(Ok(Technician { resource: resource.id, usual_role, held: rows::queue_roles(&roles) }))
}

async fn by_hand(account: &Account, id: i64) -> Result<Result<Resource, String>, Trouble> {
    let found = account.row::<Resource>(id).await?;
    Ok(found.filter(|found| found.is_active != Some(false)).ok_or_else(|| {
        format!("the resource {id} that was chosen for them is not active in Autotask: choose another one on the account's page")
    }))
}

async fn by_email(account: &Account, source: &TicketSource, email: &str) -> Result<Result<Resource, String>, Trouble> {
    let (licenses, own_user) = (&source.lists.api_licenses, account.client.user_name());
    let found = account.ask(account.client.resources_by_email(email)).await?;
    let mut people: Vec<Resource> =
        found.into_iter().filter(|resource| !rows::is_program(resource, licenses, own_user)).collect();
    let Some(resource) = people.pop() else {
        return Ok(Err(format!("no active resource in Autotask has the e-mail address {email}")));
    };
    if !people.is_empty() {
        return Ok(Err(format!("several resources in Autotask have the e-mail address {email}")));
    }
    Ok(Ok(resource))
}
