//! Messages of Amazon SNS: who sent one is proved by a signature whose certificate lies at an address of Amazon. Source:
//! docs.aws.amazon.com/sns, "Verifying the signatures of Amazon SNS messages".
//!
//! Only signature version 2 (SHA-256) is taken: the topic has to be set to it, because a topic that is not uses SHA-1.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde::Deserialize;
use webpki::{EndEntityCert, ring::RSA_PKCS1_2048_8192_SHA256};

use crate::channels::Refused;
use crate::http::Url;

/// A message as it was posted; not verified yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnsMessage {
    #[serde(rename = "Type")]
    kind: String,
    message_id: String,
    topic_arn: String,
    #[serde(default)]
    subject: Option<String>,
    message: String,
    timestamp: String,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL", alias = "SigningCertUrl")]
    signing_cert_url: String,
    #[serde(default)]
    token: Option<String>,
    #[serde(rename = "SubscribeURL", alias = "SubscribeUrl", default)]
    subscribe_url: Option<String>,
}

/// What a message that was verified says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnsSaid {
    /// The topic wants to know whether we want its messages: opening this address says yes.
    Confirm {
        /// The address, on a host of Amazon.
        url: Url,
    },
    /// A message.
    Notification {
        /// Its text, mostly JSON.
        text: String,
    },
    /// Nothing that concerns us.
    Other,
}

/// Reads a message. Errors: it is none, or of another topic: anybody may make a topic whose messages are signed rightly.
pub fn read(body: &[u8], topic: &str) -> Result<SnsMessage, Refused> {
    let message: SnsMessage =
        serde_json::from_slice(body).map_err(|_| Refused::Unreadable("This is not a message of Amazon SNS.".into()))?;
    match message.topic_arn == topic {
        true => Ok(message),
        false => Err(Refused::Forged("The message is of another topic than the one that is set up.".into())),
    }
}

impl SnsMessage {
    /// Where the certificate lies. Errors: not at an address of Amazon SNS.
    pub fn certificate_url(&self) -> Result<Url, Refused> {
        amazon_url(&self.signing_cert_url)
            .filter(|url| url.path().ends_with(".pem"))
            .ok_or_else(|| Refused::Forged("The certificate does not lie at an address of Amazon SNS.".into()))
    }

    /// Compares the signature. `pem` is what lay at [`SnsMessage::certificate_url`], fetched over HTTPS. Errors: forged.
    pub fn verify(&self, pem: &[u8]) -> Result<SnsSaid, Refused> {
        let forged = |why: &str| Refused::Forged(why.to_owned());
        if self.signature_version != "2" {
            return Err(forged(
                "The signature is of version 1 (SHA-1). Set the topic's attribute SignatureVersion to 2.",
            ));
        }
        let signature = STANDARD.decode(&self.signature).map_err(|_| forged("The signature cannot be read."))?;
        let certificate = CertificateDer::from_pem_slice(pem).map_err(|_| forged("The certificate cannot be read."))?;
        let certificate =
            EndEntityCert::try_from(&certificate).map_err(|_| forged("The certificate cannot be read."))?;
        certificate
            .verify_signature(RSA_PKCS1_2048_8192_SHA256, self.signed().as_bytes(), &signature)
            .map_err(|_| forged("The signature is wrong."))?;
        self.said()
    }

    /// What is signed: names and values in lines, in the order of their names.
    fn signed(&self) -> String {
        let is_notification = self.kind == "Notification";
        let mut pairs = vec![("Message", Some(&self.message)), ("MessageId", Some(&self.message_id))];
        match is_notification {
            true => pairs.push(("Subject", self.subject.as_ref())),
            false => pairs.push(("SubscribeURL", self.subscribe_url.as_ref())),
        }
        pairs.push(("Timestamp", Some(&self.timestamp)));
        if !is_notification {
            pairs.push(("Token", self.token.as_ref()));
        }
        pairs.extend([("TopicArn", Some(&self.topic_arn)), ("Type", Some(&self.kind))]);
        pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}\n{}\n", value?))).collect()
    }

    fn said(&self) -> Result<SnsSaid, Refused> {
        match self.kind.as_str() {
            "Notification" => Ok(SnsSaid::Notification { text: self.message.clone() }),
            "SubscriptionConfirmation" => self
                .subscribe_url
                .as_deref()
                .and_then(amazon_url)
                .map(|url| SnsSaid::Confirm { url })
                .ok_or_else(|| Refused::Unreadable("The confirmation names no address of Amazon SNS.".into())),
            _ => Ok(SnsSaid::Other),
        }
    }
}

/// `https://sns.eu-central-1.amazonaws.com/..`, also of China; nothing else.
fn amazon_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let region =
        host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?.strip_prefix("sns.")?;
    let is_region = !region.is_empty() && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_plain =
        url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    (is_region && is_plain).then_some(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:mail";
    /// A key and certificate made for this test, and the signature of the message below by `openssl dgst -sha256 -sign`.
    const CERTIFICATE: &[u8] = include_bytes!("tests/sns.pem");
    const MESSAGE: &[u8] = include_bytes!("tests/sns.json");

    #[test]
    fn a_signed_message_is_taken_and_a_changed_one_is_not() {
        let message = read(MESSAGE, TOPIC).unwrap();
        assert!(message.certificate_url().is_ok());
        let said = message.verify(CERTIFICATE).unwrap();
        assert_eq!(said, SnsSaid::Notification { text: "{\"notificationType\":\"Received\"}".into() });
        let changed = |edit: fn(&mut SnsMessage)| {
            let mut message = message.clone();
            edit(&mut message);
            message.verify(CERTIFICATE)
        };
        assert!(changed(|message| message.message.push('x')).is_err());
        assert!(changed(|message| message.subject = Some("x".into())).is_err());
        assert!(changed(|message| message.kind = "SubscriptionConfirmation".into()).is_err());
        assert!(changed(|message| message.signature_version = "1".into()).is_err());
        assert!(message.verify(b"no certificate").is_err());
        assert!(matches!(read(MESSAGE, "arn:aws:sns:eu-central-1:1:other"), Err(Refused::Forged(_))));
        assert!(matches!(read(b"{}", TOPIC), Err(Refused::Unreadable(_))));
    }

    #[test]
    fn certificates_come_from_amazon_only() {
        for (url, expected) in [
            ("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem", true),
            ("https://sns.cn-north-1.amazonaws.com.cn/a.pem", true),
            ("http://sns.eu-central-1.amazonaws.com/a.pem", false),
            ("https://sns.eu-central-1.amazonaws.com.evil.example/a.pem", false),
            ("https://evil.example/sns.eu-central-1.amazonaws.com/a.pem", false),
            ("https://sns.eu-central-1.amazonaws.com@evil.example/a.pem", false),
            ("https://x.sns.eu-central-1.amazonaws.com/a.pem", false),
            ("https://sns.a.b.amazonaws.com/a.pem", false),
            ("https://bucket.s3.amazonaws.com/a.pem", false),
            ("https://sns.eu-central-1.amazonaws.com:444/a.pem", false),
            ("nonsense", false),
        ] {
            assert_eq!(amazon_url(url).is_some(), expected, "{url}");
        }
    }
}
