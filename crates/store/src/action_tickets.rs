//! The tickets that alert actions made: asked for under a mark before they are, so that a repetition finds what it made, and
//! followed until their alerts are over.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::value::timestamp;
use crate::{alerts, changes};
use jiff::Timestamp;
use watchbell_core::alert::{Status, WriteBackOrder};
use watchbell_core::ids::{ActionId, AlertId, ConnectorId, OrgId, SourceId};

macro_rules! columns {
    () => {
        "t.alert_id, t.action_id, t.connector_id, t.source_id, t.mark, t.posted_at, t.ticket_id, t.number, t.missed"
    };
}

sql! {
    CLAIM { both: "INSERT INTO action_ticket (org_id, alert_id, action_id, connector_id, source_id, mark, followed, missed) \
        VALUES ($1, $2, $3, $4, $5, $6, false, 0) ON CONFLICT (org_id, alert_id) DO NOTHING" }
    /// Where nothing was sent yet, another action may take its place.
    TAKE_OVER { both: "UPDATE action_ticket SET action_id = $3, connector_id = $4 WHERE org_id = $1 AND alert_id = $2 AND posted_at IS NULL AND ticket_id IS NULL" }
    OF_ALERT { both: concat!("SELECT ", columns!(), " FROM action_ticket t WHERE t.org_id = $1 AND t.alert_id = $2") }
    SET_POSTED { both: "UPDATE action_ticket SET posted_at = $3 WHERE org_id = $1 AND alert_id = $2 AND ticket_id IS NULL" }
    SET_TICKET { both: "UPDATE action_ticket SET ticket_id = $3 WHERE org_id = $1 AND alert_id = $2" }
    FOLLOW { both: "UPDATE action_ticket SET ticket_id = $3, number = $4, followed = true, missed = 0 WHERE org_id = $1 AND alert_id = $2" }
    MADE { both: concat!("SELECT ", columns!(), " FROM action_ticket t WHERE t.org_id = $1 AND (t.mark = $2 OR (t.ticket_id = $3 AND t.number = $4)) \
        ORDER BY t.alert_id LIMIT 1") }
    FOLLOWED { both: concat!("SELECT ", columns!(), " FROM action_ticket t JOIN alert a ON a.org_id = t.org_id AND a.id = t.alert_id \
        WHERE t.org_id = $1 AND t.connector_id = $2 AND t.followed AND t.ticket_id > $3 AND a.status <> 'RESOLVED' ORDER BY t.ticket_id LIMIT $4") }
    ANY_FOLLOWED { both: "SELECT alert_id FROM action_ticket WHERE org_id = $1 AND connector_id = $2 AND followed LIMIT 1" }
    LET_GO_OF_RESOLVED { both: "UPDATE action_ticket SET followed = false WHERE org_id = $1 AND connector_id = $2 AND followed AND alert_id IN \
        (SELECT a.id FROM alert a WHERE a.org_id = action_ticket.org_id AND a.id = action_ticket.alert_id AND a.status = 'RESOLVED')" }
    MISSED { both: "UPDATE action_ticket SET missed = $3, followed = $4 WHERE org_id = $1 AND alert_id = $2" }
    HAS_SOURCE { both: "SELECT id FROM alert_source WHERE org_id = $1 AND connector_id = $2 AND active AND deleted_at IS NULL LIMIT 1" }
}

/// The ticket of an alert, or that one is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionTicket {
    /// The alert.
    pub alert: AlertId,
    /// What makes it.
    pub action: ActionId,
    /// With which account.
    pub connector: ConnectorId,
    /// The source of the alert.
    pub source: SourceId,
    /// What the ticket carries as its external id.
    pub mark: String,
    /// When it was sent, and what became of that is not known yet.
    pub posted_at: Option<Timestamp>,
    /// The tool's id, once there is one.
    pub ticket: Option<i64>,
    /// The number that people say.
    pub number: Option<String>,
    /// How many looks in a row did not find it.
    pub missed: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    alert_id: i64,
    action_id: String,
    connector_id: String,
    source_id: i64,
    mark: String,
    posted_at: Option<i64>,
    ticket_id: Option<i64>,
    number: Option<String>,
    missed: i64,
}

impl From<Row> for ActionTicket {
    fn from(row: Row) -> Self {
        Self {
            alert: AlertId(row.alert_id),
            action: ActionId(row.action_id),
            connector: ConnectorId(row.connector_id),
            source: SourceId(row.source_id),
            mark: row.mark,
            posted_at: row.posted_at.map(timestamp),
            ticket: row.ticket_id,
            number: row.number,
            missed: row.missed,
        }
    }
}

/// Who makes the ticket of an alert: whoever asks first; the mark stays.
pub async fn claim(db: &Db, scope: &Scope, new: ActionTicket) -> Result<ActionTicket, StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            let ActionTicket { alert, action, connector, source, mark, .. } = new;
            let args = args![org, alert, action.0.clone(), connector.clone(), source, mark];
            tx.exec(CLAIM, args).await?;
            tx.exec(TAKE_OVER, args![org, alert, action.0, connector]).await?;
            let row: Option<Row> = tx.one(OF_ALERT, args![org, alert]).await?;
            row.map(ActionTicket::from).ok_or_else(|| StoreError::not_found("alert", alert))
        })
    })
    .await
}

/// Notes that it is being sent (`at`), or that it certainly was not made.
pub async fn set_posted(tx: &mut Tx, scope: &Scope, alert: AlertId, at: Option<Timestamp>) -> Result<(), StoreError> {
    tx.exec(SET_POSTED, args![scope.org, alert, at]).await.map(|_| ())
}

/// Notes its id, before anything else is read of it.
pub async fn set_ticket(db: &Db, scope: &Scope, alert: AlertId, ticket: i64) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { tx.exec(SET_TICKET, args![org, alert, ticket]).await.map(|_| ()) })).await
}

/// Follows it from now on, in the unit that gives it to its alert; and tells it what happened to the alert before.
pub async fn follow(
    tx: &mut Tx,
    scope: &Scope,
    (id, connector): (AlertId, &ConnectorId),
    (ticket, number): (i64, &str),
    news: Vec<WriteBackOrder>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(FOLLOW, args![scope.org, id, ticket, number]).await?;
    let Some((alert, _)) = alerts::lock(tx, scope.org, vec![id.0]).await?.pop() else { return Ok(()) };
    // One by one: jobs of a lane are done in the order of their numbers, and those asked for together have any.
    for order in news {
        jobs::ask(tx, changes::write_back(scope.org, &alert, order, now).into_iter().collect()).await?;
    }
    match alert.status {
        Status::Resolved => Ok(()),
        Status::Pending | Status::Accepted => watch(tx, scope.org, connector, now).await,
    }
}

/// Has the tickets of an account looked at.
pub async fn watch(tx: &mut Tx, org: OrgId, connector: &ConnectorId, at: Timestamp) -> Result<(), StoreError> {
    let job = NewJob::new(org, JobKind::WatchTickets, 0, at).once(format!("watch_tickets:{connector}")).with(connector);
    jobs::ask(tx, vec![job]).await
}

/// Has them looked at now, where they are looked at at all.
pub async fn look_now(tx: &mut Tx, org: OrgId, connector: &ConnectorId, now: Timestamp) -> Result<(), StoreError> {
    let any: Option<(i64,)> = tx.one(ANY_FOLLOWED, args![org, connector.clone()]).await?;
    if any.is_some() { watch(tx, org, connector, now).await } else { Ok(()) }
}

/// The one that this ticket is, by its mark or by its id and number, whichever account made it.
pub async fn find_made(
    db: &Db,
    scope: &Scope,
    mark: &str,
    ticket: i64,
    number: &str,
) -> Result<Option<ActionTicket>, StoreError> {
    let row: Option<Row> = db.one(MADE, args![scope.org, mark, ticket, number]).await?;
    Ok(row.map(ActionTicket::from))
}

/// The tickets of an account that open alerts follow, by id, behind `after`.
pub async fn followed(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    after: i64,
    rows_max: i64,
) -> Result<Vec<ActionTicket>, StoreError> {
    let rows: Vec<Row> = db.all(FOLLOWED, args![scope.org, connector.clone(), after, rows_max]).await?;
    Ok(rows.into_iter().map(ActionTicket::from).collect())
}

/// Lets go of those whose alerts are over.
pub async fn let_go_of_resolved(tx: &mut Tx, org: OrgId, connector: &ConnectorId) -> Result<(), StoreError> {
    tx.exec(LET_GO_OF_RESOLVED, args![org, connector.clone()]).await.map(|_| ())
}

/// Notes how many looks in a row did not find it, and whether it is looked for again.
pub async fn set_missed(
    tx: &mut Tx,
    scope: &Scope,
    alert: AlertId,
    missed: i64,
    followed: bool,
) -> Result<(), StoreError> {
    tx.exec(MISSED, args![scope.org, alert, missed, followed]).await.map(|_| ())
}

/// Whether an active alert source uses the account: it sees the tickets too.
pub async fn has_source(db: &Db, scope: &Scope, connector: &ConnectorId) -> Result<bool, StoreError> {
    Ok(db.one::<(i64,)>(HAS_SOURCE, args![scope.org, connector.clone()]).await?.is_some())
}
