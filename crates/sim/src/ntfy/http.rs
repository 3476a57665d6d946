//! The phone's own HTTP client, which makes the requests of buttons.

use std::{io, time::Duration};

use reqwest::Method;

use super::{NtfyAction, Pressed};

/// How long the app waits for the answer to a button.
const DEADLINE: Duration = Duration::from_secs(10);
/// Text of an answer that is kept, in characters.
const ANSWER_CHARS_MAX: usize = 4_000;

/// A phone.
#[derive(Debug)]
pub(super) struct Phone {
    client: reqwest::Client,
}

impl Phone {
    #[expect(clippy::disallowed_methods, reason = "a phone is not the product: it has a client of its own")]
    pub fn new() -> io::Result<Self> {
        // The error says that there is a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || reqwest::Client::builder().timeout(DEADLINE).no_proxy();
        // A machine without certificates can still press buttons that lead to http://.
        let client = builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(io::Error::other)?;
        Ok(Self { client })
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
