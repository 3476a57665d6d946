//! The phone's own HTTP client, which makes the requests of buttons.

use std::io;

use reqwest::Method;

use super::{NtfyAction, Pressed};

/// Text of an answer that is kept, in characters.
const ANSWER_CHARS_MAX: usize = 4_000;

/// A phone.
#[derive(Debug)]
pub(super) struct Phone {
    client: reqwest::Client,
}

impl Phone {
    pub fn new() -> io::Result<Self> {
        Ok(Self { client: crate::http::client(crate::http::DEADLINE)? })
    }

    /// Makes the request of a button.
    pub async fn request(&self, action: &NtfyAction) -> Pressed {
        let Ok(method) = action.method.as_deref().unwrap_or("POST").parse::<Method>() else {
            return Pressed::Failed("the method is none".into());
        };
        let mut request = self.client.request(method, &action.url).body(action.body.clone().unwrap_or_default());
        for (name, value) in &action.headers {
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                Pressed::Answered(
                    status,
                    answer.text().await.unwrap_or_default().chars().take(ANSWER_CHARS_MAX).collect(),
                )
            }
            Err(fault) => Pressed::Failed(fault.to_string()),
        }
    }
}
