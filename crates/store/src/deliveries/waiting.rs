//! A message that has to wait for its turn: it wakes when it can go, one after the other, or a summary stands for it.

use super::standing::{Standing, standing};
use crate::args;
use crate::bundles::{self, BUNDLED};
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, Job};
use crate::room::Place;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};

macro_rules! give_way {
    ($least:literal) => {
        concat!(
            "UPDATE job SET visible_at = ",
            $least,
            "(visible_at + $5, $6) WHERE place = $1 AND rank > $2 AND visible_at > $3 AND gave_up_at IS NULL
            AND lane IS NULL AND pool IS NULL AND NOT leased AND kind = 'notify' AND last_error = $4"
        )
    };
}

sql! {
    WAITS { both: "UPDATE notification SET state = 'PLANNED', reason = $3 WHERE org_id = $1 AND id = $2 AND state = 'SENDING'" }
    HELD_BACK { both: "UPDATE notification SET state = 'SUPPRESSED', reason = $3 WHERE org_id = $1 AND id = $2 AND state = 'SENDING'" }
    /// Whether this message has waited for its account before; and when the last wakes who waits for one of this channel and goes
    /// before it: what is more urgent, or older.
    LINE {
        both: "SELECT (SELECT last_error = $3 FROM job WHERE id = $4) AS has_waited,
            (SELECT max(visible_at) FROM job WHERE place = $1 AND rank <= $2 AND (rank < $2 OR id < $4) AND gave_up_at IS NULL AND lane IS NULL AND pool IS NULL
                AND NOT leased AND kind = 'notify' AND last_error = $3) AS last_at"
    }
    /// The place in the line that somebody more urgent took was theirs: each wakes so much later.
    GIVE_WAY {
        sqlite: give_way!("min"),
        postgres: give_way!("least"),
    }
}

/// How far ahead a message that waits is woken at most, in seconds: who was in front of it may have given up.
const AHEAD_S_MAX: i64 = 60;
pub(crate) const FOR_ACCOUNT: &str = "so many messages went through the account just before";

/// What a message waits for, and when that can be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    /// Another call to the number is under way.
    Line { at: Timestamp },
    /// The account takes one message in so many milliseconds; whether it is new in the line.
    Account { at: Timestamp, every_ms: i64, is_new: bool },
    /// So many messages went to the address, or to the person.
    Reader { at: Timestamp },
}

impl Wait {
    const fn why(self) -> &'static str {
        match self {
            Wait::Line { .. } => "another call to this number is under way",
            Wait::Account { .. } => FOR_ACCOUNT,
            Wait::Reader { .. } => "so many messages were sent to this person just before",
        }
    }
}

/// Puts a message off as if it had not begun. A page that too many of its source go before waits for a summary instead.
pub(super) async fn put_off(tx: &mut Tx, job: &Job, wait: Wait, now: Timestamp) -> Result<(), StoreError> {
    let Some(standing) = standing(tx, job).await?.filter(|standing| standing.is_held) else { return Ok(()) };
    if is_bundled(tx, job, &standing, now).await? {
        return Ok(());
    }
    tx.exec(WAITS, args![job.org, standing.id, wait.why()]).await?;
    let at = wakes_at(tx, job, &standing, wait, now).await?;
    jobs::put_off(tx, job, at, wait.why()).await.map(|_| ())
}

/// Who waits for an account already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    has_waited: bool,
    last_at: Option<Timestamp>,
}

impl Line {
    /// The line in which a message waits for an account.
    pub(super) async fn of(tx: &mut Tx, job: &Job, channel: &str) -> Result<Self, StoreError> {
        let place = Place::of_message(channel).word();
        let args = args![place, job.rank, FOR_ACCOUNT, job.id];
        let (has_waited, last_at): (Option<bool>, Option<i64>) = tx.one(LINE, args).await?.unwrap_or_default();
        Ok(Self { has_waited: has_waited.unwrap_or(false), last_at: last_at.map(timestamp) })
    }

    /// What a message waits for that comes to the line anew, though the account is free. `None`: it is the first, or its turn came.
    pub(super) fn behind_others(self, every_ms: i64) -> Option<Wait> {
        self.last_at.filter(|_| !self.has_waited).map(|last| self.wait(last, every_ms))
    }

    /// What a message waits for whose account is free then, at the earliest.
    pub(super) fn wait(self, free_at: Timestamp, every_ms: i64) -> Wait {
        let behind = self.last_at.map(|last| last + SignedDuration::from_millis(every_ms));
        Wait::Account { at: behind.map_or(free_at, |behind| behind.max(free_at)), every_ms, is_new: !self.has_waited }
    }
}

/// Each that waits for an account wakes alone; the less urgent ones give way to one that is new.
async fn wakes_at(
    tx: &mut Tx,
    job: &Job,
    standing: &Standing,
    wait: Wait,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let (at, every_ms, is_new) = match wait {
        Wait::Account { at, every_ms, is_new } => (at, every_ms, is_new),
        Wait::Line { at } | Wait::Reader { at } => return Ok(at),
    };
    let latest = now + SignedDuration::from_secs(AHEAD_S_MAX);
    if is_new {
        let place = Place::of_message(&standing.channel).word();
        tx.exec(GIVE_WAY, args![place, job.rank, now, FOR_ACCOUNT, every_ms * 1_000, latest]).await?;
    }
    Ok(at.min(latest))
}

async fn is_bundled(tx: &mut Tx, job: &Job, standing: &Standing, now: Timestamp) -> Result<bool, StoreError> {
    let Some(page) = standing.candidate().filter(|_| job.payload == "{}" && standing.may_be_bundled()) else {
        return Ok(false);
    };
    let Some(summary) = bundles::crowded_out(tx, job.org, page, standing.id, now).await? else { return Ok(false) };
    tx.exec(HELD_BACK, args![job.org, standing.id, BUNDLED]).await?;
    jobs::finish(tx, job, now).await?;
    jobs::ask(tx, vec![summary]).await.map(|()| true)
}
