//! Whom a page would reach: the usable contacts of users, and whether a rule leads to one.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::preferences::{HIGH_PRIORITY, LOW_PRIORITY};
use crate::scope::Scope;
use std::collections::HashMap;
use watchbell_core::alert::Priority;
use watchbell_core::ids::UserId;
use watchbell_core::user::Channel;

sql! {
    /// The same condition as that of paging: the contact is OK and verified.
    CONTACTS {
        sqlite: "SELECT c.user_id, c.channel, p.kind FROM contact c LEFT JOIN notification_preference p \
            ON p.org_id = c.org_id AND p.contact_id = c.id AND p.user_id = c.user_id AND p.collection = 'ALERTS' \
            WHERE c.org_id = $1 AND c.user_id IN (SELECT value FROM json_each($2)) AND c.status = 'OK' AND c.verified_at IS NOT NULL ORDER BY c.id",
        postgres: "SELECT c.user_id, c.channel, p.kind FROM contact c LEFT JOIN notification_preference p \
            ON p.org_id = c.org_id AND p.contact_id = c.id AND p.user_id = c.user_id AND p.collection = 'ALERTS' \
            WHERE c.org_id = $1 AND c.user_id = ANY($2) AND c.status = 'OK' AND c.verified_at IS NOT NULL ORDER BY c.id",
    }
}

/// How a person can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Channels with a usable contact, each once.
    pub channels: Vec<Channel>,
    /// Whether a rule for pages leads to one.
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

/// How each of the users can be reached; who is missing cannot be at all.
pub async fn of_users(db: &Db, scope: &Scope, users: &[UserId]) -> Result<HashMap<UserId, Reach>, StoreError> {
    let ids: Vec<i64> = users.iter().map(|user| user.0).collect();
    let rows: Vec<(i64, String, Option<String>)> = db.all(CONTACTS, args![scope.org, ids]).await?;
    let mut all: HashMap<UserId, Reach> = HashMap::new();
    for (user, channel, kind) in rows {
        let reach = all.entry(UserId(user)).or_default();
        if let Some(channel) = Channel::parse(&channel).filter(|channel| !reach.channels.contains(channel)) {
            reach.channels.push(channel);
        }
        reach.pages |= kind.as_deref() == Some(HIGH_PRIORITY);
        reach.quiet |= kind.as_deref() == Some(LOW_PRIORITY);
    }
    Ok(all)
}
