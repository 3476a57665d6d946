//! What a provider is configured by: the fields of its form, and what was entered.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::text::web_link;

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the API and in the form, in ilert's camel case.
    pub name: &'static str,
    /// What stands before it.
    pub label: &'static str,
    /// What is entered.
    pub kind: SettingKind,
    /// Whether it may be left empty.
    pub required: bool,
    /// What to enter, and where to find it.
    pub help: &'static str,
}

/// What is entered in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A line.
    Text,
    /// A number of ours that messages come from, or a name in its place.
    Sender,
    /// A line that is sealed and never shown again.
    Secret,
    /// Several lines that are sealed and never shown again: a private key.
    SecretLines,
    /// Several lines.
    Lines,
    /// An http or https address.
    Url,
    /// A whole number between these.
    Number(i64, i64),
    /// One of these: word and label.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A choice between on and off, for [`SettingKind::Choice`].
pub(super) const ON_OFF: &[(&str, &str)] = &[("on", "On"), ("off", "Off")];

impl SettingKind {
    /// Whether it is sealed and never shown again.
    pub const fn is_secret(self) -> bool {
        matches!(self, SettingKind::Secret | SettingKind::SecretLines)
    }
}

/// What was entered, by name.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    shown: BTreeMap<String, String>,
    secret: BTreeMap<String, SecretString>,
}

/// A setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {why}")]
pub struct BadSetting {
    /// Which.
    pub name: &'static str,
    /// What is wrong, such as "must begin with AC".
    pub why: String,
}

impl BadSetting {
    /// A setting cannot be used.
    pub fn new(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, why: why.into() }
    }
}

impl Settings {
    /// Sets what is shown; an empty text is none.
    pub fn set(&mut self, name: &str, value: &str) {
        match value.trim() {
            "" => self.shown.remove(name),
            value => self.shown.insert(name.to_owned(), value.to_owned()),
        };
    }

    /// Sets a secret; an empty text is none.
    pub fn set_secret(&mut self, name: &str, value: SecretString) {
        match value.expose_secret().trim().is_empty() {
            true => self.secret.remove(name),
            false => self.secret.insert(name.to_owned(), value),
        };
    }

    /// What was entered, where it is not secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.shown.get(name).map(String::as_str)
    }

    /// The same of what must be there.
    pub fn need(&self, name: &'static str) -> Result<&str, BadSetting> {
        self.get(name).ok_or_else(|| BadSetting::new(name, "is required"))
    }

    /// A whole number within `from..=to`; `default` where nothing was entered.
    pub fn whole(&self, name: &'static str, default: i64, from: i64, to: i64) -> Result<i64, BadSetting> {
        let Some(raw) = self.get(name) else { return Ok(default) };
        let read = raw.parse().ok().filter(|number| (from..=to).contains(number));
        read.ok_or_else(|| BadSetting::new(name, format!("must be a whole number from {from} to {to}")))
    }

    /// A choice between `on` and `off`; `default` where nothing was entered.
    pub fn switch(&self, name: &'static str, default: bool) -> Result<bool, BadSetting> {
        match self.get(name) {
            None => Ok(default),
            Some("on") => Ok(true),
            Some("off") => Ok(false),
            Some(_) => Err(BadSetting::new(name, "must be on or off")),
        }
    }

    /// The address below which an API lies, without a slash at its end; `default` where nothing was entered.
    pub fn root(&self, name: &'static str, default: &str) -> Result<String, BadSetting> {
        let root = self.get(name).unwrap_or(default).trim_end_matches('/');
        match web_link(root) {
            Some(root) if !root.contains(['?', '#']) => Ok(root.to_owned()),
            _ => Err(BadSetting::new(name, "must be an address such as https://api.example.com")),
        }
    }

    /// A secret.
    pub fn secret(&self, name: &str) -> Option<&SecretString> {
        self.secret.get(name)
    }

    /// The same of what must be there.
    pub fn need_secret(&self, name: &'static str) -> Result<&SecretString, BadSetting> {
        self.secret(name).ok_or_else(|| BadSetting::new(name, "is required"))
    }

    /// What is not secret, by name.
    pub fn shown(&self) -> &BTreeMap<String, String> {
        &self.shown
    }

    /// The secrets, by name.
    pub fn secrets(&self) -> &BTreeMap<String, SecretString> {
        &self.secret
    }
}
