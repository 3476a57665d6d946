//! For those who watch the watchman: `/healthz` (the process answers), `/readyz` (it can do its work), `/metrics`.

use crate::app::App;
use crate::engine::{clock_check, hold};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use watchbell_core::limits;
use watchbell_store::jobs::{self, JobKind};
use watchbell_store::{auditor, doors};

/// Routes without a login.
pub fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(show_metrics))
}

/// 200 when the database can be written and its clock agrees with ours; 503 with the reason otherwise.
async fn readyz(State(app): State<App>) -> Result<String, ApiError> {
    let apart_ms = clock_check::apart_ms(&app).await?;
    if app.db.is_postgres() && apart_ms > limits::CLOCK_SKEW_MS_MAX {
        return Err(ApiError::unavailable(format!(
            "The clock of this node and the database's are {apart_ms} ms apart: set up time synchronization."
        )));
    }
    // Ready all the same: events are accepted and kept while pages are held back.
    Ok(match hold::look(&app).await? {
        Some(hold) => format!("ready, but PAGING IS HELD BACK since {:.0}: {}\n", hold.since, hold.reason),
        None => "ready\n".to_owned(),
    })
}

async fn show_metrics(State(app): State<App>) -> Result<impl IntoResponse, ApiError> {
    let now = app.clock.now();
    // What is set before there is a recorder is lost.
    let recorder = recorder();
    metrics::gauge!("watchbell_ingest_waiting").set(app.ingest.depth() as f64);
    let backlog = jobs::backlog(&app.db, now).await?;
    for kind in JobKind::words() {
        // A kind of which nothing waits is a zero, not what it was when somebody last looked.
        let waiting = backlog.iter().find(|(waiting, _, _)| waiting == kind);
        let late_s = waiting.map_or(0.0, |(_, _, oldest)| now.duration_since(*oldest).as_secs_f64());
        metrics::gauge!("watchbell_jobs_due", "kind" => kind).set(waiting.map_or(0.0, |(_, count, _)| *count as f64));
        metrics::gauge!("watchbell_jobs_late_seconds", "kind" => kind).set(late_s);
    }
    show_auditor(&app, now).await?;
    let text = recorder.map(|recorder| recorder.render()).unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}

/// How the auditor stands: whoever scrapes this sees that it runs.
async fn show_auditor(app: &App, now: Timestamp) -> Result<(), ApiError> {
    let standing = auditor::standing(&app.db, &doors::system(doors::ORGANIZATION)).await?;
    let age_s = |at: Option<Timestamp>| at.map_or(f64::INFINITY, |at| now.duration_since(at).as_secs_f64());
    metrics::gauge!("watchbell_auditor_well").set(if standing.is_well(now) { 1.0 } else { 0.0 });
    metrics::gauge!("watchbell_auditor_findings").set(standing.findings.len() as f64);
    metrics::gauge!("watchbell_auditor_last_run_age_seconds").set(age_s(standing.ran_at));
    metrics::gauge!("watchbell_auditor_last_ping_age_seconds").set(age_s(standing.pinged_at));
    Ok(())
}

/// The recorder of this process, installed at first use.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}
