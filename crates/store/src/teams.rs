//! Teams: people under one name, whom a level of an escalation policy pages together.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::policies;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::stored;
use crate::users;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::escalation::Target;
use watchbell_core::ids::{OrgId, TeamId, UserId};
use watchbell_core::limits::TEAM_MEMBERS_MAX;
use watchbell_core::text::fold;
use watchbell_core::user::TeamRole;

const NOUN: &str = "team";

macro_rules! columns {
    () => {
        "id, name, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO team (org_id, name, name_folded, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND id = $2") }
    BY_NAME { both: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND name_folded = $2") }
    LIST { both: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 ORDER BY id LIMIT $2 OFFSET $3") }
    LIST_OF_MEMBER {
        both: concat!("SELECT ", columns!(), " FROM team t WHERE org_id = $1 AND EXISTS (SELECT 1 FROM team_member m \
            WHERE m.org_id = t.org_id AND m.team_id = t.id AND m.user_id = $2) ORDER BY id LIMIT $3 OFFSET $4")
    }
    MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND id = ANY($2) ORDER BY id"),
    }
    LOCK {
        sqlite: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM team WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    LOCK_MANY {
        sqlite: "SELECT id FROM team WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id",
        postgres: "SELECT id FROM team WHERE org_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE",
    }
    LOCK_OF_MEMBER {
        sqlite: "SELECT id FROM team t WHERE org_id = $1 AND EXISTS (SELECT 1 FROM team_member m \
            WHERE m.org_id = t.org_id AND m.team_id = t.id AND m.user_id = $2) ORDER BY id",
        postgres: "SELECT id FROM team t WHERE org_id = $1 AND EXISTS (SELECT 1 FROM team_member m \
            WHERE m.org_id = t.org_id AND m.team_id = t.id AND m.user_id = $2) ORDER BY id FOR UPDATE",
    }
    UPDATE { both: "UPDATE team SET name = $3, name_folded = $4, updated_at = $5 WHERE org_id = $1 AND id = $2" }
    TOUCH { both: "UPDATE team SET updated_at = $3 WHERE org_id = $1 AND id = $2" }
    CHANGED_AT { both: "SELECT updated_at FROM team WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM team WHERE org_id = $1 AND id = $2" }
    MEMBERS {
        sqlite: "SELECT team_id, user_id, role FROM team_member WHERE org_id = $1 AND team_id IN (SELECT value FROM json_each($2)) ORDER BY team_id, user_id",
        postgres: "SELECT team_id, user_id, role FROM team_member WHERE org_id = $1 AND team_id = ANY($2) ORDER BY team_id, user_id",
    }
    INSERT_MEMBERS {
        sqlite: "INSERT INTO team_member (org_id, team_id, user_id, role) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        postgres: "INSERT INTO team_member (org_id, team_id, user_id, role) SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::TEXT[])",
    }
    PUT_MEMBER { both: "INSERT INTO team_member (org_id, team_id, user_id, role) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (org_id, team_id, user_id) DO UPDATE SET role = excluded.role" }
    DELETE_MEMBER { both: "DELETE FROM team_member WHERE org_id = $1 AND team_id = $2 AND user_id = $3" }
    DELETE_MEMBERS { both: "DELETE FROM team_member WHERE org_id = $1 AND team_id = $2" }
}

/// Somebody in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: TeamRole,
}

/// A team with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// Its name, unique without case.
    pub name: String,
    /// By the user's id.
    pub members: Vec<Member>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a team is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamIn {
    /// Its name.
    pub name: String,
    /// Each user once; `None` leaves them as they are.
    pub members: Option<Vec<Member>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn with(self, members: Vec<Member>) -> Team {
        Team {
            id: TeamId(self.id),
            name: self.name,
            members,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        }
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    team_id: i64,
    user_id: i64,
    role: String,
}

/// Makes a team. Errors: `Taken` (name), `Refused` (a member who does not exist, too many).
pub async fn create(db: &Db, scope: &Scope, new: TeamIn, now: Timestamp) -> Result<Team, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let id = TeamId(tx.insert(INSERT, args![scope.org, &new.name, fold(&new.name), now]).await.map_err(taken)?);
            insert_members(tx, scope.org, id, new.members.unwrap_or_default()).await?;
            let team = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &team, now).await?;
            Ok(team)
        })
    })
    .await
}

fn taken(error: StoreError) -> StoreError {
    error.taken("team_name", NOUN, "name").taken("team.name_folded", NOUN, "name")
}

async fn insert_members(tx: &mut Tx, org: OrgId, id: TeamId, members: Vec<Member>) -> Result<(), StoreError> {
    refuse_too_many(members.len())?;
    let mut wanted: Vec<UserId> = members.iter().map(|member| member.user).collect();
    wanted.sort();
    if let Some(missing) = users::missing(tx, org, &wanted).await?.first() {
        return Err(StoreError::Refused(format!("user {missing} of members does not exist")));
    }
    let mut rows = Rows::default();
    members.into_iter().for_each(|member| rows.push(args![org, id, member.user, member.role.as_str()]));
    tx.exec_many(INSERT_MEMBERS, rows).await?;
    Ok(())
}

fn refuse_too_many(members: usize) -> Result<(), StoreError> {
    match members > TEAM_MEMBERS_MAX {
        true => Err(StoreError::Refused(format!("a team may have at most {TEAM_MEMBERS_MAX} members"))),
        false => Ok(()),
    }
}

/// A team. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: TeamId) -> Result<Team, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    let row = row.ok_or_else(|| StoreError::not_found(NOUN, id))?;
    with_members(db, scope, vec![row]).await?.pop().ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// The team of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<Team>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    Ok(with_members(db, scope, row.into_iter().collect()).await?.pop())
}

/// Teams by id; of one member where one is named.
pub async fn list(db: &Db, scope: &Scope, member: Option<UserId>, page: Page) -> Result<Vec<Team>, StoreError> {
    let rows: Vec<Row> = match member {
        None => db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?,
        Some(user) => db.all(LIST_OF_MEMBER, args![scope.org, user, page.max_results, page.start_index]).await?,
    };
    with_members(db, scope, rows).await
}

/// Those of `ids` that exist, by id.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[TeamId]) -> Result<Vec<Team>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(MANY, args![scope.org, ids]).await?;
    with_members(db, scope, rows).await
}

async fn with_members(db: &Db, scope: &Scope, rows: Vec<Row>) -> Result<Vec<Team>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut members = group(db.all(MEMBERS, args![scope.org, ids]).await?)?;
    Ok(rows
        .into_iter()
        .map(|row| (members.remove(&TeamId(row.id)).unwrap_or_default(), row))
        .map(|(of, row)| row.with(of))
        .collect())
}

fn group(rows: Vec<MemberRow>) -> Result<BTreeMap<TeamId, Vec<Member>>, StoreError> {
    let mut members: BTreeMap<TeamId, Vec<Member>> = BTreeMap::new();
    for row in rows {
        let role = stored::word(NOUN, &row.role, TeamRole::parse)?;
        members.entry(TeamId(row.team_id)).or_default().push(Member { user: UserId(row.user_id), role });
    }
    Ok(members)
}

/// Whom a level that names these teams pages: their members but stakeholders, by id. A team without any is missing.
pub async fn members_of(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[TeamId],
) -> Result<BTreeMap<TeamId, Vec<UserId>>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    Ok(paged(group(reader.all(MEMBERS, args![org, ids]).await?)?))
}

/// [`members_of`] outside a unit.
pub async fn paged_members(
    db: &Db,
    scope: &Scope,
    ids: &[TeamId],
) -> Result<BTreeMap<TeamId, Vec<UserId>>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    Ok(paged(group(db.all(MEMBERS, args![scope.org, ids]).await?)?))
}

fn paged(members: BTreeMap<TeamId, Vec<Member>>) -> BTreeMap<TeamId, Vec<UserId>> {
    let of = |members: Vec<Member>| -> Vec<UserId> {
        members.into_iter().filter(|member| member.role.is_paged()).map(|member| member.user).collect()
    };
    members.into_iter().map(|(id, members)| (id, of(members))).filter(|(_, users)| !users.is_empty()).collect()
}

/// Those of `ids` that do not exist; the others stay until the unit ends.
pub async fn missing(tx: &mut Tx, org: OrgId, ids: &[TeamId]) -> Result<Vec<TeamId>, StoreError> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let found: Vec<(i64,)> = tx.all(LOCK_MANY, args![org, wanted]).await?;
    Ok(ids.iter().copied().filter(|id| !found.contains(&(id.0,))).collect())
}

/// Replaces what a team is made of; `seen`: when it was last changed, as far as the caller knows.
/// Errors: `NotFound`, `Taken`, `Refused`, `Conflict` (it changed since), `InUse` (a policy pages it, and nobody would be left).
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: TeamId,
    new: TeamIn,
    seen: Option<Timestamp>,
    now: Timestamp,
) -> Result<Team, StoreError> {
    change(db, scope, id, now, move |tx, org| {
        Box::pin(async move {
            let is_known = |(at,): (i64,)| seen.is_none_or(|seen| seen == timestamp(at));
            if !tx.one(CHANGED_AT, args![org, id]).await?.is_none_or(is_known) {
                return Err(StoreError::Conflict(NOUN));
            }
            tx.exec(UPDATE, args![org, id, &new.name, fold(&new.name), now]).await.map_err(taken)?;
            if let Some(members) = new.members {
                tx.exec(DELETE_MEMBERS, args![org, id]).await?;
                insert_members(tx, org, id, members).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Adds a member, or gives them another role. Errors: `NotFound`, `Refused` (no such user, too many), `InUse` as [`update`].
pub async fn put_member(
    db: &Db,
    scope: &Scope,
    id: TeamId,
    member: Member,
    now: Timestamp,
) -> Result<Member, StoreError> {
    change(db, scope, id, now, move |tx, org| {
        Box::pin(async move {
            if !users::missing(tx, org, &[member.user]).await?.is_empty() {
                return Err(StoreError::Refused(format!("user {} does not exist", member.user)));
            }
            tx.exec(PUT_MEMBER, args![org, id, member.user, member.role.as_str()]).await?;
            Ok(())
        })
    })
    .await?;
    Ok(member)
}

/// Takes somebody out. Errors: `NotFound` (team, member), `InUse` as [`update`].
pub async fn delete_member(
    db: &Db,
    scope: &Scope,
    id: TeamId,
    user: UserId,
    now: Timestamp,
) -> Result<Team, StoreError> {
    change(db, scope, id, now, move |tx, org| {
        Box::pin(async move {
            match tx.exec(DELETE_MEMBER, args![org, id, user]).await? {
                0 => Err(StoreError::not_found("team member", user)),
                _ => Ok(()),
            }
        })
    })
    .await
}

async fn change<F>(db: &Db, scope: &Scope, id: TeamId, now: Timestamp, work: F) -> Result<Team, StoreError>
where
    F: for<'t> FnOnce(&'t mut Tx, OrgId) -> futures_util::future::BoxFuture<'t, Result<(), StoreError>>
        + Send
        + 'static,
{
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            work(tx, scope.org).await?;
            tx.exec(TOUCH, args![scope.org, id, now]).await?;
            let after = find(tx, scope.org, id).await?;
            refuse_too_many(after.members.len())?;
            refuse_silence(tx, scope.org, &before, &after).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Nobody takes the last person who is paged out of a team that a policy pages: it would fall silent.
async fn refuse_silence(tx: &mut Tx, org: OrgId, before: &Team, after: &Team) -> Result<(), StoreError> {
    let is_paged = |team: &Team| team.members.iter().any(|member| member.role.is_paged());
    if is_paged(after) || !is_paged(before) {
        return Ok(());
    }
    match policies::names_that_target(tx, org, Target::Team(after.id)).await?.as_slice() {
        [] => Ok(()),
        policies => Err(StoreError::InUse {
            what: format!(
                "the team \"{}\" is paged by {}: somebody who is paged has to stay in it, or take it out there first",
                after.name,
                named(policies)
            ),
        }),
    }
}

fn named(policies: &[String]) -> String {
    let list = policies.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    format!("the escalation {} {list}", if policies.len() == 1 { "policy" } else { "policies" })
}

/// Puts somebody else in the place of a user in each of their teams; who is in it already is paged by it where the other was.
pub(crate) async fn replace_user(
    tx: &mut Tx,
    scope: &Scope,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let teams: Vec<(i64,)> = tx.all(LOCK_OF_MEMBER, args![scope.org, user]).await?;
    for (id,) in teams {
        let before = find(tx, scope.org, TeamId(id)).await?;
        let role_of = |who: UserId| before.members.iter().find(|member| member.user == who).map(|member| member.role);
        let Some(role) = role_of(user) else { continue };
        if !role_of(to).is_some_and(|known| known.is_paged() || !role.is_paged()) {
            tx.exec(PUT_MEMBER, args![scope.org, id, to, role.as_str()]).await?;
        }
        tx.exec(DELETE_MEMBER, args![scope.org, id, user]).await?;
        tx.exec(TOUCH, args![scope.org, id, now]).await?;
        let after = find(tx, scope.org, TeamId(id)).await?;
        audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    }
    Ok(())
}

/// Takes a user out of every team before the account goes. Errors: `InUse` as [`update`].
pub(crate) async fn leave_all(tx: &mut Tx, org: OrgId, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let teams: Vec<(i64,)> = tx.all(LOCK_OF_MEMBER, args![org, user]).await?;
    for (id,) in teams {
        let before = find(tx, org, TeamId(id)).await?;
        tx.exec(DELETE_MEMBER, args![org, id, user]).await?;
        tx.exec(TOUCH, args![org, id, now]).await?;
        let after = find(tx, org, TeamId(id)).await?;
        refuse_silence(tx, org, &before, &after).await?;
    }
    Ok(())
}

/// Deletes a team. Errors: `NotFound`, `InUse` (a policy pages it).
pub async fn delete(db: &Db, scope: &Scope, id: TeamId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let team = lock(tx, scope.org, id).await?;
            let policies = policies::names_that_target(tx, scope.org, Target::Team(id)).await?;
            if !policies.is_empty() {
                let what =
                    format!("the team \"{}\" is paged by {}: take it out there first", team.name, named(&policies));
                return Err(StoreError::InUse { what });
            }
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &team, now).await
        })
    })
    .await
}

async fn lock(tx: &mut Tx, org: OrgId, id: TeamId) -> Result<Team, StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![org, id]).await?;
    read(tx, org, id, row).await
}

async fn find(tx: &mut Tx, org: OrgId, id: TeamId) -> Result<Team, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    read(tx, org, id, row).await
}

async fn read(tx: &mut Tx, org: OrgId, id: TeamId, row: Option<Row>) -> Result<Team, StoreError> {
    let row = row.ok_or_else(|| StoreError::not_found(NOUN, id))?;
    let mut members = group(tx.all(MEMBERS, args![org, vec![id.0]]).await?)?;
    Ok(row.with(members.remove(&id).unwrap_or_default()))
}
