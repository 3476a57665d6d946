//! Where a message goes, and the id that is the same at every try.

use std::fmt;

use secrecy::SecretString;

use crate::http::Url;

/// Where a message goes: one contact of one channel.
#[derive(Clone)]
pub enum Target {
    /// A mailbox.
    Email {
        /// `ann@example.com`
        address: String,
    },
    /// A topic of an ntfy server.
    Ntfy {
        /// The server, such as `https://ntfy.sh`.
        url: String,
        /// The topic: letters, digits, `-` and `_`.
        topic: String,
        /// Access token, where the topic asks for one.
        token: Option<SecretString>,
    },
    /// Any web service.
    Webhook {
        /// Where the JSON is posted to.
        url: String,
        /// The key of the signature.
        secret: SecretString,
    },
    /// An application on a Gotify server.
    Gotify {
        /// The server, such as `https://gotify.example.com`.
        url: String,
        /// The token of the application, which its owner made.
        token: SecretString,
    },
    /// A browser or an installed page that subscribed (RFC 8030).
    WebPush {
        /// The address that the browser's push service gave it; whoever has it can send there.
        endpoint: String,
        /// The browser's public key: 65 bytes in base64url.
        p256dh: String,
        /// The secret that it shares with us: 16 bytes in base64url.
        auth: SecretString,
    },
    /// An app that is reached by the distributor that its owner chose.
    UnifiedPush {
        /// The address that the distributor gave it.
        endpoint: String,
        /// The app's keys; without them the message goes as it is, for apps that expect no encryption.
        keys: Option<PushKeys>,
    },
}

/// What a message to a subscriber is encrypted with (RFC 8291).
#[derive(Clone)]
pub struct PushKeys {
    /// The subscriber's public key: 65 bytes in base64url.
    pub p256dh: String,
    /// The secret that it shares with us: 16 bytes in base64url.
    pub auth: SecretString,
}

/// Names the target without what may be secret: the topic, the path, the token.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email { .. } => f.write_str("The mail server"),
            Self::Ntfy { url, .. } => write!(f, "The ntfy server {}", host_of(url)),
            Self::Webhook { url, .. } => write!(f, "The webhook at {}", host_of(url)),
            Self::Gotify { url, .. } => write!(f, "The Gotify server {}", host_of(url)),
            Self::WebPush { endpoint, .. } => write!(f, "The push service {}", host_of(endpoint)),
            Self::UnifiedPush { endpoint, .. } => write!(f, "The UnifiedPush server {}", host_of(endpoint)),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Host and port of an address, for messages to people.
pub(super) fn host_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "an unreadable address".into() };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.into(),
        (None, _) => "an address without a host".into(),
    }
}

/// What names one message at every try: 1 to 100 of the characters `A-Z a-z 0-9 . _ -`, as they may stand in a Message-ID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeliveryId(String);

/// The text cannot be a delivery id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delivery id is 1 to 100 of the characters A-Z a-z 0-9 . _ -")]
pub struct InvalidDeliveryId;

impl DeliveryId {
    /// The id of a notification by its number.
    pub fn of_notification(id: i64) -> Self {
        Self(format!("notification-{id}"))
    }

    /// An id of the caller's own, such as `test-8f3a`.
    pub fn parse(text: &str) -> Result<Self, InvalidDeliveryId> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        // Dots may only stand between others (RFC 5322, dot-atom).
        let dotted = text.split('.').all(|part| !part.is_empty() && part.chars().all(allowed));
        if dotted && text.len() <= 100 { Ok(Self(text.into())) } else { Err(InvalidDeliveryId) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_id_cannot_leave_its_header() {
        for good in ["notification-17", "a", "test_1.2", &"x".repeat(100)] {
            assert!(DeliveryId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "a..b", "a.", "a b", "a@b", "a>\r\nBcc: x", "ä", &"x".repeat(101)] {
            assert_eq!(DeliveryId::parse(bad), Err(InvalidDeliveryId), "{bad}");
        }
    }

    #[test]
    fn a_target_shows_no_secret() {
        let target =
            Target::Webhook { url: "https://user:pw@hook.example/T0/secret?key=1".into(), secret: "s3cret".into() };
        assert_eq!(format!("{target:?}"), "The webhook at hook.example");
        let endpoint = "https://push.example/send/capability".to_owned();
        let target = Target::WebPush { endpoint, p256dh: "key".into(), auth: "s3cret".into() };
        assert_eq!(format!("{target:?}"), "The push service push.example");
    }
}
