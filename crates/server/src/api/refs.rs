//! Small shapes that others refer with.

use crate::app::App;
use crate::auth::Can;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::ids::UserId;
use watchbell_core::schedule::Plan;
use watchbell_store::schedules::Schedule;
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};

/// A thing by its id.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = SimpleIdField64)]
pub struct IdRef {
    /// Which.
    pub id: i64,
}

/// A person by id, with the name for show.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UserRel)]
#[serde(rename_all = "camelCase")]
pub struct UserRel {
    /// Which.
    pub id: i64,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

impl UserRel {
    /// The person, or the bare id of somebody who is gone.
    pub fn of(id: UserId, users: &[User]) -> Self {
        let user = users.iter().find(|user| user.id == id);
        Self {
            id: id.0,
            first_name: user.map(|user| user.first_name.clone()),
            last_name: user.map(|user| user.last_name.clone()),
        }
    }
}

/// A thing in full, or only so much that it can be told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Shown<Whole, Brief> {
    /// In full.
    Whole(Box<Whole>),
    /// What is known of it.
    Brief(Brief),
}

/// A team by id, with the name for show.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TeamRel)]
pub struct TeamRel {
    /// Which.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A schedule by id, with what is shown of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScheduleRel)]
pub struct ScheduleRel {
    /// Which.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// RECURRING or STATIC.
    #[serde(rename = "type")]
    pub kind: String,
}

impl ScheduleRel {
    /// A schedule as it is now.
    pub fn of(schedule: &Schedule) -> Self {
        Self { id: schedule.id.0, name: schedule.name.clone(), kind: kind_of(&schedule.current.plan).to_owned() }
    }
}

/// The type of a schedule, as ilert calls it.
pub fn kind_of(plan: &Plan) -> &'static str {
    match plan {
        Plan::Recurring { .. } => "RECURRING",
        Plan::Static { .. } => "STATIC",
    }
}

/// The user of a path's `{user-id}`: a number, or the user name, which is the e-mail address.
pub async fn user_of(app: &App, scope: &Scope, text: &str) -> Result<User, ApiError> {
    match text.parse::<UserId>() {
        Ok(id) => Ok(users::get(&app.db, scope, id).await?),
        Err(_) => users::find_by_email(&app.db, scope, text)
            .await?
            .ok_or_else(|| ApiError::not_found("There is no user with this id or e-mail address.")),
    }
}

/// The same for what belongs to a person: `current` is oneself, and others' accounts need an administrator.
pub async fn account_of<P>(app: &App, can: &Can<P>, text: &str) -> Result<UserId, ApiError> {
    match text {
        "current" => can.user(),
        _ => match text.parse::<UserId>() {
            Ok(id) => Ok(users::get(&app.db, &can.scope, can.account(id)?).await?.id),
            Err(_) => match users::find_by_email(&app.db, &can.scope, text).await? {
                Some(user) => can.account(user.id),
                // Who may not administer learns nothing of the existence of others.
                None => {
                    can.account(UserId(0)).and(Err(ApiError::not_found("There is no user with this e-mail address.")))
                }
            },
        },
    }
}
