//! A person at a customer.

use jiff::Timestamp;

use crate::entity::{UserDefinedField, entity_at};
use crate::record::record;

record! {
    /// A contact: the person who called.
    pub struct Contact {
        /// The row's id.
        "id" id: i64,
        "additionalAddressInformation" additional_address_information: Option<String>,
        "addressLine" address_line: Option<String>,
        "addressLine1" address_line1: Option<String>,
        "alternatePhone" alternate_phone: Option<String>,
        "apiVendorID" api_vendor_id: Option<i64>,
        "bulkEmailOptOutTime" bulk_email_opt_out_time: Option<Timestamp>,
        "city" city: Option<String>,
        "companyID" company_id: Option<i64>,
        "companyLocationID" company_location_id: Option<i64>,
        "countryID" country_id: Option<i64>,
        "createDate" create_date: Option<Timestamp>,
        "emailAddress" email_address: Option<String>,
        "emailAddress2" email_address2: Option<String>,
        "emailAddress3" email_address3: Option<String>,
        "extension" extension: Option<String>,
        "externalID" external_id: Option<String>,
        "facebookUrl" facebook_url: Option<String>,
        "faxNumber" fax_number: Option<String>,
        "firstName" first_name: Option<String>,
        "impersonatorCreatorResourceID" impersonator_creator_resource_id: Option<i64>,
        /// 0 or 1 on the wire: sending a boolean is refused.
        "isActive" is_active: Option<i64>,
        "isOptedOutFromBulkEmail" is_opted_out_from_bulk_email: Option<bool>,
        "lastActivityDate" last_activity_date: Option<Timestamp>,
        "lastModifiedDate" last_modified_date: Option<Timestamp>,
        "lastName" last_name: Option<String>,
        "linkedInUrl" linked_in_url: Option<String>,
        "middleInitial" middle_initial: Option<String>,
        "mobilePhone" mobile_phone: Option<String>,
        "namePrefix" name_prefix: Option<i64>,
        "nameSuffix" name_suffix: Option<i64>,
        "note" note: Option<String>,
        "receivesEmailNotifications" receives_email_notifications: Option<bool>,
        "phone" phone: Option<String>,
        "primaryContact" primary_contact: Option<bool>,
        "roomNumber" room_number: Option<String>,
        "solicitationOptOut" solicitation_opt_out: Option<bool>,
        "solicitationOptOutTime" solicitation_opt_out_time: Option<Timestamp>,
        "state" state: Option<String>,
        "surveyOptOut" survey_opt_out: Option<bool>,
        "title" title: Option<String>,
        "twitterUrl" twitter_url: Option<String>,
        "zipCode" zip_code: Option<String>,
        /// What the tenant added itself.
        "userDefinedFields" user_defined_fields: Vec<UserDefinedField>,
    }
}
entity_at!(Contact, "Contacts");

impl Contact {
    /// First and last name with one blank between, or what there is of them.
    pub fn full_name(&self) -> String {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        names.into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Numbers to call back, the mobile first.
    pub fn call_back_numbers(&self) -> Vec<&str> {
        let numbers = [&self.mobile_phone, &self.phone, &self.alternate_phone];
        numbers.into_iter().flatten().map(|number| number.trim()).filter(|number| !number.is_empty()).collect()
    }
}
