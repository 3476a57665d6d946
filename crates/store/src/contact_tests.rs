//! Tests of contacts: real notifications over the real way, without an alert; and whether the person says that it rang.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, NewJob};
use crate::notifications;
use crate::scope::Scope;
use crate::stored;
use crate::users;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, NotificationId, OrgId, UserId};
use watchbell_core::notify::NotificationState;
use watchbell_core::user::Channel;

sql! {
    CONTACT { both: "SELECT channel, target FROM contact WHERE org_id = $1 AND user_id = $2 AND id = $3" }
    INSERT { both: "INSERT INTO notification (id, org_id, pass, level, user_id, contact_id, channel, target, purpose, state, due_at, planned_at, tries) \
        VALUES ($1, $2, 1, 0, $3, $4, $5, $6, 'TEST', 'PLANNED', $7, $7, 0)" }
    UNDER_WAY { both: "SELECT count(*) FROM notification WHERE org_id = $1 AND user_id = $2 AND contact_id = $3 AND channel = $4 AND purpose = 'TEST' \
        AND state IN ('PLANNED', 'SENDING')" }
    LATEST { both: "SELECT id, contact_id, channel, state, reason, error, due_at, tries FROM notification \
        WHERE org_id = $1 AND id IN (SELECT max(id) FROM notification WHERE org_id = $1 AND user_id = $2 AND purpose = 'TEST' GROUP BY contact_id) \
        ORDER BY id" }
    RANG_BEFORE { both: "SELECT contact_id, max(delivered_at) FROM notification WHERE org_id = $1 AND user_id = $2 AND purpose = 'TEST' \
        AND state = 'DELIVERED' GROUP BY contact_id" }
    RANG { both: "UPDATE notification SET state = 'DELIVERED', delivered_at = $4, error = NULL WHERE org_id = $1 AND user_id = $2 AND id = (\
        SELECT max(id) FROM notification WHERE org_id = $1 AND user_id = $2 AND contact_id = $3 AND purpose = 'TEST') AND state IN ('SENT', 'DELIVERED')" }
    SILENT { both: "UPDATE notification SET state = 'FAILED', delivered_at = NULL, error = $4 WHERE org_id = $1 AND user_id = $2 AND id = (\
        SELECT max(id) FROM notification WHERE org_id = $1 AND user_id = $2 AND contact_id = $3 AND purpose = 'TEST') AND state IN ('SENT', 'DELIVERED')" }
}

/// The latest test of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTest {
    /// The message.
    pub notification: NotificationId,
    /// Where to.
    pub contact: ContactId,
    /// Over what: a phone number takes several.
    pub channel: Channel,
    /// How far it came.
    pub state: NotificationState,
    /// What the other side, or the person, said.
    pub reason: Option<String>,
    /// When it was due.
    pub due_at: Timestamp,
    /// Tries so far.
    pub tries: i64,
}

/// What is known of tests of a user's contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactTests {
    /// The latest of each contact.
    pub latest: Vec<ContactTest>,
    /// When the person last said that it rang, per contact.
    pub rang: Vec<(ContactId, Timestamp)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    contact_id: Option<i64>,
    channel: String,
    state: String,
    reason: Option<String>,
    error: Option<String>,
    due_at: i64,
    tries: i64,
}

impl Row {
    fn read(self) -> Result<Option<ContactTest>, StoreError> {
        let Some(contact) = self.contact_id else { return Ok(None) };
        Ok(Some(ContactTest {
            notification: NotificationId(self.id),
            contact: ContactId(contact),
            channel: stored::word("notification", &self.channel, Channel::parse)?,
            state: stored::word("notification", &self.state, NotificationState::parse)?,
            reason: self.error.or(self.reason),
            due_at: timestamp(self.due_at),
            tries: self.tries,
        }))
    }
}

/// Plans a test message over a channel that the contact takes, with its job. One that is under way already stands for another.
/// Errors: `NotFound`, `Refused` (it does not take this channel).
pub async fn plan(
    db: &Db,
    scope: &Scope,
    user: UserId,
    (contact, over): (ContactId, Channel),
    now: Timestamp,
) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { plan_in(tx, org, user, (contact, over), now).await })).await
}

async fn plan_in(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    (contact, over): (ContactId, Channel),
    now: Timestamp,
) -> Result<(), StoreError> {
    users::lock(tx, org, user).await?;
    let row: Option<(String, String)> = tx.one(CONTACT, args![org, user, contact]).await?;
    let (channel, target) = row.ok_or_else(|| StoreError::not_found("contact", contact))?;
    if over.contact().as_str() != channel {
        return Err(StoreError::Refused(format!("this contact is reached by {channel}, not by {over}")));
    }
    let under_way: Option<(i64,)> = tx.one(UNDER_WAY, args![org, user, contact, over.as_str()]).await?;
    if under_way.is_some_and(|(count,)| count > 0) {
        return Ok(());
    }
    let id = notifications::next_ids(tx, 1).await?.pop().unwrap_or_default();
    let send = NewJob::send(org, id, over.as_str(), now);
    tx.exec(INSERT, args![id, org, user, contact, over.as_str(), target, now]).await?;
    jobs::ask(tx, vec![send]).await
}

/// Keeps what the person says about the latest test that was sent. `false`: none was.
pub async fn answer(
    db: &Db,
    scope: &Scope,
    (user, contact): (UserId, ContactId),
    rang: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let org = scope.org;
    let changed =
        db.write(move |tx| Box::pin(async move { answer_in(tx, org, user, contact, rang, now).await })).await?;
    Ok(changed == 1)
}

async fn answer_in(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    contact: ContactId,
    rang: bool,
    now: Timestamp,
) -> Result<u64, StoreError> {
    match rang {
        true => tx.exec(RANG, args![org, user, contact, now]).await,
        false => tx.exec(SILENT, args![org, user, contact, "it was sent, but nothing rang"]).await,
    }
}

/// What is known of tests of a user's contacts.
pub async fn of_user(db: &Db, scope: &Scope, user: UserId) -> Result<ContactTests, StoreError> {
    let rows: Vec<Row> = db.all(LATEST, args![scope.org, user]).await?;
    let rang: Vec<(Option<i64>, Option<i64>)> = db.all(RANG_BEFORE, args![scope.org, user]).await?;
    let latest: Vec<Option<ContactTest>> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
    let when = |(contact, at): (Option<i64>, Option<i64>)| Some((ContactId(contact?), timestamp(at?)));
    Ok(ContactTests {
        latest: latest.into_iter().flatten().collect(),
        rang: rang.into_iter().filter_map(when).collect(),
    })
}
