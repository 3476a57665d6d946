//! Catching up after an outage: of the pages about one alert to one contact that came due meanwhile one goes out.

use super::beginning::Fates;
use super::standing::Standing;
use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchbell_core::notify::NotificationState;

macro_rules! repeated {
    ($late:literal) => {
        concat!(
            "SELECT n.id FROM ",
            $late,
            " JOIN notification n ON n.org_id = v.org_id AND n.id = v.id WHERE EXISTS (SELECT 1 FROM notification o WHERE o.org_id = n.org_id AND o.alert_id = n.alert_id
            AND o.contact_id = n.contact_id AND o.channel = n.channel AND o.pass = n.pass AND o.purpose = 'PAGE' AND o.id <> n.id
            AND (o.state = 'SENDING' OR (o.state IN ('SENT', 'DELIVERED') AND o.sent_at > v.since)))"
        )
    };
}

sql! {
    /// Pages of which the same went out since.
    REPEATED {
        sqlite: repeated!("(SELECT value ->> 0 AS org_id, value ->> 1 AS id, value ->> 2 AS since FROM jsonb_each($1)) AS v"),
        postgres: repeated!("UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (org_id, id, since)"),
    }
}

/// A page that begins so many seconds after it was due was held up by something.
const LATE_S: i64 = 30;
const REPEATED_WHY: &str = "the same was sent just now";

/// Lets the oldest of what came due meanwhile go, and ends the others. Costs nothing where nothing is late.
pub(super) async fn drop_repeated(tx: &mut Tx, fates: &mut Fates<'_>, now: Timestamp) -> Result<(), StoreError> {
    let since = now - SignedDuration::from_secs(LATE_S);
    let mut late = Rows::default();
    for (job, _) in fates.fresh.iter().filter(|(_, standing)| timestamp(standing.due_at) < since) {
        late.push(args![job.org, job.subject, since]);
    }
    if late.is_empty() {
        return Ok(());
    }
    let gone: Vec<(i64,)> = tx.all_many(REPEATED, late).await?;
    let mut oldest = BTreeMap::new();
    for (_, standing) in fates.fresh.iter().filter(|(job, _)| !gone.contains(&(job.subject,))) {
        let age = (standing.due_at, standing.id);
        oldest.entry(said(standing)).and_modify(|known: &mut (i64, i64)| *known = age.min(*known)).or_insert(age);
    }
    for (job, standing) in std::mem::take(&mut fates.fresh) {
        match oldest.get(&said(standing)) == Some(&(standing.due_at, standing.id)) {
            true => fates.fresh.push((job, standing)),
            false => fates.stopped.push((job, NotificationState::Cancelled, REPEATED_WHY)),
        }
    }
    Ok(())
}

/// What a page says, and to whom.
fn said(standing: &Standing) -> (Option<i64>, Option<i64>, String, i64) {
    (standing.alert_id, standing.contact_id, standing.channel.clone(), standing.pass)
}
