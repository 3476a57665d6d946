//! Who has an alert: people who accepted it, were added to it or given it, and those who are being paged for it now.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, NewJob};
use crate::notifications::{self, NewNotification};
use crate::scope::Scope;
use crate::value::timestamp;
use crate::{alerts, recipients, stored, users};
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::escalation::Page;
use watchbell_core::ids::{AlertId, NotificationId, OrgId, UserId};
use watchbell_core::notify::{self, Purpose};

const NOUN: &str = "responder";

/// Whether a responder has the alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResponderStatus {
    /// Not yet.
    Pending,
    /// Accepted it.
    Accepted,
}

impl ResponderStatus {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ResponderStatus::Pending => "PENDING",
            ResponderStatus::Accepted => "ACCEPTED",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [ResponderStatus::Pending, ResponderStatus::Accepted].into_iter().find(|status| status.as_str() == word)
    }
}

/// One person on one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Which alert.
    pub alert: AlertId,
    /// Who.
    pub user: UserId,
    /// Whether they have it.
    pub status: ResponderStatus,
    /// When they accepted it.
    pub accepted_at: Option<Timestamp>,
    /// Paged by the escalation at this moment, and nothing more.
    pub is_paged_only: bool,
}

sql! {
    OF_ALERTS {
        sqlite: "SELECT alert_id, user_id, status, accepted_at FROM alert_responder WHERE org_id = $1 AND alert_id IN (SELECT value FROM json_each($2)) ORDER BY alert_id, added_at, user_id",
        postgres: "SELECT alert_id, user_id, status, accepted_at FROM alert_responder WHERE org_id = $1 AND alert_id = ANY($2) ORDER BY alert_id, added_at, user_id",
    }
    PAGED_NOW {
        sqlite: "SELECT DISTINCT n.alert_id, n.user_id FROM alert a JOIN notification n ON n.org_id = a.org_id AND n.alert_id = a.id AND n.pass = a.pass AND n.level = a.level
            WHERE a.org_id = $1 AND a.id IN (SELECT value FROM json_each($2)) AND a.status = 'PENDING' AND n.purpose = 'PAGE'
            AND n.state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED') ORDER BY n.alert_id, n.user_id",
        postgres: "SELECT DISTINCT n.alert_id, n.user_id FROM alert a JOIN notification n ON n.org_id = a.org_id AND n.alert_id = a.id AND n.pass = a.pass AND n.level = a.level
            WHERE a.org_id = $1 AND a.id = ANY($2) AND a.status = 'PENDING' AND n.purpose = 'PAGE'
            AND n.state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED') ORDER BY n.alert_id, n.user_id",
    }
    ONE { both: "SELECT alert_id, user_id, status, accepted_at FROM alert_responder WHERE org_id = $1 AND alert_id = $2 AND user_id = $3" }
    CANCEL_PAGES {
        both: "UPDATE notification SET state = 'CANCELLED', reason = 'no longer a responder' WHERE org_id = $1 AND alert_id = $2 AND user_id = $3
            AND level = -1 AND purpose = 'PAGE' AND state = 'PLANNED' RETURNING id"
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    alert_id: i64,
    user_id: i64,
    status: String,
    accepted_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Responder, StoreError> {
        Ok(Responder {
            alert: AlertId(self.alert_id),
            user: UserId(self.user_id),
            status: stored::word(NOUN, &self.status, ResponderStatus::parse)?,
            accepted_at: self.accepted_at.map(timestamp),
            is_paged_only: false,
        })
    }
}

/// The responders of each of these alerts, in the order in which they came; those who are only being paged now come last.
pub async fn of_alerts(db: &Db, scope: &Scope, alerts: &[AlertId]) -> Result<Vec<Responder>, StoreError> {
    let ids: Vec<i64> = alerts.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(OF_ALERTS, crate::args![scope.org, ids.clone()]).await?;
    let mut responders: Vec<Responder> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
    let known: std::collections::HashSet<(AlertId, UserId)> = responders.iter().map(|r| (r.alert, r.user)).collect();
    let paged: Vec<(i64, i64)> = db.all(PAGED_NOW, crate::args![scope.org, ids]).await?;
    for (alert, user) in paged.into_iter().map(|(alert, user)| (AlertId(alert), UserId(user))) {
        if !known.contains(&(alert, user)) {
            responders.push(Responder {
                alert,
                user,
                status: ResponderStatus::Pending,
                accepted_at: None,
                is_paged_only: true,
            });
        }
    }
    Ok(responders)
}

/// Adds a responder, who is paged at once: also for an accepted alert, because it is the one who has it that calls for help.
/// Errors: `NotFound` (alert, user), `Taken` (is one already), `InUse` (the alert is resolved).
pub async fn add(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    user: UserId,
    now: Timestamp,
) -> Result<Responder, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { add_in(tx, &scope, alert, user, now).await })).await
}

/// [`add`] as part of a unit.
pub async fn add_in(
    tx: &mut Tx,
    scope: &Scope,
    alert: AlertId,
    user: UserId,
    now: Timestamp,
) -> Result<Responder, StoreError> {
    let (before, _) =
        alerts::lock(tx, scope.org, vec![alert.0]).await?.pop().ok_or_else(|| StoreError::not_found("alert", alert))?;
    if !users::missing(tx, scope.org, &[user]).await?.is_empty() {
        return Err(StoreError::not_found("user", user));
    }
    if before.status == Status::Resolved {
        return Err(StoreError::InUse {
            what: format!("alert {alert} is resolved: nobody can be added to it any more"),
        });
    }
    if find(tx, scope.org, alert, user).await?.is_some() {
        return Err(StoreError::Taken { noun: NOUN, field: "user" });
    }
    alerts::apply_in(tx, scope, alert, &Happening::ResponderAdded(user), now).await?;
    page(tx, scope.org, &before, user, now).await?;
    find(tx, scope.org, alert, user).await?.ok_or_else(|| StoreError::not_found(NOUN, user))
}

async fn find(tx: &mut Tx, org: OrgId, alert: AlertId, user: UserId) -> Result<Option<Responder>, StoreError> {
    let row: Option<Row> = tx.one(ONE, crate::args![org, alert, user]).await?;
    row.map(Row::read).transpose()
}

/// Pages one person beside the levels, by their own rules.
async fn page(tx: &mut Tx, org: OrgId, alert: &Alert, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let found = recipients::recipients(&mut tx.into(), org, vec![user.0]).await?;
    let (planned, _) = notify::plan_level(&found, alert.priority, now);
    let ids = notifications::next_ids(tx, planned.len()).await?;
    let of = |planned| Page { pass: alert.escalation.pass, level: -1, planned };
    let pages: Vec<NewNotification> = planned
        .into_iter()
        .zip(ids)
        .map(|(planned, id)| NewNotification {
            id: NotificationId(id),
            ..NewNotification::page(alert, &of(planned), now)
        })
        .collect();
    notifications::insert(tx, org, &pages).await?;
    let send = |(page, is_first): (&NewNotification, bool)| {
        let rank = notify::rank(Purpose::Page, page.priority, is_first);
        NewJob::send(org, page.id.0, &page.channel, rank, page.due_at)
    };
    let firsts = std::iter::once(true).chain(std::iter::repeat(false));
    jobs::ask(tx, pages.iter().zip(firsts).map(send).collect()).await
}

/// Removes a responder; pages that were planned for them beside the levels are cancelled.
/// Errors: `NotFound` (alert, or nobody who was added).
pub async fn remove(db: &Db, scope: &Scope, alert: AlertId, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            alerts::lock(tx, scope.org, vec![alert.0])
                .await?
                .pop()
                .ok_or_else(|| StoreError::not_found("alert", alert))?;
            find(tx, scope.org, alert, user).await?.ok_or_else(|| StoreError::not_found(NOUN, user))?;
            alerts::apply_in(tx, &scope, alert, &Happening::ResponderRemoved(user), now).await?;
            let cancelled: Vec<(i64,)> = tx.all(CANCEL_PAGES, crate::args![scope.org, alert, user]).await?;
            jobs::forget_pages(tx, scope.org, cancelled.into_iter().map(|(id,)| id).collect()).await
        })
    });
    write.await
}
