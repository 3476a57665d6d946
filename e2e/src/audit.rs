//! What is in the database, held against what clients were told.

use crate::load::Sent;
use anyhow::{Result, ensure};
use std::collections::HashMap;
use watchbell_testkit::databases::TestDatabase;

/// How often each alert key has an alert.
const ALERTS: &str =
    "SELECT alert_key, CAST(count(*) AS BIGINT) FROM alert WHERE alert_key IS NOT NULL GROUP BY alert_key";
/// Alerts without exactly one event: each key is sent once.
const WITHOUT_EVENT: &str = "SELECT a.id FROM alert a LEFT JOIN event e ON e.org_id = a.org_id AND e.alert_id = a.id
    GROUP BY a.id HAVING count(e.id) <> 1";
/// Alerts that nothing would wake and that were not paged.
const ASLEEP: &str = "SELECT a.id FROM alert a WHERE a.status = 'PENDING'
    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = a.org_id AND j.kind = 'escalate' AND j.subject_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.org_id = a.org_id AND n.alert_id = a.id AND n.purpose = 'PAGE')";
/// Messages that should go out and that nothing would send.
const UNSENT: &str = "SELECT n.id FROM notification n WHERE n.state IN ('PLANNED', 'SENDING')
    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'notify' AND j.subject_id = n.id AND j.gave_up_at IS NULL)";
/// Messages held back for a summary that nothing would make.
const FORGOTTEN: &str = "SELECT n.id FROM notification n WHERE n.state = 'SUPPRESSED' AND n.summary_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = n.org_id AND j.kind = 'summarize' AND j.subject_id = n.contact_id AND j.gave_up_at IS NULL)";

/// Every acknowledged event has exactly one alert, one event row, and work or a page that follows from it; a request without an
/// answer is there whole or not at all. Returns how many alerts there are. Errors: the first things that are missing.
pub async fn audit(database: &TestDatabase, sent: &Sent) -> Result<usize> {
    let alerts: HashMap<String, i64> = database.read::<(String, i64)>(ALERTS).await?.into_iter().collect();
    let count = |key: &String| alerts.get(key).copied().unwrap_or_default();
    let wrong: Vec<&String> = sent.acknowledged.iter().flatten().filter(|key| count(key) != 1).collect();
    ensure!(wrong.is_empty(), "{} acknowledged events do not have one alert: {:?}", wrong.len(), first(&wrong));
    let torn = |group: &&Vec<String>| {
        let there = group.iter().filter(|key| count(key) == 1).count();
        there != 0 && there != group.len() || group.iter().any(|key| count(key) > 1)
    };
    let torn: Vec<&Vec<String>> = sent.unknown.iter().filter(torn).collect();
    ensure!(torn.is_empty(), "{} requests are there in part or twice: {:?}", torn.len(), first(&torn));
    for (what, sql) in [
        ("alerts without exactly one event", WITHOUT_EVENT),
        ("alerts that nothing wakes and nobody was paged for", ASLEEP),
        ("messages that nothing sends", UNSENT),
        ("messages whose summary nothing makes", FORGOTTEN),
    ] {
        let found: Vec<(i64,)> = database.read(sql).await?;
        ensure!(found.is_empty(), "{} {what}: {:?}", found.len(), first(&found));
    }
    Ok(alerts.len())
}

fn first<T>(things: &[T]) -> &[T] {
    &things[..things.len().min(5)]
}

/// What is still to be sent or decided now: first pages, messages, summaries; in words, one each.
pub async fn left_to_do(database: &TestDatabase) -> Result<Vec<String>> {
    let jobs = "SELECT kind, subject_id, leased, generation, attempt, due_at, visible_at FROM job
        WHERE kind IN ('notify', 'summarize') AND gave_up_at IS NULL ORDER BY visible_at";
    let jobs: Vec<(String, i64, bool, i64, i64, i64, i64)> = database.read(jobs).await?;
    let alerts: Vec<(i64,)> = database.read("SELECT id FROM alert WHERE status = 'PENDING' AND level < 0").await?;
    let job = |(kind, subject, leased, generation, attempt, due_at, visible_at): (
        String,
        i64,
        bool,
        i64,
        i64,
        i64,
        i64,
    )| {
        let waits_s = (visible_at - due_at) / 1_000_000;
        format!(
            "{kind} of {subject}, leased: {leased}, generation {generation}, attempt {attempt}, visible {waits_s} s after it was due"
        )
    };
    let alert = |(id,): (i64,)| format!("the first page of alert {id}");
    Ok(jobs.into_iter().map(job).chain(alerts.into_iter().map(alert)).collect())
}
