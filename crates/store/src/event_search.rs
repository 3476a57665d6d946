//! The recent events of a source, a page at a time, and a search among them: "why was nobody paged for this ticket".

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::ids::{AlertId, EventId, SourceId};

macro_rules! recent {
    ($columns:literal, $cut:literal, $fits:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (SELECT id, alert_id, received_at, kind, subject, verdict, reason, ",
            $cut,
            " FROM event \
            WHERE org_id = $1 AND source_id = $2 ORDER BY id DESC LIMIT $4) AS recent WHERE $3 = '' OR ",
            $fits
        )
    };
}

sql! {
    PAGE {
        sqlite: concat!(recent!("id, alert_id, received_at, kind, subject, verdict, reason, body", "substr(body, 1, 8192) AS body",
            "lower(coalesce(subject, '') || ' ' || coalesce(reason, '') || ' ' || CAST(body AS TEXT)) LIKE $3 ESCAPE '\\'"),
            " ORDER BY id DESC LIMIT $5 OFFSET $6"),
        postgres: concat!(recent!("id, alert_id, received_at, kind, subject, verdict, reason, body", "substring(body FROM 1 FOR 8192) AS body",
            "lower(coalesce(subject, '') || ' ' || coalesce(reason, '') || ' ' || encode(body, 'escape')) LIKE $3 ESCAPE '\\'"),
            " ORDER BY id DESC LIMIT $5 OFFSET $6"),
    }
    COUNT {
        sqlite: recent!("count(*)", "substr(body, 1, 8192) AS body",
            "lower(coalesce(subject, '') || ' ' || coalesce(reason, '') || ' ' || CAST(body AS TEXT)) LIKE $3 ESCAPE '\\'"),
        postgres: recent!("count(*)", "substring(body FROM 1 FOR 8192) AS body",
            "lower(coalesce(subject, '') || ' ' || coalesce(reason, '') || ' ' || encode(body, 'escape')) LIKE $3 ESCAPE '\\'"),
    }
    FIRST_OF_KIND { both: "SELECT received_at FROM event WHERE org_id = $1 AND source_id = $2 AND kind = $3 ORDER BY id LIMIT 1" }
    LAST_OF_KIND { both: "SELECT received_at FROM event WHERE org_id = $1 AND source_id = $2 AND kind = $3 ORDER BY id DESC LIMIT 1" }
}

/// Events that are looked through, the newest.
pub const EVENTS_SEARCHED_MAX: i64 = 5_000;

/// An event as the source's page lists it; the body is cut at 8 KiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEvent {
    /// Which.
    pub id: EventId,
    /// The alert it led to.
    pub alert: Option<AlertId>,
    /// When it came.
    pub received_at: Timestamp,
    /// What it wanted: an event type, or CALLOUT, WEBHOOK, POLL.
    pub kind: String,
    /// What it was about, where the source says so (a ticket's number or id).
    pub subject: Option<String>,
    /// What became of it, a word of [`crate::events::Verdict`].
    pub verdict: String,
    /// Why.
    pub reason: Option<String>,
    /// The beginning of the body as it was sent.
    pub body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    alert_id: Option<i64>,
    received_at: i64,
    kind: String,
    subject: Option<String>,
    verdict: String,
    reason: Option<String>,
    body: Vec<u8>,
}

impl From<Row> for FoundEvent {
    fn from(row: Row) -> Self {
        Self {
            id: EventId(row.id),
            alert: row.alert_id.map(AlertId),
            received_at: timestamp(row.received_at),
            kind: row.kind,
            subject: row.subject,
            verdict: row.verdict,
            reason: row.reason,
            body: row.body,
        }
    }
}

/// A pattern of LIKE that finds a text anywhere; empty for no text.
pub(crate) fn anywhere(text: &str) -> String {
    let text = watchbell_core::text::fold(text);
    if text.is_empty() {
        return text;
    }
    let escaped: String =
        text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    format!("%{escaped}%")
}

/// Events of a source in which a text occurs (every one for an empty text), the newest first, and how many there are of them.
pub async fn search(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    text: &str,
    page: Page,
) -> Result<(Vec<FoundEvent>, i64), StoreError> {
    let pattern = anywhere(text);
    let rows: Vec<Row> = db
        .all(PAGE, args![scope.org, source, pattern.clone(), EVENTS_SEARCHED_MAX, page.max_results, page.start_index])
        .await?;
    let count: Option<(i64,)> = db.one(COUNT, args![scope.org, source, pattern, EVENTS_SEARCHED_MAX]).await?;
    Ok((rows.into_iter().map(FoundEvent::from).collect(), count.map_or(0, |(count,)| count)))
}

/// When the first and the last event of a kind came, as far as they are kept.
pub async fn span_of_kind(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    kind: &str,
) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
    let first: Option<(i64,)> = db.one(FIRST_OF_KIND, args![scope.org, source, kind]).await?;
    let last: Option<(i64,)> = db.one(LAST_OF_KIND, args![scope.org, source, kind]).await?;
    Ok((first.map(|(at,)| timestamp(at)), last.map(|(at,)| timestamp(at))))
}
