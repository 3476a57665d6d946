//! A field that the tenant added to its tickets, companies or contacts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::{Scalar, Slot};

/// Name and value of a user-defined field. Values are text on the wire, also numbers and dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDefinedField {
    /// The name as the tenant wrote it; it may contain blanks.
    pub name: String,
    /// The value, if one is set.
    pub value: Option<String>,
}

impl Slot for Vec<UserDefinedField> {
    fn fill(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::new()),
            Value::Array(items) => items.iter().map(read_one).collect(),
            _ => None,
        }
    }

    fn empty_out(self) -> Value {
        self.into_iter().map(|field| serde_json::json!({"name": field.name, "value": field.value})).collect()
    }
}

fn read_one(item: &Value) -> Option<UserDefinedField> {
    let name = String::read(item.get("name")?)?;
    Some(UserDefinedField { name, value: item.get("value").and_then(String::read) })
}
