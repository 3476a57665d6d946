//! The form of an account that carries messages: made of the fields that its kind names, read, and kept.

use super::super::accounts::state;
use super::super::reader::{Reader, sentence};
use super::words;
use crate::app::App;
use crate::error::ApiError;
use crate::providers::{self as carriers, Entered, NotKept};
use watchbell_connect::channels::{Setting, SettingKind, Settings, settings_of};
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector};
use watchbell_store::providers::{self as accounts};
use watchbell_store::scope::Scope;
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::pages::provider::{Entry, ProviderField, ProviderView};
use watchbell_ui::shell::public_url_banner;

/// What a new account of a kind begins with. WhatsApp needs a sender of its own, which few have.
pub(super) fn blank_form(kind: ProviderKind) -> Form {
    let usual = kind.channels().iter().filter(|channel| **channel != Channel::WhatsApp);
    usual.fold(Form::of([("name", kind.name())]), |form, channel| form.with("channel", channel.as_str()))
}

/// The form of an account as it is kept; secrets are never shown.
pub(super) async fn form_of(app: &App, scope: &Scope, connector: &Connector) -> Result<Form, StoreError> {
    let carried = accounts::of_connector(&app.db, scope, &connector.id).await?;
    let form = Form::of([("name", connector.name.clone())]);
    let form = carried.iter().fold(form, |form, carried| form.with("channel", carried.channel.as_str()));
    let params = connector.params.as_object().into_iter().flatten();
    Ok(params.fold(form, |form, (name, value)| form.with(name, value.as_str().unwrap_or_default())))
}

/// The page of a form.
pub(super) async fn view_of(
    app: &App,
    scope: &Scope,
    kind: ProviderKind,
    connector: Option<&Connector>,
    form: Form,
) -> Result<ProviderView, ApiError> {
    let kept = match connector {
        Some(connector) => kept_secrets(app, scope, kind, connector).await?,
        None => Vec::new(),
    };
    let public_url = app.config.public_url();
    let is_reached = public_url_banner(&public_url).is_none();
    let polls = form.value("receive") != "WEBHOOK";
    let alone = match connector {
        Some(connector) => alone(app, scope, &connector.id).await?,
        None => Vec::new(),
    };
    let hooks = connector.map(|connector| carriers::hooks_to_paste(app, kind, &connector.id)).unwrap_or_default();
    Ok(ProviderView {
        id: connector.map(|connector| connector.id.to_string()),
        kind: kind.as_str().to_owned(),
        kind_name: kind.name().to_owned(),
        name: connector.map(|connector| connector.name.clone()).unwrap_or_default(),
        state: connector.map(|connector| (state(connector), connector.state_since)),
        fields: settings_of(kind).iter().map(|setting| field(setting, &kept)).collect(),
        channels: kind.channels().iter().map(|channel| Choice::new(channel.as_str(), channel_name(*channel))).collect(),
        warning: (!is_reached).then(|| words::unreachable(kind, &public_url, polls)),
        hooks: hooks.into_iter().map(|(label, url, whereto)| (label.into(), url, whereto.into())).collect(),
        alone,
        form,
    })
}

/// Names of the secrets that are kept. Secrets that cannot be opened count as none: they have to be entered again.
async fn kept_secrets(
    app: &App,
    scope: &Scope,
    kind: ProviderKind,
    connector: &Connector,
) -> Result<Vec<String>, StoreError> {
    let sealed = connectors::secrets(&app.db, scope, &connector.id).await?;
    let kept = carriers::mendable_settings(app, kind, &connector.params, sealed.as_deref())?;
    Ok(kept.secrets().keys().cloned().collect())
}

fn field(setting: &Setting, kept: &[String]) -> ProviderField {
    let kept = kept.iter().any(|name| name == setting.name);
    let entry = match setting.kind {
        SettingKind::Text | SettingKind::Sender => Entry::Text,
        SettingKind::Secret => Entry::Secret { kept },
        SettingKind::SecretLines => Entry::SecretLines { kept },
        SettingKind::Lines => Entry::Lines,
        SettingKind::Url => Entry::Url,
        SettingKind::Number(from, to) => Entry::Number(from, to),
        SettingKind::Choice(choices) => {
            let mut all = Choice::list(choices);
            if !setting.required {
                all.insert(0, Choice::new("", "Not chosen"));
            }
            Entry::Choice(all)
        }
    };
    let Setting { name, label, help, required, .. } = *setting;
    ProviderField { name, label, help, required, entry }
}

/// The channels that nobody carries without this account, in words.
pub(super) async fn alone(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Vec<String>, StoreError> {
    let all = accounts::all(&app.db, scope).await?;
    let has_others = |channel| all.iter().any(|other| other.channel == channel && other.connector != *id);
    let own = all.iter().filter(|own| own.connector == *id && !has_others(own.channel));
    Ok(own.map(|own| channel_name(own.channel).to_owned()).collect())
}

/// Keeps what was typed, and tries it. `None`: it was refused, and the form says why.
pub(super) async fn save(
    app: &App,
    scope: &Scope,
    kind: ProviderKind,
    connector: Option<&Connector>,
    reader: &mut Reader,
) -> Result<Option<Connector>, ApiError> {
    let Some(entered) = read(kind, reader) else { return Ok(None) };
    match carriers::save(app, scope, connector.map(|connector| &connector.id), entered).await {
        Ok(kept) => return Ok(Some(kept)),
        Err(NotKept::Setting { name, why }) => refuse(reader, &name, &why),
        Err(NotKept::Store(error)) => reader.refuse(error, &[("name", "name")])?,
    }
    again(kind, reader);
    Ok(None)
}

/// What was typed. `None`: it was refused.
fn read(kind: ProviderKind, reader: &mut Reader) -> Option<Entered> {
    let name = reader.name("name");
    let mut settings = Settings::default();
    for field in settings_of(kind) {
        let typed = reader.value(field.name);
        if let Err(NotKept::Setting { name, why }) = carriers::enter(&mut settings, field, &typed) {
            refuse(reader, &name, &why);
        }
    }
    let channels =
        Channel::ALL.iter().copied().filter(|channel| reader.form.has("channel", channel.as_str())).collect();
    let secrets = settings_of(kind).iter().filter(|field| field.kind.is_secret() && !field.required);
    let forget = secrets.map(|field| field.name).filter(|name| reader.form.has("forget", name)).collect();
    if reader.form.is_refused() {
        again(kind, reader);
        return None;
    }
    Some(Entered { kind, name: name?, channels, settings, forget })
}

fn refuse(reader: &mut Reader, name: &str, why: &str) {
    let field = match name {
        "channels" => "channel",
        "type" => "",
        other => other,
    };
    reader.form.error(field, sentence(why));
}

/// Secrets have to be typed once more.
fn again(kind: ProviderKind, reader: &mut Reader) {
    let secrets = settings_of(kind).iter().filter(|field| field.kind.is_secret()).map(|field| field.name);
    reader.type_again(&secrets.collect::<Vec<_>>());
}
