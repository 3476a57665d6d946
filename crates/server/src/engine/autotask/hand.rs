//! Writing as the person who acted, or as the API user.

use super::account::Account;
use super::health::Trouble;
use jiff::Timestamp;
use watchbell_connect::actions::autotask as actions;
use watchbell_core::autotask::{NoteOut, TicketFields};
use watchbell_core::timeline::Entry;

/// One write.
pub(super) enum Write<'a> {
    Note(&'a NoteOut),
    Fields(&'a TicketFields),
}

impl Write<'_> {
    async fn with(&self, account: &Account, ticket: i64) -> Result<(), Trouble> {
        match self {
            Write::Note(note) => account.ask(actions::write_note(&account.client, ticket, note)).await,
            Write::Fields(fields) => account.ask(actions::write_fields(&account.client, ticket, fields)).await,
        }
    }
}

/// Who writes.
pub(super) struct Hand<'a> {
    account: Account,
    /// The same, writing as the person who acted, where it is to.
    as_person: Option<Account>,
    name: &'a str,
}

impl<'a> Hand<'a> {
    /// `writes_as`: the resource to write as, of somebody of this name.
    pub(super) fn new(account: Account, writes_as: Option<i64>, name: &'a str) -> Self {
        let as_person = writes_as.map(|resource| account.acting_as(resource));
        Self { account, as_person, name }
    }

    /// The app's clock.
    pub(super) fn now(&self) -> Timestamp {
        self.account.app.clock.now()
    }

    /// Writes as the person; where Autotask refuses that, as the API user, and says so.
    pub(super) async fn write(&self, ticket: i64, write: Write<'_>) -> Result<Option<Entry>, Trouble> {
        let error = match &self.as_person {
            None => return write.with(&self.account, ticket).await.map(|()| None),
            Some(person) => match write.with(person, ticket).await {
                Err(Trouble::Refused(error)) if error.is_permanent() => error.to_string(),
                done => return done.map(|()| None),
            },
        };
        write.with(&self.account, ticket).await?;
        let what = format!("write it as {}; the API user wrote it", self.name);
        Ok(Some(Entry::WriteBackFailed { what, error }))
    }
}
