//! The roles people work in.

use crate::entity::entity_at;
use crate::record::record;

record! {
    /// A role that a resource holds, for a department or a queue. A ticket is assigned to a resource *in* a role that it holds.
    pub struct ResourceRole {
        /// The row's id.
        "id" id: i64,
        "departmentID" department_id: Option<i64>,
        "isActive" is_active: Option<bool>,
        "queueID" queue_id: Option<i64>,
        "resourceID" resource_id: Option<i64>,
        "roleID" role_id: Option<i64>,
    }
}
entity_at!(ResourceRole, "ResourceRoles");

record! {
    /// What somebody is billed as.
    pub struct Role {
        /// The row's id.
        "id" id: i64,
        "description" description: Option<String>,
        "hourlyFactor" hourly_factor: Option<f64>,
        "hourlyRate" hourly_rate: Option<f64>,
        "isActive" is_active: Option<bool>,
        "isExcludedFromNewContracts" is_excluded_from_new_contracts: Option<bool>,
        "isSystemRole" is_system_role: Option<bool>,
        "name" name: Option<String>,
        "quoteItemDefaultTaxCategoryId" quote_item_default_tax_category_id: Option<i64>,
        "roleType" role_type: Option<i64>,
    }
}
entity_at!(Role, "Roles");
