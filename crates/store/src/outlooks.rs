//! What a step has to know of alerts beside their rows. Asks only what some of them need: those that have not begun need nothing.

use crate::db::{FromRows, Tx};
use crate::error::StoreError;
use crate::sql::Sql;
use crate::value::timestamp;
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::escalation::{Messages, Outlook};
use watchbell_core::ids::{OrgId, UserId};

sql! {
    /// The newest pass of which a message is under way or a phone rings, and how many failed, of alerts that have such.
    UNDER_WAY {
        sqlite: "SELECT alert_id, max(CASE WHEN state <> 'FAILED' THEN pass END), count(CASE WHEN state = 'FAILED' THEN 1 END) FROM notification WHERE org_id = $1 AND alert_id IN (SELECT value FROM json_each($2))
            AND purpose = 'PAGE' AND (state IN ('PLANNED', 'SENDING', 'SUPPRESSED', 'FAILED') OR (channel = 'VOICE' AND state = 'SENT' AND ended_at IS NULL)) GROUP BY alert_id",
        postgres: "SELECT alert_id, max(CASE WHEN state <> 'FAILED' THEN pass END), count(CASE WHEN state = 'FAILED' THEN 1 END) FROM notification WHERE org_id = $1 AND alert_id = ANY($2)
            AND purpose = 'PAGE' AND (state IN ('PLANNED', 'SENDING', 'SUPPRESSED', 'FAILED') OR (channel = 'VOICE' AND state = 'SENT' AND ended_at IS NULL)) GROUP BY alert_id",
    }
    /// Who was paged by the running level in its pass.
    PAGED {
        sqlite: "SELECT DISTINCT n.alert_id, n.user_id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id AND a.pass = n.pass AND a.level = n.level
            WHERE n.org_id = $1 AND n.alert_id IN (SELECT value FROM json_each($2)) AND n.purpose = 'PAGE' ORDER BY n.alert_id, n.user_id",
        postgres: "SELECT DISTINCT n.alert_id, n.user_id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id AND a.pass = n.pass AND a.level = n.level
            WHERE n.org_id = $1 AND n.alert_id = ANY($2) AND n.purpose = 'PAGE' ORDER BY n.alert_id, n.user_id",
    }
    /// When somebody, here or in the outside tool, last did something about an alert. Accepting it is not enough.
    TOUCHED {
        sqlite: "SELECT alert_id, max(at) FROM alert_log WHERE org_id = $1 AND alert_id IN (SELECT value FROM json_each($2))
            AND entry ->> 'kind' NOT IN ('accepted', 'accepted_partly', 'snoozed') AND actor ->> 'by' IN ('user', 'outside') GROUP BY alert_id",
        postgres: "SELECT alert_id, max(at) FROM alert_log WHERE org_id = $1 AND alert_id = ANY($2)
            AND CAST(entry AS JSON) ->> 'kind' NOT IN ('accepted', 'accepted_partly', 'snoozed') AND CAST(actor AS JSON) ->> 'by' IN ('user', 'outside') GROUP BY alert_id",
    }
}

/// What is to be known of alerts for their steps at `now`; one that is missing needs nothing.
pub(crate) async fn of_alerts(
    tx: &mut Tx,
    org: OrgId,
    alerts: &[Alert],
    now: Timestamp,
) -> Result<BTreeMap<i64, Outlook>, StoreError> {
    let ids = |which: &dyn Fn(&Alert) -> bool| -> Vec<i64> {
        alerts.iter().filter(|alert| which(alert)).map(|alert| alert.id.0).collect()
    };
    let has_begun = |alert: &Alert| alert.escalation.level >= 0 || alert.escalation.pass > 1;
    let is_woken = |alert: &Alert| alert.escalation.wake_at.is_some_and(|at| at <= now);
    let mut outlooks: BTreeMap<i64, Outlook> = BTreeMap::new();
    let begun: Vec<(i64, Option<i64>, i64)> = rows(tx, UNDER_WAY, org, ids(&has_begun)).await?;
    for (id, under_way_of, failed) in begun {
        outlooks.entry(id).or_default().messages = Messages { under_way_of, some_failed: failed > 0 };
    }
    for (id, users) in paged(tx, org, ids(&|alert| alert.status == Status::Pending && is_woken(alert))).await? {
        outlooks.entry(id).or_default().paged = users;
    }
    for (id, at) in rows(tx, TOUCHED, org, ids(&|alert| alert.status == Status::Accepted && is_woken(alert))).await? {
        outlooks.entry(id).or_default().touched_at = Some(timestamp(at));
    }
    Ok(outlooks)
}

/// Who was paged by the running levels of alerts.
pub(crate) async fn paged(tx: &mut Tx, org: OrgId, ids: Vec<i64>) -> Result<BTreeMap<i64, Vec<UserId>>, StoreError> {
    let mut paged: BTreeMap<i64, Vec<UserId>> = BTreeMap::new();
    for (id, user) in rows(tx, PAGED, org, ids).await? {
        paged.entry(id).or_default().push(UserId(user));
    }
    Ok(paged)
}

async fn rows<R: FromRows>(tx: &mut Tx, sql: Sql, org: OrgId, ids: Vec<i64>) -> Result<Vec<R>, StoreError> {
    if ids.is_empty() { Ok(Vec::new()) } else { tx.all(sql, crate::args![org, ids]).await }
}
