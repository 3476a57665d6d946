//! What is known of a tenant: its zone, its picklists, its user-defined fields, our own resource. Read seldom, kept in the
//! database, and used however old when Autotask cannot be asked.

use super::account::Account;
use super::health::{self, Trouble};
use crate::accounts::AutotaskParams;
use crate::app::App;
use autotask::{Address, Resource, Ticket, TicketNote, discover_zone, web_url_of};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::autotask::{PicklistValue, Preset, SourceRules};
use watchbell_core::ids::ConnectorId;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, connector_cache};

/// Picklists are read again after this time.
const LISTS_FRESH: SignedDuration = SignedDuration::from_hours(1);
/// Zone and own resource are read again after this time.
const SLOW_FRESH: SignedDuration = SignedDuration::from_hours(24);
const LISTS: &str = "ticket_lists";
const ZONE: &str = "zone";
const OWN_RESOURCE: &str = "own_resource";

/// The picklists of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantLists {
    /// The values of every picklist of tickets, by the field's name on the wire (`status`, `queueID`, ...), in the screen's order.
    pub lists: BTreeMap<String, Vec<PicklistValue>>,
    /// The types of notes.
    #[serde(default)]
    pub note_types: Vec<PicklistValue>,
    /// The names of the tenant's own fields of tickets.
    pub user_defined_fields: Vec<String>,
    /// The licence types of API users.
    pub api_licenses: Vec<i64>,
}

impl TenantLists {
    /// The values of a field; empty where it has no picklist.
    pub fn of(&self, field: &str) -> &[PicklistValue] {
        self.lists.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map_or(&[], |(_, values)| values)
    }

    /// What people see for a value.
    pub fn label(&self, field: &str, value: Option<i64>) -> Option<String> {
        let value = value?;
        self.of(field).iter().find(|known| known.id == value).map(|known| known.label.clone())
    }

    /// The status that people see as this.
    pub fn status_of(&self, label: &str) -> Option<i64> {
        let wanted = watchbell_core::text::fold(label);
        self.of("status").iter().find(|known| watchbell_core::text::fold(&known.label) == wanted).map(|known| known.id)
    }
}

/// A preset for the picklists of a tenant, to begin the set-up of a source with.
pub fn preset_rules(preset: Preset, lists: &TenantLists) -> SourceRules {
    SourceRules::for_tenant(preset, lists.of("status"), lists.of("priority"), lists.of("ticketType"))
}

/// The picklists of an account, read now; for the set-up of a source. Errors: why they cannot be read, in words.
pub async fn picklists_of(app: &App, scope: &Scope, connector: &ConnectorId) -> Result<TenantLists, String> {
    let account = Account::open(app, scope, connector).await.map_err(|trouble| trouble.why())?;
    read_lists(&account).await.map_err(|trouble| trouble.why())
}

/// The picklists of an account, at most an hour old, for a form. Errors: why there are none, in words.
pub async fn lists_of(app: &App, scope: &Scope, connector: &ConnectorId) -> Result<TenantLists, String> {
    let account = Account::open(app, scope, connector).await.map_err(|trouble| trouble.why())?;
    let found = lists(&account).await.map_err(|error| error.to_string())?;
    found.ok_or_else(|| "Autotask did not say them.".to_owned())
}

/// The picklists, at most an hour old where Autotask can be asked. None where they were never read.
pub(super) async fn lists(account: &Account) -> Result<Option<TenantLists>, StoreError> {
    let known = cached::<TenantLists>(account, LISTS).await?;
    match known {
        Some((lists, read_at)) if is_fresh(account, read_at, LISTS_FRESH) => Ok(Some(lists)),
        known => match read_lists(account).await {
            Ok(lists) => Ok(Some(lists)),
            Err(Trouble::Store(error)) => Err(error),
            Err(_) => Ok(known.map(|(lists, _)| lists)),
        },
    }
}

/// The picklists as they were last read, however long ago; without a call.
pub(super) async fn known_lists(app: &App, scope: &Scope, id: &ConnectorId) -> Result<TenantLists, StoreError> {
    let cached = connector_cache::get(&app.db, scope, id, LISTS).await?;
    Ok(cached.and_then(|cached| serde_json::from_value(cached.value).ok()).unwrap_or_default())
}

async fn read_lists(account: &Account) -> Result<TenantLists, Trouble> {
    let fields = account.ask(account.client.fields::<Ticket>()).await?;
    // A tenant without these still has alerts.
    let notes = optional(account.ask(account.client.fields::<TicketNote>()).await)?;
    let udfs = optional(account.ask(account.client.user_defined_fields::<Ticket>()).await)?;
    let resources = optional(account.ask(account.client.fields::<Resource>()).await)?;
    let lists = TenantLists {
        lists: rows::picklists(&fields),
        note_types: rows::picklists(&notes.unwrap_or_default()).remove("noteType").unwrap_or_default(),
        user_defined_fields: udfs.unwrap_or_default().into_iter().map(|field| field.name).collect(),
        api_licenses: rows::api_licenses(&resources.unwrap_or_default()),
    };
    put(account, LISTS, &json!(lists)).await?;
    Ok(lists)
}

/// A request that may be refused.
fn optional<T>(answer: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Trouble::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Zone {
    asked: String,
    url: String,
    web_url: Option<String>,
}

/// Where an account is: as it was entered, else as Autotask's directory says.
pub(super) async fn address_of(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    params: &AutotaskParams,
) -> Result<Address, Trouble> {
    match &params.web_server {
        Some(entered) => parse_address(app, entered),
        None => {
            let zone = zone(app, scope, id, params, &Address::directory()).await?;
            parse_address(app, &zone.url)
        }
    }
}

fn parse_address(app: &App, text: &str) -> Result<Address, Trouble> {
    text.parse().map_err(|error: autotask::AddressError| Trouble::Away {
        why: format!("The address of the account cannot be used: {error}"),
        again_at: app.clock.now() + SignedDuration::from_secs(60),
    })
}

/// Asked without credentials, and not counted by Autotask.
async fn zone(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    params: &AutotaskParams,
    directory: &Address,
) -> Result<Zone, Trouble> {
    let asked = format!("{} at {}", params.user_name, directory.as_str());
    let cached = connector_cache::get(&app.db, scope, id, ZONE).await?;
    let known = cached.and_then(|cached| Some((serde_json::from_value::<Zone>(cached.value).ok()?, cached.read_at)));
    let known = known.filter(|(zone, _)| zone.asked == asked);
    let now = app.clock.now();
    if let Some((zone, read_at)) = known {
        if now.duration_since(read_at) < SLOW_FRESH {
            return Ok(zone);
        }
        return Ok(discover(app, scope, id, params, (directory, asked)).await.unwrap_or(zone));
    }
    discover(app, scope, id, params, (directory, asked)).await
}

async fn discover(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    params: &AutotaskParams,
    (directory, asked): (&Address, String),
) -> Result<Zone, Trouble> {
    let standing = health::check(app, scope, id).await?;
    let http = app.channels.http().client_for(directory.as_str());
    let refused = |reason: String| autotask::Error::Zone { host: directory.host().to_owned(), reason };
    let found = match http {
        Ok(http) => discover_zone(&http, directory, &params.user_name).await,
        Err(error) => Err(refused(error.to_string())),
    };
    match found {
        Ok((address, found)) => {
            health::note_success(app, scope, &standing).await?;
            let zone = Zone { asked, url: address.as_str().to_owned(), web_url: found.web_url };
            connector_cache::put(&app.db, scope, id, ZONE, &json!(zone), app.clock.now()).await?;
            Ok(zone)
        }
        Err(error) => Err(health::note_fault(app, scope, &standing, error, None).await?),
    }
}

/// The base of the tenant's web pages, for deep links; none where nobody says it.
pub(super) async fn web_url(account: &Account) -> Result<Option<String>, StoreError> {
    let address = account.client.address().clone();
    if let Some(url) = web_url_of(&address) {
        return Ok(Some(url));
    }
    let params = AutotaskParams { user_name: account.client.user_name().to_owned(), web_server: None };
    let directory = if address.is_vendor() { Address::directory() } else { address };
    match zone(&account.app, &account.scope, &account.id, &params, &directory).await {
        Ok(zone) => Ok(zone.web_url),
        Err(Trouble::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The same as it was last known, without a call.
pub(super) async fn known_web_url(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Option<String>, StoreError> {
    let cached = connector_cache::get(&app.db, scope, id, ZONE).await?;
    let zone = cached.and_then(|cached| serde_json::from_value::<Zone>(cached.value).ok());
    let of_address = |zone: &Zone| zone.url.parse().ok().and_then(|address| web_url_of(&address));
    Ok(zone.and_then(|zone| of_address(&zone).or(zone.web_url)))
}

/// The resource that our API user is, to recognise our own edits.
pub(super) async fn own_resource(account: &Account) -> Result<Option<i64>, StoreError> {
    let known = cached::<Option<i64>>(account, OWN_RESOURCE).await?;
    match known {
        Some((id, read_at)) if is_fresh(account, read_at, SLOW_FRESH) => Ok(id),
        known => match account.ask(account.client.own_resource()).await {
            Ok(found) => {
                let id = found.map(|resource| resource.id);
                put(account, OWN_RESOURCE, &json!(id)).await?;
                Ok(id)
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(_) => Ok(known.and_then(|(id, _)| id)),
        },
    }
}

pub(super) async fn cached<T: serde::de::DeserializeOwned>(
    account: &Account,
    name: &str,
) -> Result<Option<(T, Timestamp)>, StoreError> {
    let cached = connector_cache::get(&account.app.db, &account.scope, &account.id, name).await?;
    Ok(cached.and_then(|cached| Some((serde_json::from_value(cached.value).ok()?, cached.read_at))))
}

pub(super) async fn put(account: &Account, name: &str, value: &serde_json::Value) -> Result<(), StoreError> {
    connector_cache::put(&account.app.db, &account.scope, &account.id, name, value, account.app.clock.now()).await
}

pub(super) fn is_fresh(account: &Account, read_at: Timestamp, fresh: SignedDuration) -> bool {
    account.app.clock.now().duration_since(read_at) < fresh
}
