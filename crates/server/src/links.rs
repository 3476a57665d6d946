//! Signed links: whoever holds one may accept or resolve one alert as the user it was sent to, after a confirming click.
//! The signature is derived from the sealing key, so the same message sent twice carries the same link and nothing is stored.
//! A link ends with its alert, and with its notification.

mod base32;

use crate::app::App;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use watchbell_core::ids::{NotificationId, OrgId};
use watchbell_store::seal::Sealer;

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
    token.extend(signature(&app.sealer, &[&named, usage.domain()]));
    URL_SAFE_NO_PAD.encode(token)
}

/// What a token names; `None` when it was not signed here, or for something else.
pub fn verify(app: &App, usage: Use, token: &str) -> Option<Link> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (named, signed) = token.split_at_checked(NAMED)?;
    let is_ours: bool = signature(&app.sealer, &[named, usage.domain()]).ct_eq(signed).into();
    read(named).filter(|_| is_ours)
}

/// Bytes of the signature in an address: 128 bits, because the part before the @ has 64 characters (RFC 5321).
const ADDRESS_SIGNATURE: usize = 16;
/// What parts the signatures of addresses from those of links.
const ADDRESS: &[u8] = b"mail address ";

/// The token of an e-mail address: 52 small letters and digits, since mail servers may change the case of an address.
pub fn sign_address(sealer: &Sealer, link: Link) -> String {
    let named = name(link);
    let mut token = named.to_vec();
    token.extend(signature(sealer, &[ADDRESS, &named]).into_iter().take(ADDRESS_SIGNATURE));
    base32::encode(&token)
}

/// What the token of an address names; `None` when it was not signed here.
pub fn verify_address(sealer: &Sealer, token: &str) -> Option<Link> {
    let token = base32::decode(token)?;
    let (named, signed) = token.split_at_checked(NAMED)?;
    let expected = signature(sealer, &[ADDRESS, named]);
    let is_ours: bool = expected.get(..ADDRESS_SIGNATURE)?.ct_eq(signed).into();
    read(named).filter(|_| is_ours)
}

fn read(named: &[u8]) -> Option<Link> {
    let (org, notification) = named.split_at_checked(8)?;
    Some(Link {
        org: OrgId(i64::from_be_bytes(org.try_into().ok()?)),
        notification: NotificationId(i64::from_be_bytes(notification.try_into().ok()?)),
    })
}

fn name(link: Link) -> [u8; NAMED] {
    let mut named = [0; NAMED];
    named[..8].copy_from_slice(&link.org.0.to_be_bytes());
    named[8..].copy_from_slice(&link.notification.0.to_be_bytes());
    named
}

fn signature(sealer: &Sealer, signed: &[&[u8]]) -> Vec<u8> {
    let mut mac = match Hmac::<Sha256>::new_from_slice(sealer.link_key()) {
        Ok(mac) => mac,
        // HMAC takes keys of any length (RFC 2104); an empty signature verifies nothing.
        Err(_) => return Vec::new(),
    };
    signed.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_proof_in_any_case_and_only_of_what_it_names() {
        let (sealer, other) = (Sealer::new([7; 32]), Sealer::new([8; 32]));
        let link = Link { org: OrgId(1), notification: NotificationId(17) };
        let token = sign_address(&sealer, link);
        assert!(token.len() == 52 && token.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert_eq!(verify_address(&sealer, &token), Some(link));
        assert_eq!(verify_address(&sealer, &token.to_uppercase()), Some(link));
        assert_eq!(verify_address(&other, &token), None);
        for place in 0..token.len() - 1 {
            let mut forged = token.clone().into_bytes();
            forged[place] = if forged[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(verify_address(&sealer, &String::from_utf8(forged).unwrap()), None, "{place}");
        }
        for bad in ["", "a", "1", &token[..51], &format!("{token}a"), "ä"] {
            assert_eq!(verify_address(&sealer, bad), None, "{bad}");
        }
    }
}
