//! Names of what lines mention by id.

use super::{Lang, say};
use std::collections::HashMap;
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::timeline::Actor;

/// Names of what lines mention by id.
#[derive(Debug, Default)]
pub struct Names {
    /// Users.
    pub users: HashMap<UserId, String>,
    /// Policies.
    pub policies: HashMap<PolicyId, String>,
    /// The source of the alert.
    pub source: String,
}

impl Names {
    /// A person; one who is gone has a number.
    pub(super) fn user(&self, id: UserId, lang: Lang) -> String {
        self.users.get(&id).cloned().unwrap_or_else(|| say!(lang, "user {id}", "Benutzer {id}"))
    }

    /// Some people.
    pub(super) fn people(&self, ids: &[UserId], lang: Lang) -> String {
        ids.iter().map(|id| self.user(*id, lang)).collect::<Vec<_>>().join(", ")
    }

    /// Who did it.
    pub fn actor(&self, actor: &Actor, lang: Lang) -> String {
        match actor {
            Actor::User { id } => self.user(*id, lang),
            Actor::Source { .. } => self.source.clone(),
            Actor::Outside { name } => name.clone(),
            Actor::System => "Watchbell".to_owned(),
            Actor::CommandLine => say!(lang, "the command line", "die Kommandozeile"),
        }
    }
}
