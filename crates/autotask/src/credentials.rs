//! Who we are to Autotask: the three headers of every request.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// Secrets shorter than this are not looked for in texts: they would be found everywhere.
const REDACTED_CHARS_MIN: usize = 4;

/// An API user. Neither secret nor integration code is ever printed.
#[derive(Clone)]
pub struct Credentials {
    user_name: String,
    secret: SecretString,
    integration_code: SecretString,
}

impl Credentials {
    /// Takes what Autotask's page of the API user prints as "Username (Key)", "Password (Secret)" and "Tracking
    /// Identifier". Blanks around them come from copying and are dropped.
    pub fn new(user_name: &str, secret: &SecretString, integration_code: &SecretString) -> Self {
        let trimmed = |text: &SecretString| SecretString::from(text.expose_secret().trim());
        Self {
            user_name: user_name.trim().to_owned(),
            secret: trimmed(secret),
            integration_code: trimmed(integration_code),
        }
    }

    /// The API user's name, which looks like an e-mail address.
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// The three headers, marked so that no log prints them. `host` only for the error.
    pub(crate) fn headers(&self, host: &str) -> Result<HeaderMap, Error> {
        let fields = [
            ("apiintegrationcode", "API integration code", self.integration_code.expose_secret()),
            ("username", "user name", &self.user_name),
            ("secret", "secret", self.secret.expose_secret()),
        ];
        let mut headers = HeaderMap::new();
        for (name, noun, text) in fields {
            let value = header_value(text).ok_or_else(|| Error::unsendable_credential(host, noun))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }

    /// A text of the server without our secrets in it, should it ever echo them.
    pub(crate) fn redact(&self, text: &str) -> String {
        redact_secret(&redact_secret(text, &self.secret), &self.integration_code)
    }
}

/// A text without a secret in it.
pub(crate) fn redact_secret(text: &str, secret: &SecretString) -> String {
    let secret = secret.expose_secret();
    if secret.len() < REDACTED_CHARS_MIN { text.to_owned() } else { text.replace(secret, "***") }
}

fn header_value(text: &str) -> Option<HeaderValue> {
    if text.is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_bytes(text.as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}
