//! A push message as it was taken, and as the device read it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PushState {
    /// The device sleeps.
    Waiting,
    /// The device has it.
    Delivered,
    /// A newer one of its topic came before the device woke.
    Replaced,
    /// Its time was over before the device woke.
    Expired,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushMessage {
    /// The last part of the `Location` that was answered.
    pub id: String,
    /// The subscription that it was sent to.
    pub subscription: String,
    /// When it came, in Unix seconds.
    pub received_at: i64,
    /// How long it may wait; none where UnifiedPush's sender did not say.
    pub ttl_s: Option<u64>,
    /// `very-low`, `low`, `normal` or `high`.
    pub urgency: String,
    /// What a newer one replaces it by.
    pub topic: Option<String>,
    /// What it says, decrypted; what is not UTF-8 is replaced.
    pub text: String,
    /// The same, where it is JSON.
    pub json: Option<Value>,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// Who sent it, by the `sub` of the token.
    pub sender: Option<String>,
    /// Where it is.
    pub state: PushState,
    /// The headers as they came, names in lower case, for a check by another program.
    pub headers: BTreeMap<String, String>,
    /// The body as it came, in base64url.
    pub body: String,
}
