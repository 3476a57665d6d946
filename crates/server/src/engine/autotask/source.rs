//! An Autotask source as its jobs need it: rules with the tenant's picklists taken over, and how its alerts are opened.

use super::poll_state::PollState;
use super::tenant::TenantLists;
use crate::app::App;
use crate::hooks::ingest_source;
use jiff::Timestamp;
use watchbell_core::alert::Alert;
use watchbell_core::autotask::{PriorityTable, SourceRules, StatusTable, Ticket};
use watchbell_core::event::TicketRef;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{ActionId, ConnectorId, OrgId, PolicyId, SourceId};
use watchbell_store::holds::{self, Opening};
use watchbell_store::ingest::IngestSource;
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, Source};
use watchbell_store::{StoreError, alert_actions, doors};

/// The word of Autotask's sources.
pub(crate) const AUTOTASK_SOURCE: &str = "AUTOTASK";

/// An Autotask source; or a source of another tool whose alerts have tickets by an alert action.
#[derive(Debug, Clone)]
pub(super) struct TicketSource {
    /// Acts as the source.
    pub(super) scope: Scope,
    /// As it is stored.
    pub(super) source: Source,
    /// Its account.
    pub(super) connector: ConnectorId,
    /// What its tickets mean.
    pub(super) rules: SourceRules,
    /// The tenant's picklists, as they were last read.
    pub(super) lists: TenantLists,
    /// How its alerts open.
    pub(super) opening: Opening,
    /// The alert action that made the tickets which it stands for here; `None`: it opens its alerts from tickets.
    pub(super) action: Option<ActionId>,
}

impl TicketSource {
    /// A source with its account; none where it was deleted, is of another tool, or has no account.
    pub(super) async fn load(app: &App, org: OrgId, id: SourceId) -> Result<Option<Self>, StoreError> {
        let scope = doors::source(org, id);
        let source = match sources::get(&app.db, &scope, id).await {
            Ok(source) if source.integration_type == AUTOTASK_SOURCE => source,
            Ok(_) | Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(connector) = source.connector.clone() else { return Ok(None) };
        let lists = super::tenant::known_lists(app, &scope, &connector).await?;
        let rules = rules_of(source.rules.as_deref(), &lists)?;
        let opening = holds::opening(&app.db, &scope, &source, app.clock.now()).await?;
        Ok(Some(Self { scope, source, connector, rules, lists, opening, action: None }))
    }

    /// What the ticket of an alert follows: its source, or the alert action that made it.
    pub(super) async fn of_alert(app: &App, org: OrgId, alert: &Alert) -> Result<Option<Self>, StoreError> {
        match alert.content.ticket.as_ref().and_then(|ticket| ticket.action.as_ref()) {
            Some(action) => Self::of_action(app, org, alert.source, action).await,
            None => Self::load(app, org, alert.source).await,
        }
    }

    /// A source of any tool, with the tickets that an alert action makes of its alerts; none where one of them was deleted.
    pub(super) async fn of_action(
        app: &App,
        org: OrgId,
        id: SourceId,
        action: &ActionId,
    ) -> Result<Option<Self>, StoreError> {
        let scope = doors::source(org, id);
        let source = match sources::get(&app.db, &scope, id).await {
            Ok(source) => source,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let action = match alert_actions::get(&app.db, &scope, action).await {
            Ok(action) => action,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let lists = super::tenant::known_lists(app, &scope, &action.connector).await?;
        let (statuses, priorities) = (lists.of("status"), lists.of("priority"));
        let rules = action.rules.ticket.rules_for(&action.rules.triggers, statuses, priorities);
        let opening = holds::opening(&app.db, &scope, &source, app.clock.now()).await?;
        Ok(Some(Self { scope, source, connector: action.connector, rules, lists, opening, action: Some(action.id) }))
    }

    /// A ticket as its alert carries it; `url`: its page, where that is not known there yet.
    pub(super) fn ticket_ref(&self, ticket: &Ticket, url: Option<String>) -> TicketRef {
        TicketRef {
            id: ticket.id,
            number: ticket.number.clone(),
            url,
            queue: self.lists.label("queueID", ticket.queue),
            status: self.lists.label("status", Some(ticket.status)),
            due: ticket.due_at,
            first_response_due: ticket.first_response_due_at,
            action: self.action.clone(),
        }
    }

    pub(super) fn id(&self) -> SourceId {
        self.source.id
    }

    /// When it was made: tickets older than that open only by a later change.
    pub(super) fn made_at(&self) -> Timestamp {
        self.source.started_at
    }

    /// Whether the tickets that were open when it was made are remembered.
    pub(super) fn open_ones_known(&self) -> bool {
        PollState::of(&self.source).baseline_done
    }

    /// Takes over picklists that were read anew, and keeps the rules that follow from them.
    pub(super) async fn adopt(&mut self, app: &App, lists: TenantLists) -> Result<(), StoreError> {
        self.rules = rules_of(self.source.rules.as_deref(), &lists)?;
        self.lists = lists;
        let text = serde_json::to_string(&self.rules).map_err(|error| StoreError::unreadable("alert source", error))?;
        if self.source.rules.as_deref() != Some(&text) {
            sources::renew_rules(&app.db, &self.scope, self.id(), self.source.rules.as_deref(), text.clone()).await?;
            self.source.rules = Some(text);
        }
        Ok(())
    }

    /// How its alerts open: one per ticket, whatever else is set, with the policy of the routing table.
    pub(super) fn ingest(&self, policy: Option<PolicyId>) -> IngestSource {
        let mut ingest = ingest_source(&self.scope, &self.source, self.opening.clone());
        ingest.grouping = Grouping::ByKey;
        ingest.grouping_window_s = None;
        ingest.policy = policy.unwrap_or(ingest.policy);
        ingest
    }
}

/// The rules as they are kept, with the tenant's statuses and priorities. Tables that nobody has touched since they were made
/// without picklists are made anew from them.
pub(super) fn rules_of(text: Option<&str>, lists: &TenantLists) -> Result<SourceRules, StoreError> {
    let kept: Option<SourceRules> =
        text.map(serde_json::from_str).transpose().map_err(|error| StoreError::unreadable("alert source", error))?;
    let mut rules = kept.unwrap_or_default();
    let untouched = SourceRules::usual(rules.preset);
    let (statuses, priorities) = (lists.of("status"), lists.of("priority"));
    if !statuses.is_empty() && rules.statuses == untouched.statuses {
        rules.statuses = StatusTable::preset(rules.preset, statuses);
    }
    if !priorities.is_empty() && rules.priorities == untouched.priorities {
        rules.priorities = PriorityTable::preset(rules.preset, priorities);
    }
    rules.adopt(statuses, priorities, lists.of("ticketType"));
    Ok(rules)
}
