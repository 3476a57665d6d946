//! Contacts of users: the same ten requests for each kind. What an administrator enters is vouched for; what people enter for
//! themselves has to be verified by a code before it is used.

use super::contact_kinds::{ContactKind, EmailIn, EmailOut, NtfyIn, NtfyOut, PhoneIn, PhoneOut, WebhookIn, WebhookOut};
use super::extract::{InJson, InPath};
use super::refs::account_of;
use crate::app::App;
use crate::auth::{Can, May, Own};
use crate::contact_proof::{self, Unproven};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_store::StoreError;
use watchbell_store::contact_tests::{self, ContactTest};
use watchbell_store::contacts::{self, Contact, ContactIn};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(emails::router())
        .merge(phone_numbers::router())
        .merge(ntfy::router())
        .merge(webhooks::router())
}

/// A target to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactSearch)]
struct SearchIn {
    target: String,
}

async fn list<K: ContactKind>(app: &App, can: &Can<Own>, user: &str) -> Result<Vec<K::Out>, ApiError> {
    let user = account_of(app, can, user).await?;
    let contacts = contacts::list(&app.db, &can.scope, user).await?;
    Ok(contacts.into_iter().filter(|contact| contact.channel == K::CHANNEL).map(K::Out::from).collect())
}

async fn create<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, body: K) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let (new, shown_once) = body.parse(app, true)?;
    let new = ContactIn { vouched: can.may(May::Administer), ..new };
    let mut out = contacts::create(&app.db, &can.scope, user, new, app.clock.now()).await?.into();
    if let Some(secret) = shown_once {
        K::show_once(&mut out, secret);
    }
    Ok(out)
}

/// A contact of this kind; one of another kind is not found here.
async fn find<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<(UserId, Contact), ApiError> {
    let user = account_of(app, can, user).await?;
    let contact = contacts::get(&app.db, &can.scope, user, ContactId(id)).await?;
    match contact.channel == K::CHANNEL {
        true => Ok((user, contact)),
        false => Err(StoreError::not_found("contact", id).into()),
    }
}

async fn update<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64, body: K) -> Result<K::Out, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    let (new, _) = body.parse(app, false)?;
    let new = ContactIn { vouched: can.may(May::Administer), ..new };
    Ok(contacts::update(&app.db, &can.scope, user, contact.id, new, app.clock.now()).await?.into())
}

async fn delete<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<(), ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    Ok(contacts::delete(&app.db, &can.scope, user, contact.id, app.clock.now()).await?)
}

async fn search<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, body: K) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let found = contacts::find_by_target(&app.db, &can.scope, user, K::CHANNEL, &body.target()?).await?;
    found.map(K::Out::from).ok_or_else(|| ApiError::not_found("The user has no contact with this target."))
}

/// A code on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactCode)]
#[serde(rename_all = "camelCase")]
struct CodeOut {
    /// Until when it counts.
    expires_at: Timestamp,
}

/// The code that arrived.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ContactCodePost)]
struct CodeIn {
    code: String,
}

/// The latest test of a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactTest)]
#[serde(rename_all = "camelCase")]
struct TestOut {
    /// Of the message.
    id: i64,
    /// PLANNED, SENDING, SENT, FAILED or CANCELLED; DELIVERED when its owner said that it rang.
    state: &'static str,
    /// What the other side said.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    due_at: Timestamp,
    tries: i64,
}

async fn send_code<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<CodeOut, ApiError> {
    let (_, contact) = find::<K>(app, can, user, id).await?;
    let expires_at = contact_proof::send_code(app, &can.scope, &contact, contact.channel).await.map_err(unproven)?;
    Ok(CodeOut { expires_at })
}

async fn verify<K: ContactKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    body: CodeIn,
) -> Result<K::Out, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    contact_proof::verify(app, &can.scope, &contact, &body.code).await.map_err(unproven)?;
    Ok(contacts::get(&app.db, &can.scope, user, contact.id).await?.into())
}

fn unproven(why: Unproven) -> ApiError {
    match why {
        Unproven::TooManyCodes | Unproven::TooManyTests | Unproven::TooManyGuesses => {
            ApiError::too_many(why.to_string())
        }
        Unproven::NotSent(_) => ApiError::conflict(format!("The code could not be sent: {why}")),
        Unproven::WrongCode => ApiError::field("code", why),
        Unproven::Failed(error) => error,
    }
}

async fn test<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<TestOut, ApiError> {
    let (_, contact) = find::<K>(app, can, user, id).await?;
    contact_proof::test(app, &can.scope, &contact).await.map_err(unproven)?;
    latest_test::<K>(app, can, user, id).await
}

async fn latest_test<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<TestOut, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    let all = contact_tests::of_user(&app.db, &can.scope, user).await?.latest;
    let latest = all.into_iter().find(|test| test.contact == contact.id);
    let latest = latest.ok_or_else(|| ApiError::not_found("No test was sent to this contact yet."))?;
    let ContactTest { notification, state, reason, due_at, tries, .. } = latest;
    Ok(TestOut { id: notification.0, state: state.as_str(), reason, due_at, tries })
}

macro_rules! contact_routes {
    ($($module:ident: $kind:ident -> $out:ident, $list:tt, $item:tt, $search:tt, $code:tt, $verify:tt, $test:tt;)*) => {$(
        mod $module {
            use super::*;

            pub(super) fn router() -> OpenApiRouter<App> {
                OpenApiRouter::default()
                    .routes(routes!(list_contacts, create_contact))
                    .routes(routes!(search_contact))
                    .routes(routes!(get_contact, update_contact, delete_contact))
                    .routes(routes!(send_contact_code))
                    .routes(routes!(verify_contact))
                    .routes(routes!(test_contact, get_contact_test))
            }

            /// List contacts of a user.
            #[utoipa::path(get, path = $list, tag = "Contacts", params(("user-id" = String, Path)), responses((status = 200, body = Vec<$out>)))]
            async fn list_contacts(State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>) -> ApiResult<Vec<$out>> {
                list::<$kind>(&app, &can, &user).await.map(Json)
            }

            /// Add a contact to a user.
            #[utoipa::path(post, path = $list, tag = "Contacts", params(("user-id" = String, Path)), request_body = $kind, responses((status = 201, body = $out)))]
            async fn create_contact(
                State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>, InJson(body): InJson<$kind>,
            ) -> Result<(StatusCode, Json<$out>), ApiError> {
                create(&app, &can, &user, body).await.map(|out| (StatusCode::CREATED, Json(out)))
            }

            /// Find the contact with a target.
            #[utoipa::path(post, path = $search, tag = "Contacts", params(("user-id" = String, Path)), request_body = SearchIn, responses((status = 200, body = $out)))]
            async fn search_contact(
                State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>, InJson(body): InJson<SearchIn>,
            ) -> ApiResult<$out> {
                search(&app, &can, &user, $kind::looking_for(body.target)).await.map(Json)
            }

            /// Get a contact.
            #[utoipa::path(get, path = $item, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = $out)))]
            async fn get_contact(State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>) -> ApiResult<$out> {
                Ok(Json(find::<$kind>(&app, &can, &user, id).await?.1.into()))
            }

            /// Change a contact.
            #[utoipa::path(put, path = $item, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), request_body = $kind, responses((status = 200, body = $out)))]
            async fn update_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InJson(body): InJson<$kind>,
            ) -> ApiResult<$out> {
                update(&app, &can, &user, id, body).await.map(Json)
            }

            /// Delete a contact with the preferences that use it.
            #[utoipa::path(delete, path = $item, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 204)))]
            async fn delete_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>,
            ) -> Result<StatusCode, ApiError> {
                delete::<$kind>(&app, &can, &user, id).await.map(|()| StatusCode::NO_CONTENT)
            }

            /// Send a code to a contact, to prove that messages arrive there. 409 when it cannot be sent.
            #[utoipa::path(post, path = $code, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 202, body = CodeOut)))]
            async fn send_contact_code(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>,
            ) -> Result<(StatusCode, Json<CodeOut>), ApiError> {
                send_code::<$kind>(&app, &can, &user, id).await.map(|out| (StatusCode::ACCEPTED, Json(out)))
            }

            /// Verify a contact by the code that arrived there.
            #[utoipa::path(post, path = $verify, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), request_body = CodeIn, responses((status = 200, body = $out)))]
            async fn verify_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InJson(body): InJson<CodeIn>,
            ) -> ApiResult<$out> {
                verify::<$kind>(&app, &can, &user, id, body).await.map(Json)
            }

            /// Send a test message to a contact, the way that pages go.
            #[utoipa::path(post, path = $test, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 202, body = TestOut)))]
            async fn test_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>,
            ) -> Result<(StatusCode, Json<TestOut>), ApiError> {
                test::<$kind>(&app, &can, &user, id).await.map(|out| (StatusCode::ACCEPTED, Json(out)))
            }

            /// Get what became of the latest test of a contact.
            #[utoipa::path(get, path = $test, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = TestOut)))]
            async fn get_contact_test(State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>) -> ApiResult<TestOut> {
                latest_test::<$kind>(&app, &can, &user, id).await.map(Json)
            }
        }
    )*};
}

contact_routes! {
    emails: EmailIn -> EmailOut, "/users/{user-id}/contacts/emails", "/users/{user-id}/contacts/emails/{id}",
        "/users/{user-id}/contacts/emails/search-target", "/users/{user-id}/contacts/emails/{id}/send-code",
        "/users/{user-id}/contacts/emails/{id}/verify", "/users/{user-id}/contacts/emails/{id}/test";
    phone_numbers: PhoneIn -> PhoneOut, "/users/{user-id}/contacts/phone-numbers", "/users/{user-id}/contacts/phone-numbers/{id}",
        "/users/{user-id}/contacts/phone-numbers/search-target", "/users/{user-id}/contacts/phone-numbers/{id}/send-code",
        "/users/{user-id}/contacts/phone-numbers/{id}/verify", "/users/{user-id}/contacts/phone-numbers/{id}/test";
    ntfy: NtfyIn -> NtfyOut, "/users/{user-id}/contacts/ntfy", "/users/{user-id}/contacts/ntfy/{id}",
        "/users/{user-id}/contacts/ntfy/search-target", "/users/{user-id}/contacts/ntfy/{id}/send-code",
        "/users/{user-id}/contacts/ntfy/{id}/verify", "/users/{user-id}/contacts/ntfy/{id}/test";
    webhooks: WebhookIn -> WebhookOut, "/users/{user-id}/contacts/webhooks", "/users/{user-id}/contacts/webhooks/{id}",
        "/users/{user-id}/contacts/webhooks/search-target", "/users/{user-id}/contacts/webhooks/{id}/send-code",
        "/users/{user-id}/contacts/webhooks/{id}/verify", "/users/{user-id}/contacts/webhooks/{id}/test";
}
