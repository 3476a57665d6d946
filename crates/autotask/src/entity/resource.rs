//! Somebody who works at the service provider, or an API user.

use jiff::Timestamp;

use crate::entity::{UserDefinedField, entity_at};
use crate::record::record;

record! {
    /// A resource. Id 4 is "Autotask Administrator", as whom workflow rules act.
    pub struct Resource {
        /// The row's id.
        "id" id: i64,
        "accountingReferenceID" accounting_reference_id: Option<String>,
        "dateFormat" date_format: Option<String>,
        "defaultServiceDeskRoleID" default_service_desk_role_id: Option<i64>,
        "email" email: Option<String>,
        "email2" email2: Option<String>,
        "email3" email3: Option<String>,
        "emailTypeCode" email_type_code: Option<String>,
        "emailTypeCode2" email_type_code2: Option<String>,
        "emailTypeCode3" email_type_code3: Option<String>,
        "firstName" first_name: Option<String>,
        "gender" gender: Option<String>,
        "greeting" greeting: Option<i64>,
        "hireDate" hire_date: Option<Timestamp>,
        "homePhone" home_phone: Option<String>,
        "initials" initials: Option<String>,
        "internalCost" internal_cost: Option<f64>,
        "isActive" is_active: Option<bool>,
        "lastName" last_name: Option<String>,
        "licenseType" license_type: Option<i64>,
        "locationID" location_id: Option<i64>,
        "middleName" middle_name: Option<String>,
        "mobilePhone" mobile_phone: Option<String>,
        "numberFormat" number_format: Option<String>,
        "officeExtension" office_extension: Option<String>,
        "officePhone" office_phone: Option<String>,
        "payrollType" payroll_type: Option<i64>,
        "resourceType" resource_type: Option<String>,
        "suffix" suffix: Option<i64>,
        "surveyResourceRating" survey_resource_rating: Option<f64>,
        "timeFormat" time_format: Option<String>,
        "title" title: Option<String>,
        "travelAvailabilityPct" travel_availability_pct: Option<String>,
        "userName" user_name: Option<String>,
        "userType" user_type: Option<i64>,
        /// What the tenant added itself.
        "userDefinedFields" user_defined_fields: Vec<UserDefinedField>,
    }
}
entity_at!(Resource, "Resources");

impl Resource {
    /// The id as which Autotask itself acts (workflow rules).
    pub const AUTOTASK_ADMINISTRATOR: i64 = 4;

    /// First and last name with one blank between, or what there is of them.
    pub fn full_name(&self) -> String {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        names.into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
    }
}
