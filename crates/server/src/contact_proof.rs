//! Proof that messages arrive at a contact: a code is sent to it, and its owner says what arrived. Pages and API alike.

mod limits;

use crate::app::App;
use crate::engine::carry::carry_directly;
use crate::engine::send::to_target;
use crate::error::ApiError;
use crate::ids::Token;
use jiff::{SignedDuration, Timestamp};
use limits::{CODES, GUESSES, TESTS};
use watchbell_connect::channels::{self, DeliveryId, Message, Outcome, Reader, VerificationCode};
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::user::Channel;
use watchbell_store::contacts::{self, Contact, SEALED};
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY};
use watchbell_store::scope::Scope;
use watchbell_store::{contact_tests, users};

/// How long a code counts, in minutes.
const CODE_MIN: i64 = 15;

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
    /// A mailbox does not ring.
    #[error("Nothing can be sent to this contact by {0}.")]
    NoSuchWay(Channel),
    /// Its owner does not want it.
    #[error(
        "This number takes no text messages: its owner answered one with STOP, or the network refused one. Send START from it, or use a call."
    )]
    Stopped,
    /// Only its code goes to an address that nobody has proven to be theirs.
    #[error("This contact is not verified. Send a code to it and enter what arrives: the code is its first test.")]
    NotVerified,
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

impl Unproven {
    /// As an answer to a request that has no form to show it beside.
    pub fn into_error(self) -> ApiError {
        match self {
            Self::TooManyCodes | Self::TooManyTests | Self::TooManyGuesses => ApiError::too_many(self.to_string()),
            Self::NoSuchWay(_) => ApiError::field("method", self),
            Self::Stopped | Self::NotVerified => ApiError::conflict(self.to_string()),
            Self::NotSent(_) => ApiError::conflict(format!("The code could not be sent: {self}")),
            Self::WrongCode => ApiError::field("code", self),
            Self::Failed(error) => error,
        }
    }
}

impl<E: Into<ApiError>> From<E> for Unproven {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Whether anything may be sent to a contact over a channel.
fn check_way(contact: &Contact, over: Channel) -> Result<(), Unproven> {
    if over.contact() != contact.channel {
        return Err(Unproven::NoSuchWay(over));
    }
    if contact.is_stopped_for(over) { Err(Unproven::Stopped) } else { Ok(()) }
}

fn code_hash(contact: ContactId, code: &str) -> [u8; 32] {
    Token::hash(&format!("contact {contact} code {}", code.trim()))
}

/// Sends a code over a channel of the contact: until when it counts. At once, beside the jobs: the person waits for it, and only its
/// hash is kept. A number that is proven over one of its channels is proven for all of them.
pub async fn send_code(app: &App, scope: &Scope, contact: &Contact, over: Channel) -> Result<Timestamp, Unproven> {
    check_way(contact, over)?;
    if !CODES.count(app, scope, &[contact]).await? {
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
    if !GUESSES.count(app, scope, &[contact]).await? {
        return Err(Unproven::TooManyGuesses);
    }
    if !contacts::verify(&app.db, scope, contact.id, code_hash(contact.id, code), app.clock.now()).await? {
        return Err(Unproven::WrongCode);
    }
    Ok(GUESSES.succeeded(app, scope, contact).await?)
}

fn check_test(contact: &Contact, over: Channel) -> Result<(), Unproven> {
    check_way(contact, over)?;
    if contact.verified_at.is_none() { Err(Unproven::NotVerified) } else { Ok(()) }
}

/// Plans a test message over a channel of the contact, the way that pages go; one that is under way stands for another.
pub async fn test(app: &App, scope: &Scope, contact: &Contact, over: Channel) -> Result<(), Unproven> {
    check_test(contact, over)?;
    plan_tests(app, scope, &[(contact, over)]).await
}

/// What became of the test of all rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulesTested {
    /// Ways on which a test is under way.
    pub tested: usize,
    /// Ways that take none: not verified, or stopped.
    pub left_out: usize,
}

/// Tests the whole chain of a user: a message over each way of the rules for alerts, in their order.
pub async fn test_rules(app: &App, scope: &Scope, user: UserId) -> Result<RulesTested, Unproven> {
    let contacts = contacts::list(&app.db, scope, user).await?;
    let mut rules = preferences::list(&app.db, scope, user, Collection::Alerts).await?;
    rules.sort_by_key(|rule| (rule.kind != HIGH_PRIORITY, rule.delay_s, rule.id));
    let mut ways: Vec<(&Contact, Channel)> = Vec::new();
    for rule in rules {
        let way = contacts.iter().find(|contact| contact.id == rule.contact).map(|contact| (contact, rule.method));
        ways.extend(way.filter(|way| !ways.contains(way)));
    }
    let (open, left_out): (Vec<_>, Vec<_>) =
        ways.into_iter().partition(|(contact, over)| check_test(contact, *over).is_ok());
    if !open.is_empty() {
        plan_tests(app, scope, &open).await?;
    }
    Ok(RulesTested { tested: open.len(), left_out: left_out.len() })
}

async fn plan_tests(app: &App, scope: &Scope, ways: &[(&Contact, Channel)]) -> Result<(), Unproven> {
    let contacts: Vec<&Contact> = ways.iter().map(|(contact, _)| *contact).collect();
    if !TESTS.count(app, scope, &contacts).await? {
        return Err(Unproven::TooManyTests);
    }
    for (contact, over) in ways {
        contact_tests::plan(&app.db, scope, contact.user, (contact.id, *over), app.clock.now()).await?;
    }
    app.wake.notify_one();
    Ok(())
}
