//! The plain end of sends, many in one unit: the other side took the message, and nobody is changing its alert.

use super::{Delivery, Via};
use crate::args;
use crate::changes::{self, rings, summary_is_over};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, Job, NewJob};
use crate::value::Rows;
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchbell_core::ids::{AlertId, JobId, OrgId};
use watchbell_core::notify::Purpose;

macro_rules! too_late {
    ($carried:literal) => {
        concat!(
            "SELECT n.org_id, n.id FROM ",
            $carried,
            " JOIN notification n ON n.org_id = v.org_id AND n.id = v.id LEFT JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE ",
            rings!(),
            " AND ((n.purpose = 'PAGE' AND (a.status = 'RESOLVED' OR (a.status = 'ACCEPTED' AND n.level >= 0))) OR (",
            summary_is_over!(),
            "))"
        )
    };
}

sql! {
    SENT {
        sqlite: "UPDATE notification SET state = CASE WHEN state = 'DELIVERED' THEN state ELSE 'SENT' END, tries = tries + 1, sent_at = v.at,
            provider_id = v.provider_id, connector_id = v.connector_id, error = NULL,
            reported = CASE WHEN state = 'DELIVERED' THEN reported END, ended_at = CASE WHEN state = 'DELIVERED' THEN ended_at END
            FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS id, value ->> 2 AS at, value ->> 3 AS provider_id, value ->> 4 AS connector_id FROM jsonb_each($1)) AS v
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
        postgres: "UPDATE notification SET state = CASE WHEN state = 'DELIVERED' THEN state ELSE 'SENT' END, tries = tries + 1, sent_at = v.at,
            provider_id = v.provider_id, connector_id = v.connector_id, error = NULL,
            reported = CASE WHEN state = 'DELIVERED' THEN reported END, ended_at = CASE WHEN state = 'DELIVERED' THEN ended_at END
            FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS v (org_id, id, at, provider_id, connector_id)
            WHERE notification.org_id = v.org_id AND notification.id = v.id",
    }
    /// The alerts that nobody else is changing, held in the order of their ids.
    FREE {
        sqlite: "SELECT alert.id FROM jsonb_each($1) AS v CROSS JOIN alert ON alert.org_id = v.value ->> 0 AND alert.id = v.value ->> 1",
        postgres: "SELECT alert.id FROM UNNEST($1::bigint[], $2::bigint[]) AS v (org_id, id) JOIN alert ON alert.org_id = v.org_id AND alert.id = v.id
            ORDER BY alert.id FOR NO KEY UPDATE OF alert SKIP LOCKED",
    }
    REACHED {
        sqlite: "UPDATE alert SET notified_at = v.at, nobody_notified_at = NULL, version = version + 1
            FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS id, min(value ->> 2) AS at FROM jsonb_each($1) GROUP BY 1, 2) AS v
            WHERE alert.org_id = v.org_id AND alert.id = v.id AND alert.notified_at IS NULL",
        postgres: "UPDATE alert SET notified_at = v.at, nobody_notified_at = NULL, version = version + 1
            FROM (SELECT org_id, id, min(at) AS at FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS each (org_id, id, at) GROUP BY 1, 2) AS v
            WHERE alert.org_id = v.org_id AND alert.id = v.id AND alert.notified_at IS NULL",
    }
    /// What rings though somebody took its alert while it was handed over: whoever did saw nothing that rang. Calls for help go on.
    TOO_LATE {
        sqlite: too_late!("(SELECT value ->> 0 AS org_id, value ->> 1 AS id FROM jsonb_each($1)) AS v"),
        postgres: too_late!("UNNEST($1::bigint[], $2::bigint[]) AS v (org_id, id)"),
    }
}

/// Notes that a page reached somebody; its alert is held.
pub(super) async fn reached(tx: &mut Tx, org: OrgId, alert: AlertId, at: Timestamp) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    rows.push(args![org, alert, at]);
    tx.exec_many(REACHED, rows).await.map(|_| ())
}

/// A send that has ended on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its job, leased.
    pub job: Job,
    /// What the message was for.
    pub purpose: Option<Purpose>,
    /// The alert that it was about.
    pub alert: Option<AlertId>,
    /// What became of it.
    pub delivery: Delivery,
    /// When it ended.
    pub at: Timestamp,
}

impl Ended {
    /// Whether nothing but that it was sent is to be recorded. A summary stands for others.
    fn is_plain(&self) -> bool {
        matches!(self.delivery, Delivery::Sent { .. }) && self.purpose != Some(Purpose::Summary)
    }

    /// The alert that it pages for, which is held while its end is written.
    fn page_of(&self) -> Option<AlertId> {
        self.alert.filter(|_| self.purpose == Some(Purpose::Page))
    }

    /// The alert whose responder it reached.
    fn reached(&self) -> Option<AlertId> {
        self.page_of().filter(|_| !self.rings())
    }

    /// The account that carried it.
    fn via(&self) -> Option<&Via> {
        match &self.delivery {
            Delivery::Sent { via, .. } | Delivery::Failed { via, .. } => via.as_ref(),
        }
    }

    /// Whether it is a call that was made.
    pub(super) fn rings(&self) -> bool {
        matches!(self.delivery, Delivery::Sent { rings: true, .. })
    }
}

/// Records the sends that ended plainly, each as [`super::finish`] does; which they are. The rest wants a unit of its own each:
/// what failed, summaries, pages whose alert somebody is changing, and what lost its lease. Nobody who holds an alert keeps the
/// others from being recorded.
pub async fn finish_plain(db: &Db, ended: Vec<Ended>) -> Result<BTreeSet<JobId>, StoreError> {
    let plain: Vec<Ended> = ended.into_iter().filter(Ended::is_plain).collect();
    if plain.is_empty() {
        return Ok(BTreeSet::new());
    }
    db.write(move |tx| Box::pin(finish_in(tx, plain))).await
}

async fn finish_in(tx: &mut Tx, mut plain: Vec<Ended>) -> Result<BTreeSet<JobId>, StoreError> {
    let free = free_alerts(tx, &plain).await?;
    plain.retain(|one| one.page_of().is_none_or(|alert| free.contains(&alert)));
    let Some(last) = plain.iter().map(|one| one.at).max() else { return Ok(BTreeSet::new()) };
    let finished = jobs::finish_many(tx, &plain.iter().map(|one| &one.job).collect::<Vec<_>>(), last).await?;
    write_sent(tx, plain.iter().filter(|one| finished.contains(&one.job.id))).await?;
    Ok(finished)
}

async fn free_alerts(tx: &mut Tx, plain: &[Ended]) -> Result<BTreeSet<AlertId>, StoreError> {
    let wanted: BTreeSet<_> = plain.iter().filter_map(|one| Some((one.job.org, one.page_of()?))).collect();
    let mut rows = Rows::default();
    wanted.into_iter().for_each(|(org, alert)| rows.push(args![org, alert]));
    let free: Vec<(i64,)> = tx.all_many(FREE, rows).await?;
    Ok(free.into_iter().map(|(id,)| AlertId(id)).collect())
}

/// Writes what was sent, and whom it reached; the jobs have ended in the same unit.
pub(super) async fn write_sent<'e>(tx: &mut Tx, ended: impl IntoIterator<Item = &'e Ended>) -> Result<(), StoreError> {
    let (mut sent, mut reached, mut carried, mut jobs) =
        (Rows::default(), Rows::default(), Rows::default(), Vec::new());
    let mut last = Timestamp::MIN;
    for one in ended {
        let Delivery::Sent { provider_id, asks, .. } = &one.delivery else { continue };
        let (org, id) = (one.job.org, one.job.subject);
        jobs.extend(asks.then(|| super::reports::ask_job(org, id, 0, one.at)));
        sent.push(args![org, id, one.at, provider_id.as_deref(), one.via().map(|via| via.connector.clone())]);
        if let Some(alert) = one.reached() {
            reached.push(args![org, alert, one.at]);
        }
        if one.via().is_some() && matches!(one.purpose, Some(Purpose::Page | Purpose::Summary)) {
            carried.push(args![org, id]);
        }
        last = last.max(one.at);
    }
    tx.exec_many(SENT, sent).await?;
    tx.exec_many(REACHED, reached).await?;
    jobs.extend(too_late(tx, carried, last).await?);
    jobs::ask(tx, jobs).await
}

async fn too_late(tx: &mut Tx, carried: Rows, now: Timestamp) -> Result<Vec<NewJob>, StoreError> {
    let ringing: Vec<(i64, i64)> = tx.all_many(TOO_LATE, carried).await?;
    Ok(ringing.into_iter().map(|(org, id)| changes::take_back_job(OrgId(org), id, now)).collect())
}
