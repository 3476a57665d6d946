//! Notifications: one message to one contact of one user, with its delivery state.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Priority};
use watchbell_core::escalation::Page;
use watchbell_core::ids::{AlertId, NotificationId, OrgId, SourceId, UserId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::user::Channel;

/// A notification to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewNotification {
    pub(crate) id: NotificationId,
    pub(crate) alert: Option<AlertId>,
    pub(crate) source: SourceId,
    pub(crate) pass: i64,
    pub(crate) level: i64,
    pub(crate) user: i64,
    pub(crate) preference: Option<i64>,
    pub(crate) contact: i64,
    pub(crate) channel: String,
    /// Where to, as people read it; `None` is read from the contact.
    pub(crate) target: Option<String>,
    pub(crate) purpose: Purpose,
    /// That of its alert: what pages goes before what is quiet.
    pub(crate) priority: Priority,
    pub(crate) about: Option<&'static str>,
    pub(crate) state: NotificationState,
    pub(crate) reason: Option<&'static str>,
    /// Whether it waits for a summary, however few there are.
    pub(crate) in_summary: bool,
    pub(crate) due_at: Timestamp,
    pub(crate) planned_at: Timestamp,
}

impl NewNotification {
    /// A page of a level.
    pub(crate) fn page(alert: &Alert, page: &Page, now: Timestamp) -> Self {
        Self {
            id: NotificationId(0),
            alert: Some(alert.id),
            source: alert.source,
            pass: page.pass,
            level: page.level,
            user: page.planned.user.0,
            preference: Some(page.planned.rule.0),
            contact: page.planned.contact.0,
            channel: page.planned.channel.as_str().to_owned(),
            target: None,
            purpose: Purpose::Page,
            priority: alert.priority,
            about: None,
            state: NotificationState::Planned,
            reason: (page.planned.waits).then_some("quiet hours"),
            in_summary: alert.content.told_in_summary,
            due_at: page.planned.due_at,
            planned_at: now,
        }
    }
}

/// A notification as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// Of which alert; none for tests.
    pub alert: Option<AlertId>,
    /// Which pass.
    pub pass: i64,
    /// Which level; -1 for a person whom the alert was given to.
    pub level: i64,
    /// To whom.
    pub user: UserId,
    /// Over what.
    pub channel: String,
    /// Where to; people read [`Notification::shown_target`].
    pub target: String,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: NotificationState,
    /// Why it was held back or cancelled.
    pub reason: Option<String>,
    /// When it is or was due.
    pub due_at: Timestamp,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When the other side took it.
    pub sent_at: Option<Timestamp>,
    /// When the other side said that it arrived.
    pub delivered_at: Option<Timestamp>,
    /// How often it was tried.
    pub tries: i64,
    /// What the other side said last.
    pub error: Option<String>,
    /// The summary that stands for it.
    pub summary: Option<NotificationId>,
}

impl Notification {
    /// Where to, as people may read it; nothing where this version does not know the channel, and so not what its addresses give away.
    pub fn shown_target(&self) -> String {
        Channel::parse(&self.channel).map(|channel| channel.shown(&self.target)).unwrap_or_default()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    alert_id: Option<i64>,
    pass: i64,
    level: i64,
    user_id: i64,
    channel: String,
    target: String,
    purpose: String,
    state: String,
    reason: Option<String>,
    due_at: i64,
    planned_at: i64,
    sent_at: Option<i64>,
    delivered_at: Option<i64>,
    tries: i64,
    error: Option<String>,
    summary_id: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Notification, StoreError> {
        let bad = |what: &str| StoreError::unreadable("notification", format!("{}: {what}", self.id));
        Ok(Notification {
            id: NotificationId(self.id),
            alert: self.alert_id.map(AlertId),
            pass: self.pass,
            level: self.level,
            user: UserId(self.user_id),
            purpose: Purpose::parse(&self.purpose).ok_or_else(|| bad("purpose"))?,
            state: NotificationState::parse(&self.state).ok_or_else(|| bad("state"))?,
            channel: self.channel,
            target: self.target,
            reason: self.reason,
            due_at: timestamp(self.due_at),
            planned_at: timestamp(self.planned_at),
            sent_at: self.sent_at.map(timestamp),
            delivered_at: self.delivered_at.map(timestamp),
            tries: self.tries,
            error: self.error,
            summary: self.summary_id.map(NotificationId),
        })
    }
}

macro_rules! columns {
    () => {
        "SELECT id, alert_id, pass, level, user_id, channel, target, purpose, state, reason, due_at, planned_at, sent_at, delivered_at, tries, error, summary_id FROM notification "
    };
}

sql! {
    NEXT_IDS {
        sqlite: "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'notification'), 0) + 1 WHERE $1 > 0",
        postgres: "SELECT nextval(pg_get_serial_sequence('notification', 'id')) AS id FROM generate_series(1, $1)",
    }
    INSERT {
        sqlite: "INSERT INTO notification (id, org_id, alert_id, source_id, pass, level, user_id, preference_id, contact_id, channel, target, purpose, about, state, reason, due_at, planned_at, tries)
            SELECT v.value ->> 0, v.value ->> 1, v.value ->> 2, v.value ->> 3, v.value ->> 4, v.value ->> 5, v.value ->> 6, v.value ->> 7, v.value ->> 8, v.value ->> 9,
                coalesce(v.value ->> 10, c.target, ''), v.value ->> 11, v.value ->> 12, v.value ->> 13, v.value ->> 14, v.value ->> 15, v.value ->> 16, 0
            FROM jsonb_each($1) AS v LEFT JOIN contact c ON c.org_id = v.value ->> 1 AND c.id = v.value ->> 8 WHERE true ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO notification (id, org_id, alert_id, source_id, pass, level, user_id, preference_id, contact_id, channel, target, purpose, about, state, reason, due_at, planned_at, tries)
            SELECT v.id, v.org_id, alert_id, source_id, pass, level, v.user_id, preference_id, contact_id, v.channel, coalesce(v.target, c.target, ''), purpose, about, state, reason, due_at, planned_at, 0
            FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[],
                $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[])
                AS v (id, org_id, alert_id, source_id, pass, level, user_id, preference_id, contact_id, channel, target, purpose, about, state, reason, due_at, planned_at)
            LEFT JOIN contact c ON c.org_id = v.org_id AND c.id = v.contact_id ON CONFLICT DO NOTHING",
    }
    OF_ALERT { both: concat!(columns!(), "WHERE org_id = $1 AND alert_id = $2 ORDER BY id LIMIT $3") }
    PAGE_OF_ALERT { both: concat!(columns!(), "WHERE org_id = $1 AND alert_id = $2 ORDER BY id LIMIT $3 OFFSET $4") }
    MANY {
        sqlite: concat!(columns!(), "WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!(columns!(), "WHERE org_id = $1 AND id = ANY($2) ORDER BY id"),
    }
    OF_USER { both: concat!(columns!(), "WHERE org_id = $1 AND user_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4") }
    BY_ID { both: concat!(columns!(), "WHERE org_id = $1 AND id = $2") }
    LATEST_OF_ALERTS {
        sqlite: concat!(columns!(), "WHERE org_id = $1 AND id IN (SELECT max(id) FROM notification WHERE org_id = $1 AND purpose = 'PAGE' AND alert_id IN (SELECT value FROM json_each($2)) GROUP BY alert_id)"),
        postgres: concat!(columns!(), "WHERE org_id = $1 AND id IN (SELECT max(id) FROM notification WHERE org_id = $1 AND purpose = 'PAGE' AND alert_id = ANY($2) GROUP BY alert_id)"),
    }
}

/// Numbers for new notifications.
pub(crate) async fn next_ids(tx: &mut Tx, count: usize) -> Result<Vec<i64>, StoreError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    tx.numbers(NEXT_IDS, count).await
}

/// Writes new notifications; one that is there already (a step done again) stays as it is.
pub(crate) async fn insert(tx: &mut Tx, org: OrgId, new: &[NewNotification]) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for n in new {
        rows.push(crate::args![
            n.id,
            org,
            n.alert,
            n.source,
            n.pass,
            n.level,
            n.user,
            n.preference,
            n.contact,
            n.channel.as_str(),
            n.target.as_deref(),
            n.purpose.as_str(),
            n.about,
            n.state.as_str(),
            n.reason,
            n.due_at,
            n.planned_at
        ]);
    }
    tx.exec_many(INSERT, rows).await.map(|_| ())
}

/// Notifications of an alert in the order in which they were planned.
pub async fn list_of_alert(db: &Db, scope: &Scope, alert: AlertId, max: i64) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> = db.all(OF_ALERT, crate::args![scope.org, alert, max]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// A part of them.
pub async fn page_of_alert(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    page: crate::Page,
) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> =
        db.all(PAGE_OF_ALERT, crate::args![scope.org, alert, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Notifications by id.
pub async fn get_many(db: &Db, scope: &Scope, ids: Vec<i64>) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> = db.all(MANY, crate::args![scope.org, ids]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Notifications of a user, the latest first, older than `before`.
pub async fn list_of_user(
    db: &Db,
    scope: &Scope,
    user: UserId,
    before: Option<NotificationId>,
    max: i64,
) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> =
        db.all(OF_USER, crate::args![scope.org, user, before.map_or(i64::MAX, |id| id.0), max]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The latest page of each alert, for lists.
pub async fn latest_of_alerts(db: &Db, scope: &Scope, alerts: Vec<i64>) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<Row> = db.all(LATEST_OF_ALERTS, crate::args![scope.org, alerts]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One notification. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: NotificationId) -> Result<Notification, StoreError> {
    let row: Option<Row> = db.one(BY_ID, crate::args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found("notification", id))?.read()
}
