//! Who a user is in an outside tool, where somebody chose it by hand. Where nobody did, the tool's own people are found by mail address.

use crate::args;
use crate::audit::{self, subject};
use crate::connectors;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::users;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{ConnectorId, OrgId, UserId};

const NOUN: &str = "person of a tool";

sql! {
    OF_CONNECTOR { both: "SELECT user_id, person_id, name FROM connector_person WHERE org_id = $1 AND connector_id = $2 ORDER BY user_id" }
    OF_USER { both: "SELECT user_id, person_id, name FROM connector_person WHERE org_id = $1 AND connector_id = $2 AND user_id = $3" }
    OF_PERSON { both: "SELECT user_id, person_id, name FROM connector_person WHERE org_id = $1 AND connector_id = $2 AND person_id = $3" }
    INSERT { both: "INSERT INTO connector_person (org_id, connector_id, user_id, person_id, name) VALUES ($1, $2, $3, $4, $5)" }
    DELETE { both: "DELETE FROM connector_person WHERE org_id = $1 AND connector_id = $2 AND user_id = $3" }
}

/// A user, and who they are in the tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToolPerson {
    /// Who.
    pub user: UserId,
    /// The tool's id of them: a resource of Autotask.
    pub person: i64,
    /// Their name there when it was chosen.
    pub name: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: i64,
    person_id: i64,
    name: String,
}

impl From<Row> for ToolPerson {
    fn from(row: Row) -> Self {
        Self { user: UserId(row.user_id), person: row.person_id, name: row.name }
    }
}

/// All that were chosen for an account, by user.
pub async fn list(db: &Db, scope: &Scope, connector: &ConnectorId) -> Result<Vec<ToolPerson>, StoreError> {
    let rows: Vec<Row> = db.all(OF_CONNECTOR, args![scope.org, connector.clone()]).await?;
    Ok(rows.into_iter().map(ToolPerson::from).collect())
}

/// Who a user is there, where it was chosen.
pub async fn of_user(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    user: UserId,
) -> Result<Option<ToolPerson>, StoreError> {
    let row: Option<Row> = db.one(OF_USER, args![scope.org, connector.clone(), user]).await?;
    Ok(row.map(ToolPerson::from))
}

/// Which user a person of the tool is, where it was chosen.
pub async fn of_person(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    person: i64,
) -> Result<Option<ToolPerson>, StoreError> {
    let row: Option<Row> = db.one(OF_PERSON, args![scope.org, connector.clone(), person]).await?;
    Ok(row.map(ToolPerson::from))
}

/// Chooses who a user is, or leaves it to the mail address (`None`). Errors: `NotFound` (account, user), `Refused` (another user is that
/// person already).
pub async fn choose(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    (user, chosen): (UserId, Option<(i64, String)>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (scope, connector) = (scope.clone(), connector.clone());
    db.write(move |tx| Box::pin(async move { choose_in(tx, &scope, &connector, (user, chosen), now).await })).await
}

/// [`choose`] as part of a unit.
pub async fn choose_in(
    tx: &mut Tx,
    scope: &Scope,
    connector: &ConnectorId,
    (user, chosen): (UserId, Option<(i64, String)>),
    now: Timestamp,
) -> Result<(), StoreError> {
    users::lock(tx, scope.org, user).await?;
    connectors::hold(tx, scope.org, connector).await?;
    let before: Option<Row> = tx.one(OF_USER, args![scope.org, connector.clone(), user]).await?;
    let before = before.map(ToolPerson::from);
    tx.exec(DELETE, args![scope.org, connector.clone(), user]).await?;
    let after = chosen.map(|(person, name)| ToolPerson { user, person, name });
    if let Some(after) = &after {
        refuse_second(tx, scope.org, connector, after).await?;
        let args = args![scope.org, connector.clone(), user, after.person, after.name.clone()];
        tx.exec(INSERT, args).await?;
    }
    let subject = subject(NOUN, format!("{connector}/{user}"));
    audit::updated(tx, scope, subject, (&before, &after), now).await
}

async fn refuse_second(
    tx: &mut Tx,
    org: OrgId,
    connector: &ConnectorId,
    chosen: &ToolPerson,
) -> Result<(), StoreError> {
    let other: Option<Row> = tx.one(OF_PERSON, args![org, connector.clone(), chosen.person]).await?;
    match other {
        Some(other) => Err(StoreError::Refused(format!("{} is chosen for another user already", other.name))),
        None => Ok(()),
    }
}
