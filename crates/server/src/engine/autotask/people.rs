//! Companies, contacts and resources behind a ticket's ids, kept for a while. Their absence never stops a page.

use super::account::Account;
use super::health::Trouble;
use super::tenant::{cached, is_fresh, put};
use autotask::{Company, Contact, Entity, Resource};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use watchbell_core::autotask::Ticket;
use watchbell_store::StoreError;

/// Names and numbers to call back: read again after this time.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Fields of a row as Autotask names them.
pub(super) type Fields = Map<String, Value>;

/// Who stands behind a ticket, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Behind {
    /// The customer.
    pub(super) company: Option<Fields>,
    /// Who asked for help.
    pub(super) contact: Option<Fields>,
    /// Who has it.
    pub(super) assignee: Option<Fields>,
}

/// Who stands behind a ticket.
pub(super) async fn behind(account: &Account, ticket: &Ticket) -> Result<Behind, StoreError> {
    let (company, contact, assignee) = tokio::join!(
        fields_of::<Company>(account, ticket.company),
        fields_of::<Contact>(account, ticket.contact),
        fields_of::<Resource>(account, ticket.assignee),
    );
    Ok(Behind { company: company?, contact: contact?, assignee: assignee? })
}

/// A resource.
pub(super) async fn resource(account: &Account, id: i64) -> Result<Option<Resource>, StoreError> {
    Ok(fields_of::<Resource>(account, Some(id)).await?.map(Resource::from))
}

async fn fields_of<T: Entity>(account: &Account, id: Option<i64>) -> Result<Option<Fields>, StoreError> {
    let Some(id) = id else { return Ok(None) };
    let name = format!("{}:{id}", T::PATH);
    let known = cached::<Option<Fields>>(account, &name).await?;
    match known {
        Some((fields, read_at)) if is_fresh(account, read_at, FRESH) => Ok(fields),
        known => match account.row::<T>(id).await {
            Ok(row) => {
                let fields: Option<Fields> = row.map(Into::into);
                put(account, &name, &json!(fields)).await?;
                Ok(fields)
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(_) => Ok(known.and_then(|(fields, _)| fields)),
        },
    }
}

/// Who stands behind a ticket as it was last known, without a call.
pub(super) async fn known_behind(
    app: &crate::app::App,
    scope: &watchbell_store::scope::Scope,
    connector: &watchbell_core::ids::ConnectorId,
    ticket: &Ticket,
) -> Result<Behind, StoreError> {
    let known = async |path: &str, id: Option<i64>| -> Result<Option<Fields>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        let cached = watchbell_store::connector_cache::get(&app.db, scope, connector, &format!("{path}:{id}")).await?;
        Ok(cached.and_then(|cached| serde_json::from_value(cached.value).ok().flatten()))
    };
    Ok(Behind {
        company: known(Company::PATH, ticket.company).await?,
        contact: known(Contact::PATH, ticket.contact).await?,
        assignee: known(Resource::PATH, ticket.assignee).await?,
    })
}
