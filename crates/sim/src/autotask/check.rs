//! What the service refuses, in its words.

use super::entity::{Entity, Kind};
use super::row::{Row, get_folded, int, is_unset, text};
use super::world::World;

/// What the category of a ticket asks for and fills in.
struct Category {
    id: i64,
    required: &'static [&'static str],
    queue: Option<i64>,
    source: Option<i64>,
}

const CATEGORIES: &[Category] = &[
    Category { id: 2, required: &[], queue: Some(8), source: Some(8) },
    Category { id: 5, required: &["queueID", "dueDateTime", "issueType", "subIssueType"], queue: None, source: None },
];

impl World {
    /// Whether a ticket may be as it is, after a body. Errors: the texts of the service.
    pub fn check_ticket(&self, row: &Row, body: &Row) -> Result<(), Vec<String>> {
        let mut errors = self.check_row(Entity::Tickets, row);
        let category = int(row, "ticketCategory");
        for category in CATEGORIES.iter().filter(|known| category == Some(known.id)) {
            let assigned = !is_unset(row, "assignedResourceID");
            let unmet = |field: &&&str| is_unset(row, field) && !(assigned && **field == "queueID");
            errors.extend(category.required.iter().filter(unmet).map(|field| missing(field)));
        }
        errors.extend(self.check_assignment(row, body));
        errors.extend(self.check_contact(row));
        errors.extend(self.check_sub_issue(row));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Queue and source that a category gives a new ticket.
    pub fn fill_by_category(&self, row: &mut Row) {
        let category = int(row, "ticketCategory");
        for category in CATEGORIES.iter().filter(|known| category == Some(known.id)) {
            for (field, value) in [("queueID", category.queue), ("source", category.source)] {
                if is_unset(row, field)
                    && let Some(value) = value
                {
                    super::row::set(row, field, value);
                }
            }
        }
    }

    /// What is wrong with a row of any entity: missing fields, long texts, picklists, references.
    pub fn check_row(&self, entity: Entity, row: &Row) -> Vec<String> {
        let mut errors: Vec<String> = Vec::new();
        for field in entity.required() {
            let blank = text(row, field).is_some_and(|text| text.trim().is_empty());
            if is_unset(row, field) || blank {
                errors.push(missing(field));
            }
        }
        for field in entity.fields().iter().filter(|field| !is_unset(row, field.name)) {
            if field.kind == Kind::Text {
                let length = entity.length(field.name);
                let long = text(row, field.name).is_some_and(|text| text.chars().count() > length);
                errors
                    .extend(long.then(|| format!("{} must be less than or equal to {length} characters", field.name)));
            } else if let Some(value) = int(row, field.name) {
                errors.extend(self.check_number(entity, field.name, value));
            }
        }
        errors
    }

    fn check_number(&self, entity: Entity, field: &str, value: i64) -> Option<String> {
        if self.picklists.of(entity, field).is_some() {
            let known = self.picklists.value(entity, field, value).is_some_and(|pick| pick.is_active);
            return (!known).then(|| format!("Value does not reference an existing entity for {field} . "));
        }
        if field == "ticketCategory" {
            let known = self.tables.get(Entity::TicketCategories, value).is_some();
            return (!known).then(|| format!("Value does not reference an existing entity for {field} . "));
        }
        // The role has a text of its own.
        let target = entity.reference(field).filter(|target| *target != Entity::Roles)?;
        let known = self.tables.get(target, value).is_some();
        (!known).then(|| bad_reference(field, target))
    }

    /// Resource and role come together, in the same request; the resource holds the role; API users are not assignable.
    fn check_assignment(&self, row: &Row, body: &Row) -> Option<String> {
        let given = |field| get_folded(body, field).map(|value| !value.is_null());
        let (resource, role) = (given("assignedResourceID"), given("assignedResourceRoleID"));
        if resource.is_none() && role.is_none() {
            return None;
        }
        if resource != role {
            let text = "Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID.";
            return Some(text.to_owned());
        }
        let (resource, role) = (int(row, "assignedResourceID")?, int(row, "assignedResourceRoleID")?);
        if self.is_api_user(resource) {
            return Some(bad_reference("assignedResourceID", Entity::Resources));
        }
        let held = |held: &Row| {
            let of = |field| int(held, field);
            of("resourceID") == Some(resource)
                && of("roleID") == Some(role)
                && held["isActive"] == true
                && of("queueID").is_some()
        };
        (!self.tables.all(Entity::ResourceRoles).any(held)).then(|| "Role does not exist or is invalid".to_owned())
    }

    /// A contact belongs to the ticket's company, or to the company above it.
    fn check_contact(&self, row: &Row) -> Option<String> {
        let (contact, company) = (int(row, "contactID")?, int(row, "companyID")?);
        let of = int(self.tables.get(Entity::Contacts, contact)?, "companyID");
        let parent = self.tables.get(Entity::Companies, company).and_then(|row| int(row, "parentCompanyID"));
        let belongs = of == Some(company) || (of.is_some() && of == parent);
        (!belongs).then(|| format!("contactID [{contact}] is not associated to companyID [{company}] or its parent."))
    }

    fn check_sub_issue(&self, row: &Row) -> Option<String> {
        let sub = self.picklists.value(Entity::Tickets, "subIssueType", int(row, "subIssueType")?)?;
        let belongs = sub.parent == int(row, "issueType");
        (!belongs).then(|| "Value does not reference an existing entity for subIssueType . ".to_owned())
    }
}

/// The wording is not known from a tenant.
fn missing(field: &str) -> String {
    format!("Missing Required Field: {field}.")
}

fn bad_reference(field: &str, target: Entity) -> String {
    format!("Reference value on field: {field} of type: {} does not exist or is invalid.", target.name())
}
