//! The routing table: rows of the form, and back. Rows that ask about several fields at once are made over the API and stay first.

use super::super::super::reader::Reader;
use super::fields::{field_word, parse_field, parse_value, show_value, split};
use crate::engine::autotask::TenantLists;
use watchbell_core::autotask::{RoutingRow, RoutingTable, TicketField};
use watchbell_core::condition::Scalar;
use watchbell_core::ids::PolicyId;
use watchbell_ui::Form;

/// The one field that a row asks about, and its value.
fn single(row: &RoutingRow) -> Option<(TicketField, i64)> {
    let asked = [
        (TicketField::Queue, row.queue),
        (TicketField::Company, row.company),
        (TicketField::IssueType, row.issue_type),
        (TicketField::Priority, row.priority),
    ];
    let mut asked = asked.into_iter().filter_map(|(field, value)| Some((field, value?)));
    match (asked.next(), asked.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn row_of(field: &TicketField, value: i64, policy: PolicyId) -> RoutingRow {
    let of = |wanted: TicketField| (*field == wanted).then_some(value);
    RoutingRow {
        queue: of(TicketField::Queue),
        company: of(TicketField::Company),
        issue_type: of(TicketField::IssueType),
        priority: of(TicketField::Priority),
        policy,
    }
}

/// The form with the rows of a table.
pub(super) fn show(form: Form, table: &RoutingTable, lists: &TenantLists) -> Form {
    let kept = table.0.iter().any(|row| single(row).is_none());
    let form = if kept { form.with("route_kept", "1") } else { form };
    let shown = table.0.iter().filter_map(|row| Some((single(row)?, row.policy)));
    shown.enumerate().fold(form, |form, (at, ((field, value), policy))| {
        form.with(format!("route.{at}.field"), field_word(&field))
            .with(format!("route.{at}.value"), show_value(lists, &field, &Scalar::Number(value)))
            .with(format!("route.{at}.policy"), policy.to_string())
    })
}

/// The table that the rows describe; what is wrong is said at its row.
pub(super) fn read(reader: &mut Reader, kept: &RoutingTable, lists: &TenantLists) -> RoutingTable {
    let mut table: Vec<RoutingRow> = kept.0.iter().filter(|row| single(row).is_none()).cloned().collect();
    for at in 0..reader.form.rows("route") {
        let field = reader.value(&format!("route.{at}.field"));
        if field.is_empty() {
            continue;
        }
        match rows(reader, at, &field, lists) {
            Ok(rows) => table.extend(rows),
            Err(why) => reader.form.error(format!("route.{at}"), why),
        }
    }
    RoutingTable(table)
}

fn rows(reader: &Reader, at: usize, field: &str, lists: &TenantLists) -> Result<Vec<RoutingRow>, String> {
    let field = parse_field(field).ok_or("This field is not known.")?;
    let policy: PolicyId = reader.form.value(&format!("route.{at}.policy")).parse().map_err(|_| "Choose a policy.")?;
    let typed = reader.form.value(&format!("route.{at}.value"));
    let values: Vec<Scalar> = split(typed).map(|value| parse_value(lists, &field, value)).collect::<Result<_, _>>()?;
    let row = |value: &Scalar| match value {
        Scalar::Number(id) => Ok(row_of(&field, *id, policy)),
        Scalar::Flag(_) | Scalar::Text(_) => {
            Err("Routing looks at queue, company, issue type and priority only.".to_owned())
        }
    };
    match values.is_empty() {
        true => Err("Say which value.".into()),
        false => values.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_values_are_several_rows_and_combined_rows_stay_first() {
        let combined =
            RoutingRow { queue: Some(8), company: Some(5), issue_type: None, priority: None, policy: PolicyId(1) };
        let kept = RoutingTable(vec![combined.clone()]);
        let mut reader =
            Reader { form: Form::of([("route.0.field", "queue"), ("route.0.value", "8; 9"), ("route.0.policy", "2")]) };
        let table = read(&mut reader, &kept, &TenantLists::default());
        assert_eq!(
            table.0,
            [combined, row_of(&TicketField::Queue, 8, PolicyId(2)), row_of(&TicketField::Queue, 9, PolicyId(2))]
        );
        let form = show(Form::default(), &table, &TenantLists::default());
        assert!(form.is_on("route_kept") && form.value("route.1.value") == "9");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_row() {
        for (field, value, policy) in
            [("queue", "", "1"), ("queue", "8", ""), ("title", "x", "1"), ("nonsense", "1", "1")]
        {
            let mut reader = Reader {
                form: Form::of([("route.0.field", field), ("route.0.value", value), ("route.0.policy", policy)]),
            };
            read(&mut reader, &RoutingTable::default(), &TenantLists::default());
            assert!(reader.form.error_of("route.0").is_some(), "{field} {value} {policy}");
        }
    }
}
