//! Settings: e-mail, the public address, how long things are kept.

use super::answer::{self, Answer};
use super::choices;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::fallback::checked;
use crate::api::parse;
use crate::app::App;
use crate::auth::Administer;
use crate::error::ApiError;
use crate::mail_settings::{self, MailSettings, Security};
use crate::stored_settings;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use secrecy::SecretString;
use watchbell_connect::channels::{
    self, DeliveryId, Message, Outcome, Reader as MessageReader, SmtpConfigError, Target, TestMessage,
};
use watchbell_store::fallback::{self, Fallback};
use watchbell_store::retention::{self, Kept};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, settings, users};
use watchbell_ui::pages::settings::{SettingsView, settings as page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::SETTINGS, get(show))
        .route(&routes::settings_do("email"), post(save_email))
        .route(&routes::settings_do("email/test"), post(test_email))
        .route(&routes::settings_do("address"), post(save_address))
        .route(&routes::settings_do("fallback"), post(save_fallback))
        .route(&routes::settings_do("retention"), post(save_retention))
}

/// Days that things may be kept.
const DAYS: std::ops::RangeInclusive<i64> = 1..=36_500;

async fn show(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    answer::page(page(&visit.shell, &view(&app, &visit.can.scope).await?))
}

/// The page as it is kept.
async fn view(app: &App, scope: &Scope) -> Result<SettingsView, ApiError> {
    let kept = kept(app, scope).await?;
    Ok(SettingsView {
        email: email_form(app, scope).await?.0,
        email_test: None,
        address: Form::of([("public_url", app.config.public_url())]),
        fallback: fallback_form(&fallback::get(&app.db, scope).await?),
        users: choices::people(app, scope).await?,
        retention: Form::of([
            ("alerts_days", kept.alerts_days.to_string()),
            ("events_days", kept.events_days.to_string()),
            ("audit_days", kept.audit_days.to_string()),
        ]),
        fixed_by: mail_settings::fixed_by(&app.config),
    })
}

async fn kept(app: &App, scope: &Scope) -> Result<Kept, StoreError> {
    let setting = settings::get(&app.db, scope, retention::SETTING).await?.and_then(|setting| setting.value);
    Ok(setting.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// The e-mail form as it is kept, and whether anything is.
pub(super) async fn email_form(app: &App, scope: &Scope) -> Result<(Form, bool), ApiError> {
    let own = match scope.actor.user() {
        Some(user) => users::get(&app.db, scope, user).await?.email,
        None => String::new(),
    };
    let Some((mail, _)) = mail_settings::get(app, scope).await? else {
        return Ok((Form::of([("smtp_port", "587"), ("smtp_security", "starttls"), ("test_to", own.as_str())]), false));
    };
    let form = Form::of([
        ("smtp_host", mail.host),
        ("smtp_port", mail.port.to_string()),
        ("smtp_security", mail.security.as_str().to_owned()),
        ("smtp_user", mail.user.unwrap_or_default()),
        ("mail_from", mail.from),
        ("test_to", own),
    ]);
    Ok((form, true))
}

/// Reads the e-mail form and keeps it. `false`: it was refused, and the form says why.
pub(super) async fn keep_email(app: &App, scope: &Scope, reader: &mut Reader) -> Result<bool, ApiError> {
    let (host, port) = (reader.name("smtp_host"), reader.number("smtp_port", 1..=65_535));
    let from = reader.name("mail_from");
    let security = Security::parse(reader.form.value("smtp_security"));
    if security.is_none() {
        reader.form.error("smtp_security", "Choose one.");
    }
    let host = host.filter(|host| {
        let is_host = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
        if !is_host {
            reader.form.error("smtp_host", "Must be a name such as smtp.example.com, or an address.");
        }
        is_host
    });
    let (Some(host), Some(port), Some(from), Some(security)) = (host, port, from, security) else { return Ok(false) };
    let port = u16::try_from(port).map_err(ApiError::internal)?;
    let mail = MailSettings { host, port, security, user: reader.filled("smtp_user"), from };
    let password = password(app, scope, &mail, reader).await?;
    if let Err(error) = mail.to_config(password.as_ref()) {
        refuse_mail(reader, &error);
        return Ok(false);
    }
    mail_settings::put(app, scope, &mail, password.as_ref()).await?;
    Ok(true)
}

/// The password that was typed, or the one that is kept for the same user at the same server.
async fn password(
    app: &App,
    scope: &Scope,
    mail: &MailSettings,
    reader: &Reader,
) -> Result<Option<SecretString>, ApiError> {
    if mail.user.is_none() {
        return Ok(None);
    }
    if let Some(typed) = Some(reader.value("smtp_password")).filter(|typed| !typed.is_empty()) {
        return Ok(Some(typed.into()));
    }
    let kept = mail_settings::get(app, scope).await?;
    // A password must not travel to another server than the one it was entered for.
    let is_same = kept.is_some_and(|(kept, _)| (kept.host, kept.user) == (mail.host.clone(), mail.user.clone()));
    if is_same { Ok(mail_settings::password(app, scope).await?) } else { Ok(None) }
}

fn refuse_mail(reader: &mut Reader, error: &SmtpConfigError) {
    match error {
        SmtpConfigError::BadFrom(_) => {
            reader.form.error("mail_from", "Must be an address such as Watchbell <alerts@example.com>.")
        }
        SmtpConfigError::HalfCredentials => reader.form.error("smtp_password", "Is needed with a user name."),
        other => reader.form.error("smtp_host", super::reader::sentence(&other.to_string())),
    }
}

async fn save_email(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if keep_email(&app, &can.scope, &mut reader).await? {
        return answer::done(routes::SETTINGS, "Saved. Press Test to see whether mail leaves.");
    }
    let view = SettingsView { email: reader.form, ..view(&app, &can.scope).await? };
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

/// Sends a test with what is kept, now, and says what the mail server answered.
pub(super) async fn send_test(
    app: &App,
    scope: &Scope,
    reader: &mut Reader,
) -> Result<Result<String, String>, ApiError> {
    let Some(address) = reader.email("test_to") else { return Ok(Err("That is not an e-mail address.".into())) };
    let user = match scope.actor.user() {
        Some(user) => users::get(&app.db, scope, user).await?,
        None => return Err(ApiError::forbidden("Only users send tests.")),
    };
    let message = Message::Test(TestMessage {
        requested_by: user.first_name,
        at: app.clock.now(),
        url: Some(format!("{}{}", app.config.public_url(), routes::SETTINGS)),
        reader: MessageReader::of(&user.timezone, &user.language),
    });
    let id = DeliveryId::parse(&format!("test-{}", app.ids.uuid())).map_err(ApiError::internal)?;
    let outcome =
        channels::send(&app.channels, &Target::Email { address: address.clone() }, &message, &id, app.clock.now())
            .await;
    Ok(match outcome {
        Outcome::Sent { provider_id } => {
            let said = provider_id.map(|said| format!(" ({said})")).unwrap_or_default();
            Ok(format!("The mail server took the test for {address}{said}. Look into the mailbox."))
        }
        Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => Err(error),
    })
}

/// The form as it is kept, with the address that a test was to go to.
pub(super) fn with_test_to(kept: &Form, typed: String) -> Form {
    let fields = ["smtp_host", "smtp_port", "smtp_security", "smtp_user", "mail_from"];
    Form::of(fields.map(|name| (name, kept.value(name).to_owned()))).with("test_to", typed)
}

async fn test_email(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let result = send_test(&app, &can.scope, &mut reader).await?;
    if let Ok(words) = &result {
        return answer::done(routes::SETTINGS, words);
    }
    let kept = view(&app, &can.scope).await?;
    let email = with_test_to(&kept.email, reader.value("test_to"));
    let view = SettingsView { email, email_test: Some(result), ..kept };
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

async fn save_address(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let parsed = parse::url("public_url", reader.form.value("public_url").trim());
    let url = reader.take("public_url", parsed);
    if url.is_some() && app.config.public_url.is_some() {
        reader.form.error("public_url", "Is set from outside (WATCHBELL_PUBLIC_URL or --public-url): change it there.");
    }
    match url.filter(|_| !reader.form.is_refused()) {
        Some(url) => {
            stored_settings::put_public_url(&app, &can.scope, &url).await?;
            answer::done(routes::SETTINGS, "Saved. Links in messages begin with this address from now on.")
        }
        None => {
            let view = SettingsView { address: reader.form, ..view(&app, &can.scope).await? };
            answer::refused(page(&shell::of(&app, &can).await?, &view))
        }
    }
}

fn fallback_form(fallback: &Fallback) -> Form {
    let form = Form::of([("mails", fallback.mails.join("\n"))]);
    fallback.users.iter().fold(form, |form, user| form.with("user", user.to_string()))
}

async fn save_fallback(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let users = reader.form.all("user").filter_map(|id| id.parse().ok()).collect();
    let lines: Vec<String> =
        reader.form.value("mails").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let parsed = lines.iter().map(|line| parse::email("mails", line)).collect::<Result<Vec<_>, _>>();
    if let Some(mails) = reader.take("mails", parsed) {
        let checked = checked(&app, &can.scope, Fallback { users, mails }).await;
        if let Some(fallback) = reader.take("", checked) {
            fallback::put(&app.db, &can.scope, &fallback, app.clock.now()).await?;
            return answer::done(routes::SETTINGS, "Saved. They are told where nobody could be notified.");
        }
    }
    let view = SettingsView { fallback: reader.form, ..view(&app, &can.scope).await? };
    answer::refused(page(&shell::of(&app, &can).await?, &view))
}

async fn save_retention(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let days = ["alerts_days", "events_days", "audit_days"].map(|name| reader.number(name, DAYS));
    match days {
        [Some(alerts_days), Some(events_days), Some(audit_days)] => {
            let json =
                serde_json::to_string(&Kept { alerts_days, events_days, audit_days }).map_err(ApiError::internal)?;
            settings::put(&app.db, &can.scope, retention::SETTING, (Some(json), None), app.clock.now()).await?;
            answer::done(routes::SETTINGS, "Saved. What is older goes within the hour.")
        }
        _ => {
            let view = SettingsView { retention: reader.form, ..view(&app, &can.scope).await? };
            answer::refused(page(&shell::of(&app, &can).await?, &view))
        }
    }
}
