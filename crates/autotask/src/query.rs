//! What is asked of a query: filters, fields, rows.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::record::Fields;
use crate::ticket_number::TicketNumber;
use crate::time;

/// Most rows of a page, by Autotask's rule.
pub const ROWS_PER_PAGE_MAX: u16 = 500;

/// A query, as it is posted. All filters of the list must hold; rows come in the order of their ids.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query {
    max_records: u16,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include_fields: Vec<String>,
    filter: Vec<Filter>,
}

impl Default for Query {
    fn default() -> Self {
        Self::new()
    }
}

impl Query {
    /// Every row, 500 to a page.
    pub fn new() -> Self {
        Self { max_records: ROWS_PER_PAGE_MAX, include_fields: Vec::new(), filter: Vec::new() }
    }

    /// Adds a condition; all of them must hold.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter.push(filter);
        self
    }

    /// Rows per page, 1 to 500.
    #[must_use]
    pub fn max_records(mut self, rows: u16) -> Self {
        self.max_records = rows.clamp(1, ROWS_PER_PAGE_MAX);
        self
    }

    /// Only these fields (names as on the wire); `id` is always among them, since paging needs it.
    #[must_use]
    pub fn include_fields<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.include_fields = std::iter::once("id").chain(fields).map(str::to_owned).collect();
        self
    }

    pub(crate) fn rows_per_page(&self) -> usize {
        usize::from(self.max_records)
    }

    /// The query for the rows behind an id. A filter is mandatory, so the first page asks for `id >= 0`.
    pub(crate) fn after(&self, id: Option<i64>) -> Self {
        let cursor = match id {
            Some(id) => Filter::gt("id", id),
            None if self.filter.is_empty() => Filter::gte("id", 0),
            None => return self.clone(),
        };
        self.clone().filter(cursor)
    }
}

/// A condition on a field, or a group of conditions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filter {
    op: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    udf: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Filter>,
}

/// Defines the operators that compare a field with a value.
macro_rules! comparisons {
    ($($(#[$meta:meta])* $name:ident $op:literal;)*) => {$(
        $(#[$meta])*
        pub fn $name(field: &str, value: impl Into<Operand>) -> Self {
            Self::on($op, field, Some(value.into().0))
        }
    )*};
}

impl Filter {
    comparisons! {
        /// Equal.
        eq "eq";
        /// Not equal.
        not_eq "noteq";
        /// Greater.
        gt "gt";
        /// Greater or equal.
        gte "gte";
        /// Less.
        lt "lt";
        /// Less or equal.
        lte "lte";
        /// The text begins so.
        begins_with "beginsWith";
        /// The text ends so.
        ends_with "endsWith";
        /// The text contains this.
        contains "contains";
        /// One of a list. Autotask counts each as an `or` and takes 500 of them.
        is_in "in";
        /// None of a list.
        not_in "notIn";
    }

    /// The field has a value.
    pub fn exist(field: &str) -> Self {
        Self::on("exist", field, None)
    }

    /// The field has no value.
    pub fn not_exist(field: &str) -> Self {
        Self::on("notExist", field, None)
    }

    /// All of these hold.
    pub fn and(items: impl IntoIterator<Item = Filter>) -> Self {
        Self::group("and", items)
    }

    /// At least one of these holds.
    pub fn or(items: impl IntoIterator<Item = Filter>) -> Self {
        Self::group("or", items)
    }

    /// The field is a user-defined one, by its name.
    #[must_use]
    pub fn udf(mut self) -> Self {
        self.udf = true;
        self
    }

    fn on(op: &'static str, field: &str, value: Option<Value>) -> Self {
        Self { op, field: Some(field.to_owned()), udf: false, value, items: Vec::new() }
    }

    fn group(op: &'static str, items: impl IntoIterator<Item = Filter>) -> Self {
        Self { op, field: None, udf: false, value: None, items: items.into_iter().collect() }
    }
}

/// A value to compare with; times are sent as UTC in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand(Value);

/// Types whose JSON is the operand.
macro_rules! operands {
    ($($type:ty),*) => {$(
        impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Self(value.into())
            }
        }
    )*};
}
operands!(i64, bool, f64, &str, String, Vec<i64>, Vec<String>);

impl From<Timestamp> for Operand {
    fn from(value: Timestamp) -> Self {
        Self(time::format(value).into())
    }
}

impl From<&TicketNumber> for Operand {
    fn from(value: &TicketNumber) -> Self {
        Self(value.as_str().into())
    }
}

/// The rows of an answer to a query; rows without an id cannot be used and are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in the order of their ids.
    pub items: Vec<T>,
    /// Rows that had no readable id.
    pub unreadable: usize,
    /// Whether more rows follow.
    pub has_more: bool,
}

impl<T: From<Fields>> Page<T> {
    /// Reads `{"items": [...], "pageDetails": {...}}`. `None` if there is no list.
    pub(crate) fn read(mut answer: Value, rows_per_page: usize) -> Option<Self> {
        let more_said = answer.pointer("/pageDetails/nextPageUrl").is_some_and(|url| !url.is_null());
        let Value::Array(rows) = answer.get_mut("items")?.take() else { return None };
        let full = rows.len() >= rows_per_page;
        let count = rows.len();
        let items: Vec<T> = rows.into_iter().filter_map(read_row).collect();
        Some(Self { unreadable: count - items.len(), has_more: full || more_said, items })
    }
}

/// A row needs an id; every other field may be missing or odd.
pub(crate) fn read_row<T: From<Fields>>(row: Value) -> Option<T> {
    use crate::record::Scalar;
    let fields: Fields = match row {
        Value::Object(fields) => fields,
        _ => return None,
    };
    let has_id = fields.iter().any(|(name, id)| name.eq_ignore_ascii_case("id") && i64::read(id).is_some());
    has_id.then(|| T::from(fields))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::Ticket;
    use serde_json::json;

    #[test]
    fn a_query_is_written_as_the_vendor_shows_it() {
        let since: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let query = Query::new()
            .include_fields(["ticketNumber", "status"])
            .filter(Filter::gte("lastTrackedModificationDateTime", since))
            .filter(Filter::or([Filter::eq("priority", 4), Filter::is_in("queueID", vec![5, 8])]))
            .filter(Filter::eq("My UDF", "x").udf())
            .filter(Filter::not_exist("completedDate"));
        assert_eq!(
            serde_json::to_value(query).unwrap(),
            json!({
                "MaxRecords": 500,
                "IncludeFields": ["id", "ticketNumber", "status"],
                "Filter": [
                    {"op": "gte", "field": "lastTrackedModificationDateTime", "value": "2026-01-01T00:00:00.000Z"},
                    {"op": "or", "items": [{"op": "eq", "field": "priority", "value": 4}, {"op": "in", "field": "queueID", "value": [5, 8]}]},
                    {"op": "eq", "field": "My UDF", "udf": true, "value": "x"},
                    {"op": "notExist", "field": "completedDate"}
                ]
            })
        );
    }

    #[test]
    fn a_filter_is_never_missing_and_the_cursor_goes_last() {
        let wire = |query: Query| serde_json::to_value(query).unwrap()["Filter"].clone();
        assert_eq!(wire(Query::new().after(None)), json!([{"op": "gte", "field": "id", "value": 0}]));
        let open = Query::new().filter(Filter::not_eq("status", 5)).max_records(0);
        assert_eq!(open.rows_per_page(), 1);
        assert_eq!(wire(open.after(None)), json!([{"op": "noteq", "field": "status", "value": 5}]));
        assert_eq!(wire(open.after(Some(9)))[1], json!({"op": "gt", "field": "id", "value": 9}));
    }

    #[test]
    fn a_page_counts_what_it_cannot_read() {
        let answer =
            json!({"items": [{"id": 1}, {"title": "no id"}, 5, {"id": "2"}], "pageDetails": {"nextPageUrl": null}});
        let page: Page<Ticket> = Page::read(answer, 500).unwrap();
        assert_eq!((page.items.len(), page.unreadable, page.has_more), (2, 2, false));
        assert!(Page::<Ticket>::read(json!({"item": null}), 500).is_none());
        assert!(Page::<Ticket>::read(json!({"items": [{"id": 1}]}), 1).unwrap().has_more);
        assert!(Page::<Ticket>::read(json!({"items": [], "pageDetails": {"nextPageUrl": "x"}}), 1).unwrap().has_more);
    }
}
