//! Work that gave up, and trying it again.

use super::answer::{self, Answer};
use super::query::{Query, address};
use super::reader::Filled;
use super::shell::Visit;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Administer;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::Timestamp;
use watchbell_core::ids::JobId;
use watchbell_core::limits;
use watchbell_store::jobs::{self, GivenUp, JobKind};
use watchbell_store::overview::{self, Counted};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::jobs::{JobRow, jobs as page};
use watchbell_ui::routes;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::JOBS, get(show)).route("/jobs/{id}/retry", post(retry))
}

/// Jobs that gave up are looked through up to this many.
const JOBS_MAX: i64 = 5_000;

async fn show(State(app): State<App>, visit: Visit<Administer>, query: Query) -> Answer {
    let total = overview::count(&app.db, &visit.can.scope, Counted::GivenUpJobs).await?.min(JOBS_MAX);
    let next = address(routes::JOBS, &[])?;
    let paging = Paging::of(query.page(), total, |page| format!("{next}?page={page}"));
    let given_up = jobs::list_given_up(&app.db, &visit.can.scope, paging.page * limits::PAGE_ROWS).await?;
    let skipped = usize::try_from((paging.page - 1) * limits::PAGE_ROWS).unwrap_or(0);
    let rows: Vec<JobRow> = given_up.into_iter().skip(skipped).map(row).collect();
    answer::page(page(&visit.shell, &rows, &paging))
}

fn row(job: GivenUp) -> JobRow {
    let kind = JobKind::parse(&job.kind);
    let alert = |id: i64| Some((format!("alert {id}"), routes::alert(id)));
    let about = match kind {
        Some(
            JobKind::WriteBack
            | JobKind::RunAction
            | JobKind::Escalate
            | JobKind::Tell
            | JobKind::AutoResolve
            | JobKind::TrimEvents,
        ) => alert(job.subject_id),
        Some(JobKind::FetchTicket | JobKind::Poll | JobKind::KeepWebhooks) => {
            Some((format!("source {}", job.subject_id), routes::source(job.subject_id)))
        }
        _ => None,
    };
    JobRow {
        id: JobId(job.id),
        what: kind.map_or_else(|| job.kind.clone(), |kind| words(kind).to_owned()),
        about,
        gave_up_at: Timestamp::from_microsecond(job.gave_up_at).unwrap_or(Timestamp::UNIX_EPOCH),
        error: job.last_error.unwrap_or_else(|| "No error was kept.".into()),
    }
}

/// What a job does, in words.
pub(super) fn words(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Escalate => "Step an escalation",
        JobKind::Notify => "Send a message",
        JobKind::Summarize => "Make a summary",
        JobKind::Tell => "Tell who asked to be told",
        JobKind::AutoResolve => "Resolve a silent alert",
        JobKind::FetchTicket => "Read a ticket",
        JobKind::Poll => "Ask for changed tickets",
        JobKind::KeepWebhooks => "Keep the webhooks of a source",
        JobKind::WriteBack => "Write to a ticket",
        JobKind::RunAction => "Make a ticket of an alert",
        JobKind::WatchTickets => "Look at tickets of alerts",
        JobKind::TellOwner => "Tell the owner of an account",
        JobKind::TellFallback => "Tell the fallback contacts",
        JobKind::ScheduleChanged => "Follow a change of a schedule",
        JobKind::RecheckHolds => "Look again at alerts that wait for a border",
        JobKind::PersonLeft => "See to the alerts of somebody who left",
        JobKind::TrimEvents => "Cut the events of an alert",
        JobKind::ExpireCover => "End a cover request",
        JobKind::CleanUp => "Clean up",
        JobKind::Reconcile => "Look for what nothing would wake",
        JobKind::ReadHolidays => "Read a calendar of holidays",
        JobKind::ReadAbsences => "Read a person's absences",
        JobKind::WatchGaps => "Look for gaps of schedules",
        JobKind::TellOfGaps => "Tell an owner of gaps",
        JobKind::Ping => "Tell the outside that all is well",
        JobKind::RemindShifts => "Remind of shifts",
        JobKind::AskDelivery => "Ask where a message stands",
        JobKind::LateReport => "Take a report of a message",
        JobKind::TakeBack => "Take a message back",
        JobKind::Answer => "Answer a text",
        JobKind::PollAnswers => "Ask for answers",
    }
}

async fn retry(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Administer>) -> Answer {
    jobs::retry_by_hand(&app.db, &posted.can.scope, JobId(id), app.clock.now()).await?;
    app.wake.notify_one();
    answer::done(routes::JOBS, "It is being tried again.")
}
