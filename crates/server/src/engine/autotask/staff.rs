//! The people of a tenant, for whoever says who is who.

use super::account::Account;
use super::health::Trouble;
use super::tenant;
use crate::app::App;
use autotask::Resource;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::ids::ConnectorId;
use watchbell_core::{limits, text};
use watchbell_store::scope::Scope;
use watchbell_store::users::User;

/// Somebody who can have tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The resource.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// Their mail addresses, and what they log in with; lower case.
    pub addresses: Vec<String>,
}

impl Staff {
    fn of(resource: &Resource) -> Self {
        let addresses = [&resource.email, &resource.email2, &resource.email3, &resource.user_name];
        let lower = |address: &String| text::cut(&address.trim().to_lowercase(), limits::NAME_CHARS_MAX);
        let mut addresses: Vec<String> = addresses.into_iter().flatten().map(lower).collect();
        addresses.retain(|address| !address.is_empty());
        addresses.dedup();
        Self { id: resource.id, name: text::cut(&resource.full_name(), limits::NAME_CHARS_MAX), addresses }
    }

    /// Whether it is found for a user without anybody's choice.
    pub fn has_address_of(&self, user: &User) -> bool {
        self.addresses.contains(&user.email.to_lowercase())
    }
}

/// The active people of a tenant, by name; no programs. Errors: why they cannot be read, in words.
pub async fn staff(app: &App, scope: &Scope, connector: &ConnectorId) -> Result<Vec<Staff>, String> {
    read(app, scope, connector).await.map_err(|trouble| trouble.why())
}

async fn read(app: &App, scope: &Scope, connector: &ConnectorId) -> Result<Vec<Staff>, Trouble> {
    let account = Account::open(app, scope, connector).await?;
    let licenses = tenant::lists(&account).await?.map(|lists| lists.api_licenses).unwrap_or_default();
    let found = account.ask(account.client.active_resources()).await?;
    let is_person = |row: &&Resource| !rows::is_program(row, &licenses, account.client.user_name());
    let mut staff: Vec<Staff> = found.items.iter().filter(is_person).map(Staff::of).collect();
    staff.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(staff)
}
