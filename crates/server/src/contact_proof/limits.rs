//! How many codes, guesses and tests there may be: counted by who acts and by where they go, so that a contact that is removed and
//! added again starts no new count. In the database, so that every node counts alike.

use crate::app::App;
use crate::error::ApiError;
use crate::ids::Token;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use watchbell_store::contacts::Contact;
use watchbell_store::login_attempts::{self, Subject};
use watchbell_store::scope::Scope;

/// How long one has to wait after the last one, in seconds.
const WAIT_S: i64 = 900;

/// What is counted.
pub(super) struct Limit {
    name: &'static str,
    /// The wait after so many by one person.
    by_person: fn(i64) -> i64,
    /// The wait after so many at one address.
    at_address: fn(i64) -> i64,
}

/// Codes are sent to whoever has the address, and cost money: a stranger's phone is not flooded.
pub(super) const CODES: Limit = Limit { name: "codes", by_person: wait_after::<10>, at_address: wait_after::<5> };

/// Nobody tries all codes.
pub(super) const GUESSES: Limit = Limit { name: "guesses", by_person: wait_after::<20>, at_address: wait_after::<5> };

/// Setting up a phone takes some. The test of all rules is one by its person, and one at each address.
pub(super) const TESTS: Limit = Limit { name: "tests", by_person: wait_after::<40>, at_address: wait_after::<20> };

fn wait_after<const MAX: i64>(count: i64) -> i64 {
    if count < MAX { 0 } else { WAIT_S }
}

impl Limit {
    fn person(&self, scope: &Scope) -> String {
        let person = scope.actor.user().map_or_else(|| "nobody".to_owned(), |user| format!("user {user}"));
        format!("{} by {person}", self.name)
    }

    /// An address may be long, and belongs into no other table: its hash does as well.
    fn address(&self, contact: &Contact) -> String {
        let hash = URL_SAFE_NO_PAD.encode(Token::hash(&contact.folded_target()));
        format!("{} at {} {hash}", self.name, contact.channel)
    }

    /// Counts one more by whoever acts and at the address of each contact. `false`: one of them has to wait, and nothing is counted.
    pub(super) async fn count(&self, app: &App, scope: &Scope, contacts: &[&Contact]) -> Result<bool, ApiError> {
        let addresses: BTreeSet<String> = contacts.iter().map(|contact| self.address(contact)).collect();
        let at = addresses.into_iter().map(|name| Subject { name, wait_s: self.at_address });
        let by = Subject { name: self.person(scope), wait_s: self.by_person };
        let subjects = std::iter::once(by).chain(at).collect();
        Ok(login_attempts::begin(&app.db, scope, subjects, app.clock.now()).await?.is_none())
    }

    /// The last one was right: those at the address are forgotten, and it is taken back from the person.
    pub(super) async fn succeeded(&self, app: &App, scope: &Scope, contact: &Contact) -> Result<(), ApiError> {
        let (at, by) = (vec![self.address(contact)], vec![self.person(scope)]);
        Ok(login_attempts::succeeded(&app.db, scope, at, by).await?)
    }
}
