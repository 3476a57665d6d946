//! Work in hand: what gave up, what waits although it is due, alerts that reached nobody.

use super::Patient;
use super::finding::Finding;
use jiff::SignedDuration;
use watchbell_store::{StoreError, jobs};

/// How late work may be before it is said.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// Jobs named one by one.
const NAMED_MAX: i64 = 10;

/// How the work goes.
pub(super) async fn examine(patient: &Patient) -> Vec<Finding> {
    match look(patient).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::unread("Work in hand", &error)],
    }
}

async fn look(patient: &Patient) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (kind, waiting, oldest) in jobs::backlog(&patient.db, patient.now).await? {
        let late = patient.now.duration_since(oldest);
        if late > LATE {
            let what = format!("Work: {waiting} of {kind} are due, the oldest for {} s", late.as_secs());
            findings.push(Finding::wrong(
                what,
                "is the server running, and its log quiet? It works them off by itself once it can",
            ));
        }
    }
    for job in jobs::list_given_up(&patient.db, &patient.scope, NAMED_MAX).await? {
        let error = job.last_error.as_deref().unwrap_or("no error was noted");
        findings.push(Finding::wrong(
            format!("Work: {} of {} gave up: {error}", job.kind, job.subject_id),
            "mend what it names, then press Retry on the alert or the source",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::fine("Work: nothing is late, nothing gave up"));
    }
    Ok(findings)
}
