//! Testing an alert action: a ticket is made with its settings and completed, each step with what became of it.

use super::super::account::Account;
use super::super::tenant;
use super::fields;
use crate::app::App;
use autotask::{Ticket, TicketPatch};
use watchbell_core::alert::Priority;
use watchbell_core::alert_action::{TEST_MARK_PREFIX, TicketParams, explain_refusal};
use watchbell_core::ids::ConnectorId;
use watchbell_store::scope::Scope;

/// The status of completed tickets, on every tenant.
const COMPLETE: i64 = 5;

/// A step of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// What was done.
    pub what: &'static str,
    /// What became of it, in words; the error in full.
    pub said: Result<String, String>,
}

/// Makes a ticket with the settings of an action and completes it. Ends with the first step that fails. No alert follows it.
pub async fn test_action(
    app: &App,
    scope: &Scope,
    (connector, name): (&ConnectorId, &str),
    params: &TicketParams,
) -> Vec<Tested> {
    let mut steps = Vec::new();
    let done = walk(app, scope, (connector, name), params, &mut steps).await;
    if let Err((what, error)) = done {
        steps.push(Tested { what, said: Err(explain_refusal(&error, name)) });
    }
    steps
}

async fn walk(
    app: &App,
    scope: &Scope,
    (connector, name): (&ConnectorId, &str),
    params: &TicketParams,
    steps: &mut Vec<Tested>,
) -> Result<(), (&'static str, String)> {
    let mut step = |what, said: String| steps.push(Tested { what, said: Ok(said) });
    let account = Account::for_person(app, scope, connector).await.map_err(|why| ("Open the account", why))?;
    step("Open the account", format!("as {}", account.client.user_name()));
    let lists = tenant::lists(&account).await.map_err(|error| ("Read the picklists", error.to_string()))?;
    let title = format!("Test of the Watchbell alert action \"{name}\": please ignore");
    // Autotask keeps 50 characters of it.
    let mark = format!("{TEST_MARK_PREFIX}{}", app.ids.uuid().replace('-', ""));
    let (company, title) = (params.company.unwrap_or(0), watchbell_core::text::cut(&title, 250));
    let new =
        fields::base(params, (company, &title), (Priority::Low, &mark), &lists.unwrap_or_default(), app.clock.now());
    let made = account.ask_tickets(account.client.create_ticket(new)).await;
    let id = made.map_err(|trouble| ("Create a ticket", trouble.why()))?;
    let row = account.row::<Ticket>(id).await.map_err(|trouble| ("Read the ticket", trouble.why()))?;
    let number = row.and_then(|row| row.ticket_number).map(|number| number.to_string());
    step("Create a ticket", number.unwrap_or_else(|| format!("id {id}, which Autotask does not show yet")));
    let patch = TicketPatch::new(id).status(COMPLETE);
    let completed = account.ask_tickets(account.client.patch_ticket(patch)).await;
    completed.map_err(|trouble| ("Complete the ticket", trouble.why()))?;
    step("Complete the ticket", "it is completed; delete it in Autotask if you like".to_owned());
    Ok(())
}
