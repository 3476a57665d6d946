//! The way of a notification to the network and back: to SENDING before the network is touched, then what became of it.

pub(crate) mod beginning;
pub(crate) mod bounces;
pub(crate) mod catching_up;
pub(crate) mod finishing;
pub(crate) mod plain;
pub(crate) mod reports;
pub(crate) mod standing;
pub(crate) mod turn;
pub(crate) mod waiting;

use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use watchbell_core::ids::{AlertId, NotificationId, OrgId};

pub use beginning::{ToSend, begin};
pub use bounces::came_back;
pub(crate) use finishing::after_failed_page;
pub use finishing::{Delivery, Via, finish};
pub use plain::{Ended, finish_plain};
pub use reports::{Carried, ReportIn, Taken, carried, carried_by, end_ask, report};
pub use turn::{Pace, Turn, take as take_turn};
pub(crate) use waiting::FOR_ACCOUNT;

sql! {
    OUTGOING {
        both: "SELECT n.id, n.alert_id, n.source_id, n.level, n.pass, n.user_id, n.purpose, n.about, n.channel, c.target, c.sealed, u.timezone, u.language, n.reply_code,
                (c.id IS NOT NULL AND (c.verified_at IS NULL OR (c.status <> 'OK' AND n.purpose <> 'TEST')
                    OR (c.stopped_at IS NOT NULL AND n.channel IN ('SMS', 'WHATSAPP')))) AS is_barred, u.first_name, n.tries, n.failed_with, s.name AS source_name
            FROM notification n LEFT JOIN alert_source s ON s.org_id = n.org_id AND s.id = n.source_id JOIN user_account u ON u.org_id = n.org_id AND u.id = n.user_id LEFT JOIN contact c ON c.org_id = n.org_id AND c.id = n.contact_id
            WHERE n.org_id = $1 AND n.id = $2"
    }
    LISTED {
        both: "SELECT DISTINCT alert_id FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED' ORDER BY alert_id LIMIT $3"
    }
    LISTED_COUNT { both: "SELECT count(DISTINCT alert_id) FROM notification WHERE org_id = $1 AND summary_id = $2 AND state = 'SUPPRESSED'" }
}

/// What a sender needs to know of a notification.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Outgoing {
    /// Which.
    pub id: i64,
    /// Of which alert; none for summaries and tests.
    pub alert_id: Option<i64>,
    /// Of which source.
    pub source_id: Option<i64>,
    /// Its name; none when it was deleted.
    pub source_name: Option<String>,
    /// Which level; -1 for a person whom the alert was given to.
    pub level: i64,
    /// Which pass.
    pub pass: i64,
    /// To whom.
    pub user_id: i64,
    /// PAGE, SUMMARY, UPDATE, TEST or NOTICE.
    pub purpose: String,
    /// What an update is about.
    pub about: Option<String>,
    /// Over what.
    pub channel: String,
    /// The contact's address now; none when it was deleted.
    pub target: Option<String>,
    /// The contact's sealed secret.
    pub sealed: Option<Vec<u8>>,
    /// Whether the contact lost its verification, was locked, or its texts were stopped, since the message was planned. A test tries
    /// a locked one.
    pub is_barred: bool,
    /// The reader's time zone.
    pub timezone: String,
    /// The reader's language, as a tag.
    pub language: String,
    /// The short number by which they answer, where the channel hears answers.
    pub reply_code: Option<i64>,
    /// The reader's first name.
    pub first_name: String,
    /// How often it was tried.
    pub tries: i64,
    /// The accounts that failed with it, as a JSON list.
    pub failed_with: Option<String>,
}

/// What is to be sent. `None`: it was deleted with its user.
pub async fn outgoing(db: &Db, org: OrgId, id: NotificationId) -> Result<Option<Outgoing>, StoreError> {
    db.one(OUTGOING, crate::args![org, id]).await
}

/// The alerts that a summary stands for: in order; and how many there are in all.
pub async fn listed_in_summary(
    db: &Db,
    scope: &Scope,
    summary: NotificationId,
    max: i64,
) -> Result<(Vec<AlertId>, i64), StoreError> {
    let rows: Vec<(i64,)> = db.all(LISTED, crate::args![scope.org, summary, max]).await?;
    let count: Option<(i64,)> = db.one(LISTED_COUNT, crate::args![scope.org, summary]).await?;
    Ok((rows.into_iter().map(|(id,)| AlertId(id)).collect(), count.map_or(0, |(n,)| n)))
}
