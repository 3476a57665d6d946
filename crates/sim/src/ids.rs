//! Names and keys of a stand-in: made of its time and a number, so each is new. They are for tests, and no secret.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::web_push::crypto::DeviceKeys;

/// What a name or a key is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed {
    /// When it is made: another start of the stand-in gives others.
    pub now: Timestamp,
    /// Which one it is since the start.
    pub number: u64,
}

impl Seed {
    fn bytes(self, what: &str) -> [u8; 32] {
        Sha256::digest(format!("{what} {} {}", self.now.as_nanosecond(), self.number)).into()
    }

    /// A word for an address: 24 letters, digits, `-` and `_`.
    pub fn word(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.bytes("word")[..18])
    }

    /// A GUID in its usual form, such as `0f8fad5b-d9cb-469f-a165-70867728950e`.
    pub fn guid(self) -> String {
        let hex: String = self.bytes("guid")[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// The keys of a device; none for one seed in 2^32, whose bytes are no private key.
    pub fn device_keys(self) -> Option<DeviceKeys> {
        let auth = self.bytes("auth").first_chunk().copied()?;
        DeviceKeys::new(&self.bytes("key"), auth)
    }
}
