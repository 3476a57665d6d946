//! Reading rows: by id, by query, page by page in order of id.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::entity::Entity;
use super::super::query::{PAGE_MAX, Query};
use super::super::row::Row;
use super::super::world::World;
use super::answer;
use super::call::Call;

/// Before the first id; the id of the tenant's own company is 0.
const BEFORE_FIRST: i64 = -1;
/// Searches up to this length are repeated in `nextPageUrl`, which then answers GET as well as POST.
const SEARCH_CHARS_MAX: usize = 8_000;
/// Pages that `prevPageUrl` can go back.
const PREVIOUS_MAX: usize = 100;

/// A place in the pages of a query: the ids after which this page and the earlier ones begin.
struct Place {
    after: i64,
    previous: Vec<i64>,
    page_size: Option<usize>,
}

/// `GET {entity}/{id}`
pub fn read_one(world: &World, entity: Entity, id: i64) -> Response {
    let readable = world.tables.is_readable(entity, id, world.clock.now());
    let row = world.tables.get(entity, id).filter(|_| readable);
    answer::item(world, entity, row)
}

/// `{entity}/query`
pub fn query(world: &World, call: &Call, entity: Entity) -> Response {
    let start = Place { after: BEFORE_FIRST, previous: Vec::new(), page_size: None };
    page(world, call, entity, start).unwrap_or_else(answer::errors)
}

/// `{entity}/query/next?paging=..`
pub fn next(world: &World, call: &Call, entity: Entity) -> Response {
    let place = call.value("paging").and_then(read_place);
    let place = place.ok_or_else(|| vec!["The paging parameter is not valid.".to_owned()]);
    place.and_then(|place| page(world, call, entity, place)).unwrap_or_else(answer::errors)
}

/// `{entity}/query/count`
pub fn count(world: &World, call: &Call, entity: Entity) -> Response {
    let counted = search(call).and_then(|search| Query::compile(entity, &search)).map(|query| {
        let now = world.clock.now();
        let rows = world.tables.after(entity, BEFORE_FIRST);
        rows.filter(|(id, row)| world.tables.is_readable(entity, *id, now) && query.holds(row)).count()
    });
    counted.map_or_else(answer::errors, |count| answer::ok(json!({ "queryCount": count })))
}

/// The rows of a list that is not asked with a query, as one page.
pub fn list<'a>(world: &World, entity: Entity, rows: impl Iterator<Item = &'a Row>) -> Response {
    let items: Vec<Value> = rows.take(PAGE_MAX).map(|row| answer::wire(world, entity, row.clone())).collect();
    let details = json!({"count": items.len(), "requestCount": PAGE_MAX, "prevPageUrl": null, "nextPageUrl": null});
    answer::ok(json!({ "items": items, "pageDetails": details }))
}

fn page(world: &World, call: &Call, entity: Entity, place: Place) -> Result<Response, Vec<String>> {
    let search = search(call)?;
    let query = Query::compile(entity, &search)?;
    let size = place.page_size.unwrap_or(query.page_size).clamp(1, PAGE_MAX);
    let now = world.clock.now();
    let rows = world.tables.after(entity, place.after);
    let mut found = rows.filter(|(id, row)| world.tables.is_readable(entity, *id, now) && query.holds(row));
    let rows: Vec<(i64, &Row)> = found.by_ref().take(size).collect();
    let has_more = found.next().is_some();
    let link = |after: i64, previous: &[i64]| page_url(call, entity, &search, size, after, previous);
    let next = has_more.then(|| {
        let previous: Vec<i64> = place.previous.iter().copied().chain([place.after]).collect();
        let start = previous.len().saturating_sub(PREVIOUS_MAX);
        link(rows.last().map_or(place.after, |(id, _)| *id), &previous[start..])
    });
    let back = place.previous.split_last().map(|(after, previous)| link(*after, previous));
    let items: Vec<Value> = rows.iter().map(|(_, row)| answer::wire(world, entity, query.project(row))).collect();
    Ok(answer::ok(json!({
        "items": items,
        "pageDetails": {"count": items.len(), "requestCount": size, "prevPageUrl": back, "nextPageUrl": next},
    })))
}

/// The search of the body, else of the query. The service's reader takes single quotes for double ones.
fn search(call: &Call) -> Result<Row, Vec<String>> {
    let body = call.object()?;
    if !body.is_empty() {
        return Ok(body);
    }
    let raw = call
        .value("search")
        .ok_or_else(|| vec!["Invalid query syntax: the search parameter is missing.".to_owned()])?;
    let read = serde_json::from_str(raw).or_else(|_| serde_json::from_str(&raw.replace('\'', "\"")));
    read.map_err(|error| vec![format!("Invalid query syntax: {error}")])
}

fn read_place(raw: &str) -> Option<Place> {
    let paging: Value = serde_json::from_str(raw).ok()?;
    let ids = |key: &str| paging[key].as_array().map(|ids| ids.iter().filter_map(Value::as_i64).collect::<Vec<_>>());
    let page_size = paging["pageSize"].as_u64().and_then(|size| usize::try_from(size).ok());
    Some(Place { after: *ids("nextIds")?.first()?, previous: ids("previousIds").unwrap_or_default(), page_size })
}

fn page_url(call: &Call, entity: Entity, search: &Row, size: usize, after: i64, previous: &[i64]) -> Option<String> {
    let paging = json!({"pageSize": size, "previousIds": previous, "nextIds": [after]}).to_string();
    let search = Value::Object(search.clone()).to_string();
    let mut url = reqwest::Url::parse(&format!("{}V1.0/{}/query/next", call.base(), entity.path())).ok()?;
    url.query_pairs_mut().append_pair("paging", &paging);
    if search.len() <= SEARCH_CHARS_MAX {
        url.query_pairs_mut().append_pair("search", &search);
    }
    Some(url.into())
}
