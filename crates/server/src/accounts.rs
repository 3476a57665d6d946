//! Accounts in outside tools as they are kept in connectors: what is shown, and what is sealed.

use crate::app::App;
use crate::error::ApiError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use watchbell_core::ids::ConnectorId;
use watchbell_store::connectors::{self, Connector, SEALED};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, connectors::ConnectorIn};

/// The type of Autotask's connectors.
pub const AUTOTASK: &str = "autotask";

/// What is shown of an Autotask account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutotaskParams {
    /// The API user's name.
    pub user_name: String,
    /// A zone's number, label or host, or any base URL, as it was entered; without it Autotask is asked for the zone.
    #[serde(default)]
    pub web_server: Option<String>,
}

impl AutotaskParams {
    /// The parameters of a connector. Errors: `Unreadable`.
    pub fn of(connector: &Connector) -> Result<Self, StoreError> {
        serde_json::from_value(connector.params.clone()).map_err(|error| StoreError::unreadable("connector", error))
    }

    /// Whether both mean the same user at the same address.
    pub fn is_same_account(&self, other: &Self) -> bool {
        let address = |params: &Self| params.web_server.as_deref().map(normalised);
        self.user_name.trim().eq_ignore_ascii_case(other.user_name.trim()) && address(self) == address(other)
    }
}

fn normalised(web_server: &str) -> String {
    web_server
        .parse::<autotask::Address>()
        .map_or_else(|_| web_server.trim().to_owned(), |address| address.as_str().to_owned())
}

/// What is sealed of an Autotask account.
#[derive(Debug, Clone)]
pub struct AutotaskSecrets {
    /// "Password (Secret)" of the API user.
    pub secret: SecretString,
    /// "Tracking Identifier", the API integration code.
    pub integration_code: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sealed {
    secret: SecretText,
    api_integration_code: SecretText,
}

/// A text that is not printed between being opened and being used.
struct SecretText(SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        String::deserialize(json).map(|text| Self(text.into()))
    }
}

impl AutotaskSecrets {
    /// Sealed for the connector.
    pub fn seal(&self, app: &App) -> Result<Vec<u8>, StoreError> {
        let plain = json!({ "secret": self.secret.expose_secret(), "apiIntegrationCode": self.integration_code.expose_secret() });
        app.sealer.seal(SEALED, plain.to_string().as_bytes(), &app.ids.fresh())
    }

    /// Those of a connector; none where it has none. Errors: `NotFound`, `Key`, `Unreadable`.
    pub async fn open(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Option<Self>, StoreError> {
        let Some(sealed) = connectors::secrets(&app.db, scope, id).await? else { return Ok(None) };
        let plain = app.sealer.open(SEALED, &sealed)?;
        // The parser's own words could repeat what it read.
        let kept: Sealed = serde_json::from_slice(&plain)
            .map_err(|_| StoreError::unreadable("connector", "its secrets have another form"))?;
        Ok(Some(Self { secret: kept.secret.0, integration_code: kept.api_integration_code.0 }))
    }
}

/// The secrets that are kept while somebody changes the account. Those that cannot be opened count as none: they are entered again.
pub async fn mendable_secrets(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
) -> Result<Option<AutotaskSecrets>, StoreError> {
    match AutotaskSecrets::open(app, scope, id).await {
        Err(StoreError::Key(_) | StoreError::Unreadable { .. }) => Ok(None),
        opened => opened,
    }
}

/// What somebody enters of an Autotask account.
#[derive(Debug, Default)]
pub struct EnteredAutotask {
    /// See [`AutotaskParams::user_name`].
    pub user_name: String,
    /// See [`AutotaskParams::web_server`].
    pub web_server: Option<String>,
    /// Left out: the one that is kept.
    pub secret: Option<SecretString>,
    /// Left out: the one that is kept.
    pub integration_code: Option<SecretString>,
}

impl EnteredAutotask {
    /// What is shown of it.
    pub fn params(&self) -> AutotaskParams {
        AutotaskParams { user_name: self.user_name.clone(), web_server: self.web_server.clone() }
    }

    /// Completes what was left out from what is kept, sealed; `None` where nothing was entered. Errors: 400 naming what is missing.
    pub async fn sealed(
        &self,
        app: &App,
        scope: &Scope,
        kept: Option<&ConnectorId>,
    ) -> Result<Option<Vec<u8>>, ApiError> {
        if kept.is_some() && self.secret.is_none() && self.integration_code.is_none() {
            return Ok(None);
        }
        let old = match kept {
            Some(id) => mendable_secrets(app, scope, id).await?,
            None => None,
        };
        let missing = |field: &str| ApiError::field(field, "is required");
        let (old_secret, old_code) = old.map(|old| (old.secret, old.integration_code)).unzip();
        let secrets = AutotaskSecrets {
            secret: self.secret.clone().or(old_secret).ok_or_else(|| missing("secret"))?,
            integration_code: self
                .integration_code
                .clone()
                .or(old_code)
                .ok_or_else(|| missing("apiIntegrationCode"))?,
        };
        Ok(Some(secrets.seal(app)?))
    }

    /// As a connector of this name.
    pub fn to_connector(&self, name: String, sealed: Option<Vec<u8>>) -> Result<ConnectorIn, ApiError> {
        let params = serde_json::to_value(self.params()).map_err(ApiError::internal)?;
        Ok(ConnectorIn { kind: AUTOTASK.to_owned(), name, params, sealed, owner: None })
    }
}
