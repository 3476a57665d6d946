//! The list of alerts as people look at it: a tab, a source, loud or quiet, and a text to look for.

use crate::alerts::{AlertRow, columns};
use crate::db::Db;
use crate::error::StoreError;
use crate::event_search::anywhere;
use crate::page::Page;
use crate::scope::Scope;
use crate::value::Value;
use watchbell_core::alert::{Alert, Priority, Status};
use watchbell_core::ids::{OrgId, SourceId};

/// `$2`: states, `$3`: source or 0, `$4`: priority or empty, `$5`: pattern or empty, `$6`: number or 0.
macro_rules! fits {
    ($states:literal) => {
        concat!("alert.org_id = $1 AND alert.status ", $states, " AND ($3 = 0 OR alert.source_id = $3) AND ($4 = '' OR alert.priority = $4)
            AND ($5 = '' OR alert.id = $6 OR lower(alert.summary || ' ' || coalesce(alert.alert_key, '') || ' ' || alert.content) LIKE $5 ESCAPE '\\')")
    };
}

sql! {
    LIST {
        sqlite: concat!(columns!(), "WHERE ", fits!("IN (SELECT value FROM json_each($2))"), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $7 OFFSET $8"),
        postgres: concat!(columns!(), "WHERE ", fits!("= ANY($2)"), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $7 OFFSET $8"),
    }
    /// By the index of open alerts, so that the resolved ones of years cost nothing.
    LIST_OPEN {
        sqlite: concat!(columns!(), "WHERE alert.id IN (SELECT alert.id FROM alert INDEXED BY alert_open WHERE alert.status <> 'RESOLVED' AND ",
            fits!("IN (SELECT value FROM json_each($2))"), ") ORDER BY alert.report_time DESC, alert.id DESC LIMIT $7 OFFSET $8"),
        postgres: concat!(columns!(), "WHERE alert.status <> 'RESOLVED' AND ", fits!("= ANY($2)"), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $7 OFFSET $8"),
    }
    COUNT {
        sqlite: concat!("SELECT count(*) FROM alert WHERE ", fits!("IN (SELECT value FROM json_each($2))")),
        postgres: concat!("SELECT count(*) FROM alert WHERE ", fits!("= ANY($2)")),
    }
    COUNT_OPEN {
        sqlite: concat!("SELECT alert.status, count(*) FROM alert INDEXED BY alert_open WHERE alert.status <> 'RESOLVED' AND ",
            fits!("IN (SELECT value FROM json_each($2))"), " GROUP BY alert.status ORDER BY alert.status"),
        postgres: concat!("SELECT alert.status, count(*) FROM alert WHERE alert.status <> 'RESOLVED' AND ", fits!("= ANY($2)"), " GROUP BY alert.status ORDER BY alert.status"),
    }
    AMONG {
        sqlite: concat!("SELECT alert.id FROM alert WHERE ", fits!("IN (SELECT value FROM json_each($2))"), " AND alert.id IN (SELECT value FROM json_each($7)) ORDER BY alert.id"),
        postgres: concat!("SELECT alert.id FROM alert WHERE ", fits!("= ANY($2)"), " AND alert.id = ANY($7) ORDER BY alert.id"),
    }
    MANY {
        sqlite: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id IN (SELECT value FROM json_each($2)) ORDER BY alert.id"),
        postgres: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id = ANY($2) ORDER BY alert.id"),
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertSearch {
    /// Where they stand; empty for anywhere.
    pub states: Vec<Status>,
    /// Who reported them.
    pub source: Option<SourceId>,
    /// Loud or quiet.
    pub priority: Option<Priority>,
    /// A number, or a text of summary, key, customer, ticket, caller; empty for any.
    pub text: String,
}

/// How many open alerts there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenCounts {
    /// Nobody has them.
    pub pending: i64,
    /// Somebody has them.
    pub accepted: i64,
}

impl AlertSearch {
    fn is_open_only(&self) -> bool {
        !self.states.is_empty() && !self.states.contains(&Status::Resolved)
    }

    fn args(&self, org: OrgId) -> Vec<Value> {
        let states = if self.states.is_empty() { Status::ALL } else { &self.states };
        let states: Vec<String> = states.iter().map(|state| state.as_str().to_owned()).collect();
        let number: i64 = self.text.trim().trim_start_matches('#').parse().unwrap_or(0);
        let priority = self.priority.map_or("", Priority::as_str);
        crate::args![org, states, self.source.map_or(0, |source| source.0), priority, anywhere(&self.text), number]
    }
}

/// The alerts that are looked for, the newest first; of the same time, the one with the higher number first.
pub async fn list(db: &Db, scope: &Scope, search: &AlertSearch, page: Page) -> Result<Vec<Alert>, StoreError> {
    let sql = if search.is_open_only() { LIST_OPEN } else { LIST };
    let mut args = search.args(scope.org);
    args.extend(crate::args![page.max_results, page.start_index]);
    read(db.all(sql, args).await?)
}

/// How many there are.
pub async fn count(db: &Db, scope: &Scope, search: &AlertSearch) -> Result<i64, StoreError> {
    if search.is_open_only() {
        let rows: Vec<(String, i64)> = db.all(COUNT_OPEN, search.args(scope.org)).await?;
        return Ok(rows.into_iter().map(|(_, count)| count).sum());
    }
    Ok(db.one::<(i64,)>(COUNT, search.args(scope.org)).await?.map_or(0, |(count,)| count))
}

/// How many open alerts fit, by where they stand, whatever states are looked for.
pub async fn open_counts(db: &Db, scope: &Scope, search: &AlertSearch) -> Result<OpenCounts, StoreError> {
    let open = AlertSearch { states: vec![Status::Pending, Status::Accepted], ..search.clone() };
    let rows: Vec<(String, i64)> = db.all(COUNT_OPEN, open.args(scope.org)).await?;
    let of = |status: Status| rows.iter().filter(|(word, _)| word == status.as_str()).map(|(_, count)| *count).sum();
    Ok(OpenCounts { pending: of(Status::Pending), accepted: of(Status::Accepted) })
}

/// Which of these alerts fit.
pub async fn among(db: &Db, scope: &Scope, search: &AlertSearch, ids: Vec<i64>) -> Result<Vec<i64>, StoreError> {
    let mut args = search.args(scope.org);
    args.extend(crate::args![ids]);
    let rows: Vec<(i64,)> = db.all(AMONG, args).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Alerts by number, those that exist.
pub async fn get_many(db: &Db, scope: &Scope, ids: Vec<i64>) -> Result<Vec<Alert>, StoreError> {
    read(db.all(MANY, crate::args![scope.org, ids]).await?)
}

fn read(rows: Vec<AlertRow>) -> Result<Vec<Alert>, StoreError> {
    rows.into_iter().map(|row| Ok(row.into_alert()?.0)).collect()
}
