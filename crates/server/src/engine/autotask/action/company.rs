//! Whose ticket it is: the rules of an action asked in order, each by one call; then its default.

use super::super::account::Account;
use super::super::health::Trouble;
use super::Failed;
use crate::app::App;
use autotask::Company;
use std::collections::BTreeSet;
use watchbell_core::alert_action::{AGAIN, CompanyRule, Lookup, TicketParams};
use watchbell_core::ids::ConnectorId;
use watchbell_core::template;
use watchbell_store::scope::Scope;

/// A company, how it was found, and the device that led to it.
pub(super) struct Found {
    pub(super) company: Company,
    pub(super) by: String,
    pub(super) device: Option<i64>,
}

impl Found {
    /// What people call it.
    pub(super) fn name(&self) -> String {
        name_of(&self.company)
    }
}

/// What people call a company.
pub(super) fn name_of(company: &Company) -> String {
    company.company_name.clone().unwrap_or_else(|| format!("company {}", company.id))
}

/// What a rule found: companies, and the devices that led to them.
type Hits = Vec<(i64, Option<i64>)>;

/// The company of a ticket. Errors: `Refused` where no rule finds one and the default cannot be used.
pub(super) async fn find(
    account: &Account,
    params: &TicketParams,
    context: &serde_json::Value,
    action: &str,
) -> Result<Found, Failed> {
    let mut missed = Vec::new();
    for rule in &params.company_rules {
        match ask(account, rule, context).await? {
            Ok(found) => return Ok(found),
            Err(why) => missed.push(format!("{}: {why}", rule.words())),
        }
    }
    let tried = if missed.is_empty() { String::new() } else { format!("No rule found one ({}). ", missed.join("; ")) };
    let change = format!("Change \"Company\" (API: companyId) in the alert action \"{action}\", {AGAIN}");
    let Some(id) = params.company else {
        return Err(Failed::Refused(format!("Whose ticket is it? {tried}There is no default company. {change}")));
    };
    match active(account, id).await? {
        Ok(company) => {
            let by = if params.company_rules.is_empty() { String::new() } else { "the default".to_owned() };
            Ok(Found { company, by, device: None })
        }
        Err(why) => Err(Failed::Refused(format!("{tried}The default company cannot be used: {why}. {change}"))),
    }
}

/// Inside: why this rule finds none.
async fn ask(
    account: &Account,
    rule: &CompanyRule,
    context: &serde_json::Value,
) -> Result<Result<Found, String>, Trouble> {
    let given = match template::render(&rule.template(), context) {
        Ok(given) => given,
        Err(problem) => return Ok(Err(problem.to_string())),
    };
    let Some(lookup) = rule.lookup(&given) else { return Ok(Err("the alert does not say it".into())) };
    let hits = match hits(account, &lookup).await {
        Ok(hits) => hits,
        // A permission that is missing for one kind of row must not keep the ticket from the default.
        Err(Trouble::Refused(error)) => return Ok(Err(error.to_string())),
        Err(trouble) => return Err(trouble),
    };
    let companies: BTreeSet<i64> = hits.iter().map(|(company, _)| *company).collect();
    let given = watchbell_core::text::cut(&given, 80);
    match (companies.len(), companies.first()) {
        (1, Some(id)) => {
            let mut devices: Vec<i64> = hits.iter().filter_map(|(_, device)| *device).collect();
            devices.dedup();
            let device = devices.first().copied().filter(|_| devices.len() == 1);
            Ok(active(account, *id).await?.map(|company| Found { company, by: rule.words(), device }))
        }
        (0, _) => Ok(Err(format!("nothing for \"{given}\""))),
        (count, _) => Ok(Err(format!("\"{given}\" belongs to {count} companies"))),
    }
}

async fn hits(account: &Account, lookup: &Lookup) -> Result<Hits, Trouble> {
    let client = &account.client;
    let devices = |items: Vec<autotask::ConfigurationItem>| {
        items.into_iter().filter_map(|item| Some((item.company_id?, Some(item.id)))).collect()
    };
    Ok(match lookup {
        Lookup::Company(id) => vec![(*id, None)],
        Lookup::CompanyName(name) => {
            let found = account.ask(client.companies_named(name)).await?;
            found.into_iter().map(|company| (company.id, None)).collect()
        }
        Lookup::Domain(domain) => {
            let found = account.ask(client.contacts_at(domain)).await?;
            found.into_iter().filter_map(|contact| Some((contact.company_id?, None))).collect()
        }
        Lookup::RmmDevice(id) => devices(account.ask(client.devices_by_rmm_id(id)).await?),
        Lookup::ReferenceTitle(title) => devices(account.ask(client.devices_titled(title)).await?),
    })
}

/// Inside: why it cannot have tickets.
async fn active(account: &Account, id: i64) -> Result<Result<Company, String>, Trouble> {
    let Some(company) = account.row::<Company>(id).await? else {
        return Ok(Err(format!("Autotask has no company {id}, or the API user may not see it")));
    };
    match company.is_active {
        Some(false) => Ok(Err(format!("{} is inactive in Autotask", name_of(&company)))),
        _ => Ok(Ok(company)),
    }
}

/// Companies whose name contains a text, for a picker: id and name. Errors: in words.
pub async fn companies_like(
    app: &App,
    scope: &Scope,
    connector: &ConnectorId,
    text: &str,
) -> Result<Vec<(i64, String)>, String> {
    let account = Account::for_person(app, scope, connector).await?;
    let found = account.ask(account.client.companies_like(text)).await.map_err(|trouble| trouble.why())?;
    Ok(found.iter().map(|company| (company.id, name_of(company))).collect())
}

/// What people call a company, for a form; none where it cannot be read.
pub async fn company_named(app: &App, scope: &Scope, connector: &ConnectorId, id: i64) -> Option<String> {
    let account = Account::for_person(app, scope, connector).await.ok()?;
    account.row::<Company>(id).await.ok()?.as_ref().map(name_of)
}
