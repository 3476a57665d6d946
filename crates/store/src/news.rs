//! Notices that are about no alert: a shift that begins, a fault that the auditor found. Real notifications over the real way.

use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, NewJob};
use crate::notifications;
use crate::recipients::usable;
use crate::stored;
use crate::value::Rows;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::alert::Priority;
use watchbell_core::auditor::Finding;
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::notify::{self, Purpose};
use watchbell_core::user::Channel;

sql! {
    INSERT_MANY {
        sqlite: "INSERT INTO notification (id, org_id, user_id, contact_id, channel, target, about, due_at, planned_at, pass, level, purpose, state, tries) \
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 7, 1, 0, 'NOTICE', 'PLANNED', 0 FROM json_each($1)",
        postgres: "INSERT INTO notification (id, org_id, user_id, contact_id, channel, target, about, due_at, planned_at, pass, level, purpose, state, tries) \
            SELECT a, b, c, d, e, f, g, h, h, 1, 0, 'NOTICE', 'PLANNED', 0 \
            FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::TEXT[], $8::BIGINT[]) AS v (a, b, c, d, e, f, g, h)",
    }
    /// The contacts over which people are paged at once.
    PAGED_OVER {
        sqlite: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id IN (SELECT value FROM json_each($2)) AND p.collection = 'ALERTS' AND p.kind = 'HIGH_PRIORITY' AND p.delay_s = 0 ORDER BY p.user_id, p.contact_id"),
        postgres: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id = ANY($2) AND p.collection = 'ALERTS' AND p.kind = 'HIGH_PRIORITY' AND p.delay_s = 0 ORDER BY p.user_id, p.contact_id"),
    }
    /// For those whom nothing pages at once: any mailbox is better than silence.
    MAILBOXES {
        sqlite: "SELECT user_id, min(id) AS contact_id, 'EMAIL' AS channel, min(target) AS target FROM contact \
            WHERE org_id = $1 AND user_id IN (SELECT value FROM json_each($2)) AND channel = 'EMAIL' AND status = 'OK' AND verified_at IS NOT NULL GROUP BY user_id ORDER BY user_id",
        postgres: "SELECT user_id, min(id) AS contact_id, 'EMAIL' AS channel, min(target) AS target FROM contact \
            WHERE org_id = $1 AND user_id = ANY($2) AND channel = 'EMAIL' AND status = 'OK' AND verified_at IS NOT NULL GROUP BY user_id ORDER BY user_id",
    }
    /// For those who have no mailbox that works: what pages them later.
    PAGED_LATER {
        sqlite: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id IN (SELECT value FROM json_each($2)) AND p.collection = 'ALERTS' ORDER BY p.user_id, p.contact_id"),
        postgres: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id = ANY($2) AND p.collection = 'ALERTS' ORDER BY p.user_id, p.contact_id"),
    }
    ADMINS { both: "SELECT id FROM user_account WHERE org_id = $1 AND role = 'ADMIN' ORDER BY id LIMIT $2" }
}

/// Administrators who are told of what concerns all of them, at most.
const ADMINS_MAX: i64 = 20;

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// Words.
    Plain {
        /// In a few words.
        title: String,
        /// In full.
        text: String,
        /// Where it is looked at or mended, below the public address.
        path: Option<String>,
    },
    /// What became of something that the reader asked for; nothing is to be done.
    Answer {
        /// In a few words.
        title: String,
        /// In full.
        text: String,
        /// Where it is looked at, below the public address.
        path: Option<String>,
    },
    /// A contact of the reader was refused for good.
    ContactRefused {
        /// Over what.
        channel: Channel,
        /// Which.
        target: String,
        /// What the other side said.
        why: String,
        /// Whose.
        user: i64,
    },
    /// A shift of the reader begins.
    Shift {
        /// The schedule's number.
        schedule: i64,
        /// When it begins.
        from: Timestamp,
        /// When it ends, where that is known.
        until: Option<Timestamp>,
    },
    /// A cover request came, or moved on.
    Cover(CoverNews),
    /// The auditor found what it cannot mend.
    Faults {
        /// What.
        findings: Vec<Finding>,
    },
}

/// What happened to a cover request: facts, so that each reader is told in their language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverNews {
    /// What happened.
    pub step: CoverStep,
    /// Whose duty it is.
    pub whose: String,
    /// Who took it, cannot, or gave it back.
    pub by: Option<String>,
    /// The schedule's name.
    pub schedule: String,
    /// The clocks of the schedule.
    pub zone: String,
    /// From when the duty is.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What whoever asks says.
    pub message: Option<String>,
}

/// A step of a cover request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverStep {
    /// Somebody asks.
    Asked,
    /// Somebody took it.
    Accepted,
    /// The only one who was asked cannot.
    Declined,
    /// Nobody who was asked can.
    DeclinedByAll,
    /// It is not needed any more.
    Withdrawn,
    /// Who had taken it does not cover any more.
    GivenBack,
    /// Nobody answered in time.
    Expired,
}

/// One contact that a notice goes to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Addressee {
    /// To whom.
    pub user_id: i64,
    /// Where to.
    pub contact_id: i64,
    /// Over what.
    pub channel: String,
    /// Where to, as people read it.
    pub target: String,
}

/// Tells people over the contacts that page them at once; where nothing does, over a mailbox, and else over what pages them later.
/// Asks for the sending in the same unit.
pub async fn tell(tx: &mut Tx, org: OrgId, users: &[UserId], news: &News, now: Timestamp) -> Result<(), StoreError> {
    let mut left: Vec<i64> = users.iter().map(|user| user.0).collect();
    let mut to: Vec<Addressee> = Vec::new();
    for way in [PAGED_OVER, MAILBOXES, PAGED_LATER] {
        if !left.is_empty() {
            to.extend(tx.all::<Addressee>(way, args![org, left.clone()]).await?);
            left.retain(|id| !to.iter().any(|known| known.user_id == *id));
        }
    }
    tell_over(tx, org, to, news, now).await
}

/// Tells every administrator.
pub async fn tell_admins(tx: &mut Tx, org: OrgId, news: &News, now: Timestamp) -> Result<(), StoreError> {
    let admins: Vec<(i64,)> = tx.all(ADMINS, args![org, ADMINS_MAX]).await?;
    let admins: Vec<UserId> = admins.into_iter().map(|(id,)| UserId(id)).collect();
    tell(tx, org, &admins, news, now).await
}

/// The same over contacts that the caller chose.
pub async fn tell_over(
    tx: &mut Tx,
    org: OrgId,
    to: Vec<Addressee>,
    news: &News,
    now: Timestamp,
) -> Result<(), StoreError> {
    if to.is_empty() {
        return Ok(());
    }
    let about = stored::to_json(news)?;
    let ids = notifications::next_ids(tx, to.len()).await?;
    let mut rows = Rows::default();
    for (to, id) in to.iter().zip(&ids) {
        rows.push(args![*id, org, to.user_id, ContactId(to.contact_id), &to.channel, &to.target, &about, now]);
    }
    tx.exec_many(INSERT_MANY, rows).await?;
    // News never stand in the way of pages.
    let rank = notify::rank(Purpose::Notice, Priority::High, true);
    let send = |(id, to): (&i64, &Addressee)| NewJob::send(org, *id, &to.channel, rank, now);
    jobs::ask(tx, ids.iter().zip(&to).map(send).collect()).await
}

/// What a stored notice says; `None` where this version cannot read it.
pub fn read(about: Option<&str>) -> Option<News> {
    about.and_then(|text| serde_json::from_str(text).ok())
}
