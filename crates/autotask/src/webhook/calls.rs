//! What is done with webhooks. Needs "Can create webhooks" in the API user's security level, which is off by default.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::client::Client;
use crate::entity::Entity;
use crate::error::Error;
use crate::metadata::picklist_of;
use crate::picklist::Picklist;
use crate::query::{Page, Query, ROWS_PER_PAGE_MAX};
use crate::record::Fields;
use crate::webhook::write::{NewWebhook, NewWebhookField, WebhookPatch};
use crate::webhook::{
    Webhook, WebhookEventErrorLog, WebhookExcludedResource, WebhookField, WebhookKind, WebhookUdfField,
};

/// The children of a webhook, by their segment of the path.
const FIELDS: &str = "Fields";
const UDF_FIELDS: &str = "UdfFields";
const EXCLUDED_RESOURCES: &str = "ExcludedResources";

impl Client {
    /// Creates a webhook and returns its id. A second one of the same kind, address and subscriptions is refused, so look for
    /// it in [`Self::webhooks`] before repeating.
    pub async fn create_webhook(&self, kind: WebhookKind, webhook: NewWebhook) -> Result<i64, Error> {
        let secret = webhook.secret_key.clone();
        self.write_webhook(kind, Method::POST, webhook.into_row(), Some(&secret)).await
    }

    /// The webhook with this id; `None` where there is none.
    pub async fn webhook(&self, kind: WebhookKind, id: i64) -> Result<Option<Webhook>, Error> {
        self.get_at(kind.path(), id).await
    }

    /// The first page of a query of webhooks: 500 of them, and tenants allow a user a handful.
    pub async fn webhooks(&self, kind: WebhookKind, query: &Query) -> Result<Page<Webhook>, Error> {
        self.query_at(kind.path(), query, None).await
    }

    /// Changes what the patch names.
    pub async fn patch_webhook(&self, kind: WebhookKind, patch: WebhookPatch) -> Result<(), Error> {
        let secret = patch.secret();
        self.write_webhook(kind, Method::PATCH, patch.into_row(), secret.as_ref()).await.map(drop)
    }

    /// Deletes a webhook with its children; its deactivation URL is told. Of one that is not there Autotask says what it says
    /// without the permission, so this is [`Error::Permission`] as well: look with [`Self::webhook`].
    pub async fn delete_webhook(&self, kind: WebhookKind, id: i64) -> Result<(), Error> {
        self.delete_at(kind.path(), &format!("{}/{id}", kind.path())).await
    }

    /// The fields that a webhook watches or sends along.
    pub async fn webhook_fields(&self, kind: WebhookKind, webhook_id: i64) -> Result<Vec<WebhookField>, Error> {
        self.children(kind, webhook_id, FIELDS).await
    }

    /// Adds a field to a webhook and returns the id of its row. One after another: all of them count as one endpoint.
    pub async fn create_webhook_field(
        &self,
        kind: WebhookKind,
        webhook_id: i64,
        field: NewWebhookField,
    ) -> Result<i64, Error> {
        self.create_child(kind, webhook_id, FIELDS, field.into_row(webhook_id, "fieldID")).await
    }

    /// Takes a field from a webhook, by the id of its row.
    pub async fn delete_webhook_field(&self, kind: WebhookKind, webhook_id: i64, row_id: i64) -> Result<(), Error> {
        self.delete_child(kind, webhook_id, FIELDS, row_id).await
    }

    /// The user-defined fields that a webhook watches or sends along.
    pub async fn webhook_udf_fields(&self, kind: WebhookKind, webhook_id: i64) -> Result<Vec<WebhookUdfField>, Error> {
        self.children(kind, webhook_id, UDF_FIELDS).await
    }

    /// Adds a user-defined field to a webhook and returns the id of its row.
    pub async fn create_webhook_udf_field(
        &self,
        kind: WebhookKind,
        webhook_id: i64,
        field: NewWebhookField,
    ) -> Result<i64, Error> {
        self.create_child(kind, webhook_id, UDF_FIELDS, field.into_row(webhook_id, "udfFieldID")).await
    }

    /// Takes a user-defined field from a webhook, by the id of its row.
    pub async fn delete_webhook_udf_field(&self, kind: WebhookKind, webhook_id: i64, row_id: i64) -> Result<(), Error> {
        self.delete_child(kind, webhook_id, UDF_FIELDS, row_id).await
    }

    /// The resources whose changes a webhook does not tell.
    pub async fn webhook_excluded_resources(
        &self,
        kind: WebhookKind,
        webhook_id: i64,
    ) -> Result<Vec<WebhookExcludedResource>, Error> {
        self.children(kind, webhook_id, EXCLUDED_RESOURCES).await
    }

    /// Lets a webhook not tell what a resource changes (our own API user, above all). Returns the id of its row.
    pub async fn create_webhook_excluded_resource(
        &self,
        kind: WebhookKind,
        webhook_id: i64,
        resource_id: i64,
    ) -> Result<i64, Error> {
        let row = json!({"webhookID": webhook_id, "resourceID": resource_id});
        self.create_child(kind, webhook_id, EXCLUDED_RESOURCES, row).await
    }

    /// Lets a webhook tell of a resource again, by the id of its row.
    pub async fn delete_webhook_excluded_resource(
        &self,
        kind: WebhookKind,
        webhook_id: i64,
        row_id: i64,
    ) -> Result<(), Error> {
        self.delete_child(kind, webhook_id, EXCLUDED_RESOURCES, row_id).await
    }

    /// The fields that webhooks can watch: label is the field's name, value the number for [`NewWebhookField`].
    pub async fn webhook_field_names(&self, kind: WebhookKind) -> Result<Picklist, Error> {
        self.names_at(kind.fields_path(), "fieldID").await
    }

    /// The user-defined fields that webhooks can watch, as [`Self::webhook_field_names`]; none for notes.
    pub async fn webhook_udf_field_names(&self, kind: WebhookKind) -> Result<Picklist, Error> {
        match kind.udf_fields_path() {
            Some(path) => self.names_at(path, "udfFieldID").await,
            None => Ok(Picklist::default()),
        }
    }

    /// Takes an event that was given up out of the log.
    pub async fn delete_webhook_event_error_log(&self, id: i64) -> Result<(), Error> {
        let endpoint = WebhookEventErrorLog::PATH;
        self.delete_at(endpoint, &format!("{endpoint}/{id}")).await
    }

    /// Should Autotask quote what was sent in its refusal, the secret key is taken out.
    async fn write_webhook(
        &self,
        kind: WebhookKind,
        method: Method,
        row: Value,
        secret: Option<&SecretString>,
    ) -> Result<i64, Error> {
        let answer = self.send(kind.path(), method, kind.path(), Some(row)).await?;
        self.read_item_id(&answer.judge(kind.path(), |text| self.redact(text, secret))?)
    }

    async fn children<T: From<Fields>>(&self, kind: WebhookKind, id: i64, child: &str) -> Result<Vec<T>, Error> {
        let path = format!("{}/{id}/{child}", kind.path());
        let answer = self.call(kind.path(), Method::GET, &path, None, &path).await?;
        Ok(self.read_page(answer, ROWS_PER_PAGE_MAX.into())?.items)
    }

    async fn create_child(&self, kind: WebhookKind, id: i64, child: &str, row: Value) -> Result<i64, Error> {
        self.write(kind.path(), Method::POST, &format!("{}/{id}/{child}", kind.path()), row).await
    }

    async fn delete_child(&self, kind: WebhookKind, id: i64, child: &str, row_id: i64) -> Result<(), Error> {
        self.delete_at(kind.path(), &format!("{}/{id}/{child}/{row_id}", kind.path())).await
    }

    async fn delete_at(&self, endpoint: &'static str, path: &str) -> Result<(), Error> {
        self.call(endpoint, Method::DELETE, path, None, path).await.map(drop)
    }

    async fn names_at(&self, endpoint: &'static str, field: &str) -> Result<Picklist, Error> {
        let fields = self.fields_at(endpoint, "entityInformation/fields").await?;
        picklist_of(&fields, field).ok_or_else(|| self.unreadable(&format!("{field} has no picklist")))
    }
}
