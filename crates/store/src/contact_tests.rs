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
use watchbell_core::alert::Priority;
use watchbell_core::ids::{ContactId, NotificationId, OrgId, UserId};
use watchbell_core::notify::{self, NotificationState, Purpose};
use watchbell_core::user::Channel;

sql! {
    TARGET { both: "SELECT target FROM contact WHERE org_id = $1 AND user_id = $2 AND id = $3" }
    INSERT { both: "INSERT INTO notification (id, org_id, pass, level, user_id, contact_id, channel, target, purpose, state, due_at, planned_at, tries) \
        VALUES ($1, $2, 1, 0, $3, $4, $5, $6, 'TEST', 'PLANNED', $7, $7, 0)" }
    UNDER_WAY { both: "SELECT count(*) FROM notification WHERE org_id = $1 AND user_id = $2 AND contact_id = $3 AND channel = $4 AND purpose = 'TEST' \
        AND state IN ('PLANNED', 'SENDING')" }
    LATEST { both: "SELECT id, contact_id, channel, state, reason, error, due_at, tries, answered_at FROM notification \
        WHERE org_id = $1 AND id IN (SELECT max(id) FROM notification WHERE org_id = $1 AND user_id = $2 AND purpose = 'TEST' GROUP BY contact_id, channel) \
        ORDER BY id" }
    ANSWER { both: "UPDATE notification SET state = $5, error = $6, answered_at = $7, delivered_at = CASE WHEN $5 = 'DELIVERED' THEN coalesce(delivered_at, $7) END \
        WHERE org_id = $1 AND user_id = $2 AND id = (\
        SELECT max(id) FROM notification WHERE org_id = $1 AND user_id = $2 AND contact_id = $3 AND channel = $4 AND purpose = 'TEST') \
        AND state IN ('SENT', 'DELIVERED') AND answered_at IS NULL" }
    RANG { both: "UPDATE contact SET rang_at = $3 WHERE org_id = $1 AND id = $2" }
}

/// The latest test of a contact over one channel.
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
    /// Whether it rang, where the person said so. That it was delivered is what a carrier says: a silent phone takes messages too.
    pub rang: Option<bool>,
}

impl ContactTest {
    /// Whether it was sent, and the person did not say yet whether it rang.
    pub fn wants_an_answer(&self) -> bool {
        matches!(self.state, NotificationState::Sent | NotificationState::Delivered) && self.rang.is_none()
    }
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
    answered_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Option<ContactTest>, StoreError> {
        let Some(contact) = self.contact_id else { return Ok(None) };
        let state = stored::word("notification", &self.state, NotificationState::parse)?;
        Ok(Some(ContactTest {
            notification: NotificationId(self.id),
            contact: ContactId(contact),
            channel: stored::word("notification", &self.channel, Channel::parse)?,
            rang: self.answered_at.map(|_| state == NotificationState::Delivered),
            state,
            reason: self.error.or(self.reason),
            due_at: timestamp(self.due_at),
            tries: self.tries,
        }))
    }
}

/// Plans a test message over a channel that the contact takes, with its job. One that is under way already stands for another.
/// Errors: `NotFound`.
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
    let row: Option<(String,)> = tx.one(TARGET, args![org, user, contact]).await?;
    let (target,) = row.ok_or_else(|| StoreError::not_found("contact", contact))?;
    let under_way: Option<(i64,)> = tx.one(UNDER_WAY, args![org, user, contact, over.as_str()]).await?;
    if under_way.is_some_and(|(count,)| count > 0) {
        return Ok(());
    }
    let id = notifications::next_ids(tx, 1).await?.pop().unwrap_or_default();
    let send = NewJob::send(org, id, over.as_str(), notify::rank(Purpose::Test, Priority::High, true), now);
    tx.exec(INSERT, args![id, org, user, contact, over.as_str(), target, now]).await?;
    jobs::ask(tx, vec![send]).await
}

/// Keeps what the person says about the latest test over a channel of a contact, once. `false`: none was sent that is not answered.
pub async fn answer(
    db: &Db,
    scope: &Scope,
    user: UserId,
    way: (ContactId, Channel),
    rang: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { answer_in(tx, org, user, way, rang, now).await })).await
}

async fn answer_in(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    (contact, over): (ContactId, Channel),
    rang: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let state = if rang { NotificationState::Delivered } else { NotificationState::Failed };
    let why = (!rang).then_some("it was sent, but nothing rang");
    let args = args![org, user, contact, over.as_str(), state.as_str(), why, now];
    let is_known = tx.exec(ANSWER, args).await? == 1;
    if is_known && rang {
        tx.exec(RANG, args![org, contact, now]).await?;
    }
    Ok(is_known)
}

/// The latest test over each channel of a user's contacts, in the order in which they were sent.
pub async fn of_user(db: &Db, scope: &Scope, user: UserId) -> Result<Vec<ContactTest>, StoreError> {
    let rows: Vec<Row> = db.all(LATEST, args![scope.org, user]).await?;
    let tests: Vec<Option<ContactTest>> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
    Ok(tests.into_iter().flatten().collect())
}
