//! A message as Gotify answers it: <https://gotify.net/api-docs>.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// One message.
#[derive(Debug, Clone, Serialize)]
pub struct GotifyMessage {
    /// Its number.
    pub id: u64,
    /// The application that sent it; there is one.
    pub appid: u64,
    /// The title; the application's name where none was said.
    pub title: String,
    /// The text.
    pub message: String,
    /// 0 to 10 on phones; any number is taken.
    pub priority: i64,
    /// What clients make more of, by name space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Value>,
    /// When it came.
    pub date: Timestamp,
}

impl GotifyMessage {
    /// What a tap opens: `extras["client::notification"].click.url`.
    pub fn click_url(&self) -> Option<&str> {
        self.extras.as_ref()?.get("client::notification")?.get("click")?.get("url")?.as_str()
    }
}
