//! What is entered for an account that carries messages, one setting at a time, and what the other side has to be given.

use super::{NotKept, hooks_of};
use crate::app::App;
use secrecy::SecretString;
use watchbell_connect::channels::{Setting, SettingKind, Settings};
use watchbell_core::ids::ConnectorId;
use watchbell_core::limits::{PROVIDER_LINES_CHARS_MAX, TEXT_CHARS_MAX};
use watchbell_core::provider::ProviderKind;

/// Enters a setting as it was typed; an empty text is none. Errors: too long, or characters that no line has.
pub fn enter(settings: &mut Settings, field: &Setting, typed: &str) -> Result<(), NotKept> {
    let has_lines = matches!(field.kind, SettingKind::Lines | SettingKind::SecretLines);
    let (typed, most) = match has_lines {
        true => (typed.replace("\r\n", "\n"), PROVIDER_LINES_CHARS_MAX),
        false => (typed.trim().to_owned(), TEXT_CHARS_MAX),
    };
    let refuse = |why: String| Err(NotKept::Setting { name: field.name.into(), why });
    if typed.chars().count() > most {
        return refuse(format!("must be at most {most} characters"));
    }
    if typed.chars().any(|c| c.is_control() && !(has_lines && matches!(c, '\n' | '\t'))) {
        return refuse("has a character that cannot be typed, such as the end of a line".into());
    }
    match field.kind.is_secret() {
        true => settings.set_secret(field.name, SecretString::from(typed)),
        false => settings.set(field.name, &typed),
    }
    Ok(())
}

/// The addresses that have to be entered at the provider: what they are called there, the address, and where it goes.
pub fn hooks_to_paste(app: &App, kind: ProviderKind, id: &ConnectorId) -> Vec<(&'static str, String, &'static str)> {
    let hooks = hooks_of(app, id);
    let paste = |label, hook: &str, whereto| (label, format!("{hooks}/{hook}"), whereto);
    match kind {
        ProviderKind::Twilio => vec![paste(
            "A message comes in",
            "message",
            "Twilio console: Phone Numbers, your number, Messaging, or the Integration of your messaging service, or your WhatsApp sender. Webhook, HTTP POST. Calls and reports need nothing: each names its own address.",
        )],
        ProviderKind::Vonage => vec![
            paste("Inbound URL", "message", "Vonage dashboard: Applications, yours, Messages. POST."),
            paste("Status URL", "status", "The same place. POST."),
            paste(
                "Answer URL",
                "answer",
                "Applications, yours, Voice. POST. Vonage wants one; each call names its own.",
            ),
            paste("Event URL", "status", "The same place. POST."),
        ],
        ProviderKind::SmsGateway => vec![
            paste(
                "Incoming messages",
                "message",
                "The gateway posts from, text and, if it has one, id, with your token.",
            ),
            paste("Delivery reports", "status", "The gateway posts id and status, with your token."),
        ],
        // Telegram is told by us, Pushover with each message.
        ProviderKind::Telegram | ProviderKind::Pushover => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchbell_connect::channels::settings_of;

    fn entered(name: &str, typed: &str) -> Result<Settings, NotKept> {
        let mut settings = Settings::default();
        for field in settings_of(ProviderKind::SmsGateway).iter().filter(|field| field.name == name) {
            enter(&mut settings, field, typed)?;
        }
        Ok(settings)
    }

    #[test]
    fn lines_are_for_fields_of_several_lines() {
        let value = |name, typed| entered(name, typed).ok().and_then(|settings| settings.get(name).map(str::to_owned));
        assert_eq!(value("headers", "A: 1\r\nB: 2\r\n").as_deref(), Some("A: 1\nB: 2"));
        assert_eq!(value("from", " Watchbell ").as_deref(), Some("Watchbell"));
        assert_eq!(value("from", ""), None);
        assert!(entered("from", "a\nb").is_err() && entered("from", "a\0b").is_err());
        assert!(entered("authHeader", "a\nb").is_err_and(|error| error.to_string().starts_with("authHeader: ")));
        assert!(
            entered("from", &"x".repeat(TEXT_CHARS_MAX)).is_ok()
                && entered("from", &"x".repeat(TEXT_CHARS_MAX + 1)).is_err()
        );
    }
}
