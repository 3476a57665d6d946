//! Sealing of secrets at rest: XChaCha20-Poly1305, bound to table, column and a random seal id stored with the value.

use crate::error::StoreError;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Where a sealed value lives; it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

/// Random bytes for one seal: 16 for its id, 24 for its nonce. Made by the server's `Ids`.
pub type Fresh = [u8; 40];

/// The key of an installation. Cheap to clone; never printed.
#[derive(Clone)]
pub struct Sealer {
    cipher: Arc<XChaCha20Poly1305>,
    key_id: [u8; 4],
    link_key: [u8; 32],
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

const KEY_ID: std::ops::Range<usize> = 0..4;
const SEAL_ID: std::ops::Range<usize> = 4..20;
const NONCE: std::ops::Range<usize> = 20..44;

impl Sealer {
    /// A sealer of a 256-bit key.
    pub fn new(key: [u8; 32]) -> Self {
        let digest = Sha256::digest(key);
        let mut link_key = Sha256::new();
        link_key.update(b"watchbell signed links");
        link_key.update(key);
        Self {
            cipher: Arc::new(XChaCha20Poly1305::new(&key.into())),
            key_id: [digest[0], digest[1], digest[2], digest[3]],
            link_key: link_key.finalize().into(),
        }
    }

    /// The key that signs links, derived from the sealing key.
    pub fn link_key(&self) -> &[u8; 32] {
        &self.link_key
    }

    /// Seals a value: key id, seal id, nonce, ciphertext.
    pub fn seal(&self, place: Place, plain: &[u8], fresh: &Fresh) -> Result<Vec<u8>, StoreError> {
        let (seal_id, nonce) = fresh.split_at(16);
        let aad = associated(place, seal_id);
        let nonce = XNonce::try_from(nonce).map_err(|error| StoreError::Key(error.to_string()))?;
        let sealed = self
            .cipher
            .encrypt(&nonce, Payload { msg: plain, aad: &aad })
            .map_err(|error| StoreError::Key(error.to_string()))?;
        Ok([self.key_id.as_slice(), seal_id, nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed value. Errors: another key, another place, or damaged.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let refuse = |why: &str| {
            StoreError::Key(format!("the secret in {}.{} cannot be opened: {why}", place.table, place.column))
        };
        if sealed.len() < NONCE.end {
            return Err(refuse("it is damaged"));
        }
        if sealed[KEY_ID] != self.key_id {
            return Err(refuse("it was sealed with another key"));
        }
        let nonce = XNonce::try_from(&sealed[NONCE]).map_err(|_| refuse("it is damaged"))?;
        let aad = associated(place, &sealed[SEAL_ID]);
        self.cipher
            .decrypt(&nonce, Payload { msg: &sealed[NONCE.end..], aad: &aad })
            .map_err(|_| refuse("it is damaged or was moved"))
    }

    /// Opens a sealed text.
    pub fn open_text(&self, place: Place, sealed: &[u8]) -> Result<String, StoreError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|error| StoreError::Key(error.to_string()))
    }
}

fn associated(place: Place, seal_id: &[u8]) -> Vec<u8> {
    [place.table.as_bytes(), b"\0", place.column.as_bytes(), b"\0", seal_id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Place = Place { table: "connector", column: "sealed" };

    #[test]
    fn a_seal_opens_at_its_place_with_its_key_only() {
        let sealer = Sealer::new([7; 32]);
        let sealed = sealer.seal(SECRET, b"geheim", &[9; 40]).unwrap();
        assert_eq!(sealer.open(SECRET, &sealed).unwrap(), b"geheim");
        assert!(Sealer::new([8; 32]).open(SECRET, &sealed).is_err());
        assert!(sealer.open(Place { column: "params", ..SECRET }, &sealed).is_err());
        for i in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[i] ^= 1;
            assert!(sealer.open(SECRET, &bent).is_err(), "byte {i}");
        }
        assert!(sealer.open(SECRET, &sealed[..40]).is_err());
    }
}
