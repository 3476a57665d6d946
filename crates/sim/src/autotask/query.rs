//! Queries: the filter language of the REST API, compiled and asked of rows.

use std::cmp::Ordering;

use serde_json::Value;

use super::coerce::coerce;
use super::entity::{Entity, Kind};
use super::row::{Row, get_folded, parse_time, udf};

/// At most this many conditions under `or` (and values of `in`) in one query.
const OR_MAX: usize = 500;
/// Rows per page at most.
pub const PAGE_MAX: usize = 500;
/// Groups may be nested this deep.
const DEPTH_MAX: usize = 20;

/// A compiled query.
#[derive(Debug)]
pub struct Query {
    filter: Vec<Filter>,
    /// The fields asked for; none: all.
    pub include: Option<Vec<String>>,
    /// Rows per page.
    pub page_size: usize,
}

#[derive(Debug)]
enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Test(Test),
}

/// One condition on one field.
#[derive(Debug)]
pub struct Test {
    op: Op,
    field: Source,
    values: Vec<Value>,
}

#[derive(Debug)]
enum Source {
    Field { name: &'static str, kind: Kind },
    Udf(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Eq,
    NotEq,
    Gt,
    Gte,
    Lt,
    Lte,
    BeginsWith,
    EndsWith,
    Contains,
    Exist,
    NotExist,
    In,
    NotIn,
}

impl Query {
    /// Reads a query. Errors: the texts with which the service refuses it.
    pub fn compile(entity: Entity, body: &Row) -> Result<Self, Vec<String>> {
        let list = get_folded(body, "filter").and_then(Value::as_array).filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| vec!["Invalid query syntax: a filter is required.".to_owned()])?;
        if count_ors(list, false) > OR_MAX {
            return Err(vec!["Invalid query syntax: Queries are limited to 500 or fewer 'OR' conditions".to_owned()]);
        }
        let filter = compile_list(entity, list, 0).map_err(|error| vec![error])?;
        let include = get_folded(body, "includeFields").and_then(Value::as_array).filter(|names| !names.is_empty());
        let include = include.map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let asked = get_folded(body, "maxRecords").and_then(as_count).unwrap_or(PAGE_MAX);
        Ok(Self { filter, include, page_size: asked.clamp(1, PAGE_MAX) })
    }

    /// Whether a row is asked for.
    pub fn holds(&self, row: &Row) -> bool {
        self.filter.iter().all(|filter| filter.holds(row))
    }

    /// The fields of a row that are asked for.
    pub fn project(&self, row: &Row) -> Row {
        let Some(include) = &self.include else { return row.clone() };
        let wanted = |name: &String| include.iter().any(|asked| asked.eq_ignore_ascii_case(name));
        row.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn as_count(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok().filter(|&count| count > 0)
}

fn count_ors(list: &[Value], in_or: bool) -> usize {
    let count = |item: &Value| {
        let Some(item) = item.as_object() else { return 0 };
        let op = get_folded(item, "op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let items = get_folded(item, "items").and_then(Value::as_array);
        let values = get_folded(item, "value").and_then(Value::as_array).map_or(0, Vec::len);
        match (op.as_str(), items) {
            ("or", Some(items)) => count_ors(items, true),
            ("and", Some(items)) => count_ors(items, false) + usize::from(in_or),
            ("in" | "notin", _) => values,
            _ => usize::from(in_or),
        }
    };
    list.iter().map(count).sum()
}

fn compile_list(entity: Entity, list: &[Value], depth: usize) -> Result<Vec<Filter>, String> {
    if depth > DEPTH_MAX {
        return Err("Invalid query syntax: groups are nested too deeply.".to_owned());
    }
    list.iter().map(|item| compile_item(entity, item, depth)).collect()
}

fn compile_item(entity: Entity, item: &Value, depth: usize) -> Result<Filter, String> {
    let item = item.as_object().ok_or("Invalid query syntax: a filter item is an object.")?;
    let op = get_folded(item, "op").and_then(Value::as_str).unwrap_or_default();
    let group = |item: &Row| {
        let items = get_folded(item, "items").and_then(Value::as_array).filter(|items| !items.is_empty());
        compile_list(entity, items.ok_or("Invalid query syntax: a group needs items.")?, depth + 1)
    };
    match op.to_ascii_lowercase().as_str() {
        "and" => Ok(Filter::And(group(item)?)),
        "or" => Ok(Filter::Or(group(item)?)),
        op => {
            let field = get_folded(item, "field").and_then(Value::as_str).unwrap_or_default();
            let is_udf = get_folded(item, "udf").is_some_and(|udf| udf == &Value::Bool(true) || udf == "true");
            let value = get_folded(item, "value").unwrap_or(&Value::Null);
            compile_test(entity, op, field, is_udf, value).map(Filter::Test)
        }
    }
}

/// One condition from its parts. Error: the text with which the service refuses it.
pub fn compile_test(entity: Entity, op: &str, field: &str, is_udf: bool, value: &Value) -> Result<Test, String> {
    let op = Op::read(op).ok_or_else(|| format!("Invalid query syntax: {op} is not a valid operator."))?;
    let unknown = || format!("Unable to find {field} in the {} Entity.", entity.name());
    if is_udf {
        return Ok(Test { op, field: Source::Udf(field.to_owned()), values: listed(value) });
    }
    let found = entity.field(field).filter(|found| entity.is_queryable(found.name)).ok_or_else(unknown)?;
    let takes_value = !matches!(op, Op::Exist | Op::NotExist);
    let convert = |value: Value| match op {
        Op::BeginsWith | Op::EndsWith | Op::Contains => Ok(value),
        _ => coerce(found, &value),
    };
    let values =
        if takes_value { listed(value).into_iter().map(convert).collect::<Result<_, _>>()? } else { Vec::new() };
    Ok(Test { op, field: Source::Field { name: found.name, kind: found.kind }, values })
}

fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

impl Op {
    fn read(raw: &str) -> Option<Op> {
        Some(match raw.to_ascii_lowercase().as_str() {
            "eq" => Op::Eq,
            "noteq" => Op::NotEq,
            "gt" => Op::Gt,
            "gte" => Op::Gte,
            "lt" => Op::Lt,
            "lte" => Op::Lte,
            "beginswith" => Op::BeginsWith,
            "endswith" => Op::EndsWith,
            "contains" => Op::Contains,
            "exist" => Op::Exist,
            "notexist" => Op::NotExist,
            "in" => Op::In,
            "notin" => Op::NotIn,
            _ => return None,
        })
    }
}

impl Filter {
    fn holds(&self, row: &Row) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.holds(row)),
            Filter::Or(any) => any.iter().any(|filter| filter.holds(row)),
            Filter::Test(test) => test.holds(row),
        }
    }
}

impl Test {
    /// Whether a row meets the condition. As in SQL, a field without a value meets only `notExist`.
    pub fn holds(&self, row: &Row) -> bool {
        let found = match &self.field {
            Source::Field { name, .. } => row.get(*name).filter(|value| !value.is_null()).cloned(),
            Source::Udf(name) => udf(row, name).map(Value::from),
        };
        let Some(found) = found else { return self.op == Op::NotExist };
        let first = self.values.first().unwrap_or(&Value::Null);
        let order = self.compare(&found, first);
        match self.op {
            Op::Exist => true,
            Op::NotExist => false,
            Op::Eq => order == Some(Ordering::Equal),
            Op::NotEq => order.is_some_and(Ordering::is_ne),
            Op::Gt => order.is_some_and(Ordering::is_gt),
            Op::Gte => order.is_some_and(Ordering::is_ge),
            Op::Lt => order.is_some_and(Ordering::is_lt),
            Op::Lte => order.is_some_and(Ordering::is_le),
            Op::BeginsWith => folded(&found).starts_with(&folded(first)),
            Op::EndsWith => folded(&found).ends_with(&folded(first)),
            Op::Contains => folded(&found).contains(&folded(first)),
            Op::In => self.is_one(&found),
            Op::NotIn => !self.is_one(&found),
        }
    }

    fn is_one(&self, found: &Value) -> bool {
        self.values.iter().any(|value| self.compare(found, value) == Some(Ordering::Equal))
    }

    /// None: nothing to compare with.
    fn compare(&self, found: &Value, value: &Value) -> Option<Ordering> {
        if value.is_null() {
            return None;
        }
        match &self.field {
            Source::Field { kind: Kind::Int | Kind::Long | Kind::Double, .. } => {
                found.as_f64()?.partial_cmp(&value.as_f64()?)
            }
            Source::Field { kind: Kind::Time, .. } => {
                Some(parse_time(found.as_str()?)?.cmp(&parse_time(value.as_str()?)?))
            }
            Source::Field { kind: Kind::Bool, .. } => Some(found.as_bool()?.cmp(&value.as_bool()?)),
            Source::Field { kind: Kind::Text, .. } => Some(folded(found).cmp(&folded(value))),
            Source::Udf(_) => Some(compare_loosely(&folded(found), &folded(value))),
        }
    }
}

/// User-defined fields are text; numbers and dates among them compare as such.
fn compare_loosely(found: &str, value: &str) -> Ordering {
    if let (Ok(found), Ok(value)) = (found.parse::<f64>(), value.parse::<f64>()) {
        return found.partial_cmp(&value).unwrap_or(Ordering::Equal);
    }
    match (parse_time(found), parse_time(value)) {
        (Some(found), Some(value)) => found.cmp(&value),
        _ => found.cmp(value),
    }
}

/// Text compares without regard to case.
fn folded(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase()
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
