//! Whom a page would reach: the usable contacts of users, and whether a rule leads to one.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::preferences::{HIGH_PRIORITY, LOW_PRIORITY};
use crate::recipients::usable;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use std::collections::HashMap;
use watchbell_core::alert::Priority;
use watchbell_core::ids::UserId;
use watchbell_core::silence::Silence;
use watchbell_core::user::Channel;

sql! {
    /// The same condition as that of paging: the contact is OK and verified.
    CONTACTS {
        sqlite: concat!("SELECT c.user_id, coalesce(p.method, c.channel) AS channel, p.kind, u.muted_from, u.muted_until FROM contact c \
            JOIN user_account u ON u.org_id = c.org_id AND u.id = c.user_id LEFT JOIN notification_preference p \
            ON p.org_id = c.org_id AND p.contact_id = c.id AND p.user_id = c.user_id AND p.collection = 'ALERTS' \
            WHERE c.org_id = $1 AND c.user_id IN (SELECT value FROM json_each($2)) AND ", usable!("coalesce(p.method, c.channel)"), " ORDER BY c.id, p.id"),
        postgres: concat!("SELECT c.user_id, coalesce(p.method, c.channel) AS channel, p.kind, u.muted_from, u.muted_until FROM contact c \
            JOIN user_account u ON u.org_id = c.org_id AND u.id = c.user_id LEFT JOIN notification_preference p \
            ON p.org_id = c.org_id AND p.contact_id = c.id AND p.user_id = c.user_id AND p.collection = 'ALERTS' \
            WHERE c.org_id = $1 AND c.user_id = ANY($2) AND ", usable!("coalesce(p.method, c.channel)"), " ORDER BY c.id, p.id"),
    }
}

/// How a person can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Channels with a usable contact, each once.
    pub channels: Vec<Channel>,
    /// Until when they are muted: until then no page is sent to them, and escalation goes on to the next person at once.
    pub muted_until: Option<Timestamp>,
    /// Whether a rule for pages leads to one, and they are not muted.
    pub pages: bool,
    /// Whether a rule for quiet alerts leads to one.
    pub quiet: bool,
}

impl Reach {
    /// Whether an alert of this priority would reach them.
    pub fn is_reached_by(&self, priority: Priority) -> bool {
        match priority {
            Priority::High => self.pages,
            Priority::Low => self.quiet,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: i64,
    channel: String,
    kind: Option<String>,
    muted_from: Option<i64>,
    muted_until: Option<i64>,
}

/// How each of the users can be reached at a time; who is missing cannot be at all.
pub async fn of_users(
    db: &Db,
    scope: &Scope,
    users: &[UserId],
    now: Timestamp,
) -> Result<HashMap<UserId, Reach>, StoreError> {
    let ids: Vec<i64> = users.iter().map(|user| user.0).collect();
    let rows: Vec<Row> = db.all(CONTACTS, args![scope.org, ids]).await?;
    let mut all: HashMap<UserId, Reach> = HashMap::new();
    for row in rows {
        if let Some(channel) = Channel::parse(&row.channel) {
            add(all.entry(UserId(row.user_id)).or_default(), channel, &row, now);
        }
    }
    Ok(all)
}

fn add(reach: &mut Reach, channel: Channel, row: &Row, now: Timestamp) {
    let silence =
        Silence { muted_from: row.muted_from.map(timestamp), muted_until: row.muted_until.map(timestamp), quiet: None };
    if !reach.channels.contains(&channel) {
        reach.channels.push(channel);
    }
    reach.muted_until = silence.muted_until.filter(|_| silence.is_muted(now));
    reach.pages |= row.kind.as_deref() == Some(HIGH_PRIORITY) && reach.muted_until.is_none();
    reach.quiet |= row.kind.as_deref() == Some(LOW_PRIORITY) && reach.muted_until.is_none();
}
