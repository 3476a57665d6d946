//! Lists of alerts, the newest first, and how many there are.

use crate::alerts::{AlertRow, columns};
use crate::db::Db;
use crate::error::StoreError;
use crate::filters::{AlertFilter, conditions_postgres, conditions_sqlite};
use crate::page::Page;
use crate::scope::Scope;
use watchbell_core::alert::Alert;

sql! {
    LIST {
        sqlite: concat!(columns!(), "WHERE ", conditions_sqlite!(), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $8 OFFSET $9"),
        postgres: concat!(columns!(), "WHERE ", conditions_postgres!(), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $8 OFFSET $9"),
    }
    /// By the index of open alerts: how many are resolved does not matter. Only ids are sorted.
    LIST_OPEN {
        sqlite: concat!(columns!(), "WHERE alert.org_id = $1 AND alert.id IN (SELECT alert.id FROM alert INDEXED BY alert_open WHERE alert.status <> 'RESOLVED' AND ",
            conditions_sqlite!(), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $8 OFFSET $9) ORDER BY alert.report_time DESC, alert.id DESC"),
        postgres: concat!(columns!(), "WHERE alert.status <> 'RESOLVED' AND ", conditions_postgres!(), " ORDER BY alert.report_time DESC, alert.id DESC LIMIT $8 OFFSET $9"),
    }
    COUNT {
        sqlite: concat!("SELECT count(*) FROM alert WHERE ", conditions_sqlite!()),
        postgres: concat!("SELECT count(*) FROM alert WHERE ", conditions_postgres!()),
    }
    COUNT_OPEN {
        sqlite: concat!("SELECT count(*) FROM alert INDEXED BY alert_open WHERE alert.status <> 'RESOLVED' AND ", conditions_sqlite!()),
        postgres: concat!("SELECT count(*) FROM alert WHERE alert.status <> 'RESOLVED' AND ", conditions_postgres!()),
    }
}

/// Alerts by the time when they opened, the newest first; of the same time, the one with the higher number first.
pub async fn list(db: &Db, scope: &Scope, filter: &AlertFilter, page: Page) -> Result<Vec<Alert>, StoreError> {
    let sql = if filter.is_open_only() { LIST_OPEN } else { LIST };
    let mut args = filter.args(scope.org);
    args.extend(crate::args![page.max_results, page.start_index]);
    let rows: Vec<AlertRow> = db.all(sql, args).await?;
    rows.into_iter().map(|row| Ok(row.into_alert()?.0)).collect()
}

/// How many alerts the filter lets through.
pub async fn count(db: &Db, scope: &Scope, filter: &AlertFilter) -> Result<i64, StoreError> {
    let sql = if filter.is_open_only() { COUNT_OPEN } else { COUNT };
    let row: Option<(i64,)> = db.one(sql, filter.args(scope.org)).await?;
    Ok(row.map_or(0, |(count,)| count))
}
