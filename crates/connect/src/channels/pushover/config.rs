//! How an application on Pushover is configured.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    channels::{BadSetting, Setting, SettingKind, Settings},
    http::Url,
};

const API: &str = "https://api.pushover.net";
/// Pushover takes nothing faster.
const RETRY_S: (i64, i64) = (30, 10_800);
/// Nor anything longer.
const EXPIRE_S: (i64, i64) = (30, 10_800);

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "token",
        label: "API token",
        kind: SettingKind::Secret,
        required: true,
        help: "The API token of your application: make one at pushover.net under Create an Application.",
    },
    Setting {
        name: "retrySeconds",
        label: "Repeat a page every (seconds)",
        kind: SettingKind::Number(RETRY_S.0, RETRY_S.1),
        required: false,
        help: "Empty: 30, which is as fast as Pushover repeats.",
    },
    Setting {
        name: "expireSeconds",
        label: "Stop repeating after (seconds)",
        kind: SettingKind::Number(EXPIRE_S.0, EXPIRE_S.1),
        required: false,
        help: "Empty: 3600. It stops as well when the alert is accepted.",
    },
    Setting {
        name: "sound",
        label: "Sound of a page",
        kind: SettingKind::Text,
        required: false,
        help: "The name of one of Pushover's sounds, such as siren or persistent. Empty: the sound that each user chose.",
    },
    Setting {
        name: "apiUrl",
        label: "Address of the API",
        kind: SettingKind::Url,
        required: false,
        help: "Empty: https://api.pushover.net.",
    },
];

/// An application on Pushover.
pub struct Pushover {
    pub(super) token: SecretString,
    pub(super) api_url: String,
    pub(super) retry_s: i64,
    pub(super) expire_s: i64,
    pub(super) sound: Option<String>,
}

impl std::fmt::Debug for Pushover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pushover").field("api_url", &self.api_url).finish_non_exhaustive()
    }
}

pub(super) fn configure(settings: &Settings) -> Result<Pushover, BadSetting> {
    let token = settings.need_secret("token")?;
    let is_token = token.expose_secret().trim().chars().all(|c| c.is_ascii_alphanumeric());
    if !is_token {
        return Err(BadSetting::new("token", "must be the letters and digits of an application's API token"));
    }
    Ok(Pushover {
        token: token.expose_secret().trim().into(),
        api_url: api_url(settings.get("apiUrl"))?,
        retry_s: number(settings, "retrySeconds", RETRY_S)?.unwrap_or(30),
        expire_s: number(settings, "expireSeconds", EXPIRE_S)?.unwrap_or(3_600),
        sound: sound(settings.get("sound"))?,
    })
}

fn api_url(entered: Option<&str>) -> Result<String, BadSetting> {
    let entered = entered.unwrap_or(API);
    let is_web = Url::parse(entered).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    match is_web {
        true => Ok(entered.trim_end_matches('/').to_owned()),
        false => Err(BadSetting::new("apiUrl", "must begin with https:// or http://")),
    }
}

fn number(settings: &Settings, name: &'static str, (least, most): (i64, i64)) -> Result<Option<i64>, BadSetting> {
    let Some(entered) = settings.get(name) else { return Ok(None) };
    let number = entered.parse().ok().filter(|number| (least..=most).contains(number));
    number.map(Some).ok_or_else(|| BadSetting::new(name, format!("must be a whole number from {least} to {most}")))
}

fn sound(entered: Option<&str>) -> Result<Option<String>, BadSetting> {
    let Some(entered) = entered else { return Ok(None) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match entered.len() <= 20 && entered.chars().all(allowed) {
        true => Ok(Some(entered.to_owned())),
        false => Err(BadSetting::new("sound", "must be the name of a sound, such as siren")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        settings.set_secret("token", "azGDORePK8gMaC0QOYAMyEEuzJnyUi".into());
        for (name, value) in pairs {
            settings.set(name, value);
        }
        settings
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let pushover = configure(&settings(&[])).unwrap();
        assert_eq!((pushover.retry_s, pushover.expire_s, pushover.sound.as_deref()), (30, 3_600, None));
        assert_eq!(pushover.api_url, "https://api.pushover.net");
        assert!(!format!("{pushover:?}").contains("azGD"));
        let pushover = configure(&settings(&[("apiUrl", "http://127.0.0.1:9/"), ("sound", "siren")])).unwrap();
        assert_eq!((pushover.api_url.as_str(), pushover.sound.as_deref()), ("http://127.0.0.1:9", Some("siren")));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(configure(&Settings::default()).unwrap_err().to_string(), "token is required");
        for (name, value) in [
            ("retrySeconds", "29"),
            ("retrySeconds", "soon"),
            ("expireSeconds", "10801"),
            ("sound", "a b"),
            ("apiUrl", "pushover.net"),
            ("apiUrl", "ftp://pushover.net"),
        ] {
            assert_eq!(configure(&settings(&[(name, value)])).unwrap_err().name, name, "{value}");
        }
    }
}
