//! One level of a policy: whom it names, and how they take the page.

use crate::ids::{ScheduleId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whom a level names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A person.
    User(UserId),
    /// Who is on call when the level starts.
    Schedule(ScheduleId),
    /// Everybody who is a member when the level starts.
    Team(TeamId),
}

/// One level of a policy. Who is behind a schedule or a team is seen when the level starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// How long it may stay silent, in seconds; 0 calls the next level at once after it.
    pub timeout_s: i64,
    /// People by name.
    #[serde(default)]
    pub users: Vec<UserId>,
    /// Who is on call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ScheduleId>,
    /// Everybody of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// How many people have to accept before the escalation stops.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub accepts_needed: i64,
    /// Whether one target takes the page, another one at the next alert.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub round_robin: bool,
}

fn one() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_one(count: &i64) -> bool {
    *count == 1
}

impl Level {
    /// A level of people, of whom one has to accept.
    pub fn of_users(users: Vec<UserId>, timeout_s: i64) -> Self {
        Self { timeout_s, users, schedules: Vec::new(), teams: Vec::new(), accepts_needed: 1, round_robin: false }
    }

    /// Whom it names: people, then schedules, then teams.
    pub fn targets(&self) -> Vec<Target> {
        let users = self.users.iter().map(|id| Target::User(*id));
        let schedules = self.schedules.iter().map(|id| Target::Schedule(*id));
        users.chain(schedules).chain(self.teams.iter().map(|id| Target::Team(*id))).collect()
    }

    /// Whether it names anything.
    pub fn names_nobody(&self) -> bool {
        self.users.is_empty() && self.schedules.is_empty() && self.teams.is_empty()
    }

    /// Whether it wants more accepts than the people whom it names, where it names people only.
    pub fn needs_more_than_it_names(&self) -> bool {
        let people = i64::try_from(self.users.len()).unwrap_or(i64::MAX);
        self.schedules.is_empty() && self.teams.is_empty() && self.accepts_needed > people
    }

    /// The same with somebody else in a person's place; who would be in it twice is in it once, and has to accept once.
    #[must_use]
    pub fn with_replaced(mut self, user: UserId, to: UserId) -> Self {
        replace_person(&mut self.users, user, to);
        if self.needs_more_than_it_names() {
            self.accepts_needed = i64::try_from(self.users.len()).unwrap_or(i64::MAX).max(1);
        }
        self
    }

    /// Whether it names this.
    pub fn names(&self, target: Target) -> bool {
        match target {
            Target::User(id) => self.users.contains(&id),
            Target::Schedule(id) => self.schedules.contains(&id),
            Target::Team(id) => self.teams.contains(&id),
        }
    }
}

/// Puts one person in the place of another, each once.
pub fn replace_person(users: &mut Vec<UserId>, user: UserId, to: UserId) {
    users.iter_mut().filter(|known| **known == user).for_each(|known| *known = to);
    let mut seen = BTreeSet::new();
    users.retain(|known| seen.insert(*known));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_a_place_is_named_once_and_accepts_once() {
        let [ann, bob, carl] = [1, 2, 3].map(UserId);
        let level = Level { accepts_needed: 2, ..Level::of_users(vec![bob, ann], 60) };
        let replaced = level.clone().with_replaced(ann, carl);
        assert_eq!((replaced.users, replaced.accepts_needed), (vec![bob, carl], 2));
        let replaced = level.clone().with_replaced(ann, bob);
        assert_eq!((replaced.users, replaced.accepts_needed), (vec![bob], 1));
        let with_team = Level { teams: vec![TeamId(1)], ..level }.with_replaced(ann, bob);
        assert_eq!(with_team.accepts_needed, 2, "others are behind the team");
    }
}
