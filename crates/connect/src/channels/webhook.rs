//! An outgoing webhook: the message as JSON, signed, to any web service.
//!
//! `POST` with `Content-Type: application/json` and two headers:
//! - `X-Watchbell-Delivery`: the id of the message, the same at every try. A receiver that saw it answers 2xx and does nothing.
//! - `X-Watchbell-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>` with the webhook's secret. A receiver
//!   computes it over the bytes it got, compares in constant time, and refuses a `t` that is more than five minutes away.
//!
//! 2xx is success. 408, 425, 429 (with `Retry-After`) and 5xx are tried again; anything else is not. Redirects are not
//! followed. The body is that of [`payload`].

mod payload;
mod signature;

pub use signature::sign;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::{
    DeliveryId, Message, Outcome, answer,
    limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
    target::host_of,
    text::line,
};
use crate::http::{Answer, HttpClient, HttpError};

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Watchbell-Signature";
/// The header with the delivery id.
pub const DELIVERY_HEADER: &str = "X-Watchbell-Delivery";

/// Posts one message.
pub(super) async fn send(
    http: &HttpClient,
    url: &str,
    secret: &SecretString,
    message: &Message,
    id: &DeliveryId,
    now: Timestamp,
) -> Outcome {
    let body = match serde_json::to_vec(&payload::payload(message, id, now)) {
        Ok(body) => body,
        Err(fault) => return Outcome::permanent(format!("The webhook's body cannot be written: {fault}")),
    };
    let signature = sign(secret.expose_secret(), now, &body);
    let result = post(http, url, id, &signature, body).await;
    let said = result.as_ref().map(|answer| line(&answer.text(), 200)).unwrap_or_default();
    answer::outcome(&format!("The webhook at {}", host_of(url)), result.as_ref(), &said, now)
}

async fn post(
    http: &HttpClient,
    url: &str,
    id: &DeliveryId,
    signature: &str,
    body: Vec<u8>,
) -> Result<Answer, HttpError> {
    http.post(url)?
        .answer_bytes_max(ANSWER_BYTES_MAX)
        // The one who sends gives up before: a server that never answers is then known to be silent.
        .deadline(SEND_DEADLINE)
        .header("Content-Type", "application/json")
        .header(DELIVERY_HEADER, id.as_str())
        .header(SIGNATURE_HEADER, signature)
        .body(body)
        .send()
        .await
}
