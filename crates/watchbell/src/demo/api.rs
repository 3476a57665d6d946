//! Calls of Watchbell's own API: the demonstration is set up as any other tool would do it.

use anyhow::{Context as _, ensure};
use serde_json::Value;
use watchbell_connect::http::{HttpClient, Method, OutboundPolicy};

/// The API as one person.
#[derive(Debug)]
pub(crate) struct Api {
    http: HttpClient,
    base: String,
    key: String,
}

impl Api {
    /// The API at an address, with a key.
    pub(crate) fn new(base: String, key: String) -> anyhow::Result<Self> {
        Ok(Self { http: HttpClient::new(OutboundPolicy { allow_private: true })?, base, key })
    }

    /// The address of Watchbell.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Makes something; what the API answers.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let call = self.http.call(Method::POST, &format!("{}/api{path}", self.base))?.bearer(&self.key).json(body);
        let answer = call.send().await.with_context(|| format!("POST /api{path}"))?;
        ensure!(answer.is_success(), "POST /api{path}: {} {}", answer.status, answer.text());
        answer.json().with_context(|| format!("POST /api{path}"))
    }

    /// Makes something; its id.
    pub(crate) async fn make(&self, path: &str, body: &Value) -> anyhow::Result<i64> {
        let made = self.post(path, body).await?;
        made["id"].as_i64().with_context(|| format!("POST /api{path} answered without an id"))
    }
}
