//! The form of a request: names may repeat, unknown ones are ignored as Twilio ignores them.

use super::refusal::Refusal;

/// The pairs of a form.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        serde_html_form::from_bytes(body).map(Self).map_err(|_| Refusal::new(400, 20001, "The form cannot be read"))
    }

    /// A value, where it is given and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    /// All values of a name; both ways to repeat one.
    pub fn all(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(key, _)| key == name);
        named.flat_map(|(_, value)| value.split_whitespace()).map(str::to_ascii_lowercase).collect()
    }

    /// A number of seconds.
    pub fn seconds(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        let wrong = |_| Refusal::new(400, 20001, format!("Parameter '{name}' is no number"));
        self.get(name).map_or(Ok(default), |text| text.parse().map_err(wrong))
    }

    /// An address for webhooks.
    pub fn url(&self, name: &str, code: u32) -> Result<Option<String>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let is_web = reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if is_web {
            Ok(Some(text.to_owned()))
        } else {
            Err(Refusal::new(400, code, format!("{name} is not a valid URL: {text}")))
        }
    }
}
