//! What alerts mention, loaded once for all that are shown together.

use super::super::shell::person;
use crate::app::App;
use std::collections::HashMap;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::autotask::{SourceRules, guess_priority};
use watchbell_core::escalation::Policy;
use watchbell_core::ids::{AlertId, PolicyId, SourceId, UserId};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::notifications::{self, Notification};
use watchbell_store::responders::{self, Responder};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, Source};
use watchbell_store::timeline::LogEntry;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, policies, timeline};
use watchbell_ui::Person;
use watchbell_ui::components::badge::SourceLabel;

/// Log entries that are looked through for how an alert ended.
const ENTRIES_SEARCHED: i64 = 30;

/// What alerts mention.
#[derive(Debug, Default)]
pub(in super::super) struct Around {
    /// Their sources, deleted ones too.
    pub(super) sources: HashMap<SourceId, Source>,
    /// The versions of policies that they run on.
    pub(super) policies: HashMap<(PolicyId, i64), Policy>,
    /// People.
    pub(super) users: HashMap<UserId, User>,
    /// Their latest page.
    pub(super) latest: HashMap<AlertId, Notification>,
    /// Who has them or is being paged.
    pub(super) responders: Vec<Responder>,
    /// The latest log entries of those that are no longer pending.
    pub(super) logs: HashMap<AlertId, Vec<LogEntry>>,
}

impl Around {
    /// Loads what these alerts mention.
    pub(in super::super) async fn load(app: &App, scope: &Scope, alerts: &[Alert]) -> Result<Self, StoreError> {
        let ids: Vec<AlertId> = alerts.iter().map(|alert| alert.id).collect();
        let mut around = Self { responders: responders::of_alerts(&app.db, scope, &ids).await?, ..Self::default() };
        let sources = sources::get_many(&app.db, scope, &unique(alerts.iter().map(|alert| alert.source))).await?;
        around.sources = sources.into_iter().map(|source| (source.id, source)).collect();
        for key in unique(alerts.iter().map(|alert| (alert.escalation.policy, alert.escalation.version))) {
            around.policies.insert(key, policies::get_version(&app.db, scope, key.0, key.1).await?);
        }
        let latest = notifications::latest_of_alerts(&app.db, scope, ids.iter().map(|id| id.0).collect()).await?;
        around.latest = latest.into_iter().filter_map(|n| Some((n.alert?, n))).collect();
        for alert in alerts.iter().filter(|alert| is_told_by_log(alert)) {
            around.logs.insert(alert.id, timeline::list(&app.db, scope, alert.id, ENTRIES_SEARCHED).await?);
        }
        around.load_people(app, scope, alerts).await?;
        Ok(around)
    }

    async fn load_people(&mut self, app: &App, scope: &Scope, alerts: &[Alert]) -> Result<(), StoreError> {
        let targets = self
            .policies
            .values()
            .flat_map(|policy| policy.levels.iter().flat_map(|level| level.users.iter().copied()));
        let own = alerts.iter().flat_map(|alert| [alert.accepted_by, alert.escalation.direct].into_iter().flatten());
        let accepted = alerts.iter().flat_map(|alert| alert.progress.accepted_by.iter().copied());
        let notified = self.latest.values().map(|notification| notification.user);
        let logged = self.logs.values().flatten().filter_map(|entry| entry.actor.user());
        let responding = self.responders.iter().map(|responder| responder.user);
        let ids = unique(targets.chain(own).chain(accepted).chain(notified).chain(logged).chain(responding));
        self.add_people(app, scope, &ids).await
    }

    /// Adds people who are mentioned elsewhere.
    pub(super) async fn add_people(&mut self, app: &App, scope: &Scope, ids: &[UserId]) -> Result<(), StoreError> {
        let users = users::get_many(&app.db, scope, ids).await?;
        self.users.extend(users.into_iter().map(|user| (user.id, user)));
        Ok(())
    }

    /// A person as pages print them; one who is gone has a number.
    pub(super) fn person(&self, id: UserId) -> Person {
        self.users.get(&id).map_or_else(|| Person::new(id, format!("user {id}")), person)
    }

    /// Who somebody is in words.
    pub(super) fn actor(&self, actor: &Actor) -> Option<String> {
        match actor {
            Actor::User { id } => Some(self.person(*id).name),
            Actor::Outside { name } => Some(name.clone()),
            Actor::Source { .. } | Actor::System => None,
            Actor::CommandLine => Some("the command line".into()),
        }
    }

    /// The name of an alert's source.
    pub(in super::super) fn source_name(&self, alert: &Alert) -> String {
        self.sources.get(&alert.source).map_or_else(|| "a deleted source".to_owned(), |source| source.name.clone())
    }

    /// The source's own word for the urgency.
    pub(in super::super) fn label(&self, alert: &Alert) -> Option<SourceLabel> {
        let text = alert.content.priority_label.clone()?;
        let rank = self.sources.get(&alert.source).map_or(3, |source| rank_of(source, &text));
        Some(SourceLabel { text, rank })
    }

    /// Who resolved an alert, and why.
    pub(in super::super) fn resolution(&self, alert: &Alert) -> (Option<String>, Option<String>) {
        let entries = self.logs.get(&alert.id).into_iter().flatten().rev();
        let found = entries.filter_map(|entry| match &entry.entry {
            Entry::Resolved { reason } => Some((self.actor(&entry.actor), reason.clone())),
            _ => None,
        });
        found.into_iter().next().unwrap_or((None, None))
    }

    /// Who has an alert, in words.
    pub(in super::super) fn accepted_by(&self, alert: &Alert) -> String {
        let user = alert.accepted_by.map(|user| self.person(user).name);
        user.or_else(|| self.accepted_outside(alert)).unwrap_or_else(|| "somebody".into())
    }

    /// Who accepted an alert, where it was no user.
    pub(super) fn accepted_outside(&self, alert: &Alert) -> Option<String> {
        let entries = self.logs.get(&alert.id).into_iter().flatten().rev();
        entries.filter(|entry| entry.entry == Entry::Accepted).find_map(|entry| self.actor(&entry.actor))
    }
}

/// Whether how it ended, or who has it, stands in the log alone.
fn is_told_by_log(alert: &Alert) -> bool {
    alert.status == Status::Resolved || (alert.status == Status::Accepted && alert.accepted_by.is_none())
}

/// The rank of a label among the source's own, 1 for the most severe; guessed where the source has none.
fn rank_of(source: &Source, label: &str) -> u8 {
    let rules: Option<SourceRules> = source.rules.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let ranked = rules.and_then(|rules| {
        let mut ranks: Vec<i64> = rules.priorities.rows.iter().filter_map(|row| row.rank).collect();
        ranks.sort_unstable();
        let own = rules.priorities.rows.iter().find(|row| row.label == label)?.rank?;
        ranks.iter().position(|rank| *rank == own).and_then(|at| u8::try_from(at + 1).ok())
    });
    ranked.or_else(|| guess_priority(label).map(|class| class as u8 + 1)).unwrap_or(3).clamp(1, 5)
}

fn unique<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<std::collections::BTreeSet<T>>().into_iter().collect()
}
