//! What an entity consists of: its fields with their picklists, and what we may do with it.

use reqwest::Method;
use serde_json::Value;

use crate::client::Client;
use crate::entity::Entity;
use crate::error::Error;
use crate::picklist::{Picklist, PicklistValue};
use crate::record::{Fields, Slot, record};

record! {
    /// A field of an entity.
    pub struct FieldInformation {
        /// Name on the wire; the name given by the tenant for a user-defined field.
        "name" name: String,
        /// Label; user-defined fields only.
        "label" label: Option<String>,
        /// Such as `integer`, `string`, `datetime`.
        "dataType" data_type: Option<String>,
        /// Kind of a user-defined field.
        "type" udf_type: Option<String>,
        /// Most characters of a text, 0 for other types.
        "length" length: Option<i64>,
        /// Whether a new row needs it.
        "isRequired" is_required: bool,
        /// Whether only Autotask sets it.
        "isReadOnly" is_read_only: bool,
        /// Whether filters may use it.
        "isQueryable" is_queryable: bool,
        /// Whether its value is the id of another entity.
        "isReference" is_reference: bool,
        /// That entity.
        "referenceEntityType" reference_entity_type: Option<String>,
        /// Whether its value is one of a list.
        "isPickList" is_pick_list: bool,
        /// The list.
        "picklistValues" picklist_values: Vec<PicklistValue>,
        /// The field whose value decides which of the list fit.
        "picklistParentValueField" picklist_parent_value_field: Option<String>,
        /// Whether webhooks can watch it.
        "isSupportedWebhookField" is_supported_webhook_field: Option<bool>,
    }
}

record! {
    /// What we may do with an entity.
    pub struct EntityInformation {
        /// The entity.
        "name" name: String,
        /// Whether rows can be made.
        "canCreate" can_create: bool,
        /// Whether rows can be deleted.
        "canDelete" can_delete: bool,
        /// Whether rows can be read.
        "canQuery" can_query: bool,
        /// Whether rows can be changed.
        "canUpdate" can_update: bool,
        /// How far our permission to create goes.
        "userAccessForCreate" user_access_for_create: Option<String>,
        /// How far our permission to read goes.
        "userAccessForQuery" user_access_for_query: Option<String>,
        /// How far our permission to change goes.
        "userAccessForUpdate" user_access_for_update: Option<String>,
        /// Whether the tenant may add fields.
        "hasUserDefinedFields" has_user_defined_fields: bool,
        /// Whether webhooks can watch it.
        "supportsWebhookCallouts" supports_webhook_callouts: bool,
    }
}

impl Slot for Vec<PicklistValue> {
    fn fill(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::new()),
            Value::Array(items) => {
                Some(items.iter().filter_map(Value::as_object).cloned().map(PicklistValue::from).collect())
            }
            _ => None,
        }
    }

    fn empty_out(self) -> Value {
        self.into_iter().map(|value| Value::Object(Fields::from(value))).collect()
    }
}

impl Client {
    /// The fields of an entity with their picklists. They change rarely: keep them, and read them again now and then.
    pub async fn fields<T: Entity>(&self) -> Result<Vec<FieldInformation>, Error> {
        self.fields_at(T::PATH, "entityInformation/fields").await
    }

    /// The fields that the tenant added to an entity.
    pub async fn user_defined_fields<T: Entity>(&self) -> Result<Vec<FieldInformation>, Error> {
        self.fields_at(T::PATH, "entityInformation/userDefinedFields").await
    }

    /// What we may do with an entity.
    pub async fn entity_information<T: Entity>(&self) -> Result<EntityInformation, Error> {
        let answer = self.metadata(T::PATH, "entityInformation").await?;
        let info = answer.get("info").and_then(Value::as_object).cloned();
        info.map(EntityInformation::from).ok_or_else(|| self.unreadable("there is no \"info\" in it"))
    }

    /// The fields that a description of an endpoint lists.
    pub(crate) async fn fields_at(&self, endpoint: &'static str, path: &str) -> Result<Vec<FieldInformation>, Error> {
        let mut answer = self.metadata(endpoint, path).await?;
        match answer.get_mut("fields").map(Value::take) {
            Some(Value::Array(fields)) => Ok(fields.into_iter().filter_map(read_field).collect()),
            _ => Err(self.unreadable("there are no \"fields\" in it")),
        }
    }

    async fn metadata(&self, endpoint: &'static str, path: &str) -> Result<Value, Error> {
        let path = format!("{endpoint}/{path}");
        self.call(endpoint, Method::GET, &path, None, &path).await
    }
}

fn read_field(field: Value) -> Option<FieldInformation> {
    match field {
        Value::Object(fields) => Some(fields.into()),
        _ => None,
    }
}

impl FieldInformation {
    /// The field's picklist, if it is one.
    pub fn picklist(&self) -> Option<Picklist> {
        self.is_pick_list.then(|| Picklist { field: self.name.clone(), values: self.picklist_values.clone() })
    }
}

/// The picklist of one of the fields; names are compared without case.
pub fn picklist_of(fields: &[FieldInformation], name: &str) -> Option<Picklist> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?.picklist()
}
