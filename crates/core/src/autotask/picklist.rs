//! One value of a picklist, as the tables need it.

use serde::{Deserialize, Serialize};

/// A value of a picklist of this tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicklistValue {
    /// What tickets hold. (Autotask prints it as text in the picklist and as a number on the ticket.)
    pub id: i64,
    /// What people see; renamed and translated at will.
    pub label: String,
    /// Its place in the list, from 1; 0 where unknown.
    #[serde(default)]
    pub sort_order: i64,
}

impl PicklistValue {
    /// A value.
    pub fn new(id: i64, label: impl Into<String>, sort_order: i64) -> Self {
        Self { id, label: label.into(), sort_order }
    }
}
