//! Mails that Mailgun posts to us: a form with a signature, and the mail raw (`body-mime`, where the address ends in `mime`) or taken
//! apart. Source: documentation.mailgun.com, "Receiving Messages via HTTP" and "Securing Webhooks".

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::multipart::{self, Fields};
use crate::channels::Refused;

/// How far the signature's time may be from ours, in seconds.
pub const SIGNATURE_AGE_S_MAX: i64 = 300;

/// A mail that Mailgun handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The token of the signature: it must not come twice.
    pub once: String,
    /// The sender of the envelope.
    pub sender: Option<String>,
    /// The recipients of the envelope.
    pub recipients: Vec<String>,
    /// The mail; put together anew where it came taken apart.
    pub raw: Vec<u8>,
}

/// Reads a post. Errors: forged or stale, or unreadable.
pub fn read(content_type: &str, body: &[u8], key: &SecretString, now: Timestamp) -> Result<Posted, Refused> {
    let unreadable = || Refused::Unreadable("This is not a form of Mailgun.".into());
    let fields = multipart::read(content_type, body).ok_or_else(unreadable)?;
    let once = verify(&fields, key, now)?;
    let recipients = text(&fields, "recipient").unwrap_or_default();
    let recipients: Vec<String> =
        recipients.split(',').map(str::trim).filter(|to| !to.is_empty()).take(100).map(Into::into).collect();
    let raw = match value(&fields, "body-mime") {
        Some(raw) => raw.to_vec(),
        None => rebuild(&fields).ok_or_else(unreadable)?,
    };
    Ok(Posted { once, sender: text(&fields, "sender"), recipients, raw })
}

/// The signature is of the time and the token, not of the mail: who has one may send any mail with it, once, for five minutes.
fn verify(fields: &Fields, key: &SecretString, now: Timestamp) -> Result<String, Refused> {
    let forged = |why: &str| Refused::Forged(why.to_owned());
    let need = |name: &str| text(fields, name).ok_or_else(|| forged("The signature is missing."));
    let (timestamp, token, signature) = (need("timestamp")?, need("token")?, need("signature")?);
    let signed = from_hex(&signature).ok_or_else(|| forged("The signature cannot be read."))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
        .map_err(|_| forged("The signing key cannot be used."))?;
    mac.update(timestamp.as_bytes());
    mac.update(token.as_bytes());
    mac.verify_slice(&signed).map_err(|_| forged("The signature is wrong: compare the HTTP webhook signing key."))?;
    let at: i64 = timestamp.parse().map_err(|_| forged("The time of the signature cannot be read."))?;
    match now.as_second().checked_sub(at).is_some_and(|age| age.abs() <= SIGNATURE_AGE_S_MAX) {
        true if token.len() <= 200 => Ok(token),
        true => Err(forged("The token of the signature is too long.")),
        false => Err(forged("The signature is too old.")),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

fn value<'f>(fields: &'f Fields, name: &str) -> Option<&'f [u8]> {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    value(fields, name).map(|value| String::from_utf8_lossy(value).trim().to_owned())
}

/// The headers as they came, without those that say how the body was packed, and its text.
fn rebuild(fields: &Fields) -> Option<Vec<u8>> {
    let json = value(fields, "message-headers")?;
    let headers: Vec<(String, String)> = serde_json::from_slice(json).ok()?;
    let mut mail = String::new();
    for (name, said) in headers.iter().filter(|(name, _)| is_kept(name)) {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        mail.push_str(&format!("{name}: {said}\r\n"));
    }
    mail.push_str(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    mail.push_str(&text(fields, "body-plain").unwrap_or_default());
    Some(mail.into_bytes())
}

fn is_kept(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name && lower != "mime-version" && !lower.starts_with("content-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::channels::email::inbound::{Envelope, InboundRules, receive};

    const AT: i64 = 1_767_600_000;

    fn key() -> SecretString {
        "key-3ax6xnjp29jd6fds4gc373sgvjxteol0".to_owned().into()
    }

    /// With a signature computed by `printf '%s' "1767600000once" | openssl dgst -sha256 -hmac key-..`.
    fn form(more: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(key().expose_secret().as_bytes()).unwrap();
        mac.update(format!("{AT}once").as_bytes());
        let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("timestamp={AT}&token=once&signature={signature}&{more}")
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    fn now(shift: i64) -> Timestamp {
        Timestamp::from_second(AT + shift).unwrap()
    }

    #[test]
    fn a_mail_that_was_taken_apart_is_read_like_any_other() {
        let token = "k".repeat(30);
        let body = form(&format!(
            "recipient=reply%2B{token}%40bell.example.com&sender=ann%40example.com&body-plain=accept%0D%0A%0D%0AOn+Monday+Bell+wrote%3A%0D%0A%3E+x\
             &message-headers=%5B%5B%22From%22%2C%22Ann+%3Cann%40example.com%3E%22%5D%2C%5B%22Content-Type%22%2C%22multipart%2Fmixed%22%5D%2C%5B%22Subject%22%2C%22Re%3A+x%22%5D%5D"
        ));
        let posted = read(FORM, body.as_bytes(), &key(), now(10)).unwrap();
        assert_eq!((posted.once.as_str(), posted.sender.as_deref()), ("once", Some("ann@example.com")));
        let envelope = Envelope { sender: posted.sender.as_deref(), recipients: &posted.recipients };
        let rules = InboundRules { domain: "bell.example.com", trusted_server: None };
        let mail = receive(&posted.raw, &envelope, &rules).unwrap();
        assert_eq!(
            (mail.text.as_str(), mail.tokens, mail.from.as_deref()),
            ("accept", vec![token], Some("ann@example.com"))
        );
    }

    #[test]
    fn a_raw_mail_comes_as_a_part_of_a_form() {
        let fields = form("");
        let pairs = fields.split('&').filter_map(|pair| pair.split_once('='));
        let mut body = String::new();
        let mail = "From: ann@example.com\r\nSubject: x\r\n\r\naccept\r\n";
        for (name, value) in pairs.chain([("recipient", "reply+x@bell.example.com"), ("body-mime", mail)]) {
            body.push_str(&format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str("--b0--\r\n");
        let posted = read("multipart/form-data; boundary=b0", body.as_bytes(), &key(), now(0)).unwrap();
        assert_eq!(String::from_utf8(posted.raw).unwrap(), mail);
        for cut in 0..body.len() {
            let _ = read("multipart/form-data; boundary=b0", &body.as_bytes()[..cut], &key(), now(0));
        }
    }

    #[test]
    fn what_is_forged_or_stale_does_not_count() {
        let good = form("recipient=a%40b&body-mime=x");
        for (body, shift) in [
            (good.clone(), 301),
            (good.clone(), -301),
            (good.replace("token=once", "token=twice"), 0),
            (good.replace("signature=", "signature=0"), 0),
            (good.replace("&signature", "&x"), 0),
            (String::new(), 0),
        ] {
            let refused = read(FORM, body.as_bytes(), &key(), now(shift));
            assert!(matches!(refused, Err(Refused::Forged(_))), "{body}: {refused:?}");
        }
        assert!(read(FORM, good.as_bytes(), &key(), now(300)).is_ok());
        assert!(read(FORM, good.as_bytes(), &"other".to_owned().into(), now(0)).is_err());
        assert!(matches!(read("text/plain", good.as_bytes(), &key(), now(0)), Err(Refused::Unreadable(_))));
    }
}
