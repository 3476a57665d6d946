//! Signed links: whoever holds one may accept or resolve one alert as the user it was sent to, after a confirming click.
//! The signature is derived from the sealing key, so the same message sent twice carries the same link and nothing is stored.
//! A link ends with its alert, and with its notification.

mod base32;

use crate::app::App;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use watchbell_core::ids::{NotificationId, OrgId, UserId};
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
}

impl Use {
    /// What is signed beside the number. Links had nothing before there were others, and those that are out stay good.
    const fn domain(self) -> &'static [u8] {
        match self {
            Use::Link => b"",
            Use::Callback => b"callback",
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

/// Bytes of the moment in a token that ends, and of its signature: with what it names 64 letters, as many as a bot's link takes
/// (<https://core.telegram.org/bots/features#deep-linking>).
const MOMENT: usize = 8;
const ENDING_SIGNATURE: usize = 24;
/// What parts the signatures of tokens that end from those of links.
const ENDING: &[u8] = b"ends at ";

/// The token of a person who opens our bot, good before a moment. It is kept by nobody, so that it cannot be taken back: it is short-lived.
pub fn sign_user(sealer: &Sealer, org: OrgId, user: UserId, until: Timestamp) -> String {
    let named = name(Link { org, notification: NotificationId(user.0) });
    let mut token = [named.as_slice(), &until.as_second().to_be_bytes()].concat();
    let signed = signature(sealer, &[ENDING, &token]);
    token.extend(signed.into_iter().take(ENDING_SIGNATURE));
    URL_SAFE_NO_PAD.encode(token)
}

/// Whose token it is, and whether it counts still; `None` when it was not signed here.
pub fn verify_user(sealer: &Sealer, token: &str, now: Timestamp) -> Option<(OrgId, UserId, bool)> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (said, signed) = token.split_at_checked(NAMED + MOMENT)?;
    let expected = signature(sealer, &[ENDING, said]);
    let is_ours: bool = expected.get(..ENDING_SIGNATURE)?.ct_eq(signed).into();
    let (named, until) = said.split_at_checked(NAMED)?;
    let counts = now.as_second() < i64::from_be_bytes(until.try_into().ok()?);
    read(named).filter(|_| is_ours).map(|link| (link.org, UserId(link.notification.0), counts))
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
    fn the_word_of_a_person_fits_a_link_and_ends() {
        let (sealer, other) = (Sealer::new([7; 32]), Sealer::new([8; 32]));
        let (until, second) = (Timestamp::from_second(1_000).unwrap(), |at: i64| Timestamp::from_second(at).unwrap());
        let token = sign_user(&sealer, OrgId(1), UserId(17), until);
        assert_eq!(token.len(), 64);
        assert_eq!(verify_user(&sealer, &token, second(999)), Some((OrgId(1), UserId(17), true)));
        assert_eq!(verify_user(&sealer, &token, until), Some((OrgId(1), UserId(17), false)), "it ended");
        assert_eq!(verify_user(&other, &token, second(0)), None);
        let later = sign_user(&sealer, OrgId(1), UserId(17), second(9_000));
        let forged = format!("{}{}", &later[..32], &token[32..]);
        for bad in ["", "a", &token[..63], &forged] {
            assert_eq!(verify_user(&sealer, bad, second(0)), None, "{bad}");
        }
    }

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
