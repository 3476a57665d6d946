//! What happened to an alert: the union of its events, its log and its notifications, in one order.

use crate::alerts;
use crate::db::Db;
use crate::error::StoreError;
use crate::events::{self, EventHead};
use crate::notifications::{self, Notification};
use crate::page::Page;
use crate::scope::Scope;
use crate::timeline::{self, LogEntry};
use crate::value::timestamp;
use jiff::Timestamp;
use std::collections::HashMap;
use watchbell_core::alert::Happening;
use watchbell_core::ids::AlertId;

sql! {
    // Whoever comments holds the alert's lock: nobody else's comment of this alert can be later.
    LATEST_COMMENT {
        sqlite: "SELECT max(id) FROM alert_log WHERE org_id = $1 AND alert_id = $2 AND entry ->> 'kind' = 'comment'",
        postgres: "SELECT max(id) FROM alert_log WHERE org_id = $1 AND alert_id = $2 AND CAST(entry AS json) ->> 'kind' = 'comment'",
    }
    // `kind` is the tag of the entry's JSON: a page of a filtered list can only be cut where the filter is known.
    REFERENCES {
        sqlite: "SELECT at, what, id FROM (
                SELECT received_at AS at, 0 AS what, id FROM event WHERE org_id = $1 AND alert_id = $2 AND $3
                UNION ALL SELECT at, 1, id FROM alert_log WHERE org_id = $1 AND alert_id = $2 AND ($8 OR entry ->> 'kind' IN (SELECT value FROM json_each($4)))
                UNION ALL SELECT coalesce(sent_at, planned_at), 2, id FROM notification WHERE org_id = $1 AND alert_id = $2 AND $5
            ) AS history ORDER BY at DESC, what DESC, id DESC LIMIT $6 OFFSET $7",
        postgres: "SELECT at, what, id FROM (
                SELECT received_at AS at, CAST(0 AS BIGINT) AS what, id FROM event WHERE org_id = $1 AND alert_id = $2 AND $3
                UNION ALL SELECT at, 1, id FROM alert_log WHERE org_id = $1 AND alert_id = $2 AND ($8 OR CAST(entry AS json) ->> 'kind' = ANY($4))
                UNION ALL SELECT coalesce(sent_at, planned_at), 2, id FROM notification WHERE org_id = $1 AND alert_id = $2 AND $5
            ) AS history ORDER BY at DESC, what DESC, id DESC LIMIT $6 OFFSET $7",
    }
}

/// Which part of the history is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Events of the source.
    pub events: bool,
    /// Messages to people.
    pub notifications: bool,
    /// Log entries of these kinds, in the words of the entry's tag (`level_started`); `None`: of all.
    pub kinds: Option<Vec<String>>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// The source sent something.
    Event(EventHead),
    /// The log says something.
    Log(LogEntry),
    /// A message to a person.
    Notification(Notification),
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// Unique among all lines of all alerts.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happened,
}

/// Kinds of rows that a history is made of: the remainder of a line's id.
const KINDS: i64 = 3;

/// What the remainder says of a log entry.
const LOG: i64 = 1;

/// Comments on an alert: the id of the line that says so, as [`page`] has it. Errors: `NotFound`.
pub async fn comment(db: &Db, scope: &Scope, alert: AlertId, text: String, now: Timestamp) -> Result<i64, StoreError> {
    for _ in 0..3 {
        let (scope, happening) = (scope.clone(), Happening::Commented { text: text.clone(), author: None });
        let written = db.write(move |tx| {
            Box::pin(async move {
                alerts::apply_in(tx, &scope, alert, &happening, now).await?;
                let row: Option<(Option<i64>,)> = tx.one(LATEST_COMMENT, crate::args![scope.org, alert]).await?;
                let id = row.and_then(|(id,)| id).ok_or_else(|| StoreError::not_found("comment of alert", alert))?;
                Ok(line_id(id, LOG))
            })
        });
        match written.await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("alert"))
}

fn line_id(id: i64, kind: i64) -> i64 {
    id.saturating_mul(KINDS) + kind
}

/// A part of the history of an alert, the latest first.
pub async fn page(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    filter: &HistoryFilter,
    page: Page,
) -> Result<Vec<HistoryLine>, StoreError> {
    let args = crate::args![
        scope.org,
        alert,
        filter.events,
        filter.kinds.clone().unwrap_or_default(),
        filter.notifications,
        page.max_results,
        page.start_index,
        filter.kinds.is_none()
    ];
    let references: Vec<(i64, i64, i64)> = db.all(REFERENCES, args).await?;
    let ids =
        |kind: i64| references.iter().filter(|(_, what, _)| *what == kind).map(|(.., id)| *id).collect::<Vec<_>>();
    let mut found: HashMap<(i64, i64), Happened> = HashMap::new();
    found.extend(
        events::heads(db, scope, ids(0)).await?.into_iter().map(|event| ((0, event.id.0), Happened::Event(event))),
    );
    found.extend(
        timeline::get_many(db, scope, ids(1)).await?.into_iter().map(|entry| ((1, entry.id), Happened::Log(entry))),
    );
    found.extend(
        notifications::get_many(db, scope, ids(2)).await?.into_iter().map(|n| ((2, n.id.0), Happened::Notification(n))),
    );
    // What clean-up took between the two reads is left out.
    let line = |(at, what, id): (i64, i64, i64)| {
        Some(HistoryLine { id: line_id(id, what), at: timestamp(at), what: found.remove(&(what, id))? })
    };
    Ok(references.into_iter().filter_map(line).collect())
}
