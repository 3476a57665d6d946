//! Bodies as the service reads them: keys in any case, numbers also as text, wrong types refused in its words.

use serde_json::{Number, Value};

use super::entity::{Entity, Field, Kind};
use super::row::{Row, get_folded, parse_time, stamp};

/// What a body says of an entity: canonical names, right types; unknown keys and fields that only the service sets are left out.
/// Errors: one text per value of a wrong type.
pub fn read_body(entity: Entity, body: &Row) -> Result<Row, Vec<String>> {
    let mut errors = Vec::new();
    let mut read = Row::new();
    for field in entity.fields() {
        let Some(value) = get_folded(body, field.name) else { continue };
        if entity.is_read_only(field.name) {
            continue;
        }
        match coerce(field, value) {
            Ok(value) => drop(read.insert(field.name.to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

/// A value as its field holds it. Error: the text with which the service refuses it.
pub fn coerce(field: &Field, value: &Value) -> Result<Value, String> {
    match (field.kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Int | Kind::Long, value) => whole(field, value),
        (Kind::Double, Value::Number(_)) => Ok(value.clone()),
        (Kind::Double, Value::String(raw)) => fraction(raw).ok_or_else(|| unconvertible("double", raw, field.name)),
        (Kind::Bool, Value::Bool(_)) => Ok(value.clone()),
        (Kind::Bool, Value::Number(number)) => Ok(Value::Bool(number.as_f64() != Some(0.0))),
        (Kind::Bool, Value::String(raw)) => truth(raw).ok_or_else(|| unconvertible("boolean", raw, field.name)),
        (Kind::Text, Value::String(_)) => Ok(value.clone()),
        (Kind::Text, Value::Number(number)) => Ok(Value::String(number.to_string())),
        (Kind::Text, Value::Bool(truth)) => Ok(Value::String(truth.to_string())),
        (Kind::Time, Value::String(raw)) => {
            parse_time(raw).map(|at| Value::String(stamp(at))).ok_or_else(|| unconvertible("DateTime", raw, field.name))
        }
        (_, other) => Err(unexpected(other, field.name)),
    }
}

fn whole(field: &Field, value: &Value) -> Result<Value, String> {
    let number = match value {
        Value::Number(number) => match number.as_i64() {
            Some(number) => number,
            None => return Err(format!("Input string '{number}' is not a valid integer. Path '{}'.", field.name)),
        },
        Value::String(raw) if raw.trim().is_empty() => return Ok(Value::Null),
        Value::String(raw) => raw.trim().parse().map_err(|_| unconvertible("integer", raw, field.name))?,
        other => return Err(unexpected(other, field.name)),
    };
    if field.kind == Kind::Int && i32::try_from(number).is_err() {
        return Err(format!("JSON integer {number} is too large or small for an Int32. Path '{}'.", field.name));
    }
    Ok(number.into())
}

fn fraction(raw: &str) -> Option<Value> {
    raw.trim().parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
}

fn truth(raw: &str) -> Option<Value> {
    match raw.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(Value::Bool(true)),
        "false" | "0" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn unconvertible(kind: &str, raw: &str, name: &str) -> String {
    let shown: String = raw.chars().take(100).collect();
    format!("Could not convert string to {kind}: {shown}. Path '{name}'.")
}

/// The service's JSON reader names the first character it did not want.
fn unexpected(value: &Value, name: &str) -> String {
    let first = value.to_string().chars().next().unwrap_or('?');
    format!("Unexpected character encountered while parsing value: {first}. Path '{name}'.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::read_body;
    use crate::autotask::entity::Entity;

    fn body(value: Value) -> Result<super::Row, Vec<String>> {
        read_body(Entity::Tickets, value.as_object().unwrap())
    }

    #[test]
    fn keys_are_taken_in_any_case_and_numbers_also_as_text() {
        let read =
            body(json!({"TITLE": "x", "Status": "5", "id": 9, "nonsense": 1, "createDate": "2026-01-01"})).unwrap();
        assert_eq!(Value::Object(read), json!({"title": "x", "status": 5}));
    }

    #[test]
    fn wrong_types_are_refused_in_the_services_words() {
        let errors = body(json!({"status": true, "priority": "high", "queueID": 1_111_111_111_111_i64})).unwrap_err();
        assert!(errors.contains(&"Unexpected character encountered while parsing value: t. Path 'status'.".to_owned()));
        assert!(errors.contains(&"Could not convert string to integer: high. Path 'priority'.".to_owned()));
        assert!(errors.iter().any(|error| error.contains("too large")));
    }
}
