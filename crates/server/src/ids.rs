//! Randomness: tokens, seals, uuids. The one home of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A secret of 256 random bits: shown once as text, kept as a SHA-256.
#[derive(Clone)]
pub struct Token(pub [u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// As it is shown: base64 without padding, safe in URLs.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of a token's text.
    pub fn hash(text: &str) -> [u8; 32] {
        use sha2::Digest as _;
        sha2::Sha256::digest(text.as_bytes()).into()
    }
}

/// The source of random ids. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Ids;

impl Ids {
    /// Fresh bytes for one seal.
    pub fn fresh(&self) -> watchbell_store::seal::Fresh {
        random()
    }

    /// A new secret.
    pub fn token(&self) -> Token {
        Token(random())
    }

    /// A salt for one password.
    pub fn salt(&self) -> [u8; 16] {
        random()
    }

    /// A version 4 uuid.
    pub fn uuid(&self) -> String {
        let mut bytes: [u8; 16] = random();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// Six digits, for a person to type.
    pub fn code(&self) -> String {
        format!("{:06}", u32::from_be_bytes(random()) % 1_000_000)
    }

    /// A number in `0..below`, for jitter.
    pub fn below(&self, below: u64) -> u64 {
        u64::from_be_bytes(random()) % below.max(1)
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// Fills a slice with random bytes, for keys that a library makes.
#[expect(clippy::disallowed_methods, reason = "the home of randomness")]
pub fn fill(bytes: &mut [u8]) {
    // Without randomness there are no secrets: nothing sensible is left to do.
    #[expect(clippy::expect_used, reason = "the operating system's generator does not fail after start")]
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}
