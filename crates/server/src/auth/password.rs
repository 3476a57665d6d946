//! Passwords: argon2id with 19 MiB, two passes, one lane; off the async threads, and few at a time, for each takes its memory.

use crate::error::ApiError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// Characters of a password: short ones are guessed, long ones are work for nothing.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=256;

/// OWASP's first choice for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Memory is a matter of the process, so this limit is too.
static HASHING: Semaphore = Semaphore::const_new(2);

fn hasher() -> Result<Argon2<'static>, ApiError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn with_permit<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let permit = HASHING.acquire().await.map_err(ApiError::internal)?;
    let done = tokio::task::spawn_blocking(work).await.map_err(ApiError::internal);
    drop(permit);
    done
}

/// The PHC string of a password. `salt`: fresh random bytes of the server's `Ids`. Errors: 400 for one that is too short or too long.
pub async fn hash_password(password: SecretString, salt: [u8; 16]) -> Result<String, ApiError> {
    let chars = password.expose_secret().chars().count();
    if !PASSWORD_CHARS.contains(&chars) {
        let (least, most) = (PASSWORD_CHARS.start(), PASSWORD_CHARS.end());
        return Err(ApiError::field("password", format!("must have {least} to {most} characters")));
    }
    let argon = hasher()?;
    let hash = move || {
        argon
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .map(|hash: PasswordHash| hash.to_string())
    };
    with_permit(hash).await?.map_err(|error| ApiError::internal(error.to_string()))
}

/// Whether a password is the one of a PHC string. Without one it takes the same time and is false, so that nobody learns which
/// accounts exist.
pub async fn verify_password(password: SecretString, hash: Option<String>) -> Result<bool, ApiError> {
    if password.expose_secret().chars().count() > *PASSWORD_CHARS.end() {
        return Ok(false);
    }
    let argon = hasher()?;
    let verify = move || {
        let password = password.expose_secret().as_bytes();
        match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon.verify_password(password, &hash).is_ok(),
            Some(Err(_)) | None => {
                let wasted: Result<PasswordHash, _> = argon.hash_password_with_salt(password, b"nobody's account");
                drop(wasted);
                false
            }
        }
    };
    with_permit(verify).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_password_proves_itself_and_no_other() {
        let secret = |text: &str| SecretString::from(text.to_owned());
        let hash = hash_password(secret("correct horse"), [3; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password(secret("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!verify_password(secret("correct horsf"), Some(hash)).await.unwrap());
        assert!(!verify_password(secret("correct horse"), None).await.unwrap());
        assert!(!verify_password(secret("x"), Some("not a hash".into())).await.unwrap());
        for bad in ["short", &"x".repeat(257)] {
            assert!(hash_password(secret(bad), [3; 16]).await.is_err());
        }
    }
}
