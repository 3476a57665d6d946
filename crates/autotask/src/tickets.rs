//! What is done with tickets.

use reqwest::Method;
use serde_json::Value;

use crate::callout::TicketRef;
use crate::client::Client;
use crate::entity::{Entity, Resource, ResourceRole, Ticket, TicketHistory, TicketNote};
use crate::error::Error;
use crate::pages::Rows;
use crate::query::{Filter, Query};
use crate::ticket_number::TicketNumber;
use crate::write::{NewNote, NewTicket, TicketPatch};

/// Most pages of notes, history or roles that are read of one ticket or person.
const PAGES_MAX: usize = 4;
/// Pages of several histories read at once.
const HISTORY_PAGES_MAX: usize = 10;

impl Client {
    /// The ticket that a callout means; `None` where there is none.
    pub async fn ticket(&self, ticket: &TicketRef) -> Result<Option<Ticket>, Error> {
        match ticket {
            TicketRef::Id(id) => self.get(*id).await,
            TicketRef::Number(number) => self.ticket_by_number(number).await,
        }
    }

    /// The ticket with this number; `None` where there is none.
    pub async fn ticket_by_number(&self, number: &TicketNumber) -> Result<Option<Ticket>, Error> {
        let query = Query::new().filter(Filter::eq("ticketNumber", number)).max_records(1);
        Ok(self.query(&query).await?.items.pop())
    }

    /// Creates a ticket and returns its id. It may be not found for a moment after.
    pub async fn create_ticket(&self, ticket: NewTicket) -> Result<i64, Error> {
        self.write(Ticket::PATH, Method::POST, Ticket::PATH, ticket.into_row()).await
    }

    /// Changes the fields named in the patch. Where the tenant refuses PATCH, the ticket is read and put back whole: what
    /// somebody changes within that moment is undone.
    pub async fn patch_ticket(&self, patch: TicketPatch) -> Result<(), Error> {
        match self.write(Ticket::PATH, Method::PATCH, Ticket::PATH, patch.clone().into_row()).await {
            Err(Error::Method { .. }) => self.put_ticket(patch).await,
            done => done.map(drop),
        }
    }

    /// PUT blanks what is left out, so everything that was read goes back with it.
    async fn put_ticket(&self, patch: TicketPatch) -> Result<(), Error> {
        let (id, what) = (patch.id(), format!("{} {}", Ticket::PATH, patch.id()));
        let read = self.call(Ticket::PATH, Method::GET, &format!("{}/{id}", Ticket::PATH), None, &what).await?;
        let Some(Value::Object(mut row)) = read.get("item").cloned() else { return Err(Error::NotFound { what }) };
        row.retain(|_, value| !value.is_null());
        if let Value::Object(changed) = patch.into_row() {
            row.extend(changed);
        }
        self.write(Ticket::PATH, Method::PUT, Ticket::PATH, Value::Object(row)).await.map(drop)
    }

    /// Puts a note on a ticket and returns its id. Repeating it makes a second note: look at [`Self::notes`] first.
    pub async fn create_note(&self, note: NewNote) -> Result<i64, Error> {
        let path = format!("{}/{}/Notes", Ticket::PATH, note.ticket_id);
        self.write(TicketNote::PATH, Method::POST, &path, note.into_row()).await
    }

    /// The notes of a ticket, oldest first, the first 2,000 of them.
    pub async fn notes(&self, ticket_id: i64) -> Result<Rows<TicketNote>, Error> {
        self.query_all(&Query::new().filter(Filter::eq("ticketID", ticket_id)), PAGES_MAX).await
    }

    /// The history of a ticket, oldest first, the first 2,000 entries.
    pub async fn history(&self, ticket_id: i64) -> Result<Rows<TicketHistory>, Error> {
        self.query_all(&Query::new().filter(Filter::eq("ticketID", ticket_id)), PAGES_MAX).await
    }

    /// The histories of several tickets in one, oldest first, the first 5,000 entries. Autotask takes 500 ids.
    pub async fn histories(&self, ticket_ids: Vec<i64>) -> Result<Rows<TicketHistory>, Error> {
        self.query_all(&Query::new().filter(Filter::is_in("ticketID", ticket_ids)), HISTORY_PAGES_MAX).await
    }

    /// The active resources with a mail address, or that log in by it; the first ten.
    pub async fn resources_by_email(&self, email: &str) -> Result<Vec<Resource>, Error> {
        let fields = ["email", "email2", "email3", "userName"];
        let query = Query::new().filter(Filter::or(fields.map(|field| Filter::eq(field, email))));
        Ok(self.query(&query.filter(Filter::eq("isActive", true)).max_records(10)).await?.items)
    }

    /// All active resources, people and API users, the first 2,000.
    pub async fn active_resources(&self) -> Result<Rows<Resource>, Error> {
        self.query_all(&Query::new().filter(Filter::eq("isActive", true)), PAGES_MAX).await
    }

    /// The active roles of a resource: one of them is needed to assign a ticket to it.
    pub async fn roles_of(&self, resource_id: i64) -> Result<Vec<ResourceRole>, Error> {
        let query = Query::new().filter(Filter::eq("resourceID", resource_id)).filter(Filter::eq("isActive", true));
        Ok(self.query_all(&query, PAGES_MAX).await?.items)
    }

    /// The resource that our own API user is, to recognise our own edits; `None` where it cannot be told.
    pub async fn own_resource(&self) -> Result<Option<Resource>, Error> {
        let (user, email) = (Filter::eq("userName", self.user_name()), Filter::eq("email", self.user_name()));
        let mut found =
            self.query::<Resource>(&Query::new().filter(Filter::or([user, email])).max_records(10)).await?.items;
        let is_ours = |resource: &Resource| {
            resource.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(self.user_name()))
        };
        match found.iter().position(is_ours) {
            Some(at) => Ok(Some(found.swap_remove(at))),
            None if found.len() == 1 => Ok(found.pop()),
            None => Ok(None),
        }
    }
}
