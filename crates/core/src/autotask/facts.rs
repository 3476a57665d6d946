//! A ticket with the names behind its ids: what templates read and what the alert shows.

use super::ticket::Ticket;
use crate::event::{Caller, Content, Link, TicketRef};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Fields that templates may name although this ticket leaves them empty; a name that is not among them is a mistake.
const TICKET_FIELDS: &str = "id apiVendorID assignedResourceID assignedResourceRoleID billingCodeID changeApprovalBoard changeApprovalStatus changeApprovalType changeInfoField1 changeInfoField2 changeInfoField3 changeInfoField4 changeInfoField5 companyID companyLocationID completedByResourceID completedDate configurationItemID contactID contractID contractServiceBundleID contractServiceID createDate creatorResourceID creatorType currentServiceThermometerRating description dueDateTime estimatedHours externalID firstResponseAssignedResourceID firstResponseDateTime firstResponseDueDateTime firstResponseInitiatingResourceID hoursToBeScheduled impersonatorCreatorResourceID issueType lastActivityDate lastActivityPersonType lastActivityResourceID lastCustomerNotificationDateTime lastCustomerVisibleActivityDateTime lastTrackedModificationDateTime monitorID monitorTypeID opportunityID organizationalLevelAssociationID previousServiceThermometerRating priority problemTicketId projectID purchaseOrderNumber queueID resolution resolutionPlanDateTime resolutionPlanDueDateTime resolvedDateTime resolvedDueDateTime rmaStatus rmaType rmmAlertID serviceLevelAgreementHasBeenMet serviceLevelAgreementID serviceLevelAgreementPausedNextEventHours serviceThermometerTemperature source status subIssueType ticketCategory ticketNumber ticketType title";
const COMPANY_FIELDS: &str = "id companyName companyNumber companyType classification phone alternatePhone1 alternatePhone2 fax address1 address2 additionalAddressInformation city state postalCode countryID webAddress isActive ownerResourceID parentCompanyID marketSegmentID territoryID stockSymbol taxID invoiceMethod lastActivityDate createDate";
const CONTACT_FIELDS: &str = "id companyID firstName middleInitial lastName title emailAddress emailAddress2 emailAddress3 phone extension mobilePhone alternatePhone faxNumber roomNumber addressLine addressLine1 city state zipCode countryID note primaryContact isActive externalID fullName callBackNumber";
const RESOURCE_FIELDS: &str = "id firstName middleName lastName initials title email email2 email3 officePhone officeExtension mobilePhone homePhone userName isActive locationID fullName";
const LABEL_FIELDS: &str = "status priority queue issueType subIssueType ticketCategory ticketType source";

/// A ticket with the names behind its ids. Each part may be missing; the alert then shows what is known.
#[derive(Debug, Clone, Copy)]
pub struct TicketFacts<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// The company's fields as Autotask names them.
    pub company: Option<&'a Map<String, Value>>,
    /// The contact's fields.
    pub contact: Option<&'a Map<String, Value>>,
    /// The fields of the resource that the ticket is assigned to.
    pub resource: Option<&'a Map<String, Value>>,
    /// Labels of picklist values by the ticket's field (`status`, `priority`, `queue`, `issueType`, ...).
    pub labels: &'a BTreeMap<String, String>,
    /// Address of the tenant's web pages (`https://ww3.autotask.net/`), where known.
    pub web_url: Option<&'a str>,
}

impl TicketFacts<'_> {
    /// What templates see: `ticket`, `company`, `contact`, `resource`, `udf`, `label`, `url`. Known fields that are empty are null
    /// (print as nothing); unknown names stay undefined, so that a typing mistake is noticed.
    pub fn template_context(&self) -> Value {
        let mut ticket = known_fields(TICKET_FIELDS, Some(&self.ticket.raw));
        let own = [
            ("id", json!(self.ticket.id)),
            ("ticketNumber", json!(self.ticket.number)),
            ("title", json!(self.ticket.title)),
            ("description", json!(self.ticket.description)),
        ];
        for (name, value) in own {
            ticket.insert(name.to_owned(), value);
        }
        let mut company = known_fields(COMPANY_FIELDS, self.company);
        company.insert("companyName".to_owned(), json!(self.customer()));
        let mut contact = known_fields(CONTACT_FIELDS, self.contact);
        contact.insert("fullName".to_owned(), json!(self.contact.and_then(full_name)));
        contact.insert("callBackNumber".to_owned(), json!(self.contact.and_then(call_back_number)));
        let mut resource = known_fields(RESOURCE_FIELDS, self.resource);
        resource.insert("fullName".to_owned(), json!(self.resource.and_then(full_name)));
        let labels: Map<_, _> = self.labels.iter().map(|(name, label)| (name.clone(), json!(label))).collect();
        json!({
            "ticket": ticket,
            "company": company,
            "contact": contact,
            "resource": resource,
            "udf": self.ticket.udfs,
            "label": known_fields(LABEL_FIELDS, Some(&labels)),
            "url": self.deep_link(),
        })
    }

    /// What the alert carries beside its texts.
    pub fn content(&self) -> Content {
        let url = self.deep_link();
        let link = |href: &String| Link { href: href.clone(), text: format!("Ticket {}", self.ticket.number) };
        let assignee = self.resource.and_then(full_name).map(|name| ("assignee".to_owned(), name));
        let issue = ["issueType", "subIssueType", "ticketType"];
        let labels = issue.iter().filter_map(|name| Some(((*name).to_owned(), self.labels.get(*name)?.clone())));
        Content {
            links: url.iter().map(link).collect(),
            labels: labels.chain(assignee).collect(),
            customer: self.customer(),
            caller: self.contact.and_then(caller),
            priority_label: self.labels.get("priority").cloned(),
            ticket: Some(TicketRef {
                id: self.ticket.id,
                number: self.ticket.number.clone(),
                url,
                queue: self.labels.get("queue").cloned(),
                status: self.labels.get("status").cloned(),
                due: self.ticket.due_at,
                first_response_due: self.ticket.first_response_due_at,
                action: None,
            }),
            ..Content::default()
        }
    }

    /// The ticket's page in Autotask.
    pub fn deep_link(&self) -> Option<String> {
        let base = self.web_url?.trim_end_matches('/');
        let id = self.ticket.id;
        Some(format!("{base}/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID={id}"))
    }

    /// The customer's name, or its number where the name could not be read.
    fn customer(&self) -> Option<String> {
        let name = self.company.and_then(|company| text(company, "companyName"));
        name.or_else(|| self.ticket.company.map(|id| format!("Customer {id}")))
    }
}

fn known_fields(names: &str, found: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut fields: Map<String, Value> = names.split(' ').map(|name| (name.to_owned(), Value::Null)).collect();
    fields.extend(found.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    fields
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    let text = crate::text::cut(fields.get(name)?.as_str()?, crate::limits::TEXT_CHARS_MAX);
    (!text.is_empty()).then_some(text)
}

fn full_name(fields: &Map<String, Value>) -> Option<String> {
    let names: Vec<_> = ["firstName", "lastName"].iter().filter_map(|name| text(fields, name)).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// The desk phone with its extension, or the mobile phone: at night the desk is empty, but it is the number that people gave.
fn call_back_number(contact: &Map<String, Value>) -> Option<String> {
    let desk = text(contact, "phone").map(|phone| match text(contact, "extension") {
        Some(extension) => format!("{phone} ext. {extension}"),
        None => phone,
    });
    desk.or_else(|| text(contact, "mobilePhone")).or_else(|| text(contact, "alternatePhone"))
}

fn caller(contact: &Map<String, Value>) -> Option<Caller> {
    let (name, phone, email) = (full_name(contact), call_back_number(contact), text(contact, "emailAddress"));
    let is_known = name.is_some() || phone.is_some() || email.is_some();
    is_known.then(|| Caller { name: name.unwrap_or_default(), phone, email })
}
