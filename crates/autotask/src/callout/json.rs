//! A JSON body. Not seen from Autotask itself, but from gateways in between.

use serde_json::Value;

use super::CalloutError;
use super::pairs::{PAIRS_MAX, Pair};

/// Names (folded) of objects that may wrap the ticket. Others, such as `company`, have ids of their own.
const WRAPPERS: &[&str] = &["ticket", "item", "entity", "data", "body", "payload", "fields"];
/// How deep wrappers are opened.
const DEPTH_MAX: u8 = 4;

/// Reads the numbers, texts and booleans of the object, then those of objects that wrap the ticket.
pub(super) fn read(text: &str) -> Result<Vec<Pair>, CalloutError> {
    let value: Value = serde_json::from_str(text).map_err(|error| CalloutError::Json(error.to_string()))?;
    let mut pairs = Vec::new();
    collect(value, 0, &mut pairs);
    Ok(pairs)
}

fn collect(value: Value, depth: u8, pairs: &mut Vec<Pair>) {
    match value {
        Value::Array(items) => items.into_iter().take(1).for_each(|first| collect_wrapped(first, depth, pairs)),
        Value::Object(fields) => {
            let mut wrapped = Vec::new();
            for (name, value) in fields.into_iter().take(PAIRS_MAX) {
                match scalar(&value) {
                    Some(text) => pairs.push(Pair::new(name, text)),
                    None if is_wrapper(&name) => wrapped.push(value),
                    None => {}
                }
            }
            wrapped.into_iter().for_each(|value| collect_wrapped(value, depth, pairs));
        }
        other => pairs.extend(scalar(&other).map(|text| Pair::new(String::new(), text))),
    }
}

fn collect_wrapped(value: Value, depth: u8, pairs: &mut Vec<Pair>) {
    if depth < DEPTH_MAX {
        collect(value, depth + 1, pairs);
    }
}

fn is_wrapper(name: &str) -> bool {
    WRAPPERS.contains(&name.to_ascii_lowercase().as_str())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
