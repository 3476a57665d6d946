//! Accounts in outside tools, logged in to once, and the sources that use them.

use super::Patient;
use super::finding::Finding;
use watchbell_core::provider::ProviderKind;
use watchbell_server::accounts::{AUTOTASK, AutotaskParams, AutotaskSecrets};
use watchbell_server::app::App;
use watchbell_server::engine::autotask::{Connected, test_account};
use watchbell_store::connectors::{Connector, ConnectorState};
use watchbell_store::{Page, StoreError, connectors, sources};

/// Most accounts and sources that are looked at.
const LOOKED_AT_MAX: i64 = 1_000;

/// How accounts and sources are.
pub(super) async fn examine(app: &App, patient: &Patient) -> Vec<Finding> {
    let looked = async {
        let mut findings = Vec::new();
        let all = connectors::list(&patient.db, &patient.scope, Page::first(LOOKED_AT_MAX)).await?;
        // Those that carry messages are looked at by themselves.
        for account in all.into_iter().filter(|account| ProviderKind::parse(&account.kind).is_none()) {
            findings.push(examine_account(app, patient, &account).await?);
        }
        findings.extend(switched_off(patient).await?);
        Ok::<_, StoreError>(findings)
    };
    looked.await.unwrap_or_else(|error| vec![Finding::unread("Accounts and sources", &error)])
}

/// A red account is not tried: Autotask locks users whose log-in fails again and again.
async fn examine_account(app: &App, patient: &Patient, account: &Connector) -> Result<Finding, StoreError> {
    let (name, since) = (&account.name, account.state_since);
    let reason = account.state_reason.as_deref().unwrap_or("no reason is known");
    if account.state == ConnectorState::Red {
        let advice = "nothing uses it until you correct it: Alert sources, Accounts, Edit, Test";
        return Ok(Finding::wrong(format!("Account {name:?}: refused since {since:.0}: {reason}"), advice));
    }
    if account.kind != AUTOTASK {
        return Ok(Finding::fine(format!("Account {name:?} ({})", account.kind)));
    }
    let Some(secrets) = AutotaskSecrets::open(app, &patient.scope, &account.id).await? else {
        return Ok(Finding::wrong(
            format!("Account {name:?}: its secret is missing"),
            "enter it: Alert sources, Accounts, Edit",
        ));
    };
    Ok(match test_account(app, &AutotaskParams::of(account)?, &secrets).await {
        Ok(connected) => Finding::fine(format!("Account {name:?}: Autotask lets us in{}", say(&connected))),
        Err(fault) => Finding::wrong(
            format!("Account {name:?}: {fault}"),
            "tickets open from their last copy meanwhile; docs/autotask.md, When Autotask cannot be read",
        ),
    })
}

fn say(connected: &Connected) -> String {
    let calls = connected.calls.map(|(used, most)| format!(", {used} of {most} calls of this hour are used"));
    format!(" ({}{})", connected.address, calls.unwrap_or_default())
}

async fn switched_off(patient: &Patient) -> Result<Vec<Finding>, StoreError> {
    let sources = sources::list(&patient.db, &patient.scope, Page::first(LOOKED_AT_MAX)).await?;
    let off = sources.into_iter().filter(|source| !source.active);
    let finding = |source: sources::Source| {
        let advice = "switch it on under Alert sources, if that is not meant";
        Finding::doubtful(format!("Alert source {:?} is switched off: its events open nothing", source.name), advice)
    };
    Ok(off.map(finding).collect())
}
