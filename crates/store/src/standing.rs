//! Jobs that never end: each node looks that they are there, because whoever looks for missing jobs is one of them.

use crate::args;
use crate::auditor;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::auditor::Finding;

sql! {
    THERE {
        sqlite: "SELECT once_key, visible_at FROM job WHERE org_id = $1 AND once_key IN (SELECT value FROM json_each($2)) AND gave_up_at IS NULL",
        postgres: "SELECT once_key, visible_at FROM job WHERE org_id = $1 AND once_key = ANY($2) AND gave_up_at IS NULL",
    }
}

/// Their kinds, their keys, and how far ahead the next run of each may lie.
const STANDING: [(JobKind, &str, SignedDuration); 4] = [
    (JobKind::CleanUp, "clean_up", SignedDuration::from_mins(65)),
    (JobKind::Reconcile, "reconcile", SignedDuration::from_secs(90)),
    (JobKind::Ping, "ping", SignedDuration::from_mins(65)),
    (JobKind::WatchGaps, "watch_gaps", SignedDuration::from_mins(65)),
];

/// Asks for all of them now: at the start of a node.
pub async fn ask_all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let all = STANDING.iter().map(|(kind, key, _)| NewJob::new(scope.org, *kind, 0, now).once(*key));
    jobs::ask(tx, all.collect()).await
}

/// Asks for one of them now, where a setting changed that it follows.
pub async fn bring_forward(db: &Db, scope: &Scope, kind: JobKind, now: Timestamp) -> Result<(), StoreError> {
    let key = STANDING.iter().find(|(known, ..)| *known == kind).map(|(_, key, _)| *key);
    let Some(key) = key else { return Ok(()) };
    let job = NewJob::new(scope.org, kind, 0, now).once(key);
    db.write(move |tx| Box::pin(async move { jobs::ask(tx, vec![job]).await })).await
}

/// Sets up anew what is gone, or was put off beyond its bounds; the keys of those. It counts as found by the auditor.
pub async fn mend(db: &Db, scope: &Scope, now: Timestamp) -> Result<Vec<&'static str>, StoreError> {
    let keys: Vec<String> = STANDING.iter().map(|(_, key, _)| (*key).to_owned()).collect();
    let there: Vec<(String, i64)> = db.all(THERE, args![scope.org, keys]).await?;
    let is_fine = |key: &str, bound: SignedDuration| {
        there.iter().any(|(known, at)| known == key && timestamp(*at).duration_since(now) <= bound)
    };
    let gone: Vec<(JobKind, &'static str)> =
        STANDING.iter().filter(|(_, key, bound)| !is_fine(key, *bound)).map(|(kind, key, _)| (*kind, *key)).collect();
    let names: Vec<&'static str> = gone.iter().map(|(_, key)| *key).collect();
    if gone.is_empty() {
        return Ok(names);
    }
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let found: Vec<Finding> = gone.iter().map(|(_, key)| Finding::JobGone { key: (*key).to_owned() }).collect();
            let again = gone.into_iter().map(|(kind, key)| NewJob::new(scope.org, kind, 0, now).once(key));
            jobs::ask(tx, again.collect()).await?;
            auditor::note_found(tx, &scope, &found, now).await
        })
    })
    .await?;
    Ok(names)
}
