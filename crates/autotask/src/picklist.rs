//! Picklists: the numbers of a tenant and what they mean there.

use crate::record::record;

record! {
    /// A value of a picklist. On the wire it is text, while the rows hold a number.
    pub struct PicklistValue {
        /// The value, as text.
        "value" value: String,
        /// What people see, in the tenant's language.
        "label" label: String,
        /// Whether new rows get it.
        "isDefaultValue" is_default_value: bool,
        /// The order on the screen; for priorities also their rank (1 is the most urgent).
        "sortOrder" sort_order: Option<i64>,
        /// The value of another field that this one belongs to (a sub-issue type's issue type).
        "parentValue" parent_value: Option<String>,
        /// Whether it can be chosen; inactive ones are still found in old rows.
        "isActive" is_active: bool,
        /// Whether it is Autotask's own and the same for every tenant.
        "isSystem" is_system: bool,
    }
}

impl PicklistValue {
    /// The number that rows hold, for a list of numbers.
    pub fn number(&self) -> Option<i64> {
        self.value.trim().parse().ok()
    }
}

/// The values of one field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picklist {
    /// The field's name on the wire.
    pub field: String,
    /// Its values, as they came.
    pub values: Vec<PicklistValue>,
}

impl Picklist {
    /// The value that rows hold as this number.
    pub fn get(&self, number: i64) -> Option<&PicklistValue> {
        self.values.iter().find(|value| value.number() == Some(number))
    }

    /// What people see for this number.
    pub fn label(&self, number: i64) -> Option<&str> {
        self.get(number).map(|value| value.label.as_str())
    }

    /// The value with this label (compared without case and blanks around); an active one before others.
    pub fn by_label(&self, label: &str) -> Option<&PicklistValue> {
        let wanted = label.trim().to_lowercase();
        let mut found: Vec<_> =
            self.values.iter().filter(|value| value.label.trim().to_lowercase() == wanted).collect();
        found.sort_by_key(|value| !value.is_active);
        found.into_iter().next()
    }

    /// The active values in the order of the screen: of priorities, the most urgent first.
    pub fn ranked(&self) -> Vec<&PicklistValue> {
        let mut active: Vec<_> = self.values.iter().filter(|value| value.is_active).collect();
        active.sort_by_key(|value| (value.sort_order.unwrap_or(i64::MAX), value.number()));
        active
    }

    /// The active values that belong to a value of the parent field.
    pub fn children_of(&self, parent: i64) -> Vec<&PicklistValue> {
        let belongs = |value: &&PicklistValue| {
            value.parent_value.as_deref().and_then(|text| text.trim().parse().ok()) == Some(parent)
        };
        self.ranked().into_iter().filter(belongs).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::metadata::{FieldInformation, picklist_of};
    use serde_json::json;

    fn priorities() -> Picklist {
        let value = |value: &str, label: &str, order: i64, active: bool, parent: &str| json!({"value": value, "label": label, "isDefaultValue": false, "sortOrder": order, "parentValue": parent, "isActive": active, "isSystem": false});
        let field: FieldInformation = serde_json::from_value(json!({
            "name": "priority", "dataType": "integer", "length": 0, "isRequired": true, "isPickList": true,
            "picklistValues": [
                value("3", "Low", 4, true, ""), value("1", "High", 2, true, "7"), value("4", "Critical", 1, true, "7"),
                value("9", "critical", 0, false, ""), value("x", "Odd", 9, true, "")
            ]
        }))
        .unwrap();
        picklist_of(&[field], "Priority").unwrap()
    }

    #[test]
    fn numbers_and_labels_find_each_other() {
        let list = priorities();
        assert_eq!(list.label(4), Some("Critical"));
        assert_eq!(list.label(77), None);
        assert_eq!(list.by_label(" CRITICAL ").unwrap().number(), Some(4), "the active one");
        assert_eq!(list.by_label("none"), None);
    }

    #[test]
    fn urgency_is_the_sort_order_not_the_number() {
        let labels =
            |values: Vec<&PicklistValue>| values.into_iter().map(|value| value.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(priorities().ranked()), ["Critical", "High", "Low", "Odd"]);
        assert_eq!(labels(priorities().children_of(7)), ["Critical", "High"]);
    }
}
