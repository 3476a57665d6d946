//! The first start: while there is no user, a token in the log proves who may make the first administrator.

use crate::app::App;
use crate::ids::Token;
use subtle::ConstantTimeEq as _;
use watchbell_store::users::{self, User, UserIn};
use watchbell_store::{StoreError, doors, first_user, settings};

/// The setting that keeps the hashes of tokens that were printed, the newest last, separated by blanks.
const TOKENS: &str = "setup_token";

/// Tokens that count at once: one per node that started, of which the oldest is forgotten.
const TOKENS_MAX: usize = 8;

/// Whether somebody has set Watchbell up.
pub async fn is_over(app: &App) -> Result<bool, StoreError> {
    Ok(users::count(&app.db, &doors::system(doors::ORGANIZATION)).await? > 0)
}

/// Prints the address of the first start, with its token, where there is no user yet. The address, for tests.
pub async fn announce(app: &App) -> Result<Option<String>, StoreError> {
    if is_over(app).await? {
        return Ok(None);
    }
    let (scope, token) = (doors::system(doors::ORGANIZATION), app.ids.token().text());
    let mut hashes = hashes(app).await?;
    hashes.push(hex(&Token::hash(&token)));
    let kept = hashes.split_off(hashes.len().saturating_sub(TOKENS_MAX)).join(" ");
    settings::put(&app.db, &scope, TOKENS, (Some(kept), None), app.clock.now()).await?;
    let url = format!("{}/setup?token={token}", app.config.public_url());
    tracing::warn!(
        "no user yet: open {url} to set Watchbell up (the set-up token is {token}; it ends with the first administrator)"
    );
    Ok(Some(url))
}

async fn hashes(app: &App) -> Result<Vec<String>, StoreError> {
    let kept =
        settings::get(&app.db, &doors::system(doors::ORGANIZATION), TOKENS).await?.and_then(|setting| setting.value);
    Ok(kept.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a token was printed here and still counts.
pub async fn is_token(app: &App, token: &str) -> Result<bool, StoreError> {
    let given = hex(&Token::hash(token.trim()));
    Ok(hashes(app).await?.iter().any(|hash| hash.as_bytes().ct_eq(given.as_bytes()).into()))
}

/// Makes the first administrator and ends all tokens. `None`: somebody was faster.
pub async fn make_administrator(app: &App, new: UserIn, password_hash: String) -> Result<Option<User>, StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    first_user::create(&app.db, &scope, TOKENS, (new, password_hash), app.clock.now()).await
}
