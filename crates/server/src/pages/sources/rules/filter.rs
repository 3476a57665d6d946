//! The filter: rows of the form as a condition, and back.

use super::super::super::reader::Reader;
use super::choices::{parse_word, word};
use super::fields::{field_word, is_id, parse_field, parse_value, show_value, split};
use crate::engine::autotask::TenantLists;
use watchbell_core::autotask::TicketField;
use watchbell_core::condition::{Condition, Op, Operand, Test};
use watchbell_ui::Form;

type Tree = Condition<TicketField>;

/// One row: in which group, and what it asks.
type Row = (&'static str, Test<TicketField>);

/// A condition as rows. `None`: it was made over the API and nests in a way that rows cannot show.
pub(super) fn rows(condition: Option<&Tree>) -> Option<Vec<Row>> {
    let members = match condition {
        None => return Some(Vec::new()),
        Some(Condition::All(members)) => members.as_slice(),
        Some(other) => std::slice::from_ref(other),
    };
    let mut rows = Vec::new();
    for member in members {
        match member {
            Condition::Test(test) => rows.push(("all", test.clone())),
            Condition::Any(tests) if !rows.iter().any(|(group, _)| *group == "any") => {
                rows.extend(tests_of("any", tests)?)
            }
            Condition::None(tests) if !rows.iter().any(|(group, _)| *group == "none") => {
                rows.extend(tests_of("none", tests)?)
            }
            _ => return None,
        }
    }
    Some(rows)
}

fn tests_of(group: &'static str, members: &[Tree]) -> Option<Vec<Row>> {
    let test = |member: &Tree| match member {
        Condition::Test(test) => Some((group, test.clone())),
        _ => None,
    };
    members.iter().map(test).collect()
}

/// The form with a condition's rows.
pub(super) fn show(form: Form, condition: Option<&Tree>, lists: &TenantLists) -> Form {
    let Some(rows) = rows(condition) else { return form.with("filter_kept", "1") };
    rows.iter().enumerate().fold(form, |form, (at, (group, test))| {
        let values: Vec<String> =
            test.value.values().iter().map(|value| show_value(lists, &test.field, value)).collect();
        form.with(format!("filter.{at}.group"), *group)
            .with(format!("filter.{at}.field"), field_word(&test.field))
            .with(format!("filter.{at}.op"), word(&test.op))
            .with(format!("filter.{at}.value"), values.join("; "))
    })
}

/// The condition that the rows describe; what is wrong is said at its row.
pub(super) fn read(reader: &mut Reader, kept: Option<&Tree>, lists: &TenantLists) -> Option<Tree> {
    let mut groups: [Vec<Tree>; 3] = Default::default();
    for at in 0..reader.form.rows("filter") {
        let field = reader.value(&format!("filter.{at}.field"));
        if field.is_empty() {
            continue;
        }
        match test(reader, at, &field, lists) {
            Ok(test) => {
                let group = match reader.form.value(&format!("filter.{at}.group")) {
                    "any" => 1,
                    "none" => 2,
                    _ => 0,
                };
                groups[group].push(Condition::Test(test));
            }
            Err(why) => reader.form.error(format!("filter.{at}"), why),
        }
    }
    let [mut all, any, none] = groups;
    if all.is_empty() && any.is_empty() && none.is_empty() {
        // Nothing was typed: a condition that rows cannot show stays as it is.
        return kept.filter(|kept| rows(Some(kept)).is_none()).cloned();
    }
    all.extend((!any.is_empty()).then_some(Condition::Any(any)));
    all.extend((!none.is_empty()).then_some(Condition::None(none)));
    Some(Condition::All(all))
}

fn test(reader: &Reader, at: usize, field: &str, lists: &TenantLists) -> Result<Test<TicketField>, String> {
    let field = parse_field(field).ok_or("This field is not known.")?;
    let op: Op = parse_word(reader.form.value(&format!("filter.{at}.op"))).ok_or("Choose a comparison.")?;
    let takes_value = !matches!(op, Op::IsSet | Op::IsNotSet);
    if takes_value && !matches!(op, Op::Is | Op::IsNot) && (is_id(&field) || field == TicketField::Assigned) {
        return Err("Choose \"is one of\" or \"is none of\" for this field.".into());
    }
    let typed = reader.form.value(&format!("filter.{at}.value"));
    let values = match takes_value {
        true => split(typed).map(|value| parse_value(lists, &field, value)).collect::<Result<Vec<_>, _>>()?,
        false => Vec::new(),
    };
    match takes_value && values.is_empty() {
        true => Err("Say what to compare with.".into()),
        false => Ok(Test { field, op, value: Operand::Many(values) }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_core::autotask::PicklistValue;

    fn lists() -> TenantLists {
        let queues = vec![PicklistValue::new(8, "Monitoring", 1), PicklistValue::new(9, "Projects", 2)];
        TenantLists { lists: [("queueID".to_owned(), queues)].into(), ..TenantLists::default() }
    }

    #[test]
    fn rows_become_a_condition_and_rows_again() {
        let fields = [
            ("filter.0.group", "all"),
            ("filter.0.field", "queue"),
            ("filter.0.op", "is"),
            ("filter.0.value", "monitoring; 9"),
            ("filter.1.group", "none"),
            ("filter.1.field", "title"),
            ("filter.1.op", "contains"),
            ("filter.1.value", "test; do not reply"),
            ("filter.2.group", "any"),
            ("filter.2.field", "udf:Site"),
            ("filter.2.op", "is_set"),
            ("filter.3.group", "any"),
            ("filter.3.field", "assigned"),
            ("filter.3.op", "is"),
            ("filter.3.value", "no"),
            ("filter.4.field", ""),
        ];
        let mut reader = Reader { form: Form::of(fields) };
        let condition = read(&mut reader, None, &lists());
        assert!(!reader.form.is_refused() && condition.is_some());
        let again = show(Form::default(), condition.as_ref(), &lists());
        assert_eq!(again.value("filter.0.value"), "Monitoring; Projects");
        assert_eq!((again.value("filter.1.group"), again.value("filter.1.field")), ("any", "udf:Site"));
        let mut reader = Reader { form: again };
        assert_eq!(read(&mut reader, None, &lists()), condition);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_row() {
        for (field, op, value) in [
            ("queue", "is", "Sales"),
            ("queue", "contains", "8"),
            ("company", "is", "Contoso"),
            ("assigned", "is", "maybe"),
            ("title", "is", " ; "),
            ("nonsense", "is", "1"),
            ("title", "like", "x"),
        ] {
            let mut reader =
                Reader { form: Form::of([("filter.1.field", field), ("filter.1.op", op), ("filter.1.value", value)]) };
            read(&mut reader, None, &lists());
            assert!(reader.form.error_of("filter.1").is_some(), "{field} {op} {value}");
        }
    }

    #[test]
    fn a_condition_that_rows_cannot_show_stays() {
        let nested: Tree =
            serde_json::from_str(r#"{"any":[{"all":[{"test":{"field":"queue","op":"is","value":8}}]}]}"#).unwrap();
        assert!(show(Form::default(), Some(&nested), &lists()).is_on("filter_kept"));
        let mut untouched = Reader { form: Form::default() };
        assert_eq!(read(&mut untouched, Some(&nested), &lists()), Some(nested));
    }
}
