//! Where the token of an answer stands: in the address that it was sent to, or in the id of the mail that it answers.

use super::{Envelope, Heads};

/// What an address of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Answers to a message.
    Reply,
    /// Nothing more of this kind.
    Unsubscribe,
}

impl Door {
    /// The word before the plus sign.
    pub const fn word(self) -> &'static str {
        match self {
            Door::Reply => "reply",
            Door::Unsubscribe => "unsubscribe",
        }
    }
}

/// The address of a door: `reply+token@domain`.
pub fn address_of(door: Door, token: &str, domain: &str) -> String {
    format!("{}+{token}@{domain}", door.word())
}

/// What an address of our domain is for, and its token in lower case (mail servers may change the case of an address).
pub fn door_of(address: &str, domain: &str) -> Option<(Door, String)> {
    let (local, at) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    if !at.eq_ignore_ascii_case(domain) {
        return None;
    }
    let (word, token) = local.split_once('+')?;
    let door = [Door::Reply, Door::Unsubscribe].into_iter().find(|door| door.word().eq_ignore_ascii_case(word))?;
    Some((door, token_like(token)?))
}

/// Tokens that are looked at.
const TOKENS_MAX: usize = 10;
/// Letters and digits of a token.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=64;

/// Lower case, where it looks like a token.
fn token_like(text: &str) -> Option<String> {
    let fits = TOKEN_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| text.to_ascii_lowercase())
}

/// The token of a Message-ID of ours: `<notification-17.token@domain>`.
pub fn token_of_message_id(id: &str) -> Option<String> {
    let (local, _) = id.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    token_like(local.rsplit_once('.')?.1)
}

/// What a mail is for, and the tokens that it carries.
pub(super) fn tokens(heads: &Heads, envelope: &Envelope<'_>, domain: &str) -> (Door, Vec<String>) {
    let (mut door, mut found) = (None, Vec::new());
    let named = ["delivered-to", "x-original-to", "to", "cc"];
    let in_heads = named.iter().flat_map(|name| heads.all(name)).flat_map(addresses);
    for address in envelope.recipients.iter().map(String::as_str).chain(in_heads) {
        if let Some((to, token)) = door_of(address, domain) {
            door.get_or_insert(to);
            found.push(token);
        }
    }
    let answered = ["in-reply-to", "references"].iter().flat_map(|name| heads.all(name));
    found.extend(answered.flat_map(str::split_whitespace).filter_map(token_of_message_id));
    let mut tokens: Vec<String> = Vec::new();
    for token in found {
        if tokens.len() < TOKENS_MAX && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    (door.unwrap_or(Door::Reply), tokens)
}

/// The words of a header that look like addresses.
fn addresses(header: &str) -> impl Iterator<Item = &str> {
    header.split([',', ' ', ';', '<', '>', '"']).filter(|word| word.contains('@'))
}
