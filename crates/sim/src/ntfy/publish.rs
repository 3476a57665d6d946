//! What a publisher sends, as JSON or in headers.

use axum::http::HeaderMap;
use serde::Deserialize;

use super::{NtfyAction, NtfyMessage, refusal::Refusal};

/// Text of a message, in bytes; a longer one would become an attachment.
const TEXT_BYTES_MAX: usize = 4_096;
/// Buttons of a message.
const ACTIONS_MAX: usize = 3;

/// A message to be published; fields that this server does not know are ignored, as ntfy does.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PublishIn {
    pub topic: String,
    title: Option<String>,
    message: Option<String>,
    priority: Option<u8>,
    tags: Vec<String>,
    click: Option<String>,
    actions: Vec<NtfyAction>,
}

impl PublishIn {
    /// Reads the headers of `POST /{topic}`, in their long form and with `X-`.
    pub fn from_headers(topic: String, headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let header = |name: &str| {
            let value = headers.get(name).or_else(|| headers.get(format!("x-{name}")))?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Ok(Self {
            topic,
            title: header("title"),
            message: Some(String::from_utf8_lossy(body).into_owned())
                .filter(|text| !text.is_empty())
                .or_else(|| header("message")),
            priority: header("priority").map(|word| priority(&word)).transpose()?,
            tags: header("tags")
                .map(|list| list.split(',').map(|tag| tag.trim().to_owned()).collect())
                .unwrap_or_default(),
            click: header("click"),
            actions: header("actions").map(|text| actions(&text)).transpose()?.unwrap_or_default(),
        })
    }

    /// The message, checked by ntfy's rules.
    pub fn accept(self, id: String, time: i64) -> Result<NtfyMessage, Refusal> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.topic.is_empty() || self.topic.len() > 64 || !self.topic.chars().all(allowed) {
            return Err(Refusal::new(40009, "invalid request: topic invalid"));
        }
        if self.priority.is_some_and(|priority| !(1..=5).contains(&priority)) {
            return Err(Refusal::new(40007, "invalid request: priority invalid"));
        }
        let message = self.message.filter(|text| !text.is_empty()).unwrap_or_else(|| "triggered".into());
        if message.len() > TEXT_BYTES_MAX {
            return Err(Refusal::new(41303, "the text is longer than 4096 bytes; this server has no attachments"));
        }
        let known = |action: &NtfyAction| matches!(action.action.as_str(), "view" | "http");
        if self.actions.len() > ACTIONS_MAX
            || !self.actions.iter().all(|action| known(action) && !action.url.is_empty())
        {
            return Err(Refusal::new(40018, "invalid request: actions invalid"));
        }
        Ok(NtfyMessage {
            id,
            time,
            event: "message",
            topic: self.topic,
            title: self.title,
            message,
            priority: self.priority,
            tags: self.tags,
            click: self.click,
            actions: self.actions,
            pressed: Vec::new(),
        })
    }
}

fn priority(word: &str) -> Result<u8, Refusal> {
    match word.trim().to_ascii_lowercase().as_str() {
        "1" | "min" => Ok(1),
        "2" | "low" => Ok(2),
        "3" | "default" => Ok(3),
        "4" | "high" => Ok(4),
        "5" | "max" | "urgent" => Ok(5),
        _ => Err(Refusal::new(40007, "invalid request: priority invalid")),
    }
}

/// The buttons as JSON, or in the short form `http, Accept, https://.., method=POST, clear=true; view, Open, https://..`.
fn actions(text: &str) -> Result<Vec<NtfyAction>, Refusal> {
    let invalid = || Refusal::new(40018, "invalid request: actions invalid");
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|_| invalid());
    }
    text.split(';').map(|each| short_action(each).ok_or_else(invalid)).collect()
}

fn short_action(text: &str) -> Option<NtfyAction> {
    let mut parts = text.split(',').map(str::trim);
    let mut action = NtfyAction {
        action: parts.next()?.to_owned(),
        label: parts.next()?.to_owned(),
        url: parts.next()?.to_owned(),
        ..NtfyAction::default()
    };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        match (name, name.strip_prefix("headers.")) {
            ("method", _) => action.method = Some(value.to_owned()),
            ("body", _) => action.body = Some(value.to_owned()),
            ("clear", _) => action.clear = matches!(value, "true" | "yes" | "1"),
            (_, Some(header)) => {
                action.headers.insert(header.to_owned(), value.to_owned());
            }
            _ => return None,
        }
    }
    Some(action)
}
