//! Logging in with e-mail address and password: throttled, and the same answer for a wrong password and an unknown account.

use super::{throttle, verify_password};
use crate::app::App;
use crate::error::ApiError;
use jiff::Timestamp;
use secrecy::SecretString;
use std::net::IpAddr;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors, login_attempts};

/// Why somebody was not let in.
#[derive(Debug)]
pub enum LoginError {
    /// The address or the password is wrong; which of them is not told.
    Wrong,
    /// Too many failures: the next attempt counts from then on.
    Wait(Timestamp),
    /// Something else.
    Failed(ApiError),
}

impl From<StoreError> for LoginError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Wrong => ApiError::unauthorized("The e-mail address or the password is wrong."),
            LoginError::Wait(until) => {
                ApiError::too_many(format!("Too many failed log-ins. Try again after {until:.0}."))
            }
            LoginError::Failed(error) => error,
        }
    }
}

/// Proves an account by its password. `address`: where the attempt comes from.
pub async fn login(
    app: &App,
    email: &str,
    password: SecretString,
    address: Option<IpAddr>,
) -> Result<Scope, LoginError> {
    let nobody = doors::system(doors::ORGANIZATION);
    let counted = throttle::counted(email, address);
    if let Some(until) = login_attempts::begin(&app.db, &nobody, counted.subjects, app.clock.now()).await? {
        return Err(LoginError::Wait(until));
    }
    let claim = doors::login(&app.db, email).await?;
    let hash = claim.as_ref().and_then(|claim| claim.password_hash.clone());
    let is_right = verify_password(password, hash).await.map_err(LoginError::Failed)?;
    match claim {
        Some(claim) if is_right => {
            login_attempts::succeeded(&app.db, &nobody, counted.forget, counted.uncount).await?;
            Ok(claim.proven())
        }
        Some(_) | None => {
            tracing::info!(address = address.map(|address| address.to_string()), "a log-in failed");
            Err(LoginError::Wrong)
        }
    }
}
