//! One request to the receiver.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::signature::{self, SignatureFault};

/// A request as it came.
#[derive(Debug, Clone, Serialize)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; what is not UTF-8 is replaced.
    pub body: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl Received {
    /// A header by its name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Checks the signature as a careful receiver would: the header, the age against `now`, the HMAC.
    pub fn verify(&self, secret: &str, now: Timestamp) -> Result<(), SignatureFault> {
        signature::verify(self.header("x-watchbell-signature"), secret, self.body.as_bytes(), now)
    }
}
