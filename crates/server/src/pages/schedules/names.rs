//! The people of schedules, as pages print them.

use super::super::shell::person;
use crate::app::App;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use watchbell_core::ids::UserId;
use watchbell_core::schedule::{Plan, Schedule, Zone};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, users};
use watchbell_ui::Person;

/// People by id.
#[derive(Debug, Default)]
pub(in super::super) struct Names {
    people: HashMap<UserId, Person>,
    zones: BTreeMap<UserId, Zone>,
}

impl Names {
    /// Of everybody that schedules name.
    pub(in super::super) async fn of_schedules<'a>(
        app: &App,
        scope: &Scope,
        schedules: impl Iterator<Item = &'a Schedule>,
    ) -> Result<Self, StoreError> {
        Self::of(app, scope, schedules.flat_map(people_of).collect()).await
    }

    /// Of these people.
    pub(in super::super) async fn of(app: &App, scope: &Scope, ids: BTreeSet<UserId>) -> Result<Self, StoreError> {
        let ids: Vec<UserId> = ids.into_iter().collect();
        let users = if ids.is_empty() { Vec::new() } else { users::get_many(&app.db, scope, &ids).await? };
        Ok(Self {
            people: users.iter().map(|user| (user.id, person(user))).collect(),
            zones: users.iter().filter_map(|user| Some((user.id, Zone::named(&user.timezone)?))).collect(),
        })
    }

    /// Their ids.
    pub(super) fn ids(&self) -> Vec<UserId> {
        self.people.keys().copied().collect()
    }

    /// Where they live.
    pub(super) fn zones(&self) -> BTreeMap<UserId, Zone> {
        self.zones.clone()
    }

    /// One of them; somebody who was deleted has their number for a name.
    pub(in super::super) fn person(&self, id: UserId) -> Person {
        self.people.get(&id).cloned().unwrap_or_else(|| Person::new(id, format!("user {id}")))
    }
}

/// Everybody that a schedule names.
pub(super) fn people_of(schedule: &Schedule) -> BTreeSet<UserId> {
    let planned = schedule.versions.iter().flat_map(|version| match &version.plan {
        Plan::Recurring { layers } => layers.iter().flat_map(|layer| layer.users.clone()).collect::<Vec<_>>(),
        Plan::Static { shifts, .. } => shifts.iter().map(|shift| shift.user).collect(),
    });
    let temporary = schedule.temporaries.iter().flat_map(|one| one.shifts.iter().map(|shift| shift.user));
    planned.chain(temporary).chain(schedule.overrides.iter().filter_map(|one| one.user)).collect()
}
