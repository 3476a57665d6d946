//! An Autotask account as it is entered: read, tested, and kept; a refused one may be kept all the same.

use super::super::reader::{Reader, sentence};
use crate::accounts::{AutotaskParams, AutotaskSecrets, EnteredAutotask, mendable_secrets};
use crate::app::App;
use crate::engine::autotask::{AccountFault, Connected, FaultKind, test_account, try_again};
use crate::error::ApiError;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use watchbell_core::ids::ConnectorId;
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::scope::Scope;
use watchbell_ui::Form;
use watchbell_ui::pages::source_autotask::account_step::{ZONE_CUSTOM, ZONE_FIND, ZONES};

/// What a test found, kept with the account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Facts {
    /// Host and zone, for people.
    address: Option<String>,
    /// Calls used of the hour, and how many there are.
    pub(super) calls: Option<(i64, i64)>,
    /// When.
    pub(super) tested_at: Option<Timestamp>,
}

impl Facts {
    /// Those of a connector.
    pub(super) fn of(connector: &Connector) -> Self {
        serde_json::from_value(connector.facts.clone()).unwrap_or_default()
    }
}

/// An account that was kept, and what its test said.
#[derive(Debug)]
pub(in super::super) struct Saved {
    /// Which.
    pub(in super::super) id: ConnectorId,
    /// In words.
    pub(in super::super) words: String,
}

/// Where an account is, for people.
pub(super) fn label_of(web_server: Option<&str>, facts: &Facts) -> String {
    let entered = web_server
        .map(|text| text.parse::<autotask::Address>().map_or_else(|_| text.to_owned(), |address| address.label()));
    entered.or_else(|| facts.address.clone()).unwrap_or_else(|| "the zone that Autotask names".into())
}

/// The form of an account that is kept; secrets are never shown.
pub(super) fn form_of(connector: &Connector) -> Result<Form, ApiError> {
    let params = AutotaskParams::of(connector)?;
    let (zone, base_url) = zone_fields(params.web_server.as_deref());
    Ok(Form::of([
        ("name", connector.name.clone()),
        ("zone", zone),
        ("base_url", base_url),
        ("user_name", params.user_name),
    ]))
}

/// The choice of a zone and the address beside it.
fn zone_fields(web_server: Option<&str>) -> (String, String) {
    let Some(text) = web_server else { return (ZONE_FIND.into(), String::new()) };
    let address = text.parse::<autotask::Address>().ok();
    let is_it = |word: &str| address.is_some() && word.parse::<autotask::Address>().ok() == address;
    match ZONES.iter().find(|(word, _)| is_it(word)) {
        Some((word, _)) => ((*word).to_owned(), String::new()),
        None => (ZONE_CUSTOM.into(), text.to_owned()),
    }
}

/// The address that was chosen; `None`: Autotask is asked.
fn web_server(reader: &mut Reader) -> Option<Option<String>> {
    match reader.form.value("zone") {
        ZONE_FIND | "" => Some(None),
        ZONE_CUSTOM => {
            let text = reader.value("base_url").trim().to_owned();
            let parsed =
                text.parse::<autotask::Address>().map(|_| text).map_err(|error| ApiError::field("base_url", error));
            reader.take("base_url", parsed).map(Some)
        }
        zone => {
            let zone = zone.to_owned();
            let known = ZONES.iter().any(|(word, _)| *word == zone);
            let parsed = if known { Ok(zone) } else { Err(ApiError::field("zone", "is not in the list")) };
            reader.take("zone", parsed).map(Some)
        }
    }
}

/// What was entered. `None`: it was refused, and the form says why. `has_secrets`: what is left empty is kept.
fn entered(reader: &mut Reader, has_secrets: bool) -> Option<(String, EnteredAutotask)> {
    let (name, user_name, web_server) = (reader.name("name"), reader.name("user_name"), web_server(reader));
    let mut secret = |field: &str| {
        let typed = reader.filled(field).map(SecretString::from);
        if typed.is_none() && !has_secrets {
            reader.form.error(field, "Is required.");
        }
        typed
    };
    let (secret, integration_code) = (secret("secret"), secret("integration_code"));
    let entered = EnteredAutotask { user_name: user_name?, web_server: web_server?, secret, integration_code };
    (!reader.form.is_refused()).then_some((name?, entered))
}

/// Tests what was entered. `None`: it was refused, and may be saved as it is with a second press.
async fn tested(
    app: &App,
    reader: &mut Reader,
    params: &AutotaskParams,
    secrets: &AutotaskSecrets,
) -> Option<Result<Connected, AccountFault>> {
    let result = test_account(app, params, secrets).await;
    if let Err(fault) = &result
        && !reader.form.is_on("save_anyway")
    {
        if !field_of(fault.kind).is_empty() {
            reader.form.error(field_of(fault.kind), sentence(&fault.words));
        }
        reader.form.error("save_anyway", "It can be saved as it is and mended later.");
        reader.form.error("", refused_words(field_of(fault.kind), &fault.words));
        return None;
    }
    Some(result)
}

/// The fault stands beside its field, where there is one. What is secret is never sent back to the browser.
fn refused_words(field: &str, words: &str) -> String {
    let again = "Type the secret and the tracking identifier again: they are not sent back to the browser.";
    match field {
        "" => format!("Autotask was asked. {} {again}", sentence(words)),
        _ => format!("Autotask was asked, and refused it: what is wrong stands beside the field. {again}"),
    }
}

const fn field_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Zone => "zone",
        FaultKind::UserName => "user_name",
        FaultKind::Secret => "secret",
        FaultKind::Code => "integration_code",
        FaultKind::Permission | FaultKind::Limit | FaultKind::Unreachable | FaultKind::Outage => "",
    }
}

/// Makes an account of what was entered. `None`: it was refused.
pub(in super::super) async fn save_new(
    app: &App,
    scope: &Scope,
    reader: &mut Reader,
) -> Result<Option<Saved>, ApiError> {
    let Some((name, entered)) = entered(reader, false) else { return Ok(None) };
    let (Some(secret), Some(integration_code)) = (entered.secret.clone(), entered.integration_code.clone()) else {
        return Ok(None);
    };
    let secrets = AutotaskSecrets { secret, integration_code };
    let Some(result) = tested(app, reader, &entered.params(), &secrets).await else { return Ok(None) };
    let sealed = entered.sealed(app, scope, None).await?;
    let new = entered.to_connector(name, sealed)?;
    match connectors::create(&app.db, scope, ConnectorId(app.ids.uuid()), new, app.clock.now()).await {
        Ok(connector) => Ok(Some(note(app, scope, connector.id, result).await?)),
        Err(error) => {
            reader.refuse(error, &[("name", "name")])?;
            Ok(None)
        }
    }
}

/// Changes an account to what was entered. `None`: it was refused.
pub(super) async fn save_changed(
    app: &App,
    scope: &Scope,
    connector: &Connector,
    reader: &mut Reader,
) -> Result<Option<Saved>, ApiError> {
    let Some((name, entered)) = entered(reader, connector.has_secrets) else { return Ok(None) };
    let kept = mendable_secrets(app, scope, &connector.id).await?;
    let (kept_secret, kept_code) = kept.map(|kept| (kept.secret, kept.integration_code)).unzip();
    let both = (entered.secret.clone().or(kept_secret), entered.integration_code.clone().or(kept_code));
    let (Some(secret), Some(integration_code)) = both else {
        reader.form.error("secret", "Enter secret and tracking identifier.");
        return Ok(None);
    };
    let secrets = AutotaskSecrets { secret, integration_code };
    let Some(result) = tested(app, reader, &entered.params(), &secrets).await else { return Ok(None) };
    let sealed = entered.sealed(app, scope, Some(&connector.id)).await?;
    let new = entered.to_connector(name, sealed)?;
    match connectors::update(&app.db, scope, &connector.id, new, app.clock.now()).await {
        Ok(connector) => Ok(Some(note(app, scope, connector.id, result).await?)),
        Err(error) => {
            reader.refuse(error, &[("name", "name")])?;
            Ok(None)
        }
    }
}

/// Keeps what the test found: an account that works is used at once, a refused one by nobody.
async fn note(
    app: &App,
    scope: &Scope,
    id: ConnectorId,
    result: Result<Connected, AccountFault>,
) -> Result<Saved, ApiError> {
    let now = app.clock.now();
    let words = match result {
        Ok(found) => {
            let words = format!("Saved. It works: {}.", found.address);
            let facts = Facts { address: Some(found.address), calls: found.calls, tested_at: Some(now) };
            connectors::set_facts(&app.db, scope, &id, &serde_json::to_value(facts).map_err(ApiError::internal)?)
                .await?;
            try_again(app, scope, &id).await?;
            words
        }
        Err(fault) => {
            let passes = fault.passes || field_of(fault.kind).is_empty();
            let state = if passes { ConnectorState::Yellow } else { ConnectorState::Red };
            connectors::set_state(&app.db, scope, &id, state, Some(fault.words.clone()), now).await?;
            format!("Saved as it is. {}", fault.words)
        }
    };
    Ok(Saved { id, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_the_choice_that_it_was() {
        assert_eq!(zone_fields(None), (ZONE_FIND.into(), String::new()));
        assert_eq!(zone_fields(Some("14")), ("14".into(), String::new()));
        assert_eq!(
            zone_fields(Some("https://webservices14.autotask.net/atservicesrest")),
            ("14".into(), String::new())
        );
        assert_eq!(zone_fields(Some("http://127.0.0.1:4711")), (ZONE_CUSTOM.into(), "http://127.0.0.1:4711".into()));
    }

    #[test]
    fn every_zone_of_the_picker_is_an_address() {
        for (word, label) in ZONES {
            assert!(word.parse::<autotask::Address>().is_ok(), "{word} {label}");
        }
    }
}
