//! What levels of escalation policies name, with names: people, schedules and teams.

use super::refs::UserRel;
use crate::app::App;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use watchbell_core::escalation::Level;
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_core::schedule::Plan;
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, schedules, teams};

/// A schedule that something names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LevelSchedule)]
pub struct ScheduleOfLevel {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// STATIC or RECURRING.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

/// A team that something names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LevelTeam)]
pub struct TeamOfLevel {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The names of what levels name; who is gone has none.
#[derive(Debug, Default)]
pub struct Targets {
    /// People.
    pub users: Vec<User>,
    schedules: BTreeMap<ScheduleId, (String, &'static str)>,
    teams: BTreeMap<TeamId, String>,
}

impl Targets {
    /// Loads the names of what levels name, and of other people.
    pub async fn load<'l>(
        app: &App,
        scope: &Scope,
        levels: impl Iterator<Item = &'l Level>,
        others: impl IntoIterator<Item = UserId>,
    ) -> Result<Self, StoreError> {
        let mut people: BTreeSet<UserId> = others.into_iter().collect();
        let (mut rotas, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for level in levels {
            people.extend(level.users.iter().copied());
            rotas.extend(level.schedules.iter().copied());
            groups.extend(level.teams.iter().copied());
        }
        let users = users::get_many(&app.db, scope, &people.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self {
            users,
            schedules: named_schedules(app, scope, rotas).await?,
            teams: named_teams(app, scope, groups).await?,
        })
    }

    /// A person.
    pub fn user(&self, id: UserId) -> UserRel {
        UserRel::of(id, &self.users)
    }

    /// A schedule.
    pub fn schedule(&self, id: ScheduleId) -> ScheduleOfLevel {
        let known = self.schedules.get(&id);
        ScheduleOfLevel { id: id.0, name: known.map(|(name, _)| name.clone()), kind: known.map(|(_, kind)| *kind) }
    }

    /// A team.
    pub fn team(&self, id: TeamId) -> TeamOfLevel {
        TeamOfLevel { id: id.0, name: self.teams.get(&id).cloned() }
    }

    /// The name of a schedule.
    pub fn schedule_name(&self, id: ScheduleId) -> String {
        self.schedules.get(&id).map_or_else(|| format!("schedule {id}"), |(name, _)| name.clone())
    }

    /// The name of a team.
    pub fn team_name(&self, id: TeamId) -> String {
        self.teams.get(&id).cloned().unwrap_or_else(|| format!("team {id}"))
    }
}

async fn named_schedules(
    app: &App,
    scope: &Scope,
    ids: BTreeSet<ScheduleId>,
) -> Result<BTreeMap<ScheduleId, (String, &'static str)>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<ScheduleId> = ids.into_iter().collect();
    let found = schedules::get_many(&app.db, scope, &ids, app.clock.now()).await?;
    let kind = |plan: &Plan| match plan {
        Plan::Recurring { .. } => "RECURRING",
        Plan::Static { .. } => "STATIC",
    };
    Ok(found.into_iter().map(|schedule| (schedule.id, (schedule.name, kind(&schedule.current.plan)))).collect())
}

async fn named_teams(app: &App, scope: &Scope, ids: BTreeSet<TeamId>) -> Result<BTreeMap<TeamId, String>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = teams::get_many(&app.db, scope, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|team| (team.id, team.name)).collect())
}
