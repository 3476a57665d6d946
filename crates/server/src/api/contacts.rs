//! Contacts of users: the same ten requests for each kind. What an administrator enters is vouched for; what people enter for
//! themselves has to be verified by a code before it is used.

mod proof;
mod telegram;

use super::contact_kinds::{
    ContactEntry, ContactKind, EmailIn, EmailOut, GotifyIn, LabelledOut, NtfyIn, PhoneIn, PhoneOut, PushoverIn,
    TokenOut, UnifiedPushIn, UnifiedPushOut, WebPushIn, WebhookIn, WebhookOut,
};
use super::extract::{InJson, InPath, InQuery};
use super::refs::account_of;
use crate::app::App;
use crate::auth::{Can, May, Own};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use proof::{CodeIn, CodeOut, OverIn, TestOut, latest_test, send_code, test, verify};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_store::contacts::{self, Contact, ContactIn};
use watchbell_store::{StoreError, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(emails::router())
        .merge(phone_numbers::router())
        .merge(ntfy::router())
        .merge(webhooks::router())
        .merge(pushover::router())
        .merge(gotify::router())
        .merge(unified_push::router())
        .merge(web_push::router())
        .merge(telegram::router())
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

async fn create<K: ContactEntry>(app: &App, can: &Can<Own>, user: &str, body: K) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let (new, shown_once) = as_written_by(app, can, user, body).await?.parse(app, None)?;
    let new = ContactIn { vouched: can.may(May::Administer), ..new };
    let mut out = contacts::create(&app.db, &can.scope, user, new, app.clock.now()).await?.into();
    if let Some(secret) = shown_once {
        K::show_once(&mut out, secret);
    }
    Ok(out)
}

/// What was sent, read as it is written where the user lives.
async fn as_written_by<K: ContactEntry>(app: &App, can: &Can<Own>, user: UserId, body: K) -> Result<K, ApiError> {
    let user = users::get(&app.db, &can.scope, user).await?;
    Ok(body.in_region(user.region.as_deref()))
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

async fn update<K: ContactEntry>(app: &App, can: &Can<Own>, user: &str, id: i64, body: K) -> Result<K::Out, ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    let (new, _) = as_written_by(app, can, user, body).await?.parse(app, Some(&contact))?;
    let new = ContactIn { vouched: can.may(May::Administer), ..new };
    Ok(contacts::update(&app.db, &can.scope, user, contact.id, new, app.clock.now()).await?.into())
}

async fn delete<K: ContactKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<(), ApiError> {
    let (user, contact) = find::<K>(app, can, user, id).await?;
    Ok(contacts::delete(&app.db, &can.scope, user, contact.id, app.clock.now()).await?)
}

async fn search<K: ContactEntry>(app: &App, can: &Can<Own>, user: &str, body: K) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let body = as_written_by(app, can, user, body).await?;
    let found = contacts::find_by_target(&app.db, &can.scope, user, K::CHANNEL, &body.target()?).await?;
    found.map(K::Out::from).ok_or_else(|| ApiError::not_found("The user has no contact with this target."))
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
            #[utoipa::path(post, path = $code, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path), ("method" = Option<String>, Query, description = "For a phone number: SMS (if left out), VOICE or WHATSAPP.")), responses((status = 202, body = CodeOut)))]
            async fn send_contact_code(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InQuery(over): InQuery<OverIn>,
            ) -> Result<(StatusCode, Json<CodeOut>), ApiError> {
                send_code::<$kind>(&app, &can, &user, id, &over).await.map(|out| (StatusCode::ACCEPTED, Json(out)))
            }

            /// Verify a contact by the code that arrived there.
            #[utoipa::path(post, path = $verify, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), request_body = CodeIn, responses((status = 200, body = $out)))]
            async fn verify_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InJson(body): InJson<CodeIn>,
            ) -> ApiResult<$out> {
                verify::<$kind>(&app, &can, &user, id, body).await.map(Json)
            }

            /// Send a test message to a contact, the way that pages go. 409 for one that is not verified, or takes no text messages.
            #[utoipa::path(post, path = $test, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path), ("method" = Option<String>, Query, description = "For a phone number: SMS (if left out), VOICE or WHATSAPP.")), responses((status = 202, body = TestOut)))]
            async fn test_contact(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InQuery(over): InQuery<OverIn>,
            ) -> Result<(StatusCode, Json<TestOut>), ApiError> {
                test::<$kind>(&app, &can, &user, id, &over).await.map(|out| (StatusCode::ACCEPTED, Json(out)))
            }

            /// Get what became of the latest test of a contact.
            #[utoipa::path(get, path = $test, tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path), ("method" = Option<String>, Query, description = "For a phone number: SMS, VOICE or WHATSAPP; left out, the latest over any.")), responses((status = 200, body = TestOut)))]
            async fn get_contact_test(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InQuery(over): InQuery<OverIn>,
            ) -> ApiResult<TestOut> {
                latest_test::<$kind>(&app, &can, &user, id, over.named()?).await.map(Json)
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
    ntfy: NtfyIn -> TokenOut, "/users/{user-id}/contacts/ntfy", "/users/{user-id}/contacts/ntfy/{id}",
        "/users/{user-id}/contacts/ntfy/search-target", "/users/{user-id}/contacts/ntfy/{id}/send-code",
        "/users/{user-id}/contacts/ntfy/{id}/verify", "/users/{user-id}/contacts/ntfy/{id}/test";
    webhooks: WebhookIn -> WebhookOut, "/users/{user-id}/contacts/webhooks", "/users/{user-id}/contacts/webhooks/{id}",
        "/users/{user-id}/contacts/webhooks/search-target", "/users/{user-id}/contacts/webhooks/{id}/send-code",
        "/users/{user-id}/contacts/webhooks/{id}/verify", "/users/{user-id}/contacts/webhooks/{id}/test";
    pushover: PushoverIn -> LabelledOut, "/users/{user-id}/contacts/pushover", "/users/{user-id}/contacts/pushover/{id}",
        "/users/{user-id}/contacts/pushover/search-target", "/users/{user-id}/contacts/pushover/{id}/send-code",
        "/users/{user-id}/contacts/pushover/{id}/verify", "/users/{user-id}/contacts/pushover/{id}/test";
    gotify: GotifyIn -> TokenOut, "/users/{user-id}/contacts/gotify", "/users/{user-id}/contacts/gotify/{id}",
        "/users/{user-id}/contacts/gotify/search-target", "/users/{user-id}/contacts/gotify/{id}/send-code",
        "/users/{user-id}/contacts/gotify/{id}/verify", "/users/{user-id}/contacts/gotify/{id}/test";
    unified_push: UnifiedPushIn -> UnifiedPushOut, "/users/{user-id}/contacts/unified-push", "/users/{user-id}/contacts/unified-push/{id}",
        "/users/{user-id}/contacts/unified-push/search-target", "/users/{user-id}/contacts/unified-push/{id}/send-code",
        "/users/{user-id}/contacts/unified-push/{id}/verify", "/users/{user-id}/contacts/unified-push/{id}/test";
    web_push: WebPushIn -> LabelledOut, "/users/{user-id}/contacts/web-push", "/users/{user-id}/contacts/web-push/{id}",
        "/users/{user-id}/contacts/web-push/search-target", "/users/{user-id}/contacts/web-push/{id}/send-code",
        "/users/{user-id}/contacts/web-push/{id}/verify", "/users/{user-id}/contacts/web-push/{id}/test";
}
