//! How sources look from their open alerts; derived, never stored.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::maintenance;
use crate::scope::Scope;
use crate::sources::Source;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use watchbell_core::ids::SourceId;

sql! {
    OPEN_ALERTS {
        sqlite: "SELECT source_id, MAX(CASE WHEN status = 'PENDING' THEN 1 ELSE 0 END) FROM alert \
            WHERE org_id = $1 AND status <> 'RESOLVED' AND source_id IN (SELECT value FROM json_each($2)) GROUP BY source_id",
        postgres: "SELECT source_id, CAST(MAX(CASE WHEN status = 'PENDING' THEN 1 ELSE 0 END) AS BIGINT) FROM alert \
            WHERE org_id = $1 AND status <> 'RESOLVED' AND source_id = ANY($2) GROUP BY source_id",
    }
}

/// How a source looks from its open alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SourceStatus {
    /// Nobody has at least one of its alerts.
    #[serde(rename = "PENDING")]
    Pending,
    /// Somebody has each of its open alerts.
    #[serde(rename = "ALL_ACCEPTED")]
    AllAccepted,
    /// It has no open alert.
    #[serde(rename = "ALL_RESOLVED")]
    AllResolved,
    /// A maintenance window over the whole of it is open.
    #[serde(rename = "IN_MAINTENANCE")]
    InMaintenance,
    /// It is switched off.
    #[serde(rename = "DISABLED")]
    Disabled,
}

impl SourceStatus {
    /// ilert's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            SourceStatus::Pending => "PENDING",
            SourceStatus::AllAccepted => "ALL_ACCEPTED",
            SourceStatus::AllResolved => "ALL_RESOLVED",
            SourceStatus::InMaintenance => "IN_MAINTENANCE",
            SourceStatus::Disabled => "DISABLED",
        }
    }
}

/// How the sources look from their open alerts.
pub async fn statuses(
    db: &Db,
    scope: &Scope,
    sources: &[Source],
    now: Timestamp,
) -> Result<HashMap<SourceId, SourceStatus>, StoreError> {
    let ids: Vec<i64> = sources.iter().map(|source| source.id.0).collect();
    let rows: Vec<(i64, i64)> = db.all(OPEN_ALERTS, args![scope.org, ids]).await?;
    let open: HashMap<i64, i64> = rows.into_iter().collect();
    let windows = maintenance::open_now(db, scope.org, now).await?;
    let is_covered = |id: SourceId| {
        let mut all = windows.iter().map(|(known, _)| &known.window.covers);
        all.any(|covers| covers.is_of_sources_only() && covers.sources.contains(&id))
    };
    let status = |source: &Source| match (source.active, open.get(&source.id.0)) {
        (false, _) => SourceStatus::Disabled,
        (true, _) if is_covered(source.id) => SourceStatus::InMaintenance,
        (true, None) => SourceStatus::AllResolved,
        (true, Some(0)) => SourceStatus::AllAccepted,
        (true, Some(_)) => SourceStatus::Pending,
    };
    Ok(sources.iter().map(|source| (source.id, status(source))).collect())
}
