//! One sight of a ticket on its way to a decision: who changed it, whether it was merged, what its alert would say.

use super::account::Account;
use super::act::{self, Acted, Sight};
use super::actor;
use super::health::Trouble;
use super::merge;
use super::people;
use super::remembered::Remembered;
use super::source::TicketSource;
use super::tenant;
use super::text::AlertText;
use super::write_back::found;
use std::sync::Arc;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::alert_action::is_test_mark;
use watchbell_core::autotask::{AcceptCountsFor, AlertView, Cell, Sighting, Ticket, Way, decide};
use watchbell_core::ids::ConnectorId;
use watchbell_store::jobs::Job;
use watchbell_store::{StoreError, action_tickets, alerts, tickets};

/// What the sight answers, and where from.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    /// How the ticket came to be read.
    pub(super) way: Way,
    /// The events that waited for it.
    pub(super) subject: Option<String>,
    /// The job that ends with it.
    pub(super) job: Option<Job>,
}

/// Decides on a ticket that was read, and carries the decision out. Errors: `Away` where something that the decision hangs on
/// could not be read.
pub(super) async fn see(
    account: &Account,
    source: &Arc<TicketSource>,
    row: &::autotask::Ticket,
    errand: Errand,
) -> Result<Acted, Trouble> {
    let began = account.app.clock.now();
    let ticket = rows::to_ticket(row);
    let (known, alert) = recall(account, source, ticket.id).await?;
    let behind_known = people::known_behind(&account.app, &account.scope, &account.id, &ticket).await?;
    let caller = behind_known.contact.as_ref().and_then(full_name);
    let last = actor::last_actor(account, source, row, caller.as_deref()).await?;
    let actor = match may_accept_by_status(source, &ticket, known.as_ref(), alert.as_ref()) {
        true => actor::who_set_status(account, source, &ticket, last).await?,
        false => last,
    };
    let made = made_by_action(account, source, &ticket).await?;
    let merged_into = merge::destination(account, source, &ticket, alert.as_ref()).await?;
    let mut sight = Sight {
        acting: actor::as_timeline(account, &actor).await?,
        assignee: actor::assignee_as_timeline(account, &ticket).await?,
        source: source.clone(),
        ticket,
        actor,
        merged_into,
        made_by_action: made.is_some(),
        text: None,
        errand,
        began,
    };
    if needs_text(&sight, known.as_ref(), alert.as_ref()) {
        sight.text = Some(Box::pin(text_of(account, &sight)).await?);
    }
    let acted = match Box::pin(act::act(&account.app, &sight)).await? {
        Acted::NeedsText => {
            sight.text = Some(Box::pin(text_of(account, &sight)).await?);
            Box::pin(act::act(&account.app, &sight)).await?
        }
        acted => acted,
    };
    if let Some(connector) = made {
        look_now(account, connector).await?;
    }
    Ok(acted)
}

/// The account with which an alert action made the ticket that a source of tickets sees; none where none did.
async fn made_by_action(
    account: &Account,
    source: &TicketSource,
    ticket: &Ticket,
) -> Result<Option<ConnectorId>, StoreError> {
    if source.action.is_some() {
        return Ok(None);
    }
    let mark = ticket.raw.get("externalID").and_then(|mark| mark.as_str()).unwrap_or_default();
    if is_test_mark(mark) {
        return Ok(Some(account.id.clone()));
    }
    let made = action_tickets::find_made(&account.app.db, &source.scope, mark, ticket.id, &ticket.number).await?;
    Ok(made.map(|made| made.connector))
}

/// What a callout or a poll shows of such a ticket, its alert learns at once.
async fn look_now(account: &Account, connector: ConnectorId) -> Result<(), StoreError> {
    let (org, now) = (account.scope.org, account.app.clock.now());
    let write = account
        .app
        .db
        .write(move |tx| Box::pin(async move { action_tickets::look_now(tx, org, &connector, now).await }));
    write.await?;
    account.app.wake.notify_one();
    Ok(())
}

/// Whether it decides about an acceptance who set the status. Where the assignee changed as well, who touched the ticket last did both.
fn may_accept_by_status(
    source: &TicketSource,
    ticket: &Ticket,
    known: Option<&Remembered>,
    alert: Option<&Alert>,
) -> bool {
    let rules = &source.rules;
    let is_pending = alert.is_some_and(|alert| alert.status == Status::Pending);
    let accepts = rules.accept_counts_for == AcceptCountsFor::Persons
        && rules.statuses.cells(ticket.status).pending == Cell::Accept;
    let is_change =
        |known: &Remembered| known.snapshot.status != ticket.status && known.snapshot.assignee == ticket.assignee;
    is_pending && accepts && known.is_some_and(is_change)
}

async fn recall(
    account: &Account,
    source: &TicketSource,
    id: i64,
) -> Result<(Option<Remembered>, Option<Alert>), StoreError> {
    let rows = tickets::get_many(&account.app.db, &source.scope, source.id(), vec![id]).await?;
    let known = rows.first().map(Remembered::read).transpose()?;
    let alert = match known.as_ref().and_then(|known| known.alert) {
        Some(alert) => found(alerts::get(&account.app.db, &source.scope, alert).await)?,
        None => None,
    };
    Ok((known, alert))
}

/// Whether the decision will open an alert or write to one; asked beforehand, since names cost calls.
fn needs_text(sight: &Sight, known: Option<&Remembered>, alert: Option<&Alert>) -> bool {
    if sight.source.action.is_some() {
        return false;
    }
    let view = alert.map(|alert| view_of(alert, known));
    let own_edits = known.map_or(&[][..], |known| &known.copy.own_edits);
    let sighting = Sighting {
        ticket: &sight.ticket,
        actor: &sight.actor,
        way: sight.errand.way,
        own_edits,
        merged_into: sight.merged_into.as_deref(),
        made_by_action: sight.made_by_action,
        source_made_at: sight.source.made_at(),
        open_ones_known: sight.source.open_ones_known(),
        waited_in_shared: Some(Status::Pending),
        now: sight.began,
    };
    let decision = decide(&sight.source.rules, known.map(|known| &known.snapshot), view, &sighting);
    act::needs_text(&sight.source, &decision.effects)
}

/// An alert as the rules see it.
pub(super) fn view_of(alert: &Alert, known: Option<&Remembered>) -> AlertView {
    AlertView {
        status: alert.status,
        priority: alert.priority,
        resolved_by_person: alert.resolved_by_person,
        opened_unread: known.is_some_and(|known| known.copy.opened_unread),
    }
}

async fn text_of(account: &Account, sight: &Sight) -> Result<AlertText, StoreError> {
    let (behind, web_url) = tokio::join!(people::behind(account, &sight.ticket), tenant::web_url(account));
    Ok(AlertText::of(&sight.source, &sight.ticket, &behind?, web_url?.as_deref()))
}

fn full_name(fields: &people::Fields) -> Option<String> {
    let name = ::autotask::Contact::from(fields.clone()).full_name();
    (!name.is_empty()).then_some(name)
}
