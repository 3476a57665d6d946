//! How a bot is configured.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::channels::{BadSetting, Setting, SettingKind, Settings};

const API: &str = "https://api.telegram.org";

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "botToken",
        label: "Bot token",
        kind: SettingKind::Secret,
        required: true,
        help: "Write /newbot to @BotFather in Telegram; it answers with the token, such as 123456:ABC-DEF.",
    },
    Setting {
        name: "receive",
        label: "How presses and replies come back",
        kind: SettingKind::Choice(&[
            ("POLL", "Watchbell asks Telegram: works everywhere"),
            ("WEBHOOK", "Telegram calls Watchbell: needs a public https address"),
        ]),
        required: false,
        help: "Where nothing is chosen, Watchbell asks.",
    },
    Setting {
        name: "webhookSecret",
        label: "Secret of the webhook",
        kind: SettingKind::Secret,
        required: false,
        help: "16 to 256 letters, digits, - and _, which Telegram sends with every call. Empty: one is made from the bot token.",
    },
    Setting {
        name: "apiUrl",
        label: "Address of the API",
        kind: SettingKind::Url,
        required: false,
        help: "Empty: https://api.telegram.org. Only needed for a Bot API server of your own.",
    },
];

/// How a bot hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiving {
    /// Telegram calls us.
    Webhook,
    /// We ask.
    Poll,
}

/// A bot.
pub struct Telegram {
    pub(super) token: SecretString,
    pub(super) api_url: String,
    pub(super) webhook_secret: SecretString,
    receiving: Receiving,
}

impl std::fmt::Debug for Telegram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telegram")
            .field("bot", &self.number())
            .field("receiving", &self.receiving)
            .finish_non_exhaustive()
    }
}

impl Telegram {
    /// How it hears: whoever starts it sets the webhook, or asks.
    pub fn receiving(&self) -> Receiving {
        self.receiving
    }

    /// The bot's own number, the part of the token that is not secret.
    pub fn number(&self) -> &str {
        self.token.expose_secret().split(':').next().unwrap_or_default()
    }
}

pub(super) fn configure(settings: &Settings) -> Result<Telegram, BadSetting> {
    let token = settings.need_secret("botToken")?.expose_secret().trim();
    if !is_token(token) {
        return Err(BadSetting::new("botToken", "must look like 123456:ABC-DEF, as @BotFather shows it"));
    }
    let webhook_secret = match settings.secret("webhookSecret") {
        Some(entered) => entered_secret(entered.expose_secret().trim())?,
        None => derived_secret(token),
    };
    Ok(Telegram {
        token: token.into(),
        api_url: settings.root("apiUrl", API)?,
        webhook_secret,
        receiving: receiving(settings.get("receive"))?,
    })
}

/// It stands in addresses: nothing else may.
fn is_token(token: &str) -> bool {
    let Some((number, secret)) = token.split_once(':') else { return false };
    let is_number = (1..=20).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit());
    is_number && (10..=100).contains(&secret.len()) && secret.chars().all(is_word)
}

/// Telegram's own rule for secrets.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn entered_secret(entered: &str) -> Result<SecretString, BadSetting> {
    match (16..=256).contains(&entered.len()) && entered.chars().all(is_word) {
        true => Ok(entered.into()),
        false => Err(BadSetting::new("webhookSecret", "must be 16 to 256 letters, digits, - or _")),
    }
}

/// Whoever has the token can set the webhook anyway; whoever has this secret cannot tell the token.
fn derived_secret(token: &str) -> SecretString {
    // HMAC takes a key of any length (RFC 2104); the error cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.as_bytes()) else { return SecretString::default() };
    mac.update(b"watchbell: secret of the webhook");
    BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()).into()
}

fn receiving(entered: Option<&str>) -> Result<Receiving, BadSetting> {
    match entered {
        None | Some("POLL") => Ok(Receiving::Poll),
        Some("WEBHOOK") => Ok(Receiving::Webhook),
        Some(_) => Err(BadSetting::new("receive", "must be POLL or WEBHOOK")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

    fn settings(token: &str, secret: &str, receive: &str) -> Settings {
        let mut settings = Settings::default();
        settings.set_secret("botToken", token.into());
        settings.set_secret("webhookSecret", secret.into());
        settings.set("receive", receive);
        settings
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let bot = configure(&settings(TOKEN, "", "")).unwrap();
        assert_eq!((bot.receiving(), bot.api_url.as_str()), (Receiving::Poll, "https://api.telegram.org"));
        let secret = bot.webhook_secret.expose_secret();
        assert!(secret.len() == 43 && secret.chars().all(is_word) && !TOKEN.contains(secret));
        assert_ne!(secret, derived_secret("123456:another").expose_secret());
        assert!(!format!("{bot:?}").contains("ABC-DEF"));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        for (token, secret, receive, name) in [
            ("", "", "", "botToken"),
            ("123456", "", "", "botToken"),
            ("123456:ABC/../DEF1234", "", "", "botToken"),
            ("abc:ABC-DEF1234ghIkl", "", "", "botToken"),
            (TOKEN, "short", "", "webhookSecret"),
            (TOKEN, "sixteen letters and a space", "", "webhookSecret"),
            (TOKEN, "", "NEVER", "receive"),
        ] {
            let fault = configure(&settings(token, secret, receive)).unwrap_err();
            assert_eq!(fault.name, name);
            assert!(!fault.why.contains("ABC/"), "{fault}");
        }
    }
}
