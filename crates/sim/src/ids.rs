//! The one place of the stand-ins that makes random bytes: keys and addresses that nobody may guess.

use std::io;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::SecretKey;

/// Random bytes.
#[expect(clippy::disallowed_methods, reason = "the stand-ins' one source of randomness")]
pub(crate) fn random_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// A word for an address: 24 letters, digits, `-` and `_`.
pub(crate) fn random_word() -> io::Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<18>()?))
}

/// A new private key on P-256.
pub(crate) fn random_key() -> io::Result<SecretKey> {
    loop {
        // Not every 32 bytes are a key: about one in 2^32 is none.
        if let Ok(key) = SecretKey::from_slice(&random_bytes::<32>()?) {
            return Ok(key);
        }
    }
}
