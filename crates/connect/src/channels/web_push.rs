//! Push to browsers, installed pages and apps: RFC 8030, encrypted by RFC 8291, with our name by RFC 8292.
//!
//! An endpoint is an address from outside: only https is sent to (http to this machine itself, where private addresses are
//! allowed), through the client that refuses what no outside service may have.

mod encrypt;
mod fault;
mod payload;
mod plan;
mod vapid;

pub use vapid::{BadVapid, Vapid, VapidKey};

use std::net::IpAddr;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use jiff::Timestamp;

use super::{
    Message, Outcome, PushKeys,
    letter::compose,
    limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
};
use crate::http::{Answer, HttpClient, HttpError, Reach, Url, reach};
use encrypt::{Once, Recipient};
use plan::Plan;

/// Who is sent to.
#[derive(Clone, Copy)]
pub(super) struct Subscriber<'a> {
    /// Names the server in errors.
    pub who: &'a str,
    pub endpoint: &'a str,
    pub keys: Option<&'a PushKeys>,
}

/// A message as it is posted.
struct Parcel<'a> {
    endpoint: &'a str,
    authorization: Option<String>,
    is_encrypted: bool,
    plan: Plan,
    body: Vec<u8>,
}

/// Sends one message.
pub(super) async fn send(
    http: &HttpClient,
    vapid: Option<&Vapid>,
    to: Subscriber<'_>,
    message: &Message,
    now: Timestamp,
) -> Outcome {
    let url = match endpoint(http, to.endpoint) {
        Ok(url) => url,
        Err(why) => return Outcome::bad_contact(format!("{}: {why}", to.who)),
    };
    match pack(vapid, to, &url, message, now) {
        Ok(parcel) => fault::outcome(to.who, post(http, parcel).await.as_ref(), now),
        Err(outcome) => outcome,
    }
}

/// An endpoint that may be sent to. Errors: why not, in words.
fn endpoint(http: &HttpClient, address: &str) -> Result<Url, String> {
    let url = http.check(address).map_err(|fault| fault.to_string())?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_this_machine = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| reach(ip) == Reach::Loopback);
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine && http.policy().allow_private => Ok(url),
        _ => Err("its address must begin with https://".into()),
    }
}

fn pack<'a>(
    vapid: Option<&Vapid>,
    to: Subscriber<'a>,
    url: &Url,
    message: &Message,
    now: Timestamp,
) -> Result<Parcel<'a>, Outcome> {
    let letter = compose(message);
    let said = payload::payload(&letter)
        .map_err(|fault| Outcome::permanent(format!("The push message cannot be written: {fault}")))?;
    let plan = Plan::of(message, &letter, now);
    let authorization = vapid.map(|vapid| vapid.authorization(url, now));
    let Some(keys) = to.keys else {
        return Ok(Parcel { endpoint: to.endpoint, authorization, is_encrypted: false, plan, body: said });
    };
    let recipient = Recipient::parse(keys).map_err(|fault| Outcome::bad_contact(format!("{}: {fault}", to.who)))?;
    let vapid = vapid.ok_or_else(|| Outcome::bad_account("This installation has no key for push services yet."))?;
    let once = Once::draw(vapid.randomness());
    let body = once.and_then(|once| encrypt::encrypt(&said, &recipient, &once));
    let body = body.ok_or_else(|| Outcome::permanent("The push message cannot be encrypted."))?;
    Ok(Parcel { endpoint: to.endpoint, authorization, is_encrypted: true, plan, body })
}

async fn post(http: &HttpClient, parcel: Parcel<'_>) -> Result<Answer, HttpError> {
    let mut call = http
        .post(parcel.endpoint)?
        .answer_bytes_max(ANSWER_BYTES_MAX)
        .deadline(SEND_DEADLINE)
        .header("TTL", &parcel.plan.ttl_s.to_string())
        .header("Urgency", parcel.plan.urgency);
    if let Some(topic) = &parcel.plan.topic {
        call = call.header("Topic", topic);
    }
    if let Some(authorization) = &parcel.authorization {
        call = call.secret_header("Authorization", authorization);
    }
    call = match parcel.is_encrypted {
        true => call.header("Content-Type", "application/octet-stream").header("Content-Encoding", "aes128gcm"),
        false => call.header("Content-Type", "application/json"),
    };
    call.body(parcel.body).send().await
}

/// Bytes of base64url; padding is put up with, as some browsers' libraries write it.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::URL_SAFE, config).decode(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::http::OutboundPolicy;

    #[test]
    fn only_https_is_sent_to_and_never_the_inside() {
        let open = HttpClient::new(OutboundPolicy::default()).unwrap();
        let closed = HttpClient::new(OutboundPolicy { allow_private: false }).unwrap();
        for (address, when_open, when_closed) in [
            ("https://push.example/send/1", true, true),
            ("http://127.0.0.1:8080/send/1", true, false),
            ("http://localhost:8080/send/1", true, false),
            ("http://[::1]/send/1", true, false),
            ("https://192.168.1.5/up", true, false),
            ("http://192.168.1.5/up", false, false),
            ("http://push.example/send/1", false, false),
            ("https://169.254.169.254/latest", false, false),
            ("ftp://push.example/", false, false),
            ("push.example", false, false),
        ] {
            assert_eq!(endpoint(&open, address).is_ok(), when_open, "{address}");
            assert_eq!(endpoint(&closed, address).is_ok(), when_closed, "{address}");
        }
    }
}
