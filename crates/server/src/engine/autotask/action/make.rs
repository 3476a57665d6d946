//! Making a ticket exactly once. Before it is sent, it is written down that it is; until it is known what became of that, nothing
//! is sent again but for what is certain not to have been taken: the ticket is looked for by its mark instead, for as long as a
//! new one may stay invisible.

use super::super::account::{Account, CALL_TIMEOUT};
use super::super::health::Trouble;
use super::super::tenant::{self, TenantLists};
use super::Failed;
use super::company::{self, Found};
use super::fields::{self, Filled};
use super::record::{self, Made};
use super::run::Run;
use crate::app::App;
use autotask::{Error, TicketRef};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert_action::{ActionFacts, MARK_PREFIX};
use watchbell_store::action_tickets::{self, ActionTicket};
use watchbell_store::{StoreError, job_changes};

/// For so long a ticket that was made may not be found yet.
const SETTLES: SignedDuration = SignedDuration::from_secs(30);
/// How often it is looked for meanwhile.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);
/// A ticket whose id is known is read again after this time.
const READ_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// Makes the ticket of an alert, or finds the one that was made, and gives it to the alert.
pub(super) async fn make(app: &App, run: &Run) -> Result<(), Failed> {
    let claimed = claim(app, run).await?;
    if claimed.action != run.action.id {
        // Another action is making it, or did not hear what became of it: that one's job goes on.
        return record::end(app, run).await;
    }
    let account = Account::open(app, &run.scope, &run.action.connector).await?;
    let lists = tenant::lists(&account).await?.unwrap_or_default();
    let mut made = Made::default();
    let id = match claimed.ticket {
        Some(id) => id,
        None => match look_for(&account, &claimed).await? {
            Some(id) => id,
            None => send(app, run, (&account, &lists), (&claimed, &mut made)).await?,
        },
    };
    if claimed.ticket.is_none() {
        action_tickets::set_ticket(&app.db, &run.scope, run.alert.id, id).await?;
    }
    let Some(row) = account.ticket(&TicketRef::Id(id), CALL_TIMEOUT).await? else {
        return Err(Failed::Wait(READ_AGAIN, "Autotask made the ticket, and does not show it yet"));
    };
    if made.company.is_empty() {
        let company = match row.company_id {
            Some(id) => account.row::<autotask::Company>(id).await?,
            None => None,
        };
        made.company = company.as_ref().map_or_else(|| "a company".to_owned(), company::name_of);
    }
    record::record(app, run, &account, &row, made).await
}

async fn claim(app: &App, run: &Run) -> Result<ActionTicket, StoreError> {
    let new = ActionTicket {
        alert: run.alert.id,
        action: run.action.id.clone(),
        connector: run.action.connector.clone(),
        source: run.alert.source,
        mark: format!("{MARK_PREFIX}{}", app.ids.uuid()),
        posted_at: None,
        ticket: None,
        number: None,
        missed: 0,
    };
    action_tickets::claim(&app.db, &run.scope, new).await
}

/// The ticket that an earlier try may have made. Errors: `Wait` while it may be there and not be found yet.
async fn look_for(account: &Account, claimed: &ActionTicket) -> Result<Option<i64>, Failed> {
    let Some(posted_at) = claimed.posted_at else { return Ok(None) };
    let found = account.ask_tickets(account.client.tickets_by_external_id(&claimed.mark)).await?;
    if let Some(row) = found.first() {
        return Ok(Some(row.id));
    }
    match account.app.clock.now().duration_since(posted_at) < SETTLES {
        true => Err(Failed::Wait(LOOK_AGAIN, "it is not known yet whether Autotask made the ticket")),
        false => Ok(None),
    }
}

/// Sends it: its id.
async fn send(
    app: &App,
    run: &Run,
    (account, lists): (&Account, &TenantLists),
    (claimed, made): (&ActionTicket, &mut Made),
) -> Result<i64, Failed> {
    let url = format!("{}/alerts/{}", app.config.public_url(), run.alert.id);
    let facts = ActionFacts { alert: &run.alert, source: &run.source_name, url: &url };
    let params = &run.action.rules.ticket;
    let found: Found = company::find(account, params, &facts.template_context(), &run.action.name).await?;
    let filled = fields::of_alert(params, &facts, &found, (&claimed.mark, lists), app.clock.now());
    let Filled { ticket, problems } = filled;
    (made.company, made.found_by, made.problems) = (found.name(), found.by, problems);
    begin(app, run).await?;
    let mut may_be_done = false;
    let noted = &mut may_be_done;
    let call = async move {
        let answer = account.client.create_ticket(ticket).await;
        *noted = answer.as_ref().err().is_some_and(leaves_it_open);
        answer
    };
    match account.ask_tickets(call).await {
        Ok(id) | Err(Trouble::Refused(Error::Validation { item_id: Some(id), .. })) => Ok(id),
        Err(trouble) => {
            if !may_be_done {
                set_posted(app, run, None).await?;
            }
            Err(trouble.into())
        }
    }
}

/// Writes down that it is sent, and takes the lease for the time that this takes.
async fn begin(app: &App, run: &Run) -> Result<(), Failed> {
    let (scope, alert, job, now) = (run.scope.clone(), run.alert.id, run.job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            let held = job_changes::renew(tx, &job, now).await?;
            if held {
                action_tickets::set_posted(tx, &scope, alert, Some(now)).await?;
            }
            Ok(held)
        })
    });
    if write.await? { Ok(()) } else { Err(Failed::LeaseLost) }
}

async fn set_posted(app: &App, run: &Run, at: Option<Timestamp>) -> Result<(), StoreError> {
    let (scope, alert) = (run.scope.clone(), run.alert.id);
    app.db.write(move |tx| Box::pin(async move { action_tickets::set_posted(tx, &scope, alert, at).await })).await
}

/// Whether the ticket may have been made although there was this answer, or none.
fn leaves_it_open(error: &Error) -> bool {
    match error {
        Error::Unreachable { cause, .. } => !matches!(cause, autotask::Cause::Name | autotask::Cause::Refused),
        Error::Transient { .. } | Error::Maintenance { .. } | Error::Unreadable { .. } | Error::TooLarge { .. } => true,
        Error::Credential { .. }
        | Error::Zone { .. }
        | Error::Permission { .. }
        | Error::Validation { .. }
        | Error::Method { .. }
        | Error::NotFound { .. }
        | Error::ThreadLimit { .. }
        | Error::HourlyLimit { .. } => false,
    }
}
