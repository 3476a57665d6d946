//! Signed links: whoever holds one may accept or resolve one alert as the user it was sent to, after a confirming click.
//! The signature is derived from the sealing key, so the same message sent twice carries the same link and nothing is stored.
//! A link ends with its alert, and with its notification.

use crate::app::App;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use watchbell_core::ids::{NotificationId, OrgId};

/// What a link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub org: OrgId,
    /// The message that carried it.
    pub notification: NotificationId,
}

const NAMED: usize = 16;

/// What a token is good for: one that a provider is given to call us back does not accept an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// In a message, for its reader.
    Link,
    /// For the account that carries the message.
    Callback,
    /// For a person who opens our bot; the number is theirs.
    Joining,
}

impl Use {
    /// What is signed beside the number. Links had nothing before there were others, and those that are out stay good.
    const fn domain(self) -> &'static [u8] {
        match self {
            Use::Link => b"",
            Use::Callback => b"callback",
            Use::Joining => b"joining",
        }
    }
}

/// The token of a link.
pub fn sign(app: &App, usage: Use, link: Link) -> String {
    let named = name(link);
    let mut token = named.to_vec();
    token.extend(signature(app, usage, &named));
    URL_SAFE_NO_PAD.encode(token)
}

/// What a token names; `None` when it was not signed here, or for something else.
pub fn verify(app: &App, usage: Use, token: &str) -> Option<Link> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (named, signed) = token.split_at_checked(NAMED)?;
    let is_ours: bool = signature(app, usage, named).ct_eq(signed).into();
    let (org, notification) = named.split_at_checked(8)?;
    let link = Link {
        org: OrgId(i64::from_be_bytes(org.try_into().ok()?)),
        notification: NotificationId(i64::from_be_bytes(notification.try_into().ok()?)),
    };
    is_ours.then_some(link)
}

fn name(link: Link) -> [u8; NAMED] {
    let mut named = [0; NAMED];
    named[..8].copy_from_slice(&link.org.0.to_be_bytes());
    named[8..].copy_from_slice(&link.notification.0.to_be_bytes());
    named
}

fn signature(app: &App, usage: Use, named: &[u8]) -> Vec<u8> {
    let mut mac = match Hmac::<Sha256>::new_from_slice(app.sealer.link_key()) {
        Ok(mac) => mac,
        // HMAC takes keys of any length (RFC 2104); an empty signature verifies nothing.
        Err(_) => return Vec::new(),
    };
    mac.update(named);
    mac.update(usage.domain());
    mac.finalize().into_bytes().to_vec()
}
