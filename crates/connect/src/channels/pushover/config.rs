//! How an application on Pushover is configured.

use secrecy::{ExposeSecret, SecretString};

use crate::channels::{BadSetting, Setting, SettingKind, Settings};

const API: &str = "https://api.pushover.net";
/// Pushover repeats nothing faster, and nothing longer.
const REPEAT_S: (i64, i64) = (30, 10_800);

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
        kind: SettingKind::Number(REPEAT_S.0, REPEAT_S.1),
        required: false,
        help: "Empty: 30, which is as fast as Pushover repeats.",
    },
    Setting {
        name: "expireSeconds",
        label: "Stop repeating after (seconds)",
        kind: SettingKind::Number(REPEAT_S.0, REPEAT_S.1),
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
        api_url: settings.root("apiUrl", API)?,
        retry_s: settings.whole("retrySeconds", 30, REPEAT_S.0, REPEAT_S.1)?,
        expire_s: settings.whole("expireSeconds", 3_600, REPEAT_S.0, REPEAT_S.1)?,
        sound: sound(settings.get("sound"))?,
    })
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
