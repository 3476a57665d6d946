//! Whether a message may go through an account now: the pace of account, address and person, one call to a number at a time, and the
//! number by which its reader answers. One unit before the network is touched; what has to wait is put off in the same unit.

use super::waiting::{self, Line, Wait};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::heard::TOLD_MAX;
use crate::jobs::Job;
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::ids::{NotificationId, OrgId};
use watchbell_core::limits;
use watchbell_core::reply::next_code;
use watchbell_core::user::Channel;

sql! {
    /// Held until the unit ends: two messages to one contact do not take the same number.
    MESSAGE {
        sqlite: "SELECT n.channel, n.target, n.user_id, n.contact_id, n.alert_id, n.reply_code, n.purpose FROM notification n JOIN contact c ON c.org_id = n.org_id AND c.id = n.contact_id WHERE n.org_id = $1 AND n.id = $2",
        postgres: "SELECT n.channel, n.target, n.user_id, n.contact_id, n.alert_id, n.reply_code, n.purpose FROM notification n JOIN contact c ON c.org_id = n.org_id AND c.id = n.contact_id WHERE n.org_id = $1 AND n.id = $2 FOR UPDATE OF c",
    }
    /// A call that is not over, as far as anybody told; one that nobody told of for minutes counts as over.
    LINE_BUSY {
        both: "SELECT EXISTS (SELECT 1 FROM notification WHERE org_id = $1 AND target = $2 AND channel = 'VOICE' AND ended_at IS NULL
            AND state IN ('SENT', 'DELIVERED') AND id <> $3 AND sent_at > $4 AND sent_at <= $5)"
    }
    /// Held until the unit ends, also where nothing was used yet: a row that is not there cannot be held.
    USED_UNTIL {
        sqlite: "INSERT INTO pace (org_id, name, used_until) SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each($1) WHERE true
            ON CONFLICT (org_id, name) DO UPDATE SET used_until = pace.used_until RETURNING name, used_until",
        postgres: "INSERT INTO pace (org_id, name, used_until) SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[])
            ON CONFLICT (org_id, name) DO UPDATE SET used_until = pace.used_until RETURNING name, used_until",
    }
    USE {
        sqlite: "UPDATE pace SET used_until = v.until FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS name, value ->> 2 AS until FROM jsonb_each($1)) AS v
            WHERE pace.org_id = v.org_id AND pace.name = v.name",
        postgres: "UPDATE pace SET used_until = v.until FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) AS v (org_id, name, until)
            WHERE pace.org_id = v.org_id AND pace.name = v.name",
    }
    FORGET { both: "DELETE FROM pace WHERE org_id = $1 AND name IN (SELECT name FROM pace WHERE org_id = $1 AND used_until < $2 LIMIT $3)" }
    /// The numbers of what is not over, of the messages that an answer can mean: of alerts, and of summaries of which one alert is not.
    CODES {
        both: "SELECT DISTINCT n.reply_code, n.alert_id FROM (SELECT id, org_id, alert_id, reply_code FROM notification WHERE org_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT $3) AS n LEFT JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.reply_code IS NOT NULL AND ((n.alert_id IS NOT NULL AND a.status <> 'RESOLVED') OR (n.alert_id IS NULL
                AND EXISTS (SELECT 1 FROM notification m JOIN alert o ON o.org_id = m.org_id AND o.id = m.alert_id WHERE m.org_id = n.org_id AND m.summary_id = n.id AND o.status <> 'RESOLVED')))"
    }
    GIVE_CODE { both: "UPDATE notification SET reply_code = $3 WHERE org_id = $1 AND id = $2" }
}

/// How much of something may be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace {
    /// Of what: `account <id>`, say.
    pub name: String,
    /// One in so many milliseconds ..
    pub every_ms: i64,
    /// .. of which so many may come at once.
    pub burst: i64,
}

/// Whether a message may go now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It may; with the number by which its reader answers, where they can.
    Now {
        /// The smallest that none of their open alerts has.
        reply_code: Option<u32>,
    },
    /// It was put off, or its lease was lost: whatever follows is written down.
    Later,
    /// It was deleted.
    Gone,
}

#[derive(sqlx::FromRow)]
struct Message {
    channel: String,
    target: String,
    user_id: i64,
    contact_id: i64,
    alert_id: Option<i64>,
    reply_code: Option<i64>,
    purpose: String,
}

/// Takes a message's turn with an account: what is used is written down, unless it has to wait.
pub async fn take(db: &Db, job: &Job, account: Option<Pace>, now: Timestamp) -> Result<Turn, StoreError> {
    let job = job.clone();
    db.write(move |tx| Box::pin(async move { take_in(tx, &job, account, now).await })).await
}

async fn take_in(tx: &mut Tx, job: &Job, account: Option<Pace>, now: Timestamp) -> Result<Turn, StoreError> {
    let (org, id) = (job.org, NotificationId(job.subject));
    let Some(message) = tx.one::<Message>(MESSAGE, args![org, id]).await? else { return Ok(Turn::Gone) };
    match must_wait(tx, job, (&message, account), now).await? {
        Some(wait) => waiting::put_off(tx, job, wait, now).await.map(|()| Turn::Later),
        None => Ok(Turn::Now { reply_code: code(tx, org, id, &message).await? }),
    }
}

async fn must_wait(
    tx: &mut Tx,
    job: &Job,
    (message, account): (&Message, Option<Pace>),
    now: Timestamp,
) -> Result<Option<Wait>, StoreError> {
    let (org, id) = (job.org, NotificationId(job.subject));
    let is_call = message.channel == Channel::Voice.as_str();
    if is_call && let Some(at) = line_free_at(tx, org, &message.target, id, now).await? {
        return Ok(Some(Wait::Line { at }));
    }
    let mut paces: Vec<Pace> = account.iter().cloned().chain(paces_of(message, is_call)).collect();
    // In one order, so that nobody waits for another who waits for them.
    paces.sort();
    let used = used(tx, org, &paces, now).await?;
    let reader = used.reader_free_at(account.as_ref());
    let wait = match &account {
        // The account is held by now: whoever was put off before this one is in the line.
        Some(pace) => {
            let line = Line::of(tx, job, &message.channel).await?;
            let free_at = used.account_free_at(pace).filter(|at| reader.is_none_or(|reader| reader <= *at));
            free_at.map(|at| line.wait(at, pace.every_ms)).or_else(|| line.behind_others(pace.every_ms))
        }
        None => None,
    };
    let wait = wait.or(reader.map(|at| Wait::Reader { at }));
    used.write(tx, org, wait.is_none()).await?;
    Ok(wait)
}

fn paces_of(message: &Message, is_call: bool) -> [Pace; 2] {
    let address = match is_call {
        true => Pace { name: format!("line {}", message.target), every_ms: limits::VOICE_APART_S * 1_000, burst: 1 },
        false => Pace {
            name: format!("{} {}", message.channel, message.target),
            every_ms: limits::ADDRESS_MS,
            burst: limits::ADDRESS_BURST,
        },
    };
    let user = Pace { name: format!("user {}", message.user_id), every_ms: limits::USER_MS, burst: limits::USER_BURST };
    [address, user]
}

/// When a call to the number may be tried again; `None`: now.
async fn line_free_at(
    tx: &mut Tx,
    org: OrgId,
    target: &str,
    id: NotificationId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let since = now - SignedDuration::from_secs(limits::CALL_S_MAX);
    let busy: Option<(bool,)> = tx.one(LINE_BUSY, args![org, target, id, since, now]).await?;
    Ok(busy.is_some_and(|(is_busy,)| is_busy).then(|| now + SignedDuration::from_secs(limits::VOICE_APART_S)))
}

/// The generic cell rate algorithm (ITU-T I.371): what is used lasts until a moment; a message may come while that is at most the
/// burst ahead.
struct Used<'p> {
    now: Timestamp,
    /// Each pace, until when it was used, and until when it can have been.
    paces: Vec<(&'p Pace, Timestamp, Timestamp)>,
}

/// What is used of these paces, held until the unit ends.
async fn used<'p>(tx: &mut Tx, org: OrgId, paces: &'p [Pace], now: Timestamp) -> Result<Used<'p>, StoreError> {
    let mut rows = Rows::default();
    paces.iter().for_each(|pace| rows.push(args![org, &pace.name, now]));
    let known: BTreeMap<String, i64> = tx.all_many::<(String, i64)>(USED_UNTIL, rows).await?.into_iter().collect();
    let until = |pace: &'p Pace| {
        let until = known.get(&pace.name).map_or(now, |at| timestamp(*at));
        (pace, until, pace.bounded(until, now))
    };
    Ok(Used { now, paces: paces.iter().map(until).collect() })
}

impl Used<'_> {
    /// When the account is free, where that is later. Who wakes a moment late delays nobody behind them: one that comes a little
    /// early counts in full.
    fn account_free_at(&self, account: &Pace) -> Option<Timestamp> {
        let (pace, _, used) = self.paces.iter().find(|(pace, ..)| pace.name == account.name)?;
        Some(pace.free_at(*used)).filter(|at| *at - pace.every() / 2 > self.now)
    }

    /// When address and person are free, where that is later.
    fn reader_free_at(&self, account: Option<&Pace>) -> Option<Timestamp> {
        let others = self.paces.iter().filter(|(pace, ..)| account.is_none_or(|account| account.name != pace.name));
        others.map(|(pace, _, used)| pace.free_at(*used)).max().filter(|at| *at > self.now)
    }

    /// Writes what is used where the message goes; else what a clock that was set back had written.
    async fn write(self, tx: &mut Tx, org: OrgId, goes: bool) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (pace, _, used) in self.paces.into_iter().filter(|(_, known, used)| goes || used < known) {
            let until = if goes { used + pace.every() } else { used };
            rows.push(args![org, &pace.name, until]);
        }
        tx.exec_many(USE, rows).await.map(|_| ())
    }
}

impl Pace {
    fn every(&self) -> SignedDuration {
        SignedDuration::from_millis(self.every_ms)
    }

    /// When a message may come, as far as is used.
    fn free_at(&self, used: Timestamp) -> Timestamp {
        used - self.every() * i32::try_from(self.burst - 1).unwrap_or_default()
    }

    /// What is used up, as far as it can be: whatever is further ahead was written by a clock that was set back since.
    fn bounded(&self, used: Timestamp, now: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.every_ms.saturating_mul(self.burst.saturating_add(1)));
        used.clamp(now, now.saturating_add(ahead).unwrap_or(now))
    }
}

/// The number of the alert, or of the summary, with this contact: kept while it is open.
async fn code(tx: &mut Tx, org: OrgId, id: NotificationId, message: &Message) -> Result<Option<u32>, StoreError> {
    let answers =
        matches!(Channel::parse(&message.channel), Some(Channel::Sms | Channel::WhatsApp | Channel::Telegram));
    if !answers || !matches!(message.purpose.as_str(), "PAGE" | "SUMMARY") {
        return Ok(None);
    }
    if let Some(known) = message.reply_code {
        return Ok(u32::try_from(known).ok());
    }
    let codes: Vec<(i64, Option<i64>)> = tx.all(CODES, args![org, message.contact_id, TOLD_MAX]).await?;
    let known = codes.iter().find(|(_, alert)| alert.is_some() && *alert == message.alert_id).map(|(code, _)| *code);
    let taken: BTreeSet<u32> = codes.iter().filter_map(|(code, _)| u32::try_from(*code).ok()).collect();
    let code = known.and_then(|code| u32::try_from(code).ok()).unwrap_or_else(|| next_code(&taken));
    tx.exec(GIVE_CODE, args![org, id, i64::from(code)]).await?;
    Ok(Some(code))
}

/// Forgets what is used up no more, so many rows at most; how many it were.
pub(crate) async fn forget_old(tx: &mut Tx, org: OrgId, max: i64, now: Timestamp) -> Result<u64, StoreError> {
    tx.exec(FORGET, args![org, now, max]).await
}
