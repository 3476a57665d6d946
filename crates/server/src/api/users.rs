//! Users.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use super::refs::user_of;
use crate::app::App;
use crate::auth::{Administer, Can, May, Own, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::UserId;
use watchbell_core::limits::MUTE_DAYS_MAX;
use watchbell_core::silence;
use watchbell_core::user::Role;
use watchbell_store::users::{self, User};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_users, create_user))
        .routes(routes!(search_user))
        .routes(routes!(get_current_user, update_current_user))
        .routes(routes!(get_user, update_user, delete_user))
}

/// A person with an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
#[serde(rename_all = "camelCase")]
pub struct UserOut {
    id: i64,
    /// The e-mail address again: users log in with it.
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shift_color: Option<String>,
    /// No pages from then; at once where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<Timestamp>,
    /// When quiet alerts wait, in the user's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<QuietHoursShape>,
    /// Whether they are told that somebody has what they were paged for, or that it is over.
    told_of_answers: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<User> for UserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            username: user.email.clone(),
            first_name: user.first_name,
            last_name: user.last_name,
            email: user.email,
            timezone: user.timezone,
            position: user.position,
            department: user.department,
            language: user.language,
            region: user.region,
            role: user.role.as_str().to_owned(),
            shift_color: user.shift_color,
            muted_from: user.muted_from,
            muted_until: user.muted_until,
            quiet_hours: user.quiet_min.map(QuietHoursShape::of),
            told_of_answers: user.told_of_answers,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// What a user is made of.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UserPost)]
#[serde(rename_all = "camelCase")]
pub struct UserIn {
    first_name: String,
    last_name: String,
    email: String,
    timezone: Option<String>,
    position: Option<String>,
    department: Option<String>,
    language: Option<String>,
    region: Option<String>,
    role: Option<String>,
    shift_color: Option<String>,
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<Timestamp>)]
    muted_until: Option<Option<String>>,
    /// No pages from then on; at once where it is null.
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<Timestamp>)]
    muted_from: Option<Option<String>>,
    #[serde(default, deserialize_with = "parse::nullable")]
    #[schema(value_type = Option<QuietHoursShape>)]
    quiet_hours: Option<Option<QuietHoursShape>>,
    told_of_answers: Option<bool>,
}

/// A part of the day; one that ends before it begins goes over midnight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = QuietHours)]
pub struct QuietHoursShape {
    #[schema(example = "22:00")]
    from: String,
    #[schema(example = "07:00")]
    until: String,
}

impl QuietHoursShape {
    fn of((from, until): (i64, i64)) -> Self {
        Self { from: silence::words_of(from), until: silence::words_of(until) }
    }

    fn parse(self) -> Result<(i64, i64), ApiError> {
        let minute = |field: &str, text: &str| {
            silence::minute_of(text).ok_or_else(|| ApiError::field(field, "must be a time of day such as 22:00"))
        };
        let (from, until) = (minute("quietHours.from", &self.from)?, minute("quietHours.until", &self.until)?);
        match from == until {
            true => Err(ApiError::field("quietHours.until", "must not be the time at which they begin")),
            false => Ok((from, until)),
        }
    }
}

/// A time that may be left out (then it stays), or be null.
fn time_or_kept(
    field: &str,
    given: Option<Option<String>>,
    kept: Option<Timestamp>,
) -> Result<Option<Timestamp>, ApiError> {
    given.map_or(Ok(kept), |given| given.map(|text| parse::time(field, &text)).transpose())
}

const ROLES: [(&str, Role); 5] = [
    (Role::Stakeholder.as_str(), Role::Stakeholder),
    (Role::Guest.as_str(), Role::Guest),
    (Role::Responder.as_str(), Role::Responder),
    (Role::User.as_str(), Role::User),
    (Role::Admin.as_str(), Role::Admin),
];

/// Whoever is muted for longer is not paged at all, and nobody remembers why. Errors: 400.
pub(crate) fn checked_mute(field: &str, until: Timestamp, now: Timestamp) -> Result<Timestamp, ApiError> {
    match until.duration_since(now) <= SignedDuration::from_hours(24 * MUTE_DAYS_MAX) {
        true => Ok(until),
        false => Err(ApiError::field(field, format!("must lie at most {MUTE_DAYS_MAX} days ahead"))),
    }
}

impl UserIn {
    /// The user; what has a default and is left out stays as it is in `base`.
    fn parse(self, base: users::UserIn, now: Timestamp) -> Result<users::UserIn, ApiError> {
        let text = |field, text: Option<String>| parse::optional_text(field, text);
        let or = |given: Option<String>, kept: String, parsed: fn(&str) -> Result<String, ApiError>| match given {
            Some(given) => parsed(&given),
            None => Ok(kept),
        };
        let muted_from = time_or_kept("mutedFrom", self.muted_from, base.muted_from)?;
        let muted_until = time_or_kept("mutedUntil", self.muted_until, base.muted_until)?;
        if muted_from.zip(muted_until).is_some_and(|(from, until)| from >= until) {
            return Err(ApiError::field("mutedUntil", "must come after mutedFrom"));
        }
        if muted_until != base.muted_until {
            muted_until.map(|until| checked_mute("mutedUntil", until, now)).transpose()?;
        }
        Ok(users::UserIn {
            email: parse::email("email", &self.email)?,
            first_name: parse::name("firstName", &self.first_name)?,
            last_name: parse::name("lastName", &self.last_name)?,
            role: self.role.map_or(Ok(base.role), |role| parse::word("role", &role, &ROLES))?,
            timezone: or(self.timezone, base.timezone, |zone| parse::timezone("timezone", zone))?,
            position: text("position", self.position)?,
            department: text("department", self.department)?,
            language: or(self.language, base.language, |code| {
                parse::code("language", code, 2).map(|code| code.to_lowercase())
            })?,
            region: text("region", self.region)?
                .map(|code| parse::code("region", &code, 2).map(|code| code.to_uppercase()))
                .transpose()?,
            shift_color: text("shiftColor", self.shift_color)?
                .map(|color| parse::color("shiftColor", &color))
                .transpose()?,
            muted_from,
            muted_until,
            quiet_min: match self.quiet_hours {
                None => base.quiet_min,
                Some(hours) => hours.map(QuietHoursShape::parse).transpose()?,
            },
            told_of_answers: self.told_of_answers.unwrap_or(base.told_of_answers),
        })
    }
}

/// List users.
#[utoipa::path(get, path = "/users", tag = "Users", params(PageOf100), responses((status = 200, body = Vec<UserOut>)))]
async fn list_users(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<UserOut>> {
    let users = users::list(&app.db, &can.scope, page.page()?).await?;
    Ok(Json(users.into_iter().map(UserOut::from).collect()))
}

/// How a new user hears of the account.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InvitationQuery {
    /// Accepted for ilert's clients: no invitation is sent either way.
    #[serde(default, rename = "send-no-invitation")]
    #[param(default = false)]
    #[expect(dead_code, reason = "accepted, and without effect")]
    send_no_invitation: Option<bool>,
}

/// Create a user, with a verified e-mail contact and rules that page it at once.
#[utoipa::path(post, path = "/users", tag = "Users", params(InvitationQuery), request_body = UserIn, responses((status = 201, body = UserOut)))]
async fn create_user(
    State(app): State<App>,
    can: Can<Administer>,
    InQuery(_query): InQuery<InvitationQuery>,
    InJson(body): InJson<UserIn>,
) -> Result<(StatusCode, Json<UserOut>), ApiError> {
    let new = body.parse(users::UserIn::new("", "", "", Role::User), app.clock.now())?;
    let user = users::create(&app.db, &can.scope, new, None, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// An e-mail address to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UserSearch)]
struct SearchIn {
    email: String,
}

/// Find the user with an e-mail address.
#[utoipa::path(post, path = "/users/search-email", tag = "Users", request_body = SearchIn, responses((status = 200, body = UserOut)))]
async fn search_user(State(app): State<App>, can: Can<Read>, InJson(body): InJson<SearchIn>) -> ApiResult<UserOut> {
    let user = users::find_by_email(&app.db, &can.scope, &body.email).await?;
    user.map(|user| Json(user.into())).ok_or_else(|| ApiError::not_found("There is no user with this e-mail address."))
}

/// Get the user who asks.
#[utoipa::path(get, path = "/users/current", tag = "Users", responses((status = 200, body = UserOut)))]
async fn get_current_user(State(app): State<App>, can: Can<Own>) -> ApiResult<UserOut> {
    let user = users::get(&app.db, &can.scope, can.user()?).await?;
    Ok(Json(user.into()))
}

/// Change the user who asks.
#[utoipa::path(put, path = "/users/current", tag = "Users", request_body = UserIn, responses((status = 200, body = UserOut)))]
async fn update_current_user(
    State(app): State<App>,
    can: Can<Own>,
    InJson(body): InJson<UserIn>,
) -> ApiResult<UserOut> {
    let before = users::get(&app.db, &can.scope, can.user()?).await?;
    let new = body.parse(before.clone().into(), app.clock.now())?;
    if new.role != before.role && !can.may(May::Administer) {
        return Err(ApiError::forbidden("Nobody gives themselves another role."));
    }
    let user = users::update(&app.db, &can.scope, before.id, new, app.clock.now()).await?;
    Ok(Json(user.into()))
}

/// Get a user by id or user name.
#[utoipa::path(get, path = "/users/{user-id}", tag = "Users", params(("user-id" = String, Path)), responses((status = 200, body = UserOut)))]
async fn get_user(State(app): State<App>, can: Can<Read>, InPath(user): InPath<String>) -> ApiResult<UserOut> {
    Ok(Json(user_of(&app, &can.scope, &user).await?.into()))
}

/// Change a user.
#[utoipa::path(put, path = "/users/{user-id}", tag = "Users", params(("user-id" = String, Path)), request_body = UserOut, responses((status = 200, body = UserOut)))]
async fn update_user(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(user): InPath<String>,
    InJson(body): InJson<UserIn>,
) -> ApiResult<UserOut> {
    let before = user_of(&app, &can.scope, &user).await?;
    let id = before.id;
    let user =
        users::update(&app.db, &can.scope, id, body.parse(before.into(), app.clock.now())?, app.clock.now()).await?;
    Ok(Json(user.into()))
}

/// Who takes the place of somebody who leaves.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReplacementQuery {
    /// The user who takes their place in schedules, escalation policies, teams and among the fallback contacts from now on: needed where
    /// somebody would be missing.
    #[serde(default)]
    replacement: Option<i64>,
}

/// Delete a user; the replacement takes their place in schedules, escalation policies and teams.
#[utoipa::path(delete, path = "/users/{user-id}", tag = "Users", params(("user-id" = String, Path), ReplacementQuery), responses((status = 204)))]
async fn delete_user(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(user): InPath<String>,
    InQuery(query): InQuery<ReplacementQuery>,
) -> Result<StatusCode, ApiError> {
    let user = user_of(&app, &can.scope, &user).await?;
    users::delete(&app.db, &can.scope, user.id, query.replacement.map(UserId), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
