//! The parameters of connectors that carry messages: settings by their names, and channels. Secrets go in and never come out.

use super::extract::read_json;
use crate::app::App;
use crate::error::ApiError;
use crate::providers::{self as carriers, Entered, NotKept};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use watchbell_connect::channels::{Setting, Settings, settings_of};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::connectors::Connector;
use watchbell_store::providers::{self as accounts, ChannelProvider};
use watchbell_store::scope::Scope;

/// Where the channels stand among the settings.
const CHANNELS: &str = "channels";

/// Parameters as they were sent; they may hold secrets, and are not printed.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Params(Map<String, Value>);

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Params {
    /// As what a type of connector takes. Errors name the field.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let json = serde_json::to_vec(&self.0).map_err(ApiError::internal)?;
        read_json(&json).map_err(|error| error.within("params"))
    }
}

/// What is shown of an account: its settings without secrets, to those who may see them, and what it carries.
pub(super) fn show(connector: &Connector, carriers: &[ChannelProvider], sees_all: bool) -> Value {
    let mut params = match &connector.params {
        Value::Object(params) if sees_all => params.clone(),
        _ => Map::new(),
    };
    let own = carriers.iter().filter(|carrier| carrier.connector == connector.id);
    params.insert(CHANNELS.into(), json!(own.map(|carrier| carrier.channel.as_str()).collect::<Vec<_>>()));
    Value::Object(params)
}

/// Makes or changes an account, and tries it.
pub(super) async fn save_carrier(
    app: &App,
    scope: &Scope,
    kind: ProviderKind,
    kept: Option<&Connector>,
    (name, params): (String, Params),
) -> Result<Connector, ApiError> {
    let carried = match kept {
        Some(kept) => accounts::of_connector(&app.db, scope, &kept.id).await?,
        None => Vec::new(),
    };
    let before = kept.map(|kept| &kept.params);
    let carried = carried.into_iter().map(|carrier| carrier.channel).collect();
    let entered = enter(kind, name, params, (before, carried)).map_err(|error| error.within("params"))?;
    let saved = carriers::save(app, scope, kept.map(|kept| &kept.id), entered).await;
    saved.map_err(|error| match error {
        NotKept::Setting { .. } => ApiError::from(error).within("params"),
        NotKept::Store(error) => error.into(),
    })
}

/// What was sent, on top of what is kept: what is left out stays, and null takes it away.
fn enter(
    kind: ProviderKind,
    name: String,
    Params(mut params): Params,
    (before, carried): (Option<&Value>, Vec<Channel>),
) -> Result<Entered, ApiError> {
    let channels = params.remove(CHANNELS).map_or(Ok(carried), channels)?;
    let (mut settings, mut forget) = (Settings::default(), Vec::new());
    for field in settings_of(kind) {
        let text = match params.remove(field.name) {
            None if field.kind.is_secret() => continue,
            None => before.and_then(|before| before.get(field.name)?.as_str()).unwrap_or_default().to_owned(),
            Some(value) => text(field, value)?,
        };
        if field.kind.is_secret() && text.trim().is_empty() {
            forget.push(field.name);
        }
        carriers::enter(&mut settings, field, &text)?;
    }
    match params.keys().next() {
        Some(unknown) => {
            Err(ApiError::field(&watchbell_core::text::cut(unknown, 40), format!("is no setting of {}", kind.name())))
        }
        None => Ok(Entered { kind, name, channels, settings, forget }),
    }
}

/// A setting as text. Nothing of what was sent is repeated: it may be a secret.
fn text(field: &Setting, value: Value) -> Result<String, ApiError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) if !field.kind.is_secret() => Ok(number.to_string()),
        _ => Err(ApiError::field(field.name, "must be a text")),
    }
}

fn channels(value: Value) -> Result<Vec<Channel>, ApiError> {
    let Value::Array(words) = value else { return Err(ApiError::field(CHANNELS, "must be a list")) };
    let mut channels = Vec::new();
    for (nth, word) in words.iter().enumerate() {
        let channel = word.as_str().and_then(Channel::parse);
        let channel = channel.ok_or_else(|| ApiError::field(&format!("{CHANNELS}[{nth}]"), "is no channel"))?;
        if channels.contains(&channel) {
            return Err(ApiError::field(&format!("{CHANNELS}[{nth}]"), "is named twice"));
        }
        channels.push(channel);
    }
    Ok(channels)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entered(params: Value, before: Option<&Value>) -> Result<Entered, ApiError> {
        let Value::Object(params) = params else { return Err(ApiError::bad_request("no object")) };
        enter(ProviderKind::Pushover, "p".into(), Params(params), (before, vec![Channel::Pushover]))
    }

    #[test]
    fn what_is_left_out_stays_and_null_takes_it_away() {
        let before = json!({"sound": "siren", "retrySeconds": "60"});
        let now = entered(json!({"retrySeconds": 90, "token": "abc"}), Some(&before)).unwrap();
        assert_eq!((now.settings.get("sound"), now.settings.get("retrySeconds")), (Some("siren"), Some("90")));
        assert!(now.settings.secret("token").is_some() && now.forget.is_empty());
        let now = entered(json!({"sound": null, "token": null, "channels": []}), Some(&before)).unwrap();
        assert_eq!((now.settings.get("sound"), now.forget.as_slice(), now.channels.len()), (None, &["token"][..], 0));
    }

    #[test]
    fn what_is_wrong_is_named_and_never_repeated() {
        for (params, field) in [
            (json!({"token": {"hush": 1}}), "token: "),
            (json!({"token": 12345678}), "token: "),
            (json!({"tokens": "hush"}), "tokens: "),
            (json!({"sound": ["hush"]}), "sound: "),
            (json!({"token": "hush\u{7}"}), "token: "),
            (json!({"channels": "hush"}), "channels: "),
            (json!({"channels": ["PUSHOVER", "hush"]}), "channels[1]: "),
            (json!({"channels": ["PUSHOVER", "PUSHOVER"]}), "channels[1]: "),
        ] {
            let error = entered(params, None).unwrap_err();
            assert!(error.message().starts_with(field) && !error.message().contains("hush"), "{}", error.message());
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let Value::Object(params) = json!({"authToken": "hush"}) else { return };
        assert_eq!(format!("{:?}", Params(params)), r#"{"authToken"}"#);
    }
}
