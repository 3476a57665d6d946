//! Bundling: per source and contact, what exceeds the rate of its channel becomes one summary.

use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{JobKind, NewJob};
use crate::notifications::{self, NewNotification};
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use watchbell_core::alert::Priority;
use watchbell_core::ids::{AlertId, NotificationId, OrgId, SourceId};
use watchbell_core::limits;
use watchbell_core::notify::{self, NotificationState, Purpose, Rate};
use watchbell_core::user::Channel;

/// The reason of a page that waits for its summary ..
pub(crate) const BUNDLED: &str = "bundled: one summary stands for several messages";
/// .. and of one that would have said the same as another did just before.
const SAME: &str = "bundled: the same words went to this contact within the last 4 minutes";

sql! {
    RECENT {
        sqlite: "SELECT source_id, contact_id, channel, sum(CASE WHEN purpose = 'PAGE' THEN 1 ELSE 0 END), max(CASE WHEN purpose = 'SUMMARY' THEN due_at END) FROM notification
            WHERE purpose <> 'UPDATE' AND state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (org_id, source_id, contact_id) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)) AND due_at > (SELECT value ->> 3 FROM json_each($1) LIMIT 1)
            GROUP BY source_id, contact_id, channel",
        postgres: "SELECT source_id, contact_id, channel, CAST(sum(CASE WHEN purpose = 'PAGE' THEN 1 ELSE 0 END) AS BIGINT), max(CASE WHEN purpose = 'SUMMARY' THEN due_at END) FROM notification
            WHERE purpose <> 'UPDATE' AND state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (org_id, source_id, contact_id) IN (SELECT DISTINCT a, b, c FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (a, b, c)) AND due_at > ($4::bigint[])[1]
            GROUP BY source_id, contact_id, channel",
    }
    /// What pages said lately, with their alerts.
    SAID {
        sqlite: "SELECT n.source_id, n.contact_id, n.channel, a.summary, a.id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.purpose = 'PAGE' AND n.purpose <> 'UPDATE' AND n.state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (n.org_id, n.source_id, n.contact_id) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)) AND n.due_at > (SELECT value ->> 3 FROM json_each($1) LIMIT 1)",
        postgres: "SELECT n.source_id, n.contact_id, n.channel, a.summary, a.id FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.purpose = 'PAGE' AND n.purpose <> 'UPDATE' AND n.state IN ('SENDING', 'SENT', 'DELIVERED')
            AND (n.org_id, n.source_id, n.contact_id) IN (SELECT DISTINCT a, b, c FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (a, b, c)) AND n.due_at > ($4::bigint[])[1]",
    }
    /// Pages of a source to a contact that left lately, or wait for their turn: those before a page that waits itself.
    BEFORE {
        both: "SELECT (SELECT count(*) FROM notification WHERE org_id = $1 AND source_id = $2 AND contact_id = $3 AND channel = $4 AND purpose = 'PAGE' AND purpose <> 'UPDATE'
                AND state IN ('SENDING', 'SENT', 'DELIVERED') AND due_at > $6 AND (id < $5 OR (id > $5 AND state <> 'SENDING')))
            + (SELECT count(*) FROM notification WHERE org_id = $1 AND source_id = $2 AND contact_id = $3 AND channel = $4 AND purpose = 'PAGE'
                AND state = 'PLANNED' AND tries = 0 AND due_at <= $7 AND id < $5)"
    }
    WORDS {
        sqlite: "SELECT id, summary FROM alert WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "SELECT id, summary FROM alert WHERE org_id = $1 AND id = ANY($2)",
    }
    /// What waits for a summary and is still worth one, and what is not.
    WAITING {
        both: "SELECT n.id, n.user_id, n.channel, n.target, a.status, n.alert_id, a.priority FROM notification n JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id
            WHERE n.org_id = $1 AND n.source_id = $2 AND n.contact_id = $3 AND n.channel = $4 AND n.state = 'SUPPRESSED' AND n.summary_id IS NULL ORDER BY n.id LIMIT $5"
    }
    CANCEL {
        sqlite: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "UPDATE notification SET state = 'CANCELLED', reason = 'somebody has the alert' WHERE org_id = $1 AND id = ANY($2)",
    }
    STAND_FOR {
        sqlite: "UPDATE notification SET summary_id = $3 WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND state = 'SUPPRESSED'",
        postgres: "UPDATE notification SET summary_id = $3 WHERE org_id = $1 AND id = ANY($2) AND state = 'SUPPRESSED'",
    }
    RELEASE { both: "UPDATE notification SET state = 'PLANNED', reason = NULL, due_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'SUPPRESSED'" }
}

/// What is bundled together: the messages of a source to a contact over a channel. A channel that this version does not know is
/// bundled like mail.
pub(crate) type Pair = (i64, i64, Channel);

pub(crate) fn channel_of(word: &str) -> Channel {
    Channel::parse(word).unwrap_or(Channel::Email)
}

/// What decides whether a page that is due is held back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pair: Pair,
    rate: Rate,
    alert: Option<AlertId>,
    /// Whether it is only ever told of in a summary.
    in_summary: bool,
}

impl Candidate {
    /// A page of an alert over a channel.
    pub(crate) fn new((source, contact): (i64, i64), channel: &str, alert: Option<AlertId>) -> Self {
        let channel = channel_of(channel);
        Self { pair: (source, contact, channel), rate: notify::rate(channel), alert, in_summary: false }
    }
}

impl From<&NewNotification> for Candidate {
    fn from(page: &NewNotification) -> Self {
        let candidate = Self::new((page.source.0, page.contact), &page.channel, page.alert);
        Self { in_summary: page.in_summary, ..candidate }
    }
}

/// What left lately, by source and contact, and what is held back now.
pub(crate) struct Bundling {
    recent: HashMap<Pair, (i64, Option<i64>)>,
    /// What pushes said lately, by source and contact: words and alert.
    said: HashMap<Pair, Vec<(String, i64)>>,
    words: HashMap<i64, String>,
    bundled: BTreeSet<Pair>,
}

impl Bundling {
    /// Counts what left within the window of their channels to the contacts of these pages.
    pub(crate) async fn load(tx: &mut Tx, org: OrgId, pages: &[Candidate], now: Timestamp) -> Result<Self, StoreError> {
        let mut by_window: BTreeMap<i64, BTreeSet<Pair>> = BTreeMap::new();
        for page in pages {
            by_window.entry(page.rate.window_s).or_default().insert(page.pair);
        }
        let mut counted = HashMap::new();
        for (window_s, pairs) in by_window {
            counted.extend(recent(tx, org, pairs, window_s, now).await?);
        }
        let pushed: Vec<Candidate> = pages.iter().filter(|page| page.rate.holds_repeats).copied().collect();
        let (said, words) = (said(tx, org, &pushed, now).await?, words(tx, org, &pushed).await?);
        Ok(Self { recent: counted, said, words, bundled: BTreeSet::new() })
    }

    /// Why this page is held back for a summary. `None`: it goes out by itself, and counts for the next one.
    pub(crate) fn holds_back(&mut self, page: Candidate) -> Option<&'static str> {
        let (pair, rate) = (page.pair, page.rate);
        let count = self.recent.get(&pair).map_or(0, |(count, _)| *count);
        let held = match page.in_summary || !notify::goes_out_singly(rate, count) {
            true => Some(BUNDLED),
            false => self.repeats(page).then_some(SAME),
        };
        match held {
            Some(_) => drop(self.bundled.insert(pair)),
            None => self.recent.entry(pair).or_insert((0, None)).0 += 1,
        }
        held
    }

    /// Whether another alert said the same to the same contact lately; if not, this one is what the next would repeat.
    fn repeats(&mut self, page: Candidate) -> bool {
        let Some(alert) = page.alert else { return false };
        let Some(words) = self.words.get(&alert.0) else { return false };
        let said = self.said.entry(page.pair).or_default();
        let repeats = said.iter().any(|(known, of)| known == words && *of != alert.0);
        if !repeats {
            said.push((words.clone(), alert.0));
        }
        repeats
    }

    /// The jobs that will make summaries of what was held back.
    pub(crate) fn summaries(self, org: OrgId, now: Timestamp) -> Vec<NewJob> {
        let job = |pair: &Pair| {
            let last = self.recent.get(pair).and_then(|(_, last)| *last).map(timestamp);
            summary_job(org, *pair, notify::summary_due(now, last))
        };
        self.bundled.iter().map(job).collect()
    }
}

/// The job of the summary that stands for a page which has to wait, where as many of its source as go out by themselves left lately or
/// wait before it.
pub(crate) async fn crowded_out(
    tx: &mut Tx,
    org: OrgId,
    page: Candidate,
    id: i64,
    now: Timestamp,
) -> Result<Option<NewJob>, StoreError> {
    let (source, contact, channel) = page.pair;
    let since = now - SignedDuration::from_secs(page.rate.window_s);
    let before: Option<(i64,)> =
        tx.one(BEFORE, crate::args![org, source, contact, channel.as_str(), id, since, now]).await?;
    let is_crowded = before.is_some_and(|(count,)| !notify::goes_out_singly(page.rate, count));
    Ok(is_crowded.then(|| summary_job(org, page.pair, notify::summary_due(now, None))))
}

async fn said(
    tx: &mut Tx,
    org: OrgId,
    pages: &[Candidate],
    now: Timestamp,
) -> Result<HashMap<Pair, Vec<(String, i64)>>, StoreError> {
    let since = now - SignedDuration::from_secs(limits::PUSH_SAME_S);
    let pairs: BTreeSet<Pair> = pages.iter().map(|page| page.pair).collect();
    let mut rows = Rows::default();
    pairs.into_iter().for_each(|(source, contact, _)| rows.push(crate::args![org, source, contact, since]));
    let found: Vec<(i64, i64, String, String, i64)> = tx.all_many(SAID, rows).await?;
    let mut said: HashMap<Pair, Vec<(String, i64)>> = HashMap::new();
    for (source, contact, channel, words, alert) in found {
        said.entry((source, contact, channel_of(&channel))).or_default().push((words, alert));
    }
    Ok(said)
}

/// The words of the alerts that are pushed.
async fn words(tx: &mut Tx, org: OrgId, pages: &[Candidate]) -> Result<HashMap<i64, String>, StoreError> {
    let mut alerts: Vec<i64> = pages.iter().filter_map(|page| page.alert).map(|alert| alert.0).collect();
    alerts.sort_unstable();
    alerts.dedup();
    if alerts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String)> = tx.all(WORDS, crate::args![org, alerts]).await?;
    Ok(rows.into_iter().collect())
}

/// The job that makes the summary of a source for a contact.
pub(crate) fn summary_job(org: OrgId, (source, contact, channel): Pair, at: Timestamp) -> NewJob {
    let key = format!("summary:{source}:{contact}:{channel}");
    NewJob::new(org, JobKind::Summarize, contact, at).once(key).with((source, channel))
}

async fn recent(
    tx: &mut Tx,
    org: OrgId,
    pairs: BTreeSet<Pair>,
    window_s: i64,
    now: Timestamp,
) -> Result<HashMap<Pair, (i64, Option<i64>)>, StoreError> {
    let since = now - SignedDuration::from_secs(window_s);
    let mut rows = Rows::default();
    pairs.into_iter().for_each(|(source, contact, _)| rows.push(crate::args![org, source, contact, since]));
    let found: Vec<(i64, i64, String, i64, Option<i64>)> = tx.all_many(RECENT, rows).await?;
    let counted = |(source, contact, channel, count, last): (i64, i64, String, i64, Option<i64>)| {
        ((source, contact, channel_of(&channel)), (count, last))
    };
    Ok(found.into_iter().map(counted).collect())
}

/// Makes one summary of what waits for a contact: nothing where nobody needs it any more, the page itself where it is alone.
/// Returns when to come back, where a summary went out too shortly ago or more waits than one summary stands for.
pub async fn summarize(
    tx: &mut Tx,
    org: OrgId,
    (source, contact, channel): Pair,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let pair = (source, contact, channel);
    let lately = recent(tx, org, BTreeSet::from([pair]), limits::BUNDLE_WINDOW_S, now).await?;
    let last = lately.get(&pair).and_then(|(_, last)| *last);
    let source = SourceId(source);
    if let Some(last) = last {
        return Ok(Some(timestamp(last) + SignedDuration::from_secs(limits::BUNDLE_WINDOW_S)));
    }
    let waiting: Vec<(i64, i64, String, String, String, i64, String)> =
        tx.all(WAITING, crate::args![org, source, contact, channel.as_str(), limits::BUNDLE_MAX]).await?;
    let is_cut = i64::try_from(waiting.len()).is_ok_and(|count| count >= limits::BUNDLE_MAX);
    let (open, closed): (Vec<_>, Vec<_>) =
        waiting.into_iter().partition(|(_, _, _, _, status, ..)| status == "PENDING");
    tx.exec(CANCEL, crate::args![org, closed.iter().map(|row| row.0).collect::<Vec<_>>()]).await?;
    let rest = is_cut.then(|| now.saturating_add(SignedDuration::from_secs(limits::BUNDLE_WINDOW_S)).unwrap_or(now));
    let job = match &open[..] {
        [] => return Ok(is_cut.then_some(now)),
        [alone] => {
            tx.exec(RELEASE, crate::args![org, alone.0, now]).await?;
            let priority = Priority::parse(&alone.6).unwrap_or(Priority::High);
            NewJob::send(org, alone.0, &alone.2, notify::rank(Purpose::Page, priority, true), now).with("alone")
        }
        [first, ..] => {
            let id = notifications::next_ids(tx, 1).await?.pop().unwrap_or_default();
            let summary = summary_of(NotificationId(id), source, contact, (first.1, &first.2, &first.3), now);
            notifications::insert(tx, org, &[summary]).await?;
            tx.exec(STAND_FOR, crate::args![org, open.iter().map(|row| row.0).collect::<Vec<_>>(), id]).await?;
            NewJob::send(org, id, &first.2, notify::rank(Purpose::Summary, Priority::High, true), now)
        }
    };
    crate::jobs::ask(tx, vec![job]).await?;
    Ok(rest)
}

fn summary_of(
    id: NotificationId,
    source: SourceId,
    contact: i64,
    (user, channel, target): (i64, &str, &str),
    now: Timestamp,
) -> NewNotification {
    NewNotification {
        id,
        alert: None,
        source,
        pass: 0,
        level: 0,
        user,
        preference: None,
        contact,
        channel: channel.to_owned(),
        target: Some(target.to_owned()),
        purpose: Purpose::Summary,
        priority: Priority::High,
        about: None,
        state: NotificationState::Planned,
        reason: None,
        in_summary: false,
        due_at: now,
        planned_at: now,
    }
}
