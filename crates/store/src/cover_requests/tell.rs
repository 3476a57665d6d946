//! Who hears of a cover request: those who are asked, and whoever asked.

use super::CoverRequest;
use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::news::{self, CoverNews, CoverStep, News};
use crate::schedules::Schedule;
use crate::scope::Scope;
use crate::teams;
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchbell_core::cover::Asked;
use watchbell_core::ids::{OrgId, UserId};

/// People that one request asks at most.
const ASKED_MAX: i64 = 500;

sql! {
    RESPONDERS { both: "SELECT id FROM user_account WHERE org_id = $1 AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id LIMIT $2" }
    CAN_ANSWER {
        sqlite: "SELECT id FROM user_account WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id",
        postgres: "SELECT id FROM user_account WHERE org_id = $1 AND id = ANY($2) AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id",
    }
    NAME { both: "SELECT first_name, last_name FROM user_account WHERE org_id = $1 AND id = $2" }
}

/// Those who are asked and can answer, without the person whose duty it is.
pub(super) async fn everybody_asked(
    tx: &mut Tx,
    org: OrgId,
    request: &CoverRequest,
) -> Result<Vec<UserId>, StoreError> {
    let mut asked: Vec<UserId> = match request.asked {
        Asked::User(user) => vec![user],
        Asked::Team(team) => {
            teams::members_of(&mut (&mut *tx).into(), org, &[team]).await?.remove(&team).unwrap_or_default()
        }
        Asked::Everybody => {
            let rows: Vec<(i64,)> = tx.all(RESPONDERS, args![org, ASKED_MAX]).await?;
            rows.into_iter().map(|(id,)| UserId(id)).collect()
        }
    };
    asked.retain(|user| *user != request.user);
    let ids: Vec<i64> = asked.iter().map(|user| user.0).collect();
    let rows: Vec<(i64,)> = tx.all(CAN_ANSWER, args![org, ids]).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

pub(super) async fn name(tx: &mut Tx, org: OrgId, user: UserId) -> Result<String, StoreError> {
    let row: Option<(String, String)> = tx.one(NAME, args![org, user]).await?;
    Ok(row.map_or_else(|| format!("User {user}"), |(first, last)| format!("{first} {last}")))
}

/// What is told of.
pub(super) struct About<'a> {
    /// Where it is done.
    pub(super) scope: &'a Scope,
    /// The request, as it stands now.
    pub(super) request: &'a CoverRequest,
    /// Its schedule.
    pub(super) schedule: &'a Schedule,
    /// When.
    pub(super) now: Timestamp,
}

impl About<'_> {
    /// Those who are asked.
    pub(super) async fn asked(&self, tx: &mut Tx, to: Vec<UserId>) -> Result<(), StoreError> {
        self.say(tx, to, CoverStep::Asked, None).await
    }

    /// Those who were asked and have not said no hear that it is taken, as well as whoever asked.
    pub(super) async fn accepted(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let to = self.everybody(tx).await?;
        self.say(tx, to, CoverStep::Accepted, Some(by)).await
    }

    /// Whoever asked.
    pub(super) async fn declined(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let step = match self.request.asked {
            Asked::User(_) => CoverStep::Declined,
            Asked::Team(_) | Asked::Everybody => CoverStep::DeclinedByAll,
        };
        self.say(tx, self.askers(), step, Some(by)).await
    }

    /// Everybody who was concerned.
    pub(super) async fn withdrawn(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let to = self.everybody(tx).await?;
        self.say(tx, to, CoverStep::Withdrawn, None).await
    }

    /// Whoever asked, and whoever had taken it.
    pub(super) async fn given_back(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let mut to = self.askers();
        to.push(by);
        self.say(tx, to, CoverStep::GivenBack, Some(by)).await
    }

    /// Whoever asked.
    pub(super) async fn expired(&self, tx: &mut Tx) -> Result<(), StoreError> {
        self.say(tx, self.askers(), CoverStep::Expired, None).await
    }

    /// Whoever asked, and whose duty it is.
    fn askers(&self) -> Vec<UserId> {
        [Some(self.request.user), self.request.created_by].into_iter().flatten().collect()
    }

    /// Those who were asked and have not said no, and whoever asked.
    async fn everybody(&self, tx: &mut Tx) -> Result<Vec<UserId>, StoreError> {
        let mut to = everybody_asked(tx, self.scope.org, self.request).await?;
        to.retain(|user| !self.request.declined_by.contains(user));
        to.extend(self.askers());
        Ok(to)
    }

    /// Everybody but who did it.
    async fn say(&self, tx: &mut Tx, to: Vec<UserId>, step: CoverStep, by: Option<UserId>) -> Result<(), StoreError> {
        let mut to: BTreeSet<UserId> = to.into_iter().collect();
        if let Some(actor) = self.scope.actor.user() {
            to.remove(&actor);
        }
        let (org, span) = (self.scope.org, self.request.span);
        let news = News::Cover(CoverNews {
            step,
            whose: name(tx, org, self.request.user).await?,
            by: match by {
                Some(by) => Some(name(tx, org, by).await?),
                None => None,
            },
            schedule: self.schedule.name.clone(),
            zone: self.schedule.current.zone.clone(),
            from: span.from,
            until: span.until,
            message: self.request.message.clone().filter(|_| step == CoverStep::Asked),
        });
        news::tell(tx, org, &to.into_iter().collect::<Vec<_>>(), &news, self.now).await
    }
}
