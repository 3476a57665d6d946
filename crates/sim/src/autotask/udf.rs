//! User-defined fields of tickets: text on the wire, whatever they hold.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::row::{Row, get_folded, parse_time};

/// What a user-defined field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UdfKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
    /// One of a list.
    List,
}

/// A user-defined field of tickets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Udf {
    /// Its name, as queries and rows give it.
    pub name: String,
    /// What it holds.
    pub kind: UdfKind,
    /// The values of a list.
    #[serde(default)]
    pub values: Vec<String>,
}

impl Udf {
    /// As `entityInformation/userDefinedFields` answers it.
    pub fn wire(&self) -> Value {
        let picks: Vec<Value> = (1..).zip(&self.values).map(pick).collect();
        let is_list = self.kind == UdfKind::List;
        json!({
            "name": self.name,
            "label": self.name,
            "dataType": match self.kind { UdfKind::Number => "double", UdfKind::Date => "datetime", _ => "string" },
            "type": match self.kind { UdfKind::Number => 2, UdfKind::Date => 3, UdfKind::List => 4, UdfKind::Text => 1 },
            "length": 8_000,
            "description": "",
            "isRequired": false,
            "isReadOnly": false,
            "isQueryable": true,
            "isReference": false,
            "referenceEntityType": "",
            "defaultValue": "",
            "isPickList": is_list,
            "picklistValues": if is_list { Value::Array(picks) } else { Value::Null },
            "picklistParentValueField": "",
            "isSupportedWebhookField": true,
        })
    }

    fn accepts(&self, value: &str) -> bool {
        match self.kind {
            UdfKind::Text => true,
            UdfKind::Number => value.parse::<f64>().is_ok(),
            UdfKind::Date => parse_time(value).is_some(),
            UdfKind::List => self.values.iter().any(|known| known == value),
        }
    }
}

fn pick((order, value): (i64, &String)) -> Value {
    json!({"value": value, "label": value, "isDefaultValue": false, "sortOrder": order, "parentValue": "", "isActive": true, "isSystem": false})
}

/// The `userDefinedFields` of a row after a body: every known field, with the body's value, else the old one.
/// Errors: an unknown name, or a value that the field does not take.
pub fn merge(udfs: &[Udf], old: Option<&Value>, body: &Row) -> Result<Value, Vec<String>> {
    let given = get_folded(body, "userDefinedFields").and_then(Value::as_array);
    let mut errors = Vec::new();
    for value in given.into_iter().flatten() {
        errors.extend(refusal(udfs, value));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let value_of = |udf: &Udf| find(given, &udf.name).or_else(|| find(old.and_then(Value::as_array), &udf.name));
    let merged = udfs.iter().map(|udf| json!({"name": udf.name, "value": value_of(udf).unwrap_or(Value::Null)}));
    Ok(merged.collect())
}

fn refusal(udfs: &[Udf], given: &Value) -> Option<String> {
    let name = key(given, "name").and_then(Value::as_str).unwrap_or_default();
    let Some(udf) = udfs.iter().find(|udf| udf.name.eq_ignore_ascii_case(name)) else {
        return Some(format!("User defined field {name} does not exist."));
    };
    let value = as_text(key(given, "value").unwrap_or(&Value::Null));
    let refused = value.as_str().is_some_and(|value| !udf.accepts(value));
    refused.then(|| format!("Value is not valid for user defined field {name}."))
}

fn find(list: Option<&Vec<Value>>, name: &str) -> Option<Value> {
    let named =
        |value: &&Value| key(value, "name").and_then(Value::as_str).is_some_and(|n| n.eq_ignore_ascii_case(name));
    list?.iter().find(named).map(|value| as_text(key(value, "value").unwrap_or(&Value::Null)))
}

fn key<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object().and_then(|row| get_folded(row, name))
}

/// Values are text on the wire; empty text is no value.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => Value::String(text.clone()),
        other => Value::String(other.to_string()),
    }
}
