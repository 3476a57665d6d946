//! A search through the audit: by kind of thing, by who, by what.

use crate::args;
use crate::audit::{AuditRow, Row};
use crate::db::Db;
use crate::error::StoreError;
use crate::event_search::anywhere;
use crate::page::Page;
use crate::scope::Scope;
use watchbell_core::timeline::Actor;

macro_rules! found {
    ($columns:literal, $actors:literal) => {
        concat!("SELECT ", $columns, " FROM audit WHERE org_id = $1 AND ($2 = '' OR noun = $2) AND ($3 = '' \
            OR lower(noun_id || ' ' || coalesce(before, '') || ' ' || coalesce(after, '')) LIKE $3 ESCAPE '\\' OR actor ", $actors, ")")
    };
}

sql! {
    PAGE {
        sqlite: concat!(found!("id, at, actor, verb, noun, noun_id, before, after", "IN (SELECT value FROM json_each($4))"), " ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6"),
        postgres: concat!(found!("id, at, actor, verb, noun, noun_id, before, after", "= ANY($4)"), " ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6"),
    }
    COUNT { sqlite: found!("count(*)", "IN (SELECT value FROM json_each($4))"), postgres: found!("count(*)", "= ANY($4)") }
    NOUNS { both: "SELECT DISTINCT noun FROM audit WHERE org_id = $1 ORDER BY noun" }
}

/// What is looked for; empty texts look for everything.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// A kind of thing.
    pub noun: String,
    /// A text in the thing, as it was or as it became.
    pub text: String,
    /// People whose changes are found as well: those whom the text names.
    pub actors: Vec<Actor>,
}

/// The changes that are looked for, newest first, and how many there are.
pub async fn search(db: &Db, scope: &Scope, query: AuditQuery, page: Page) -> Result<(Vec<AuditRow>, i64), StoreError> {
    let actors: Vec<String> = query.actors.iter().map(crate::stored::to_json).collect::<Result<_, _>>()?;
    let pattern = anywhere(&query.text);
    let of_page = args![scope.org, &query.noun, pattern.clone(), actors.clone(), page.max_results, page.start_index];
    let rows: Vec<Row> = db.all(PAGE, of_page).await?;
    let count: Option<(i64,)> = db.one(COUNT, args![scope.org, &query.noun, pattern, actors]).await?;
    Ok((rows.into_iter().map(Row::read).collect::<Result<_, _>>()?, count.map_or(0, |(count,)| count)))
}

/// The kinds of things of which changes are kept.
pub async fn nouns(db: &Db, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = db.all(NOUNS, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(noun,)| noun).collect())
}
