//! Reading forms.

use serde_json::Value;

use super::super::person::Actor;
use super::super::row::{Row, set};

/// The pairs of a form.
#[derive(Debug)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// A value, trimmed; empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether a box is checked.
    pub fn is_checked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// A number; 0 when it is none.
    pub fn number(&self, name: &str) -> i64 {
        self.get(name).parse().unwrap_or(0)
    }

    /// The numbers of a name that comes more than once.
    pub fn numbers(&self, name: &str) -> Vec<i64> {
        self.0.iter().filter(|(key, _)| key == name).filter_map(|(_, value)| value.trim().parse().ok()).collect()
    }

    /// Who acts.
    pub fn actor(&self) -> Result<Actor, Vec<String>> {
        self.get("as").parse().map_err(|error| vec![error])
    }

    /// The fields of a ticket that were filled in.
    pub fn ticket(&self, names: &[&str]) -> Row {
        let mut row = Row::new();
        for name in names.iter().filter(|name| !self.get(name).is_empty()) {
            set(&mut row, name, self.get(name));
        }
        match self.get("assignee") {
            "" => (),
            "none" => {
                set(&mut row, "assignedResourceID", Value::Null);
                set(&mut row, "assignedResourceRoleID", Value::Null);
            }
            pair => {
                let (resource, role) = pair.split_once('/').unwrap_or((pair, ""));
                set(&mut row, "assignedResourceID", resource);
                set(&mut row, "assignedResourceRoleID", role);
            }
        }
        row
    }
}
