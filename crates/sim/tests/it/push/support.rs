//! A client of all four services.

use reqwest::{Client, RequestBuilder, header::HeaderMap};
use serde_json::Value;
use watchbell_sim::{
    autotask::client,
    hook::{Hook, HookSimConfig},
};

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn http() -> Client {
    // The error says that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    client().unwrap()
}

/// Sends a request; none where the connection broke off.
pub async fn try_send(request: RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Some(Answer { status, headers, text: response.text().await.ok()? })
}

pub async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("an answer")
}

pub async fn get(url: impl AsRef<str>) -> Answer {
    send(http().get(url.as_ref())).await
}

pub async fn post_json(url: impl AsRef<str>, body: &Value) -> Answer {
    send(http().post(url.as_ref()).json(body)).await
}

/// Posts a form that is written out.
pub async fn post_form(url: impl AsRef<str>, body: &'static str) -> Answer {
    let request = http().post(url.as_ref()).header("content-type", "application/x-www-form-urlencoded");
    send(request.body(body)).await
}

pub async fn hook() -> Hook {
    Hook::start(HookSimConfig::default()).await.unwrap()
}
