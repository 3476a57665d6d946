//! The one place of the stand-ins that makes random bytes: keys and addresses that nobody may guess.

use std::io;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::web_push::crypto::DeviceKeys;

/// Random bytes.
#[expect(clippy::disallowed_methods, reason = "the stand-ins' one source of randomness")]
fn random_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// A word for an address: 24 letters, digits, `-` and `_`.
pub(crate) fn random_word() -> io::Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<18>()?))
}

/// New keys of a device. Not every 32 bytes are a private key: about one in 2^32 is none.
pub(crate) fn device_keys() -> io::Result<DeviceKeys> {
    loop {
        if let Some(keys) = DeviceKeys::new(&random_bytes::<32>()?, random_bytes()?) {
            return Ok(keys);
        }
    }
}
