//! A message as ntfy hands it to its readers: <https://docs.ntfy.sh/subscribe/api/#json-message-format>.

use serde::Serialize;

use super::{NtfyAction, Pressed};

/// One published message.
#[derive(Debug, Clone, Serialize)]
pub struct NtfyMessage {
    /// Its id.
    pub id: String,
    /// When it was published, in Unix seconds.
    pub time: i64,
    /// Always `message`.
    pub event: &'static str,
    /// Where it was published.
    pub topic: String,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text.
    pub message: String,
    /// 1 (lowest) to 5 (highest); 3 where not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Words and codes of pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What a tap opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click: Option<String>,
    /// The buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<NtfyAction>,
    /// Which buttons were pressed here, with what came of it. Not part of ntfy.
    #[serde(skip)]
    pub pressed: Vec<(String, Pressed)>,
}
