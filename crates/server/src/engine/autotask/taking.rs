//! As whom a person of Watchbell has a ticket: the active resource with their mail address, in a role for a queue of the service desk.

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

/// Who somebody is in Autotask is asked again after this time.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// A resource that can have tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Technician {
    resource: i64,
    usual_role: Option<i64>,
    held: Vec<QueueRole>,
}

impl Technician {
    fn assignment(&self, ticket: &Ticket) -> Option<Assignment> {
        let role = choose_role(&self.held, self.usual_role, ticket.queue)?;
        Some(Assignment { resource: self.resource, role })
    }
}

/// As whom the person with this address has the ticket; inside: why they cannot have it.
pub(super) async fn assignment(
    account: &Account,
    source: &TicketSource,
    ticket: &Ticket,
    email: &str,
) -> Result<Result<Assignment, String>, Trouble> {
    let name = format!("technician:{}", email.to_lowercase());
    let known = cached::<Technician>(account, &name).await?;
    let technician = match known {
        Some((technician, read_at)) if is_fresh(account, read_at, FRESH) => technician,
        known => match (ask(account, source, email).await, known) {
            (Ok(Ok(technician)), _) => {
                put(account, &name, &json!(technician)).await?;
                technician
            }
            (Ok(Err(why)), _) => return Ok(Err(why)),
            (Err(Trouble::Store(error)), _) => return Err(Trouble::Store(error)),
            (Err(_), Some((technician, _))) => technician,
            (Err(Trouble::Refused(error)), None) => return Ok(Err(error.to_string())),
            (Err(trouble), None) => return Err(trouble),
        },
    };
    let without = || format!("{email} holds no role in a queue of the service desk: Autotask assigns them nothing");
    Ok(technician.assignment(ticket).ok_or_else(without))
}

async fn ask(account: &Account, source: &TicketSource, email: &str) -> Result<Result<Technician, String>, Trouble> {
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
    let roles = account.ask(account.client.roles_of(resource.id)).await?;
    let usual_role = resource.default_service_desk_role_id;
    Ok(Ok(Technician { resource: resource.id, usual_role, held: rows::queue_roles(&roles) }))
}
