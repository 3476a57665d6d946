//! Requests of a provider to the receiver of its webhooks.

use std::{io, time::Duration};

use reqwest::Method;

/// How long a provider waits for an answer: <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>.
const DEADLINE: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read: what Twilio takes of a document.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A request that is ready to go, with its signature.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub post: bool,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

impl Answer {
    /// Whether the receiver took it.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The client of the providers.
#[derive(Debug)]
pub(super) struct Caller {
    client: reqwest::Client,
}

impl Caller {
    pub fn new() -> io::Result<Self> {
        Ok(Self { client: crate::http::client(DEADLINE)? })
    }

    /// Makes a request. Errors: no answer, in words.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Answer, String> {
        let method = if outgoing.post { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, &outgoing.url).body(outgoing.body.clone());
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|fault| fault.to_string())?;
        let status = answer.status().as_u16();
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        Ok(Answer { status, content_type, body: read(answer).await? })
    }
}

async fn read(mut answer: reqwest::Response) -> Result<String, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|fault| fault.to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes"));
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}
