//! The entities that the stand-in serves, and their fields.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::fields;

/// An entity of the REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the vendor's")]
pub enum Entity {
    Tickets,
    TicketNotes,
    TicketHistory,
    TicketAttachments,
    TicketCategories,
    DeletedTicketLogs,
    Companies,
    Contacts,
    Resources,
    ResourceRoles,
    Roles,
    ConfigurationItems,
    TicketWebhooks,
    TicketWebhookFields,
    TicketWebhookUdfFields,
    TicketWebhookExcludedResources,
    TicketNoteWebhooks,
    TicketNoteWebhookFields,
    TicketNoteWebhookExcludedResources,
    WebhookEventErrorLogs,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Int,
    Long,
    Double,
    Bool,
    Text,
    Time,
}

/// A field of an entity.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name on the wire, camelCase.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

impl Entity {
    /// Every entity.
    pub const ALL: [Entity; 20] = [
        Entity::Tickets,
        Entity::TicketNotes,
        Entity::TicketHistory,
        Entity::TicketAttachments,
        Entity::TicketCategories,
        Entity::DeletedTicketLogs,
        Entity::Companies,
        Entity::Contacts,
        Entity::Resources,
        Entity::ResourceRoles,
        Entity::Roles,
        Entity::ConfigurationItems,
        Entity::TicketWebhooks,
        Entity::TicketWebhookFields,
        Entity::TicketWebhookUdfFields,
        Entity::TicketWebhookExcludedResources,
        Entity::TicketNoteWebhooks,
        Entity::TicketNoteWebhookFields,
        Entity::TicketNoteWebhookExcludedResources,
        Entity::WebhookEventErrorLogs,
    ];

    /// The segment of the path, as the vendor spells it.
    pub fn path(self) -> &'static str {
        match self {
            Entity::Tickets => "Tickets",
            Entity::TicketNotes => "TicketNotes",
            Entity::TicketHistory => "TicketHistory",
            Entity::TicketAttachments => "TicketAttachments",
            Entity::TicketCategories => "TicketCategories",
            Entity::DeletedTicketLogs => "DeletedTicketLogs",
            Entity::Companies => "Companies",
            Entity::Contacts => "Contacts",
            Entity::Resources => "Resources",
            Entity::ResourceRoles => "ResourceRoles",
            Entity::Roles => "Roles",
            Entity::ConfigurationItems => "ConfigurationItems",
            Entity::TicketWebhooks => "TicketWebhooks",
            Entity::TicketWebhookFields => "TicketWebhookFields",
            Entity::TicketWebhookUdfFields => "TicketWebhookUdfFields",
            Entity::TicketWebhookExcludedResources => "TicketWebhookExcludedResources",
            Entity::TicketNoteWebhooks => "TicketNoteWebhooks",
            Entity::TicketNoteWebhookFields => "TicketNoteWebhookFields",
            Entity::TicketNoteWebhookExcludedResources => "TicketNoteWebhookExcludedResources",
            Entity::WebhookEventErrorLogs => "WebhookEventErrorLogs",
        }
    }

    /// The name in messages and in `entityInformation`.
    pub fn name(self) -> &'static str {
        match self {
            Entity::Tickets => "Ticket",
            Entity::TicketNotes => "TicketNote",
            Entity::TicketHistory => "TicketHistory",
            Entity::TicketAttachments => "TicketAttachment",
            Entity::TicketCategories => "TicketCategory",
            Entity::DeletedTicketLogs => "DeletedTicketLog",
            Entity::Companies => "Company",
            Entity::Contacts => "Contact",
            Entity::Resources => "Resource",
            Entity::ResourceRoles => "ResourceRole",
            Entity::Roles => "Role",
            Entity::ConfigurationItems => "ConfigurationItem",
            Entity::TicketWebhooks => "TicketWebhook",
            Entity::TicketWebhookFields => "TicketWebhookField",
            Entity::TicketWebhookUdfFields => "TicketWebhookUdfField",
            Entity::TicketWebhookExcludedResources => "TicketWebhookExcludedResource",
            Entity::TicketNoteWebhooks => "TicketNoteWebhook",
            Entity::TicketNoteWebhookFields => "TicketNoteWebhookField",
            Entity::TicketNoteWebhookExcludedResources => "TicketNoteWebhookExcludedResource",
            Entity::WebhookEventErrorLogs => "WebhookEventErrorLog",
        }
    }

    /// The entity of a path segment, in any case.
    pub fn find(segment: &str) -> Option<Entity> {
        Entity::ALL.into_iter().find(|entity| entity.path().eq_ignore_ascii_case(segment))
    }

    /// Its fields, in the vendor's order.
    pub fn fields(self) -> &'static [Field] {
        FIELDS.get(&self).map_or(&[], Vec::as_slice)
    }

    /// The field of a name, in any case.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The verbs of its collection, besides reading.
    pub fn writes(self) -> &'static [&'static str] {
        match self {
            Entity::Tickets | Entity::Companies | Entity::ConfigurationItems => &["POST", "PATCH", "PUT"],
            Entity::TicketWebhooks | Entity::TicketNoteWebhooks => &["POST", "PATCH", "PUT"],
            Entity::Contacts | Entity::Resources => &["PATCH", "PUT"],
            _ => &[],
        }
    }

    /// The fields without which a row is refused.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Entity::Tickets => &["companyID", "title", "status", "priority"],
            Entity::TicketNotes => &["ticketID", "description", "noteType", "publish"],
            Entity::TicketAttachments => &["attachmentType", "publish", "title", "fullPath"],
            Entity::Companies => &["companyName", "companyType", "phone", "ownerResourceID"],
            Entity::Contacts => &["companyID", "firstName", "lastName", "isActive"],
            Entity::ConfigurationItems => &["companyID", "productID", "isActive"],
            Entity::TicketWebhooks | Entity::TicketNoteWebhooks => {
                &["name", "webhookUrl", "deactivationUrl", "secretKey", "isActive"]
            }
            Entity::TicketWebhookFields | Entity::TicketNoteWebhookFields => &["webhookID", "fieldID"],
            Entity::TicketWebhookUdfFields => &["webhookID", "udfFieldID"],
            Entity::TicketWebhookExcludedResources | Entity::TicketNoteWebhookExcludedResources => {
                &["webhookID", "resourceID"]
            }
            _ => &[],
        }
    }

    /// The fields that only the service sets.
    pub fn is_read_only(self, field: &str) -> bool {
        const TICKET: &[&str] = &[
            "ticketNumber",
            "createDate",
            "creatorResourceID",
            "creatorType",
            "completedDate",
            "completedByResourceID",
            "lastActivityDate",
            "lastActivityPersonType",
            "lastActivityResourceID",
            "lastCustomerNotificationDateTime",
            "lastCustomerVisibleActivityDateTime",
            "lastTrackedModificationDateTime",
            "impersonatorCreatorResourceID",
            "firstResponseDateTime",
            "resolutionPlanDateTime",
            "resolvedDateTime",
            "currentServiceThermometerRating",
            "previousServiceThermometerRating",
            "serviceThermometerTemperature",
        ];
        const COMMON: &[&str] = &[
            "createDate",
            "createDateTime",
            "createdByResourceID",
            "creatorResourceID",
            "lastActivityDate",
            "lastModifiedDate",
            "lastModifiedTime",
            "lastTrackedModifiedDateTime",
            "impersonatorCreatorResourceID",
            "impersonatorUpdaterResourceID",
            "attachDate",
            "attachedByResourceID",
            "fileSize",
        ];
        const WEBHOOK: &[&str] = &["isReady", "webhookGUID"];
        let list = match self {
            Entity::Tickets => TICKET,
            Entity::TicketWebhooks | Entity::TicketNoteWebhooks => WEBHOOK,
            _ => COMMON,
        };
        field == "id" || list.contains(&field)
    }

    /// The longest text of a field, in characters.
    pub fn length(self, field: &str) -> usize {
        match (self, field) {
            (Entity::Tickets, "title") => 255,
            (Entity::Tickets, "description") => 8_000,
            (Entity::Tickets, "ticketNumber" | "externalID" | "purchaseOrderNumber" | "rmmAlertID") => 50,
            (Entity::TicketNotes, "title") => 250,
            (_, "title" | "phone" | "alternatePhone" | "mobilePhone" | "serialNumber") => 50,
            (_, "companyName" | "referenceTitle") => 100,
            (_, "webhookUrl" | "deactivationUrl") => 500,
            (_, "secretKey") => 64,
            (_, "notificationEmailAddress") => 150,
            (_, "firstName" | "lastName" | "name") => 50,
            _ => 32_000,
        }
    }

    /// The entity that a field points at.
    pub fn reference(self, field: &str) -> Option<Entity> {
        match field {
            "companyID" | "parentCompanyID" => Some(Entity::Companies),
            "contactID" => Some(Entity::Contacts),
            "configurationItemID" | "parentConfigurationItemID" => Some(Entity::ConfigurationItems),
            "problemTicketId" | "ticketID" => Some(Entity::Tickets),
            "roleID" | "assignedResourceRoleID" | "defaultServiceDeskRoleID" => Some(Entity::Roles),
            "resourceID" | "ownerResourceID" => Some(Entity::Resources),
            name if name.ends_with("ResourceID") => Some(Entity::Resources),
            _ => None,
        }
    }

    /// Two ticket fields cannot be asked for, nor a webhook's secret; everything else can.
    pub fn is_queryable(self, field: &str) -> bool {
        field != "secretKey" && (self != Entity::Tickets || !matches!(field, "creatorType" | "lastActivityPersonType"))
    }
}

impl Kind {
    /// The name in `entityInformation/fields`.
    pub fn data_type(self) -> &'static str {
        match self {
            Kind::Int => "integer",
            Kind::Long => "long",
            Kind::Double => "double",
            Kind::Bool => "boolean",
            Kind::Text => "string",
            Kind::Time => "datetime",
        }
    }
}

static FIELDS: LazyLock<BTreeMap<Entity, Vec<Field>>> =
    LazyLock::new(|| Entity::ALL.into_iter().map(|entity| (entity, parse_fields(table(entity)))).collect());

fn table(entity: Entity) -> &'static str {
    match entity {
        Entity::Tickets => fields::TICKET,
        Entity::TicketNotes => fields::TICKET_NOTE,
        Entity::TicketHistory => fields::TICKET_HISTORY,
        Entity::TicketAttachments => fields::TICKET_ATTACHMENT,
        Entity::TicketCategories => fields::TICKET_CATEGORY,
        Entity::DeletedTicketLogs => fields::DELETED_TICKET_LOG,
        Entity::Companies => fields::COMPANY,
        Entity::Contacts => fields::CONTACT,
        Entity::Resources => fields::RESOURCE,
        Entity::ResourceRoles => fields::RESOURCE_ROLE,
        Entity::Roles => fields::ROLE,
        Entity::ConfigurationItems => fields::CONFIGURATION_ITEM,
        Entity::TicketWebhooks | Entity::TicketNoteWebhooks => fields::WEBHOOK,
        Entity::TicketWebhookFields | Entity::TicketNoteWebhookFields => fields::WEBHOOK_FIELD,
        Entity::TicketWebhookUdfFields => fields::WEBHOOK_UDF_FIELD,
        Entity::TicketWebhookExcludedResources | Entity::TicketNoteWebhookExcludedResources => {
            fields::WEBHOOK_EXCLUDED_RESOURCE
        }
        Entity::WebhookEventErrorLogs => fields::WEBHOOK_EVENT_ERROR_LOG,
    }
}

fn parse_fields(table: &'static str) -> Vec<Field> {
    let parse_one = |pair: &'static str| {
        let (name, kind) = pair.split_once(':')?;
        let kind = match kind {
            "int32" => Kind::Int,
            "int64" => Kind::Long,
            "double" => Kind::Double,
            "boolean" => Kind::Bool,
            "datetime" => Kind::Time,
            _ => Kind::Text,
        };
        Some(Field { name, kind })
    };
    table.split_whitespace().filter_map(parse_one).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Entity, Kind};

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(Entity::Tickets.fields().len(), 72);
        assert_eq!(Entity::Tickets.field("RMMALERTID").unwrap().name, "rmmAlertID");
        assert_eq!(Entity::Contacts.field("isActive").unwrap().kind, Kind::Int);
        assert_eq!(Entity::Companies.field("isActive").unwrap().kind, Kind::Bool);
    }
}
