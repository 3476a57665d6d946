//! What the templates of a source make of the last real ticket.

use super::account::Account;
use super::people;
use super::remembered::Remembered;
use super::source::{TicketSource, rules_of};
use super::tenant;
use super::text::AlertText;
use crate::app::App;
use autotask::{Filter, Query};
use jiff::SignedDuration;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::Priority;
use watchbell_core::autotask::{Templates, Ticket};
use watchbell_core::ids::{ConnectorId, PolicyId, SourceId};
use watchbell_store::scope::Scope;
use watchbell_store::sources::Source;
use watchbell_store::{StoreError, tickets};

/// How far back a ticket is looked for where the source has seen none.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What an alert would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The ticket it is made from.
    pub ticket_number: String,
    /// One line.
    pub summary: String,
    /// More lines.
    pub details: String,
    /// What is wrong with the templates.
    pub problems: Vec<String>,
}

/// Renders templates over the last ticket that the source has seen, or that the account has lately. Errors: in words, such as that
/// there is no ticket yet.
pub async fn preview(
    app: &App,
    scope: &Scope,
    connector: &ConnectorId,
    source: Option<SourceId>,
    templates: Templates,
) -> Result<Preview, String> {
    let say = |error: StoreError| error.to_string();
    let account = Account::for_person(app, scope, connector).await;
    let seen = match source {
        Some(source) => tickets::last_seen(&app.db, scope, source).await.map_err(say)?,
        None => None,
    };
    let ticket = match (seen, &account) {
        (Some(row), _) => Remembered::read(&row).map_err(say)?.copy.ticket,
        (None, Ok(account)) => latest(app, account).await?,
        (None, Err(why)) => return Err(why.clone()),
    };
    let behind = match &account {
        Ok(account) => people::behind(account, &ticket).await,
        Err(_) => people::known_behind(app, scope, connector, &ticket).await,
    };
    let web_url = tenant::known_web_url(app, scope, connector).await.map_err(say)?;
    let lists = tenant::known_lists(app, scope, connector).await.map_err(say)?;
    let mut rules = rules_of(None, &lists).map_err(say)?;
    rules.templates = templates;
    let pretended = TicketSource {
        scope: scope.clone(),
        source: pretend(app),
        connector: connector.clone(),
        rules,
        lists,
        opening: Priority::High.into(),
        action: None,
    };
    let text = AlertText::of(&pretended, &ticket, &behind.map_err(say)?, web_url.as_deref());
    Ok(Preview {
        ticket_number: ticket.number,
        summary: text.summary,
        details: text.details,
        problems: text.content.warnings,
    })
}

async fn latest(app: &App, account: &Account) -> Result<Ticket, String> {
    let since = app.clock.now() - LOOK_BACK;
    let query = Query::new().filter(Filter::gte("createDate", since));
    let page =
        account.ask_tickets(account.client.query::<autotask::Ticket>(&query)).await.map_err(|trouble| trouble.why())?;
    let row = page.items.last().ok_or("There is no ticket of the last seven days to show this with.")?;
    Ok(rows::to_ticket(row))
}

/// A source that is not made yet.
fn pretend(app: &App) -> Source {
    let now = app.clock.now();
    Source {
        id: SourceId(0),
        name: String::new(),
        integration_type: super::source::AUTOTASK_SOURCE.to_owned(),
        key_sealed: Vec::new(),
        policy: PolicyId(0),
        active: true,
        grouping: watchbell_core::grouping::Grouping::ByKey,
        grouping_window_s: None,
        priority_rule: Priority::High.into(),
        support_hours: None,
        auto_raise: false,
        auto_resolve_s: None,
        connector: None,
        settings: serde_json::json!({}),
        rules: None,
        started_at: now,
        polled_at: None,
        poll_state: None,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}
