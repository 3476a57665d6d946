//! Who hears of a cover request: those who are asked, and whoever asked.

use super::CoverRequest;
use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::news::{self, News};
use crate::schedules::Schedule;
use crate::scope::Scope;
use crate::teams;
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchbell_core::cover::Asked;
use watchbell_core::ids::{OrgId, UserId};

/// Where a person answers.
const PATH: &str = "/on-call";
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
        let who = self.who(tx).await?;
        let mut text = format!("{who} asks you to be on call for {}, {}.", self.schedule.name, self.when());
        if let Some(message) = &self.request.message {
            text.push_str(&format!("\n\n{message}"));
        }
        text.push_str(&format!("\n\nIt stays {who}'s until somebody takes it."));
        self.say(tx, to, format!("{who} asks for cover"), text).await
    }

    /// Those who were asked and have not said no hear that it is taken, as well as whoever asked.
    pub(super) async fn accepted(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let (taker, who) = (name(tx, self.scope.org, by).await?, self.who(tx).await?);
        let text = format!("{taker} is on call for {} in the place of {who}, {}.", self.schedule.name, self.when());
        let to = self.everybody(tx).await?;
        self.say(tx, to, format!("{taker} covers for {who}"), text).await
    }

    /// Whoever asked.
    pub(super) async fn declined(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let (who, when, schedule) = (name(tx, self.scope.org, by).await?, self.when(), &self.schedule.name);
        let text = match self.request.asked {
            Asked::User(_) => {
                format!("{who} cannot take {schedule}, {when}. The duty stays where it is: ask somebody else.")
            }
            Asked::Team(_) | Asked::Everybody => {
                format!("Nobody who was asked can take {schedule}, {when}. The duty stays where it is.")
            }
        };
        self.say(tx, self.askers(), "No cover was found".to_owned(), text).await
    }

    /// Everybody who was concerned.
    pub(super) async fn withdrawn(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let who = self.who(tx).await?;
        let text = format!("{who} needs no cover any more for {}, {}.", self.schedule.name, self.when());
        let to = self.everybody(tx).await?;
        self.say(tx, to, format!("{who} needs no cover"), text).await
    }

    /// Whoever asked, and whoever had taken it.
    pub(super) async fn given_back(&self, tx: &mut Tx, by: UserId) -> Result<(), StoreError> {
        let (taker, who) = (name(tx, self.scope.org, by).await?, self.who(tx).await?);
        let title = format!("{taker} does not cover for {who} any more");
        let text = format!("{title}, {}. Look who is on call for {}.", self.when(), self.schedule.name);
        let mut to = self.askers();
        to.push(by);
        self.say(tx, to, title, text).await
    }

    /// Whoever asked.
    pub(super) async fn expired(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let who = self.who(tx).await?;
        let text = format!("Nobody took {}, {}. {who} is on call.", self.schedule.name, self.when());
        self.say(tx, self.askers(), "Nobody took your duty".to_owned(), text).await
    }

    /// Whose duty it is.
    async fn who(&self, tx: &mut Tx) -> Result<String, StoreError> {
        name(tx, self.scope.org, self.request.user).await
    }

    /// When the duty is, on the clocks of the schedule.
    fn when(&self) -> String {
        let (zone, span) = (&self.schedule.current.zone, self.request.span);
        let clocks = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let shown = |at: Timestamp| at.to_zoned(clocks.clone()).strftime("%a %-d %b %H:%M").to_string();
        format!("{} to {} ({zone})", shown(span.from), shown(span.until))
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
    async fn say(&self, tx: &mut Tx, to: Vec<UserId>, title: String, text: String) -> Result<(), StoreError> {
        let mut to: BTreeSet<UserId> = to.into_iter().collect();
        if let Some(actor) = self.scope.actor.user() {
            to.remove(&actor);
        }
        let news = News::Plain { title, text, path: Some(PATH.into()) };
        news::tell(tx, self.scope.org, &to.into_iter().collect::<Vec<_>>(), &news, self.now).await
    }
}
