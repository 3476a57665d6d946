//! The buttons of a message, and what happens when they are pressed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::State;

/// A button: <https://docs.ntfy.sh/publish/#action-buttons>.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NtfyAction {
    /// `view` opens an address, `http` makes a request.
    pub action: String,
    /// What is on the button.
    pub label: String,
    /// Where it leads.
    #[serde(default)]
    pub url: String,
    /// Method of a request; POST where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Headers of a request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Body of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether the message goes away when it worked.
    #[serde(default)]
    pub clear: bool,
}

/// What came of pressing a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// The browser opens this address; the phone itself does nothing.
    Opens(String),
    /// The request was answered with this status and text.
    Answered(u16, String),
    /// No answer, or no such button.
    Failed(String),
}

impl State {
    /// Presses a button and writes down what came of it.
    pub(super) async fn press(&self, message_id: &str, label: &str) -> Pressed {
        let message = self.messages.all().into_iter().find(|message| message.id == message_id);
        let action = message.and_then(|message| message.actions.into_iter().find(|action| action.label == label));
        let pressed = match action {
            None => return Pressed::Failed(format!("message {message_id} has no button {label}")),
            Some(action) if action.action == "view" => Pressed::Opens(action.url),
            Some(action) => self.client.request(&action).await,
        };
        self.messages.change(|messages| {
            for message in messages.iter_mut().filter(|message| message.id == message_id) {
                message.pressed.push((label.to_owned(), pressed.clone()));
            }
        });
        pressed
    }
}
