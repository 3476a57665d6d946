//! A ticket: the one thing everything here is about.

use jiff::Timestamp;

use crate::entity::{UserDefinedField, entity_at};
use crate::record::record;
use crate::ticket_number::TicketNumber;

record! {
    /// A ticket with every field of the REST API. Ids of statuses, priorities, queues and so on are values of picklists, which differ per tenant:
    /// read them with [`crate::Client::fields`]. Times are UTC.
    pub struct Ticket {
        /// The row's id.
        "id" id: i64,
        "apiVendorID" api_vendor_id: Option<i64>,
        "assignedResourceID" assigned_resource_id: Option<i64>,
        /// Goes with `assignedResourceID`: one is never written without the other.
        "assignedResourceRoleID" assigned_resource_role_id: Option<i64>,
        "billingCodeID" billing_code_id: Option<i64>,
        "changeApprovalBoard" change_approval_board: Option<i64>,
        "changeApprovalStatus" change_approval_status: Option<i64>,
        "changeApprovalType" change_approval_type: Option<i64>,
        "changeInfoField1" change_info_field1: Option<String>,
        "changeInfoField2" change_info_field2: Option<String>,
        "changeInfoField3" change_info_field3: Option<String>,
        "changeInfoField4" change_info_field4: Option<String>,
        "changeInfoField5" change_info_field5: Option<String>,
        /// 0 is the tenant's own company.
        "companyID" company_id: Option<i64>,
        "companyLocationID" company_location_id: Option<i64>,
        "completedByResourceID" completed_by_resource_id: Option<i64>,
        "completedDate" completed_date: Option<Timestamp>,
        "configurationItemID" configuration_item_id: Option<i64>,
        "contactID" contact_id: Option<i64>,
        "contractID" contract_id: Option<i64>,
        "contractServiceBundleID" contract_service_bundle_id: Option<i64>,
        "contractServiceID" contract_service_id: Option<i64>,
        "createDate" create_date: Option<Timestamp>,
        "creatorResourceID" creator_resource_id: Option<i64>,
        "creatorType" creator_type: Option<i64>,
        "currentServiceThermometerRating" current_service_thermometer_rating: Option<i64>,
        "description" description: Option<String>,
        "dueDateTime" due_date_time: Option<Timestamp>,
        /// Hours.
        "estimatedHours" estimated_hours: Option<f64>,
        "externalID" external_id: Option<String>,
        "firstResponseAssignedResourceID" first_response_assigned_resource_id: Option<i64>,
        "firstResponseDateTime" first_response_date_time: Option<Timestamp>,
        "firstResponseDueDateTime" first_response_due_date_time: Option<Timestamp>,
        "firstResponseInitiatingResourceID" first_response_initiating_resource_id: Option<i64>,
        /// Hours.
        "hoursToBeScheduled" hours_to_be_scheduled: Option<f64>,
        "impersonatorCreatorResourceID" impersonator_creator_resource_id: Option<i64>,
        "issueType" issue_type: Option<i64>,
        "lastActivityDate" last_activity_date: Option<Timestamp>,
        "lastActivityPersonType" last_activity_person_type: Option<i64>,
        /// Who did the last thing; 4 is Autotask itself (workflow rules).
        "lastActivityResourceID" last_activity_resource_id: Option<i64>,
        "lastCustomerNotificationDateTime" last_customer_notification_date_time: Option<Timestamp>,
        "lastCustomerVisibleActivityDateTime" last_customer_visible_activity_date_time: Option<Timestamp>,
        /// The watermark for reading what changed (`lastActivityDate` misses some edits).
        "lastTrackedModificationDateTime" last_tracked_modification_date_time: Option<Timestamp>,
        /// From the monitoring tool that made the ticket.
        "monitorID" monitor_id: Option<i64>,
        "monitorTypeID" monitor_type_id: Option<i64>,
        "opportunityID" opportunity_id: Option<i64>,
        "organizationalLevelAssociationID" organizational_level_association_id: Option<i64>,
        "previousServiceThermometerRating" previous_service_thermometer_rating: Option<i64>,
        /// A value of the picklist; its numbers are no ranking, `sort_order` is.
        "priority" priority: Option<i64>,
        "problemTicketId" problem_ticket_id: Option<i64>,
        "projectID" project_id: Option<i64>,
        "purchaseOrderNumber" purchase_order_number: Option<String>,
        "queueID" queue_id: Option<i64>,
        "resolution" resolution: Option<String>,
        "resolutionPlanDateTime" resolution_plan_date_time: Option<Timestamp>,
        "resolutionPlanDueDateTime" resolution_plan_due_date_time: Option<Timestamp>,
        "resolvedDateTime" resolved_date_time: Option<Timestamp>,
        "resolvedDueDateTime" resolved_due_date_time: Option<Timestamp>,
        "rmaStatus" rma_status: Option<i64>,
        "rmaType" rma_type: Option<i64>,
        "rmmAlertID" rmm_alert_id: Option<String>,
        "serviceLevelAgreementHasBeenMet" service_level_agreement_has_been_met: Option<bool>,
        "serviceLevelAgreementID" service_level_agreement_id: Option<i64>,
        /// Hours.
        "serviceLevelAgreementPausedNextEventHours" service_level_agreement_paused_next_event_hours: Option<f64>,
        "serviceThermometerTemperature" service_thermometer_temperature: Option<i64>,
        "source" source: Option<i64>,
        /// 1 is New, 5 Complete, 7 Waiting Customer; everything else is the tenant's.
        "status" status: Option<i64>,
        "subIssueType" sub_issue_type: Option<i64>,
        "ticketCategory" ticket_category: Option<i64>,
        /// What people call the ticket by.
        "ticketNumber" ticket_number: Option<TicketNumber>,
        "ticketType" ticket_type: Option<i64>,
        "title" title: Option<String>,
        /// What the tenant added itself.
        "userDefinedFields" user_defined_fields: Vec<UserDefinedField>,
    }
}
entity_at!(Ticket, "Tickets");

impl Ticket {
    /// The value of a user-defined field; names are compared without case.
    pub fn user_defined_field(&self, name: &str) -> Option<&str> {
        let field = self.user_defined_fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        field.value.as_deref()
    }

    /// Whether a recurring ticket made this one at some midnight.
    pub fn is_recurring_instance(&self) -> bool {
        self.ticket_number.as_ref().is_some_and(TicketNumber::is_recurring_instance)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_a_ticket_and_writes_it_back_whole() {
        let wire = json!({
            "id": 7865, "ticketNumber": "T20191029.0002", "companyID": 0, "title": "Disk full", "status": 1, "priority": 4,
            "queueID": 8, "assignedResourceID": null, "lastTrackedModificationDateTime": "2024-01-31T15:04:05.307",
            "rmmAlertID": "77", "problemTicketId": 9, "estimatedHours": 0.5, "brandNewField": {"a": 1},
            "userDefinedFields": [{"name": "Alert Id", "value": "123"}, {"name": "Empty", "value": null}]
        });
        let ticket: Ticket = serde_json::from_value(wire).unwrap();
        assert_eq!(
            (ticket.id, ticket.company_id, ticket.status, ticket.problem_ticket_id),
            (7865, Some(0), Some(1), Some(9))
        );
        assert_eq!(ticket.rmm_alert_id.as_deref(), Some("77"));
        assert_eq!(ticket.user_defined_field("alert id"), Some("123"));
        assert_eq!(ticket.user_defined_field("Empty"), None);
        assert!(!ticket.is_recurring_instance());

        let again = serde_json::to_value(&ticket).unwrap();
        assert_eq!(again["brandNewField"], json!({"a": 1}));
        assert_eq!(again["lastTrackedModificationDateTime"], json!("2024-01-31T15:04:05.307Z"));
        assert_eq!(serde_json::from_value::<Ticket>(again).unwrap(), ticket);
    }
}
