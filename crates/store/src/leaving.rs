//! Alerts of somebody whose account is deleted: those that they had page again, and levels that lose their last page with them go on.
//! Their pages go with the account, so the unit that deletes it writes down where they were; what they accepted names them still.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::{alerts, changes, deliveries, users};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::ids::{AlertId, OrgId, UserId};
use watchbell_core::leaving;
use watchbell_core::timeline::Actor;

sql! {
    /// Pages that may have been the last of their level.
    PAGES {
        both: "SELECT DISTINCT n.alert_id, n.pass, n.level FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.org_id = $1 AND n.user_id = $2 AND n.purpose = 'PAGE' AND n.state NOT IN ('FAILED', 'CANCELLED') AND a.status = 'PENDING'
            ORDER BY n.alert_id, n.pass, n.level"
    }
    /// What somebody has, or accepted as one of several.
    ACCEPTED {
        both: "SELECT id FROM alert WHERE org_id = $1 AND status IN ('PENDING', 'ACCEPTED') AND status <> 'RESOLVED' AND id > $3
            AND (accepted_by = $2 OR (status = 'PENDING' AND progress LIKE '%accepted_by%')) ORDER BY id LIMIT $4"
    }
    OTHERS {
        both: "SELECT user_id FROM alert_responder WHERE org_id = $1 AND alert_id = $2 AND status = 'ACCEPTED' AND user_id <> $3 ORDER BY user_id"
    }
}

/// What is still to be seen to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// How the person was called.
    pub name: String,
    /// Of the alerts that they had, the last one that was seen to.
    pub after: i64,
    /// Where they were paged: alert, pass, level.
    pub pages: Vec<(i64, i64, i64)>,
}

/// Asks for the look, as part of the unit that deletes an account, which it holds.
pub(crate) async fn ask(
    tx: &mut Tx,
    org: OrgId,
    (user, name): (UserId, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let pages = tx.all(PAGES, crate::args![org, user]).await?;
    let left = Left { name: name.to_owned(), after: 0, pages };
    let job = NewJob::new(org, JobKind::PersonLeft, user.0, now).once(format!("person_left:{user}")).with(left);
    jobs::ask(tx, vec![job]).await
}

/// Alerts behind one that somebody has, or accepted as one of several.
pub async fn accepted(db: &Db, scope: &Scope, user: UserId, after: i64, max: i64) -> Result<Vec<AlertId>, StoreError> {
    let rows: Vec<(i64,)> = db.all(ACCEPTED, crate::args![scope.org, user, after, max]).await?;
    Ok(rows.into_iter().map(|(id,)| AlertId(id)).collect())
}

/// Lets an alert of somebody who is gone page again, or gives it to who accepted it too.
pub async fn give_back(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    (user, name): (UserId, String),
    now: Timestamp,
) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            let Some((before, mode)) = alerts::lock(tx, org, vec![alert.0]).await?.pop() else { return Ok(()) };
            let others = others(tx, org, alert, user).await?;
            match leaving::person_left(&before, (user, &name), &others, mode, now) {
                Some(change) => changes::save(tx, org, vec![(before, change)], &Actor::System, now).await,
                None => Ok(()),
            }
        })
    })
    .await
}

/// Who else accepted an alert. Their accounts stay until the unit ends: whoever deletes one of them waits, and sees to it then.
async fn others(tx: &mut Tx, org: OrgId, alert: AlertId, user: UserId) -> Result<Vec<UserId>, StoreError> {
    let rows: Vec<(i64,)> = tx.all(OTHERS, crate::args![org, alert, user]).await?;
    let others: Vec<UserId> = rows.into_iter().map(|(id,)| UserId(id)).collect();
    let missing = users::missing(tx, org, &others).await?;
    Ok(others.into_iter().filter(|other| !missing.contains(other)).collect())
}

/// Goes on at once where a level lost its last page: alert, pass, level.
pub async fn page_lost(db: &Db, scope: &Scope, page: (i64, i64, i64), now: Timestamp) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { deliveries::after_failed_page(tx, org, page, now).await })).await
}
