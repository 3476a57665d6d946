//! What people answered to messages: told once however often a provider tells it, the alerts that they can mean, and acting on them.

use crate::alerts;
use crate::args;
use crate::changes;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, NewJob};
use crate::scope::Scope;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::ids::{AlertId, ConnectorId, ContactId, NotificationId, OrgId};
use watchbell_core::limits::HEARD_KEPT_DAYS;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;

sql! {
    NOTE { both: "INSERT INTO heard_text (org_id, connector_id, provider_id, sender, at, understood) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING" }
    KNOWN { both: "SELECT sender FROM heard_text WHERE org_id = $1 AND connector_id = $2 AND provider_id = $3" }
    /// Texts of a sender since the last one that was understood.
    NONSENSE {
        both: "SELECT count(*) FROM heard_text WHERE org_id = $1 AND sender = $2 AND at > coalesce((SELECT max(at) FROM heard_text WHERE org_id = $1 AND sender = $2 AND understood), 0)"
    }
    FORGET_OLD {
        both: "DELETE FROM heard_text WHERE org_id = $1 AND (connector_id, provider_id) IN (SELECT connector_id, provider_id FROM heard_text WHERE org_id = $1 AND at < $2 ORDER BY at LIMIT $3)"
    }
    /// What a contact was told of over a channel, the latest first: by itself, or in a summary under the summary's number.
    TOLD {
        both: "SELECT n.alert_id, coalesce(s.reply_code, n.reply_code) AS reply_code, a.status,
                EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = n.org_id AND r.alert_id = n.alert_id AND r.user_id = n.user_id AND r.status = 'ACCEPTED') AS accepted_by_me
            FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id LEFT JOIN notification s ON s.org_id = n.org_id AND s.id = n.summary_id
            WHERE n.org_id = $1 AND n.contact_id = $2 AND n.channel = $3 AND n.purpose = 'PAGE'
            AND (n.state IN ('SENDING', 'SENT', 'DELIVERED') OR (n.summary_id IS NOT NULL AND s.state IN ('SENDING', 'SENT', 'DELIVERED')))
            ORDER BY n.id DESC LIMIT $4"
    }
    /// The open alerts that a summary stands for.
    OF_SUMMARY {
        both: "SELECT DISTINCT n.alert_id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.org_id = $1 AND n.summary_id = $2 AND a.status <> 'RESOLVED' ORDER BY n.alert_id"
    }
}

/// What contacts were told of that is looked at for an answer.
pub(crate) const TOLD_MAX: i64 = 500;

/// What tells something that was heard from others, since the other side may tell of it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The account that told; "mail" for mails.
    pub connector: ConnectorId,
    /// What that calls it.
    pub id: String,
    /// Who said it: number, chat, key.
    pub sender: String,
}

/// Stands for an account where mails are told apart.
const BY_MAIL: &str = "mail";

impl Once {
    /// A mail, by what tells it from others.
    pub fn mail(id: impl Into<String>) -> Self {
        Self { connector: ConnectorId(BY_MAIL.into()), id: id.into(), sender: String::new() }
    }
}

/// Who said something that was heard before; `None` where it is new.
pub async fn known(db: &Db, org: OrgId, once: &Once) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = db.one(KNOWN, args![org, once.connector.clone(), once.id.clone()]).await?;
    Ok(row.map(|(sender,)| sender))
}

/// Keeps that something was heard, and whether it was understood. `false`: it was heard before.
pub async fn note(db: &Db, org: OrgId, once: Once, understood: bool, now: Timestamp) -> Result<bool, StoreError> {
    db.write(move |tx| Box::pin(async move { note_in(tx, org, once, understood, now).await })).await
}

async fn note_in(tx: &mut Tx, org: OrgId, once: Once, understood: bool, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.exec(NOTE, args![org, once.connector, once.id, once.sender, now, understood]).await? == 1)
}

/// Nothing follows from what was acted on.
pub fn nothing(_: &[Alert]) -> Vec<NewJob> {
    Vec::new()
}

/// How many texts of a sender meant nothing since the last one that did, this one included.
pub async fn nonsense(db: &Db, org: OrgId, sender: &str) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = db.one(NONSENSE, args![org, sender]).await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// An alert that a contact was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub alert: AlertId,
    /// The number that the message named.
    pub code: Option<u32>,
    /// Where it stands.
    pub status: Status,
    /// Whether this person has accepted it.
    pub accepted_by_me: bool,
}

/// What a contact was told of over a channel, each alert once, the latest first.
pub async fn told(db: &Db, org: OrgId, contact: ContactId, channel: Channel) -> Result<Vec<Told>, StoreError> {
    let rows: Vec<(i64, Option<i64>, String, bool)> =
        db.all(TOLD, args![org, contact, channel.as_str(), TOLD_MAX]).await?;
    let mut told: Vec<Told> = Vec::with_capacity(rows.len());
    for (alert, code, status, accepted_by_me) in rows {
        if told.iter().any(|known| known.alert.0 == alert) {
            continue;
        }
        told.push(Told {
            alert: AlertId(alert),
            code: code.and_then(|code| u32::try_from(code).ok()),
            status: crate::stored::word("alert", &status, Status::parse)?,
            accepted_by_me,
        });
    }
    Ok(told)
}

/// The open alerts that a summary stands for, in order.
pub async fn of_summary(db: &Db, org: OrgId, summary: NotificationId) -> Result<Vec<AlertId>, StoreError> {
    let rows: Vec<(i64,)> = db.all(OF_SUMMARY, args![org, summary]).await?;
    Ok(rows.into_iter().map(|(id,)| AlertId(id)).collect())
}

/// Lets an answer act on alerts, all or none, and notes in their timelines over what it came; with the work that `follows`. The alerts
/// as they stand then. One that acted `once` before acts no more.
pub async fn act(
    db: &Db,
    scope: &Scope,
    on: Vec<AlertId>,
    (happening, entry): (Happening, Entry),
    (once, follows): (Option<Once>, impl Fn(&[Alert]) -> Vec<NewJob> + Clone + Send + 'static),
    now: Timestamp,
) -> Result<Vec<Alert>, StoreError> {
    for _ in 0..3 {
        let (scope, on, once, follows) = (scope.clone(), on.clone(), once.clone(), follows.clone());
        let (happening, entry) = (happening.clone(), entry.clone());
        let write = db.write(move |tx| {
            Box::pin(async move {
                if is_repeated(tx, scope.org, once, now).await? {
                    let on = on.into_iter().map(|id| id.0).collect();
                    return Ok(alerts::lock(tx, scope.org, on).await?.into_iter().map(|(alert, _)| alert).collect());
                }
                let acted = act_in(tx, &scope, on, &happening, &entry, now).await?;
                jobs::ask(tx, follows(&acted)).await?;
                Ok(acted)
            })
        });
        match write.await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("alert"))
}

async fn is_repeated(tx: &mut Tx, org: OrgId, once: Option<Once>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(once) = once else { return Ok(false) };
    Ok(!note_in(tx, org, once, true, now).await?)
}

async fn act_in(
    tx: &mut Tx,
    scope: &Scope,
    mut on: Vec<AlertId>,
    happening: &Happening,
    entry: &Entry,
    now: Timestamp,
) -> Result<Vec<Alert>, StoreError> {
    // In the order in which everybody locks them.
    on.sort_unstable();
    let mut acted = Vec::with_capacity(on.len());
    for id in on {
        changes::log(tx, scope.org, &scope.actor, now, vec![(id, entry.clone())]).await?;
        acted.push(alerts::apply_in(tx, scope, id, happening, now).await?.alert);
    }
    Ok(acted)
}

/// Forgets what was heard long ago, so many rows at most; how many it were.
pub(crate) async fn forget_old(tx: &mut Tx, org: OrgId, max: i64, now: Timestamp) -> Result<u64, StoreError> {
    let before = now.saturating_sub(SignedDuration::from_hours(24 * HEARD_KEPT_DAYS)).unwrap_or(Timestamp::MIN);
    tx.exec(FORGET_OLD, args![org, before, max]).await
}
