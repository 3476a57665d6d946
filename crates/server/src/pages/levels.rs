//! The levels of escalation policies as pages show them: whom they name, and who is behind that right now.

use super::shell::person;
use crate::api::targets::Targets;
use crate::app::App;
use jiff::Timestamp;
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{Level, Roster, Target};
use watchbell_core::ids::UserId;
use watchbell_core::schedule::Duty;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, rosters};
use watchbell_ui::Person;
use watchbell_ui::pages::escalation::{GroupView, LevelState, LevelView};

/// Who is behind levels right now, with names.
#[derive(Debug)]
pub(super) struct Behind {
    roster: Roster,
    targets: Targets,
    now: Timestamp,
}

impl Behind {
    /// Loads what levels name.
    pub(super) async fn load(app: &App, scope: &Scope, levels: &[&Level]) -> Result<Self, StoreError> {
        let now = app.clock.now();
        let roster = rosters::load(&app.db, scope, levels, &[], now).await?;
        let people: Vec<UserId> = roster.recipients.keys().copied().collect();
        Ok(Self { targets: Targets::load(app, scope, levels.iter().copied(), people).await?, roster, now })
    }

    /// A person; one who is gone has a number.
    pub(super) fn person(&self, id: UserId) -> Person {
        let known = self.targets.users.iter().find(|user| user.id == id);
        known.map_or_else(|| Person::new(id, format!("user {id}")), person)
    }

    fn can_be_paged(&self, id: UserId, priority: Priority) -> bool {
        let recipient = self.roster.recipients.get(&id);
        recipient.is_some_and(|recipient| {
            !recipient.silence.is_muted(self.now) && recipient.rules.iter().any(|rule| rule.priority == priority)
        })
    }

    /// Whether an alert that pages would reach somebody of a level now, or somebody watches by other means.
    fn is_covered(&self, level: &Level) -> bool {
        let behind = self.roster.resolve_level(level);
        !behind.attended.is_empty() || behind.people.iter().any(|id| self.can_be_paged(*id, Priority::High))
    }

    /// The first level that would fall through now, from 1.
    pub(super) fn first_empty(&self, levels: &[Level]) -> Option<usize> {
        levels.iter().position(|level| !self.is_covered(level)).map(|at| at + 1)
    }

    /// See [`Roster::is_browser_only`].
    pub(super) fn is_browser_only(&self, levels: &[Level]) -> bool {
        self.roster.is_browser_only(levels)
    }

    /// A level as the picture shows it.
    pub(super) fn view(&self, level: &Level, priority: Priority, state: LevelState) -> LevelView {
        let behind = self.roster.resolve_level(level);
        let unreachable = behind.people.iter().filter(|id| !self.can_be_paged(**id, priority));
        LevelView {
            people: level.users.iter().map(|id| self.person(*id)).collect(),
            groups: level.targets().into_iter().filter_map(|target| self.group(target)).collect(),
            unreachable: unreachable.map(|id| self.person(*id)).collect(),
            timeout_s: level.timeout_s,
            accepts_needed: level.accepts_needed,
            takes_turns: level.round_robin,
            state,
        }
    }

    fn group(&self, target: Target) -> Option<GroupView> {
        let (name, is_schedule) = match target {
            Target::User(_) => return None,
            Target::Schedule(id) => (self.targets.schedule_name(id), true),
            Target::Team(id) => (self.targets.team_name(id), false),
        };
        let behind = self.roster.resolve(&[target]);
        let people = behind.people.iter().map(|id| self.person(*id)).collect();
        Some(GroupView { name, is_schedule, people, attended: behind.attended.into_iter().next().map(|(_, why)| why) })
    }

    /// A level in a few words: "Ann Lee, Night rota (Bob Ray)".
    pub(super) fn names(&self, level: &Level) -> String {
        let direct = level.users.iter().map(|id| self.person(*id).name);
        let groups = level.targets().into_iter().filter_map(|target| self.group(target)).map(|group| {
            let people: Vec<String> = group.people.into_iter().map(|person| person.name).collect();
            match (people.is_empty(), group.attended) {
                (_, Some(_)) => format!("{} (not paged by rule)", group.name),
                (true, None) => format!("{} (nobody)", group.name),
                (false, None) => format!("{} ({})", group.name, people.join(", ")),
            }
        });
        let names: Vec<String> = direct.chain(groups).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    }

    /// Whether nobody is on call in any of a level's schedules now, which is no fault of its people.
    pub(super) fn has_gap(&self, level: &Level) -> bool {
        level.schedules.iter().any(|id| self.roster.on_duty.get(id).is_none_or(|on_duty| on_duty.duty == Duty::Nobody))
    }
}
