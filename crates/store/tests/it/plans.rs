//! Statements that run all the time find their rows by an index, however many there are.
#![expect(clippy::disallowed_types, reason = "the texts are the store's own constants")]

use crate::fixtures::finish;
use sqlx::{AssertSqlSafe, Row as _};
use watchbell_store::{Db, statements};
use watchbell_testkit::databases::TestDatabase;

/// (file, statement, what its plan on SQLite has to say)
const HOT: &[(&str, &str, &str)] = &[
    ("alerts", "LOCK_BY_GROUPS", "alert_open_group (org_id=? AND source_id=? AND group_key=?)"),
    ("alerts", "HOLDS_GROUP", "alert_open_group (org_id=? AND source_id=? AND group_key=?)"),
    ("alerts", "UPDATE", "SEARCH alert USING INTEGER PRIMARY KEY"),
    ("auditor", "FAR_STEPS", "alert_open (org_id=? AND status=?)"),
    ("auditor", "LATE", "job_lane (lane=?"),
    ("auditor", "STAND_STILL", "alert_open (org_id=? AND status=?)"),
    ("bundles", "RECENT", "notification_bundle (org_id=? AND source_id=? AND contact_id=? AND due_at>?)"),
    ("bundles", "BEFORE", "notification_bundle (org_id=? AND source_id=? AND contact_id=? AND due_at>?)"),
    ("bundles", "WAITING", "notification_waiting (org_id=? AND source_id=? AND contact_id=?)"),
    ("changes", "CANCEL_PAGES", "(org_id=? AND alert_id=?)"),
    ("changes", "FORGET_ESCALATIONS", "job_subject (org_id=? AND kind=? AND subject_id=?)"),
    ("deliveries::finishing", "ALIVE", "(org_id=? AND alert_id=?)"),
    ("deliveries::beginning", "START", "SEARCH notification USING INTEGER PRIMARY KEY"),
    ("deliveries::beginning", "STOP", "SEARCH notification USING"),
    ("deliveries::catching_up", "REPEATED", "notification_step (org_id=? AND alert_id=? AND pass=?)"),
    ("deliveries::plain", "FREE", "SEARCH alert USING"),
    ("deliveries::plain", "REACHED", "SEARCH alert USING"),
    ("deliveries::plain", "SENT", "SEARCH notification USING INTEGER PRIMARY KEY"),
    ("deliveries::plain", "TOO_LATE", "SEARCH n USING INTEGER PRIMARY KEY"),
    ("deliveries::waiting", "LINE", "job_due (place=? AND rank<?"),
    ("deliveries::turn", "CODES", "notification_contact (org_id=? AND contact_id=?)"),
    ("deliveries::turn", "LINE_BUSY", "notification_line (org_id=? AND target=?)"),
    ("heard", "TOLD", "notification_contact (org_id=? AND contact_id=?)"),
    ("deliveries::standing", "STANDING_FREE", "SEARCH n USING INTEGER PRIMARY KEY"),
    ("escalations", "LEASED_OF", "job_subject (org_id=? AND kind=? AND subject_id=?)"),
    ("events", "TRIM_RING", "event_ring (org_id=? AND source_id=?)"),
    ("hand_overs", "PLACES", "alert_open (org_id=? AND status=?)"),
    ("hand_overs", "RUNNING", "alert_open (org_id=? AND status=?"),
    ("holds", "HELD_BY_WINDOW", "alert_waiting (org_id=?)"),
    ("holds", "WAITING", "alert_waiting (org_id=? AND id>?)"),
    ("ingest", "POLICY_HEADS", "SEARCH v USING"),
    ("job_changes", "NEXT_DUE_AFTER", "job_wake"),
    ("jobs::claiming", "CLAIM", "job_due (place=? AND rank=? AND visible_at<?)"),
    ("jobs::claiming", "CLAIM_LIMITED", "job_leased"),
    ("jobs::claiming", "CLAIM_LIMITED", "job_limited (visible_at<?)"),
    ("jobs::claiming", "CLAIM_LIMITED", "job_lane (lane=?)"),
    ("jobs::claiming", "DUE_ESCALATIONS", "job_due (place=? AND rank=? AND visible_at<?)"),
    ("jobs::finishing", "FINISH", "SEARCH j USING INTEGER PRIMARY KEY"),
    ("notifications", "OF_ALERT", "notification_alert (org_id=? AND alert_id=?)"),
    ("outlooks", "PAGED", "(org_id=? AND alert_id=?)"),
    ("outlooks", "TOUCHED", "(org_id=? AND alert_id=?)"),
    ("outlooks", "UNDER_WAY", "(org_id=? AND alert_id=?)"),
    ("reconcile", "SLEEPING_ALERTS", "alert_open (org_id=? AND status=?)"),
    ("reconcile", "SLEEPING_BUNDLES", "notification_waiting (org_id=?)"),
    ("reconcile", "SLEEPING_MESSAGES", "notification_open (org_id=? AND due_at<?)"),
    ("reconcile", "SLEEPING_WAKES", "alert_wake (org_id=? AND wake_at>? AND wake_at<?)"),
    ("reconcile", "UNWATCHED", "alert_open (org_id=? AND status=?)"),
    ("retention", "CROWDED_SOURCES", "event_ring (org_id=?)"),
    ("retention", "OLD_ALERTS", "alert_age (org_id=? AND report_time<?)"),
    ("retention", "OLD_JOBS", "job_given_up (org_id=? AND gave_up_at"),
    ("retention", "OLD_TICKETS", "ticket_age (org_id=? AND seen_at<?)"),
];

async fn plan(db: &Db, text: &'static str) -> String {
    let Db::Sqlite { readers, .. } = db else { return String::new() };
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"))).fetch_all(readers).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn hot_statements_use_their_indexes() -> anyhow::Result<()> {
    let database = TestDatabase::sqlite()?;
    let db = database.open().await?;
    let mut wrong = Vec::new();
    for (file, name, expected) in HOT {
        let (_, _, sql) = statements().into_iter().find(|(f, n, _)| (f, n) == (file, name)).expect("a statement");
        let plan = plan(&db, sql.sqlite).await;
        if !plan.contains(expected) {
            wrong.push(format!("{file}::{name} lacks {expected:?}:\n{plan}"));
        }
    }
    db.close().await;
    finish(database, Ok(())).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}
