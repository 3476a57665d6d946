//! The one place where events become alerts. Events, alerts, timeline and the work that follows are one commit.

mod rows;
mod sheet;

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::events::Verdict;
use crate::holds::Opening;
use crate::jobs::NewJob;
use jiff::Timestamp;
pub(crate) use sheet::STATEMENTS;
use sheet::Sheet;
use std::sync::Arc;
use watchbell_core::event::Event;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{AlertId, OrgId, PolicyId, SourceId};

/// What ingest needs to know of a source.
#[derive(Debug, Clone)]
pub struct IngestSource {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub id: SourceId,
    /// Who is paged, unless a routing key says otherwise.
    pub policy: PolicyId,
    /// How events group.
    pub grouping: Grouping,
    /// Window of grouping, in seconds.
    pub grouping_window_s: Option<i64>,
    /// How loud its alerts open, and whether anything may hold them back.
    pub opening: Opening,
    /// Whether a person opens the alert by hand: who does wants pages, and nothing holds them back.
    pub by_person: bool,
    /// Resolve after so many silent seconds.
    pub auto_resolve_s: Option<i64>,
}

/// What was sent, as far as it could be read.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// An event for an alert.
    Event(Box<Event>),
    /// A pointer to something that must be read first: kept, with the job that reads it.
    Pointer {
        /// What it points to; its events are settled by this.
        subject: String,
        /// What kind of pointer, for people.
        kind: &'static str,
        /// The job that reads it.
        job: Box<NewJob>,
    },
    /// Kept with the reason why nothing followed.
    LeftOut {
        /// The word of the verdict.
        verdict: Verdict,
        /// Why.
        reason: String,
    },
}

/// One thing that a source sent, with its bytes.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Who sent it.
    pub source: Arc<IngestSource>,
    /// What it says.
    pub parsed: Parsed,
    /// As the sender called it.
    pub content_type: Option<String>,
    /// As it was sent.
    pub body: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Committed {
    /// Of each group, in order.
    pub outcomes: Vec<Result<Vec<Ingested>, StoreError>>,
    /// Whether something is to be done at once: the engine is to be woken.
    pub is_due: bool,
}

/// When the first level of an alert starts that waits for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstLevel {
    /// With the alert, in its transaction.
    AtOnce,
    /// By its job: where pages are held back, or where starting it failed, which must not cost the event.
    ByJob,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The word.
    pub verdict: Verdict,
    /// The alert.
    pub alert: Option<AlertId>,
}

/// Commits what queued up; each group is kept whole or not at all. If the batch fails on data, it is committed in halves until
/// the offender is alone: that one gets its error, its neighbours are kept.
pub async fn commit_batch(db: &Db, groups: Vec<Vec<Incoming>>, first: FirstLevel, now: Timestamp) -> Committed {
    let groups: Arc<[Vec<Incoming>]> = groups.into();
    let mut outcomes: Vec<Option<Result<Vec<Ingested>, StoreError>>> = (0..groups.len()).map(|_| None).collect();
    let whole = 0..groups.len();
    let mut is_due = false;
    let mut parts = vec![(whole, first)];
    while let Some((part, first)) = parts.pop() {
        match commit_part(db, &groups, part.clone(), first, now).await {
            Ok((done, due)) => {
                is_due |= due;
                done.into_iter().zip(part).for_each(|(ingested, i)| outcomes[i] = Some(Ok(ingested)));
            }
            Err(error) if first == FirstLevel::AtOnce && !error.is_transient() => {
                tracing::warn!(%error, "levels could not be started with their alerts; their jobs do it");
                parts.push((part, FirstLevel::ByJob));
            }
            Err(error) if part.len() > 1 && !error.is_transient() => {
                let middle = part.start + part.len() / 2;
                parts.push((middle..part.end, first));
                parts.push((part.start..middle, first));
            }
            Err(error) => {
                let text = error.to_string();
                let mut first = Some(error);
                for i in part {
                    outcomes[i] =
                        Some(Err(first.take().unwrap_or_else(|| StoreError::Unavailable(text.clone().into()))));
                }
            }
        }
    }
    let unknown = || Err(StoreError::Conflict("event"));
    Committed { outcomes: outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unknown)).collect(), is_due }
}

async fn commit_part(
    db: &Db,
    groups: &Arc<[Vec<Incoming>]>,
    part: std::ops::Range<usize>,
    first: FirstLevel,
    now: Timestamp,
) -> Result<(Vec<Vec<Ingested>>, bool), StoreError> {
    for _ in 0..3 {
        let (groups, part) = (groups.clone(), part.clone());
        match db.write(move |tx| Box::pin(async move { commit_groups(tx, &groups[part], first, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict("event"))
}

async fn commit_groups(
    tx: &mut Tx,
    groups: &[Vec<Incoming>],
    first: FirstLevel,
    now: Timestamp,
) -> Result<(Vec<Vec<Ingested>>, bool), StoreError> {
    let batch: Vec<&Incoming> = groups.iter().flatten().collect();
    let (ingested, is_due) = take_batch(tx, &batch, first, now).await?;
    let mut ingested = ingested.into_iter();
    Ok((groups.iter().map(|group| ingested.by_ref().take(group.len()).collect()).collect(), is_due))
}

/// [`commit_batch`] as a part of a larger unit of work, which sees to its jobs. Errors: `Conflict` when another node opened a group meanwhile.
pub async fn commit_in(tx: &mut Tx, batch: &[&Incoming], now: Timestamp) -> Result<Vec<Ingested>, StoreError> {
    take_batch(tx, batch, FirstLevel::ByJob, now).await.map(|(ingested, _)| ingested)
}

/// What became of each, and whether something is due at once.
async fn take_batch(
    tx: &mut Tx,
    batch: &[&Incoming],
    first: FirstLevel,
    now: Timestamp,
) -> Result<(Vec<Ingested>, bool), StoreError> {
    let mut sheet = Sheet::load(tx, batch, now).await?;
    let mut ingested = batch.iter().map(|incoming| sheet.take(incoming)).collect::<Result<Vec<_>, _>>()?;
    sheet.number(tx, &mut ingested).await?;
    let is_due = sheet.save(tx, batch, &ingested, first).await?;
    Ok((ingested, is_due))
}
