//! Bundling: per source and contact, the third and later message of a window become one summary.

use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{JobKind, NewJob};
use crate::notifications::{self, NewNotification};
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};
use watchbell_core::ids::{NotificationId, OrgId, SourceId};
use watchbell_core::limits;
use watchbell_core::notify::{self, NotificationState, Purpose};

/// The reason of a page that waits for its summary.
pub(crate) const BUNDLED: &str = "bundled: one summary stands for several messages";

sql! {
    RECENT {
        sqlite: "SELECT source_id, contact_id, sum(CASE WHEN purpose = 'PAGE' THEN 1 ELSE 0 END), max(CASE WHEN purpose = 'SUMMARY' THEN due_at END) FROM notification
            WHERE purpose <> 'UPDATE' AND state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (org_id, source_id, contact_id) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)) AND due_at > (SELECT value ->> 3 FROM json_each($1) LIMIT 1)
            GROUP BY source_id, contact_id",
        postgres: "SELECT source_id, contact_id, CAST(sum(CASE WHEN purpose = 'PAGE' THEN 1 ELSE 0 END) AS BIGINT), max(CASE WHEN purpose = 'SUMMARY' THEN due_at END) FROM notification
            WHERE purpose <> 'UPDATE' AND state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (org_id, source_id, contact_id) IN (SELECT DISTINCT a, b, c FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (a, b, c)) AND due_at > ($4::bigint[])[1]
            GROUP BY source_id, contact_id",
    }
    /// What waits for a summary and is still worth one, and what is not.
    WAITING {
        both: "SELECT n.id, n.user_id, n.channel, n.target, a.status, n.alert_id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.org_id = $1 AND n.source_id = $2 AND n.contact_id = $3 AND n.state = 'SUPPRESSED' AND n.summary_id IS NULL ORDER BY n.id LIMIT $4"
    }
    CANCEL {
        sqlite: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND id = ANY($2)",
    }
    STAND_FOR {
        sqlite: "UPDATE notification SET summary_id = $3 WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND state = 'SUPPRESSED'",
        postgres: "UPDATE notification SET summary_id = $3 WHERE org_id = $1 AND id = ANY($2) AND state = 'SUPPRESSED'",
    }
    RELEASE { both: "UPDATE notification SET state = 'PLANNED', reason = NULL, due_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'SUPPRESSED'" }
}

/// What left lately, by source and contact, and what is held back now.
pub(crate) struct Bundling {
    recent: HashMap<(i64, i64), (i64, Option<i64>)>,
    bundled: BTreeSet<(i64, i64)>,
}

impl Bundling {
    /// Counts what left within the window to the contacts of these pages.
    pub(crate) async fn load(
        tx: &mut Tx,
        org: OrgId,
        pages: &[NewNotification],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let pairs: BTreeSet<(i64, i64)> =
            pages.iter().filter(|page| page.due_at <= now).map(|page| (page.source.0, page.contact)).collect();
        Ok(Self { recent: recent(tx, org, pairs, now).await?, bundled: BTreeSet::new() })
    }

    /// Whether this page goes out by itself; if it does, it counts for the next one.
    pub(crate) fn goes_out(&mut self, page: &NewNotification) -> bool {
        let pair = (page.source.0, page.contact);
        let count = &mut self.recent.entry(pair).or_insert((0, None)).0;
        let singly = !page.in_summary && notify::goes_out_singly(*count);
        if singly {
            *count += 1;
        } else {
            self.bundled.insert(pair);
        }
        singly
    }

    /// The jobs that will make summaries of what was held back.
    pub(crate) async fn summaries(self, _tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<Vec<NewJob>, StoreError> {
        let job = |(source, contact): &(i64, i64)| {
            let last = self.recent.get(&(*source, *contact)).and_then(|(_, last)| *last).map(timestamp);
            summary_job(org, *source, *contact, notify::summary_due(now, last))
        };
        Ok(self.bundled.iter().map(job).collect())
    }
}

/// The job that makes the summary of a source for a contact.
pub(crate) fn summary_job(org: OrgId, source: i64, contact: i64, at: Timestamp) -> NewJob {
    NewJob::new(org, JobKind::Summarize, contact, at).once(format!("summary:{source}:{contact}")).with(source)
}

async fn recent(
    tx: &mut Tx,
    org: OrgId,
    pairs: BTreeSet<(i64, i64)>,
    now: Timestamp,
) -> Result<HashMap<(i64, i64), (i64, Option<i64>)>, StoreError> {
    let since = now - SignedDuration::from_secs(limits::BUNDLE_WINDOW_S);
    let mut rows = Rows::default();
    pairs.into_iter().for_each(|(source, contact)| rows.push(crate::args![org, source, contact, since]));
    let found: Vec<(i64, i64, i64, Option<i64>)> = tx.all_many(RECENT, rows).await?;
    Ok(found.into_iter().map(|(source, contact, count, last)| ((source, contact), (count, last))).collect())
}

/// Makes one summary of what waits for a contact: nothing where nobody needs it any more, the page itself where it is alone.
/// Returns when to come back, where a summary went out too shortly ago or more waits than one summary stands for.
pub async fn summarize(
    tx: &mut Tx,
    org: OrgId,
    source: SourceId,
    contact: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let last =
        recent(tx, org, BTreeSet::from([(source.0, contact)]), now).await?.into_values().find_map(|(_, last)| last);
    if let Some(last) = last {
        return Ok(Some(timestamp(last) + SignedDuration::from_secs(limits::BUNDLE_WINDOW_S)));
    }
    let waiting: Vec<(i64, i64, String, String, String, i64)> =
        tx.all(WAITING, crate::args![org, source, contact, limits::BUNDLE_MAX]).await?;
    let is_cut = i64::try_from(waiting.len()).is_ok_and(|count| count >= limits::BUNDLE_MAX);
    let (open, closed): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, _, _, _, status, _)| status == "PENDING");
    tx.exec(CANCEL, crate::args![org, closed.iter().map(|row| row.0).collect::<Vec<_>>()]).await?;
    let rest = is_cut.then(|| now.saturating_add(SignedDuration::from_secs(limits::BUNDLE_WINDOW_S)).unwrap_or(now));
    let job = match &open[..] {
        [] => return Ok(is_cut.then_some(now)),
        [alone] => {
            tx.exec(RELEASE, crate::args![org, alone.0, now]).await?;
            NewJob::new(org, JobKind::Notify, alone.0, now).with("alone")
        }
        [first, ..] => {
            let id = notifications::next_ids(tx, 1).await?.pop().unwrap_or_default();
            let summary = summary_of(NotificationId(id), source, contact, (first.1, &first.2, &first.3), now);
            notifications::insert(tx, org, &[summary]).await?;
            tx.exec(STAND_FOR, crate::args![org, open.iter().map(|row| row.0).collect::<Vec<_>>(), id]).await?;
            NewJob::new(org, JobKind::Notify, id, now)
        }
    };
    crate::jobs::ask(tx, vec![job]).await?;
    Ok(rest)
}

fn summary_of(
    id: NotificationId,
    source: SourceId,
    contact: i64,
    (user, channel, target): (i64, &str, &str),
    now: Timestamp,
) -> NewNotification {
    NewNotification {
        id,
        alert: None,
        source,
        pass: 0,
        level: 0,
        user,
        preference: None,
        contact,
        channel: channel.to_owned(),
        target: Some(target.to_owned()),
        purpose: Purpose::Summary,
        about: None,
        state: NotificationState::Planned,
        reason: None,
        in_summary: false,
        due_at: now,
        planned_at: now,
    }
}
