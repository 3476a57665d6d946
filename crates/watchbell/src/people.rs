//! `watchbell user` and `watchbell api-key`: work on the database directly, also while a server runs.

use crate::say;
use crate::settings::Settings;
use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use std::io::Read as _;
use watchbell_core::user::Role;
use watchbell_server::api::parse;
use watchbell_server::auth::{PASSWORD_CHARS, hash_password};
use watchbell_server::clock::Clock;
use watchbell_server::error::ApiError;
use watchbell_server::ids::{Ids, Token};
use watchbell_store::users::{User, UserIn};
use watchbell_store::{Db, StoreError, api_keys, doors, users};

/// People who may log in.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make a user with a verified e-mail contact and the default rules (pages and quiet alerts: e-mail at once).
    Create(CreateUser),
}

#[derive(Debug, Args)]
pub(crate) struct CreateUser {
    /// E-mail address: the name to log in with, and the first contact.
    #[arg(long)]
    email: String,
    /// First and last name.
    #[arg(long)]
    name: String,
    /// What they may do, most first; each may what the ones after it may.
    #[arg(long, default_value = "RESPONDER", ignore_case = true, value_parser = ["ADMIN", "USER", "RESPONDER", "GUEST", "STAKEHOLDER"])]
    role: String,
    /// Read the password from standard input. Without one they are paged, and cannot log in with a password.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Keys for the API.
#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeyCommand {
    /// Make a key; it is printed once, alone on standard output.
    Create(CreateApiKey),
}

#[derive(Debug, Args)]
pub(crate) struct CreateApiKey {
    /// The user whose rights the key has: an e-mail address.
    #[arg(long)]
    user: String,
    /// What the key is for.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    settings: Settings,
}

/// `watchbell user ...`
pub(crate) async fn user(command: UserCommand) -> anyhow::Result<()> {
    let UserCommand::Create(new) = command;
    let password = new.password_stdin.then(read_password).transpose()?;
    let db = new.settings.open().await?;
    let made = create_user(&db, &new.email, &new.name, &new.role, password).await;
    db.close().await;
    let user = made?;
    let login = if user.has_password { "" } else { ", without a password" };
    say::line(&format!("{} is user {}, {}{login}.", user.email, user.id, user.role));
    Ok(())
}

/// Makes a user as the command line does: vouched for, with the default contact and rules.
pub(crate) async fn create_user(
    db: &Db,
    email: &str,
    name: &str,
    role: &str,
    password: Option<SecretString>,
) -> anyhow::Result<User> {
    let role = Role::parse(&role.to_uppercase()).with_context(|| format!("there is no role {role:?}"))?;
    let email = parse::email("--email", email).map_err(words)?;
    let name = parse::name("--name", name).map_err(words)?;
    let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
    let user = UserIn::new(email, first, last.trim_start(), role);
    let hash = match password {
        Some(password) => Some(hash_password(password, Ids.salt()).await.map_err(words)?),
        None => None,
    };
    Ok(until_free(async || {
        users::create(db, &doors::command_line(), user.clone(), hash.clone(), Clock::System.now()).await
    })
    .await?)
}

/// What the server's rule says about a value, as an error of the command line.
fn words(error: ApiError) -> anyhow::Error {
    anyhow!("{}", error.message())
}

fn read_password() -> anyhow::Result<SecretString> {
    let mut text = String::new();
    // A longer one is refused anyway: no need to read a stream that does not end.
    let most = 4 * PASSWORD_CHARS.end() + 2;
    std::io::stdin()
        .take(most as u64)
        .read_to_string(&mut text)
        .context("the password cannot be read from standard input")?;
    let password = text.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        bail!(
            "there is no password on standard input: echo 'a long password' | watchbell user create ... --password-stdin"
        );
    }
    Ok(password.to_owned().into())
}

/// `watchbell api-key ...`
pub(crate) async fn api_key(command: ApiKeyCommand) -> anyhow::Result<()> {
    let ApiKeyCommand::Create(new) = command;
    let db = new.settings.open().await?;
    let made = create_api_key(&db, &new.user, &new.name).await;
    db.close().await;
    say::result(&made?).context("the key was made, but could not be printed: revoke it, and make another")?;
    Ok(())
}

/// Makes a key with the rights of a user; its text, which is kept nowhere.
pub(crate) async fn create_api_key(db: &Db, email: &str, name: &str) -> anyhow::Result<String> {
    let scope = doors::command_line();
    let name = parse::name("--name", name).map_err(words)?;
    let user = users::find_by_email(db, &scope, email).await?;
    let user = user.with_context(|| format!("there is no user {email:?}: make one with `watchbell user create`"))?;
    let key: Token = Ids.token();
    let hash = Token::hash(&key.text());
    until_free(async || api_keys::create(db, &scope, user.id, name.clone(), hash, Clock::System.now()).await).await?;
    Ok(key.text())
}

/// Tries of a write beside a server that is busy writing; each waits five seconds for its turn.
const TRIES_MAX: usize = 6;

/// Writes, and tries again where the server has the embedded database to itself for the moment.
async fn until_free<T>(write: impl AsyncFn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    for _ in 1..TRIES_MAX {
        match write().await {
            Err(error) if error.is_transient() => {}
            done => return done,
        }
    }
    write().await
}
