//! Notification preferences of users: the same five requests for each collection.

use super::extract::{InJson, InPath};
use super::preference_kinds::{
    AlertPreferenceIn, AlertPreferenceOut, Asked, ContactRefIn, DutyPreferenceIn, DutyPreferenceOut, PreferenceKind,
    SubscriptionPreferenceIn, SubscriptionPreferenceOut, UpdatePreferenceIn, UpdatePreferenceOut,
};
use super::refs::account_of;
use crate::app::App;
use crate::auth::{Can, Own};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ContactId, RuleId, UserId};
use watchbell_core::user::Channel;
use watchbell_store::contacts::{self, Contact};
use watchbell_store::preferences::{self, PreferenceIn};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(alerts::router())
        .merge(duties::router())
        .merge(updates::router())
        .merge(subscriptions::router())
}

async fn list<K: PreferenceKind>(app: &App, can: &Can<Own>, user: &str) -> Result<Vec<K::Out>, ApiError> {
    let user = account_of(app, can, user).await?;
    let contacts = contacts::list(&app.db, &can.scope, user).await?;
    let all = preferences::list(&app.db, &can.scope, user, K::COLLECTION).await?;
    Ok(all.iter().map(|preference| K::show(preference, &contacts)).collect())
}

async fn create<K: PreferenceKind>(app: &App, can: &Can<Own>, user: &str, body: K) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let contacts = contacts::list(&app.db, &can.scope, user).await?;
    let new = parse(body, &contacts)?;
    let made = preferences::create(&app.db, &can.scope, user, new, app.clock.now()).await?;
    Ok(K::show(&made, &contacts))
}

fn parse<K: PreferenceKind>(body: K, contacts: &[Contact]) -> Result<PreferenceIn, ApiError> {
    let Asked { method, contact, kind, delay_s } = body.parse()?;
    let contact = named_contact(method, contact.as_ref(), contacts)?;
    Ok(PreferenceIn { collection: K::COLLECTION, method, contact, kind, delay_s })
}

/// ilert's PUSH names no contact: then it is the user's topic, the primary one of several.
fn named_contact(method: Channel, named: Option<&ContactRefIn>, contacts: &[Contact]) -> Result<ContactId, ApiError> {
    let stored = if method == Channel::Voice { Channel::Sms } else { method };
    let mut fitting = contacts.iter().filter(|contact| contact.channel == stored);
    let found = match named {
        Some(ContactRefIn { id: Some(id), .. }) => return Ok(ContactId(*id)),
        Some(ContactRefIn { target: Some(target), .. }) => {
            fitting.find(|contact| contact.target.eq_ignore_ascii_case(target.trim()))
        }
        _ if method == Channel::Ntfy => fitting.clone().find(|contact| contact.primary).or_else(|| fitting.next()),
        _ => None,
    };
    found.map(|contact| contact.id).ok_or_else(|| {
        ApiError::field(
            "contact",
            match method {
                Channel::Ntfy => "the user has no topic to push to: add one below contacts/ntfy",
                _ => "must name a contact of the user by its id",
            },
        )
    })
}

async fn find<K: PreferenceKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<K::Out, ApiError> {
    let user = account_of(app, can, user).await?;
    let preference = preferences::get(&app.db, &can.scope, user, K::COLLECTION, RuleId(id)).await?;
    Ok(K::show(&preference, &contacts::list(&app.db, &can.scope, user).await?))
}

async fn update<K: PreferenceKind>(
    app: &App,
    can: &Can<Own>,
    user: &str,
    id: i64,
    body: K,
) -> Result<K::Out, ApiError> {
    let user: UserId = account_of(app, can, user).await?;
    let contacts = contacts::list(&app.db, &can.scope, user).await?;
    let new = parse(body, &contacts)?;
    let changed = preferences::update(&app.db, &can.scope, user, RuleId(id), new, app.clock.now()).await?;
    Ok(K::show(&changed, &contacts))
}

async fn delete<K: PreferenceKind>(app: &App, can: &Can<Own>, user: &str, id: i64) -> Result<(), ApiError> {
    let user = account_of(app, can, user).await?;
    Ok(preferences::delete(&app.db, &can.scope, user, K::COLLECTION, RuleId(id), app.clock.now()).await?)
}

macro_rules! preference_routes {
    ($($module:ident: $kind:ident -> $out:ident, $list:tt, $item:tt;)*) => {$(
        mod $module {
            use super::*;

            pub(super) fn router() -> OpenApiRouter<App> {
                OpenApiRouter::default()
                    .routes(routes!(list_preferences, create_preference))
                    .routes(routes!(get_preference, update_preference, delete_preference))
            }

            /// List notification preferences of a user.
            #[utoipa::path(get, path = $list, tag = "Notification Preferences", params(("user-id" = String, Path)), responses((status = 200, body = Vec<$out>)))]
            async fn list_preferences(State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>) -> ApiResult<Vec<$out>> {
                list::<$kind>(&app, &can, &user).await.map(Json)
            }

            /// Add a notification preference to a user.
            #[utoipa::path(post, path = $list, tag = "Notification Preferences", params(("user-id" = String, Path)), request_body = $kind, responses((status = 201, body = $out)))]
            async fn create_preference(
                State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>, InJson(body): InJson<$kind>,
            ) -> Result<(StatusCode, Json<$out>), ApiError> {
                create(&app, &can, &user, body).await.map(|out| (StatusCode::CREATED, Json(out)))
            }

            /// Get a notification preference.
            #[utoipa::path(get, path = $item, tag = "Notification Preferences", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = $out)))]
            async fn get_preference(State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>) -> ApiResult<$out> {
                find::<$kind>(&app, &can, &user, id).await.map(Json)
            }

            /// Change a notification preference.
            #[utoipa::path(put, path = $item, tag = "Notification Preferences", params(("user-id" = String, Path), ("id" = i64, Path)), request_body = $kind, responses((status = 200, body = $out)))]
            async fn update_preference(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>, InJson(body): InJson<$kind>,
            ) -> ApiResult<$out> {
                update(&app, &can, &user, id, body).await.map(Json)
            }

            /// Delete a notification preference.
            #[utoipa::path(delete, path = $item, tag = "Notification Preferences", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 204)))]
            async fn delete_preference(
                State(app): State<App>, can: Can<Own>, InPath((user, id)): InPath<(String, i64)>,
            ) -> Result<StatusCode, ApiError> {
                delete::<$kind>(&app, &can, &user, id).await.map(|()| StatusCode::NO_CONTENT)
            }
        }
    )*};
}

preference_routes! {
    alerts: AlertPreferenceIn -> AlertPreferenceOut,
        "/users/{user-id}/notification-preferences/alerts", "/users/{user-id}/notification-preferences/alerts/{id}";
    duties: DutyPreferenceIn -> DutyPreferenceOut,
        "/users/{user-id}/notification-preferences/duties", "/users/{user-id}/notification-preferences/duties/{id}";
    updates: UpdatePreferenceIn -> UpdatePreferenceOut,
        "/users/{user-id}/notification-preferences/updates", "/users/{user-id}/notification-preferences/updates/{id}";
    subscriptions: SubscriptionPreferenceIn -> SubscriptionPreferenceOut,
        "/users/{user-id}/notification-preferences/subscriptions", "/users/{user-id}/notification-preferences/subscriptions/{id}";
}
