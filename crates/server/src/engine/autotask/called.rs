//! Who would have been called for an alert of the past: by the policy and the plans as they are now, for that moment.

use super::source::TicketSource;
use crate::app::App;
use jiff::Timestamp;
use std::collections::HashMap;
use watchbell_core::alert::Priority;
use watchbell_core::autotask::ReplayedAlert;
use watchbell_core::escalation::Policy;
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_store::{StoreError, policies, simulations};

/// Alerts whose callers one look finds out: each is asked of the plans anew.
const CALLS_MAX: usize = 300;

/// Who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// These, first of all.
    People(Vec<UserId>),
    /// Nobody at all.
    Nobody,
    /// Not looked at: there were too many before.
    NotAsked,
}

/// An alert with who would have been called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledAlert {
    /// What the rules say.
    pub alert: ReplayedAlert,
    /// As loud as it would have been then.
    pub priority: Priority,
    /// Until when its first page would have waited for the support hours.
    pub silent_until: Option<Timestamp>,
    /// Who.
    pub called: Called,
}

/// Asks who would have been called.
pub(super) struct Caller<'a> {
    app: &'a App,
    source: &'a TicketSource,
    policies: HashMap<PolicyId, Option<Policy>>,
    asked: usize,
}

impl<'a> Caller<'a> {
    pub(super) fn new(app: &'a App, source: &'a TicketSource) -> Self {
        Self { app, source, policies: HashMap::new(), asked: 0 }
    }

    /// For one alert.
    pub(super) async fn call(&mut self, alert: ReplayedAlert) -> Result<CalledAlert, StoreError> {
        let loudness = &self.source.opening.loudness;
        let priority = alert.manner.priority().unwrap_or_else(|| loudness.at(alert.at));
        let silent_until = loudness.silent_until(alert.at);
        let called = self.who(&alert, priority, silent_until.unwrap_or(alert.at)).await?;
        Ok(CalledAlert { alert, priority, silent_until, called })
    }

    async fn who(&mut self, alert: &ReplayedAlert, priority: Priority, at: Timestamp) -> Result<Called, StoreError> {
        if self.asked >= CALLS_MAX {
            return Ok(Called::NotAsked);
        }
        self.asked += 1;
        let id = alert.policy.unwrap_or(self.source.source.policy);
        let Some(policy) = self.policy(id).await? else { return Ok(Called::Nobody) };
        let steps = simulations::simulate(&self.app.db, &self.source.scope, &policy, priority, at).await?.steps;
        let first = steps.into_iter().find(|step| !step.pages.is_empty());
        let mut people: Vec<UserId> =
            first.map(|step| step.pages.into_iter().map(|page| page.planned.user).collect()).unwrap_or_default();
        people.dedup();
        Ok(if people.is_empty() { Called::Nobody } else { Called::People(people) })
    }

    async fn policy(&mut self, id: PolicyId) -> Result<Option<Policy>, StoreError> {
        if let Some(known) = self.policies.get(&id) {
            return Ok(known.clone());
        }
        let found =
            policies::get_many(&self.app.db, &self.source.scope, &[id]).await?.pop().map(|policy| policy.to_core());
        self.policies.insert(id, found.clone());
        Ok(found)
    }
}
