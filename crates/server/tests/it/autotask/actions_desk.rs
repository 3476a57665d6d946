//! A source of another tool whose alerts become tickets.

use super::tenant::{Tenant, connect, start};
use serde_json::Value;
use watchbell_core::alert_action::{ActionRules, CompanyBy, CompanyRule, TicketParams, Trigger, TriggerMode};
use watchbell_core::ids::{ActionId, ConnectorId, SourceId};
use watchbell_sim::autotask::{Config, seed};
use watchbell_store::alert_actions::{self, ActionIn, AlertAction};
use watchbell_store::jobs::{self, GivenUp};
use watchbell_testkit::TestApp;

pub const MONITORING_ALERT: i64 = 8;

/// The tickets of the bakery, in the queue of monitoring; where a test pages nobody, its tickets are not told so.
pub fn rules(change: impl FnOnce(&mut ActionRules)) -> ActionRules {
    let told = Trigger::ALL.iter().copied().filter(|trigger| *trigger != Trigger::EscalationEnded);
    let ticket = TicketParams { company: Some(seed::BAKERY), queue: MONITORING_ALERT, ..TicketParams::default() };
    let mut rules = ActionRules { mode: TriggerMode::Automatic, triggers: told.collect(), conditions: None, ticket };
    change(&mut rules);
    rules
}

pub fn rule(by: CompanyBy, value: &str) -> CompanyRule {
    CompanyRule { by, value: value.to_owned() }
}

pub async fn make_action(app: &TestApp, connector: &ConnectorId, source: SourceId, rules: ActionRules) -> AlertAction {
    let new = ActionIn { name: "Tickets".into(), connector: connector.clone(), sources: vec![source], rules };
    let (id, now) = (ActionId(app.app.ids.uuid()), app.app.clock.now());
    alert_actions::create(&app.app.db, &app.scope(), id, new, now).await.unwrap()
}

/// A stand-in, and an API source with an action.
pub async fn desk(app: &mut TestApp, rules: ActionRules) -> (Tenant, AlertAction) {
    let sim = start(app, Config::default()).await;
    let connector = connect(app, &sim, "Autotask").await;
    let source = app.source().escalating_to([]).await;
    let action = make_action(app, &connector, source.id, rules).await;
    (Tenant { sim, source, connector }, action)
}

/// The only ticket.
pub fn only_ticket(tenant: &Tenant) -> serde_json::Map<String, Value> {
    let tickets = tenant.sim.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    tickets.into_iter().next().unwrap()
}

pub fn id_of(ticket: &serde_json::Map<String, Value>) -> i64 {
    ticket["id"].as_i64().unwrap()
}

pub async fn given_up(app: &TestApp) -> Vec<GivenUp> {
    jobs::list_given_up(&app.app.db, &app.scope(), 10).await.unwrap()
}
