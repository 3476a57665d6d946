//! Gaps of schedules: each hour the next days of all are looked at, and owners are told of a gap once.

use super::run::JobError;
use super::upkeep::{finish, payload};
use super::{direct, said};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use watchbell_connect::channels::{Message, Notice, Reader};
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::{GAPS_LISTED_MAX, GAPS_LOOKED_AT_DAYS, GAPS_TOLD_DAYS};
use watchbell_core::moment::dated;
use watchbell_core::schedule::coverage::joined;
use watchbell_core::schedule::{Duty, Span, shifts};
use watchbell_store::jobs::{self, Job, JobKind, NewJob};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, doors, gaps, schedules, teams};

/// Schedules that are looked at together.
const CHUNK: usize = 50;
/// Tries of a message before it is given up.
const TRIES_MAX: i64 = 5;

/// What an owner is told.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    schedule: ScheduleId,
    gaps: Vec<Span>,
    count: usize,
}

/// Looks at all schedules, and comes back in an hour.
pub(super) async fn watch(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, now) = (doors::system(job.org), app.clock.now());
    let ids = schedules::ids(&app.db, &scope).await?;
    for chunk in ids.chunks(CHUNK) {
        look(app, &scope, chunk, now).await?;
    }
    let job = job.clone();
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            gaps::forget_past(tx, job.org, now).await?;
            jobs::retry(tx, &job, now + SignedDuration::from_hours(1), "").await
        })
    });
    write.await.map(|_| ()).map_err(JobError::from)
}

async fn look(app: &App, scope: &Scope, ids: &[ScheduleId], now: Timestamp) -> Result<(), JobError> {
    let days = |days: i64| Span::new(now, now + SignedDuration::from_hours(24 * days));
    let (soon, all) = (days(GAPS_LOOKED_AT_DAYS), days(GAPS_TOLD_DAYS));
    let told = gaps::told(&app.db, scope, ids).await?;
    for (id, ready) in schedules::prepared(&app.db, scope, ids, all).await? {
        let known = told.get(&id).map(Vec::as_slice).unwrap_or_default();
        let open = joined(&shifts(&ready, all), Duty::Nobody);
        let is_news = |gap: &&Span| !known.iter().any(|known| known.overlap(gap).is_some());
        if open.iter().filter(is_news).any(|gap| gap.overlap(&soon).is_some()) {
            tell(app, scope, id, open, now).await?;
        }
    }
    Ok(())
}

/// Asks for the messages to the owners, and notes that the gaps are told: those of the days behind as well, so that a rota which has
/// a gap each night is told of each week, not each day.
async fn tell(app: &App, scope: &Scope, id: ScheduleId, open: Vec<Span>, now: Timestamp) -> Result<(), JobError> {
    let told = Told { schedule: id, count: open.len(), gaps: open.iter().take(GAPS_LISTED_MAX).copied().collect() };
    let owners = owners(app, scope, id, now).await?;
    let job = |owner: UserId| NewJob::new(scope.org, JobKind::TellOfGaps, owner.0, now).with(&told);
    let (jobs, org) = (owners.into_iter().map(job).collect(), scope.org);
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            gaps::note_told(tx, org, id, &open, now).await?;
            jobs::ask(tx, jobs).await
        })
    });
    write.await.map_err(JobError::from)
}

/// The owners, and the members of the teams that own it.
async fn owners(app: &App, scope: &Scope, id: ScheduleId, now: Timestamp) -> Result<BTreeSet<UserId>, StoreError> {
    let schedule = match schedules::get(&app.db, scope, id, now).await {
        Ok(schedule) => schedule,
        Err(StoreError::NotFound { .. }) => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let members = teams::paged_members(&app.db, scope, &schedule.teams).await?;
    Ok(schedule.owners.into_iter().chain(members.into_values().flatten()).collect())
}

/// Tells one owner over every contact.
pub(super) async fn tell_owner(app: &App, job: &Job) -> Result<(), JobError> {
    let told: Told = payload(job)?;
    let (scope, now) = (doors::system(job.org), app.clock.now());
    let user = users::get(&app.db, &scope, UserId(job.subject)).await;
    let (user, schedule) = match (user, schedules::get(&app.db, &scope, told.schedule, now).await) {
        (Ok(user), Ok(schedule)) => (user, schedule),
        (Err(StoreError::NotFound { .. }), _) | (_, Err(StoreError::NotFound { .. })) => return finish(app, job).await,
        (Err(error), _) | (_, Err(error)) => return Err(error.into()),
    };
    let message = Message::Notice(notice(app, &user, &schedule.name, &told, now));
    direct::to_user(app, job, (user.id, "gaps"), &message, TRIES_MAX).await
}

fn notice(app: &App, user: &User, schedule: &str, told: &Told, now: Timestamp) -> Notice {
    let reader = Reader::of(&user.timezone, &user.language);
    let language = reader.language;
    let shown = |at| dated(at, &reader.zone, language);
    let mut lines = vec![said::gap_head(language).to_owned()];
    lines.extend(told.gaps.iter().map(|gap| said::span(language, &shown(gap.from), &shown(gap.until))));
    if told.count > told.gaps.len() {
        lines.push(said::gaps_more(language, told.count - told.gaps.len(), GAPS_TOLD_DAYS));
    }
    lines.push(said::gap_advice(language).to_owned());
    Notice {
        title: said::gap_title(language, schedule),
        text: lines.join("\n"),
        url: Some(format!("{}/schedules/{}", app.config.public_url(), told.schedule)),
        at: now,
        needs_you: true,
        reader,
    }
}
