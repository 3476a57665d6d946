//! A customer; Autotask's screens say "Organization".

use jiff::Timestamp;

use crate::entity::{UserDefinedField, entity_at};
use crate::record::record;

record! {
    /// A company. Id 0 is the tenant itself.
    pub struct Company {
        /// The row's id.
        "id" id: i64,
        "additionalAddressInformation" additional_address_information: Option<String>,
        "address1" address1: Option<String>,
        "address2" address2: Option<String>,
        "alternatePhone1" alternate_phone1: Option<String>,
        "alternatePhone2" alternate_phone2: Option<String>,
        "apiVendorID" api_vendor_id: Option<i64>,
        "assetValue" asset_value: Option<f64>,
        "billToCompanyLocationID" bill_to_company_location_id: Option<i64>,
        "billToAdditionalAddressInformation" bill_to_additional_address_information: Option<String>,
        "billingAddress1" billing_address1: Option<String>,
        "billingAddress2" billing_address2: Option<String>,
        "billToAddressToUse" bill_to_address_to_use: Option<i64>,
        "billToAttention" bill_to_attention: Option<String>,
        "billToCity" bill_to_city: Option<String>,
        "billToCountryID" bill_to_country_id: Option<i64>,
        "billToState" bill_to_state: Option<String>,
        "billToZipCode" bill_to_zip_code: Option<String>,
        "city" city: Option<String>,
        "classification" classification: Option<i64>,
        "companyName" company_name: Option<String>,
        "companyNumber" company_number: Option<String>,
        "companyType" company_type: Option<i64>,
        "competitorID" competitor_id: Option<i64>,
        "countryID" country_id: Option<i64>,
        "createDate" create_date: Option<Timestamp>,
        "createdByResourceID" created_by_resource_id: Option<i64>,
        "currencyID" currency_id: Option<i64>,
        "fax" fax: Option<String>,
        "impersonatorCreatorResourceID" impersonator_creator_resource_id: Option<i64>,
        "invoiceEmailMessageID" invoice_email_message_id: Option<i64>,
        "invoiceMethod" invoice_method: Option<i64>,
        "invoiceNonContractItemsToParentCompany" invoice_non_contract_items_to_parent_company: Option<bool>,
        "invoiceTemplateID" invoice_template_id: Option<i64>,
        "isActive" is_active: Option<bool>,
        "isClientPortalActive" is_client_portal_active: Option<bool>,
        "isEnabledForComanaged" is_enabled_for_comanaged: Option<bool>,
        "isTaskFireActive" is_task_fire_active: Option<bool>,
        "isTaxExempt" is_tax_exempt: Option<bool>,
        "lastActivityDate" last_activity_date: Option<Timestamp>,
        "lastTrackedModifiedDateTime" last_tracked_modified_date_time: Option<Timestamp>,
        "marketSegmentID" market_segment_id: Option<i64>,
        "ownerResourceID" owner_resource_id: Option<i64>,
        "parentCompanyID" parent_company_id: Option<i64>,
        "phone" phone: Option<String>,
        "postalCode" postal_code: Option<String>,
        "quoteEmailMessageID" quote_email_message_id: Option<i64>,
        "quoteTemplateID" quote_template_id: Option<i64>,
        "sicCode" sic_code: Option<String>,
        "state" state: Option<String>,
        "stockMarket" stock_market: Option<String>,
        "stockSymbol" stock_symbol: Option<String>,
        "surveyCompanyRating" survey_company_rating: Option<f64>,
        "taxID" tax_id: Option<String>,
        "taxRegionID" tax_region_id: Option<i64>,
        "territoryID" territory_id: Option<i64>,
        "webAddress" web_address: Option<String>,
        /// What the tenant added itself.
        "userDefinedFields" user_defined_fields: Vec<UserDefinedField>,
    }
}
entity_at!(Company, "Companies");
