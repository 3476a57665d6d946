//! Codes and tests: whether messages arrive at a contact.

use super::super::contact_kinds::ContactKind;
use super::super::parse;
use super::find;
use crate::app::App;
use crate::auth::{Can, Own};
use crate::contact_proof::{self, Unproven};
use crate::error::ApiError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::user::Channel;
use watchbell_store::contact_tests::{self, ContactTest};
use watchbell_store::contacts::{self, Contact};

/// A code on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactCode)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeOut {
    /// Until when it counts.
    expires_at: Timestamp,
}

/// The code that arrived.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactCodePost)]
pub(super) struct CodeIn {
    code: String,
}

/// The latest test of a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactTest)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestOut {
    /// Of the message.
    id: i64,
    /// Over what it went: a phone number takes SMS, VOICE and WHATSAPP.
    method: &'static str,
    /// PLANNED, SENDING, SENT, FAILED or CANCELLED; DELIVERED when a carrier reported that it arrived, or its owner said that it rang.
    state: &'static str,
    /// What the other side said.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    due_at: Timestamp,
    tries: i64,
}

/// Over which channel of a contact; its own where none is said.
#[derive(Debug, Deserialize)]
pub(super) struct OverIn {
    pub(super) method: Option<String>,
}

impl OverIn {
    /// Errors: 400 for a word that is no channel. Whether the contact takes it is for what is sent to say.
    pub(super) fn named(&self) -> Result<Option<Channel>, ApiError> {
        let all: Vec<(&str, Channel)> = Channel::ALL.iter().map(|channel| (channel.as_str(), *channel)).collect();
        self.method.as_deref().map(|method| parse::word("method", method, &all)).transpose()
    }

    fn channel(&self, contact: &Contact) -> Result<Channel, ApiError> {
        Ok(self.named()?.unwrap_or(contact.channel))
    }
}

pub(super) async fn send_code<K: ContactKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    over: &OverIn,
) -> Result<CodeOut, ApiError> {
    let (_, contact) = find::<K>(app, can, user, id).await?;
    let over = over.channel(&contact)?;
    let expires_at = contact_proof::send_code(app, &can.scope, &contact, over).await.map_err(Unproven::into_error)?;
    Ok(CodeOut { expires_at })
}

pub(super) async fn verify<K: ContactKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    body: CodeIn,
) -> Result<K::Out, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    contact_proof::verify(app, &can.scope, &contact, &body.code).await.map_err(Unproven::into_error)?;
    Ok(contacts::get(&app.db, &can.scope, user, contact.id).await?.into())
}

pub(super) async fn test<K: ContactKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    over: &OverIn,
) -> Result<TestOut, ApiError> {
    let (_, contact) = find::<K>(app, can, user, id).await?;
    let over = over.channel(&contact)?;
    contact_proof::test(app, &can.scope, &contact, over).await.map_err(Unproven::into_error)?;
    latest_test::<K>(app, can, user, id, Some(over)).await
}

/// The latest test over a channel, or over any.
pub(super) async fn latest_test<K: ContactKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    over: Option<Channel>,
) -> Result<TestOut, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    let all = contact_tests::of_user(&app.db, &can.scope, user).await?;
    let is_meant = |test: &ContactTest| test.contact == contact.id && over.is_none_or(|over| over == test.channel);
    let latest = all.into_iter().rev().find(is_meant);
    let latest = latest.ok_or_else(|| ApiError::not_found("No test was sent to this contact yet."))?;
    let ContactTest { notification, channel, state, reason, due_at, tries, .. } = latest;
    Ok(TestOut { id: notification.0, method: channel.as_str(), state: state.as_str(), reason, due_at, tries })
}
