//! Proof that messages arrive at a contact: a code is sent to it, and its owner says what arrived. Pages and API alike.

use crate::app::App;
use crate::engine::carry::carry_directly;
use crate::engine::send::to_target;
use crate::error::ApiError;
use crate::ids::Token;
use jiff::{SignedDuration, Timestamp};
use watchbell_connect::channels::{self, DeliveryId, Message, Outcome, Reader, VerificationCode};
use watchbell_core::ids::ContactId;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{self, Contact, SEALED};
use watchbell_store::login_attempts::{self, Subject};
use watchbell_store::scope::Scope;
use watchbell_store::{contact_tests, users};

/// How long a code counts, in minutes.
const CODE_MIN: i64 = 15;

/// Codes, and guesses, before one has to wait.
const TRIES_MAX: i64 = 5;

/// Tests before one has to wait: setting up a phone takes some.
const TESTS_MAX: i64 = 20;

/// How long one has to wait then, in seconds.
const WAIT_S: i64 = 900;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// A stranger's mailbox is not flooded.
    #[error("Too many codes were sent. Try again in 15 minutes.")]
    TooManyCodes,
    /// The same.
    #[error("Too many tests were sent. Try again in 15 minutes.")]
    TooManyTests,
    /// Nobody tries all codes.
    #[error("Too many wrong codes. Try again in 15 minutes.")]
    TooManyGuesses,
    /// What the channel said.
    #[error("{0}")]
    NotSent(String),
    /// A wrong or old code.
    #[error("This is not the code that was sent last, or it is older than 15 minutes.")]
    WrongCode,
    /// Something else.
    #[error("the code could not be handled")]
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for Unproven {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Codes and guesses are counted in the database, so that every node counts alike.
async fn may_try(app: &App, scope: &Scope, name: String) -> Result<bool, ApiError> {
    may_do(app, scope, Subject { name, wait_s: |tries| if tries < TRIES_MAX { 0 } else { WAIT_S } }).await
}

async fn may_do(app: &App, scope: &Scope, subject: Subject) -> Result<bool, ApiError> {
    Ok(login_attempts::begin(&app.db, scope, vec![subject], app.clock.now()).await?.is_none())
}

fn guesses(contact: ContactId) -> String {
    format!("guess of contact {contact}")
}

fn code_hash(contact: ContactId, code: &str) -> [u8; 32] {
    Token::hash(&format!("contact {contact} code {}", code.trim()))
}

/// Sends a code over a channel of the contact: until when it counts. At once, beside the jobs: the person waits for it, and only its
/// hash is kept. A number that is proven over one of its channels is proven for all of them.
pub async fn send_code(app: &App, scope: &Scope, contact: &Contact, over: Channel) -> Result<Timestamp, Unproven> {
    if over.contact() != contact.channel {
        return Err(Unproven::NotSent(format!("A code cannot be sent to this contact by {over}.")));
    }
    if !may_try(app, scope, format!("code to contact {}", contact.id)).await? {
        return Err(Unproven::TooManyCodes);
    }
    let (code, until) = (app.ids.code(), app.clock.now() + SignedDuration::from_mins(CODE_MIN));
    contacts::start_verification(&app.db, scope, contact.id, code_hash(contact.id, &code), until).await?;
    deliver(app, scope, (contact, over), code, until).await?;
    Ok(until)
}

async fn deliver(
    app: &App,
    scope: &Scope,
    (contact, over): (&Contact, Channel),
    code: String,
    expires_at: Timestamp,
) -> Result<(), Unproven> {
    let user = users::get(&app.db, scope, contact.user).await?;
    let reader = Reader::of(&user.timezone, &user.language);
    let message = Message::Verification(VerificationCode { code, expires_at, reader });
    let id = DeliveryId::parse(&format!("code-{}", app.ids.uuid())).map_err(ApiError::internal)?;
    if over.needs_provider() {
        let sent = carry_directly(app, scope.org, (over, &contact.target), &message, &id).await?;
        return sent.map_err(Unproven::NotSent);
    }
    let sealed = contacts::secret(&app.db, scope, contact.id).await?;
    let secret = sealed.map(|sealed| app.sealer.open_text(SEALED, &sealed)).transpose()?;
    let target = to_target(over.as_str(), contact.target.clone(), secret).map_err(Unproven::NotSent)?;
    match channels::send(&app.channels, &target, &message, &id, app.clock.now()).await {
        Outcome::Sent { .. } => Ok(()),
        Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => Err(Unproven::NotSent(error)),
    }
}

/// Takes the code that arrived: the contact is verified.
pub async fn verify(app: &App, scope: &Scope, contact: &Contact, code: &str) -> Result<(), Unproven> {
    if !may_try(app, scope, guesses(contact.id)).await? {
        return Err(Unproven::TooManyGuesses);
    }
    if !contacts::verify(&app.db, scope, contact.id, code_hash(contact.id, code), app.clock.now()).await? {
        return Err(Unproven::WrongCode);
    }
    login_attempts::succeeded(&app.db, scope, vec![guesses(contact.id)], Vec::new()).await?;
    Ok(())
}

/// Plans a test message over a channel of the contact, the way that pages go; one that is under way stands for another.
pub async fn test(app: &App, scope: &Scope, contact: &Contact, over: Channel) -> Result<(), Unproven> {
    if over.contact() != contact.channel {
        return Err(Unproven::NotSent(format!("A test cannot be sent to this contact by {over}.")));
    }
    let name = format!("test of contact {}", contact.id);
    if !may_do(app, scope, Subject { name, wait_s: |tests| if tests < TESTS_MAX { 0 } else { WAIT_S } }).await? {
        return Err(Unproven::TooManyTests);
    }
    contact_tests::plan(&app.db, scope, contact.user, (contact.id, over), app.clock.now()).await?;
    app.wake.notify_one();
    Ok(())
}
