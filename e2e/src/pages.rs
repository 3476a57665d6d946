//! What reached the people's webhooks, held against what the database says was due.

use anyhow::{Context as _, Result, ensure};
use std::collections::HashMap;
use watchbell_sim::hook::Received;
use watchbell_testkit::databases::TestDatabase;

/// Each alert with its page, and the summary that stands for it.
const DUE: &str = "SELECT a.id, n.id, n.state, s.id, s.state FROM alert a
    LEFT JOIN notification n ON n.org_id = a.org_id AND n.alert_id = a.id AND n.purpose = 'PAGE'
    LEFT JOIN notification s ON s.org_id = n.org_id AND s.id = n.summary_id";
type Due = (i64, Option<i64>, Option<String>, Option<i64>, Option<String>);

/// What arrived.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// Alerts that were due.
    pub alerts: usize,
    /// Alerts paged by a message of their own.
    pub single: usize,
    /// Alerts that a summary stands for.
    pub in_summaries: usize,
    /// Summaries.
    pub summaries: usize,
    /// Messages that came more than once, counted without their first time.
    pub repeated: usize,
}

impl std::fmt::Display for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { alerts, single, in_summaries, summaries, repeated } = self;
        write!(
            f,
            "{alerts} alerts, {single} paged singly, {in_summaries} in {summaries} summaries, {repeated} messages repeated"
        )
    }
}

/// Messages by the notification they carry out: how often each came, and how many alerts it stands for.
pub fn arrivals(received: &[Received]) -> Result<HashMap<i64, (usize, usize)>> {
    let mut arrivals: HashMap<i64, (usize, usize)> = HashMap::new();
    for message in received {
        let delivery = message.header("x-watchbell-delivery").context("a delivery id")?;
        let id: i64 = delivery.trim_start_matches("notification-").parse().with_context(|| delivery.to_owned())?;
        let body = message.json();
        let alerts = match body["type"].as_str() {
            Some("alert.summary") => usize::try_from(body["summary"]["count"].as_u64().context("a count")?)?,
            _ => 1,
        };
        let arrival = arrivals.entry(id).or_insert((0, alerts));
        arrival.0 += 1;
        ensure!(arrival.1 == alerts, "summary {id} stood for {} alerts, then for {alerts}", arrival.1);
    }
    Ok(arrivals)
}

/// Every alert's page arrived, by itself or in a summary that counts it. Errors: the first one that did not.
pub async fn compare(database: &TestDatabase, received: &[Received]) -> Result<Pages> {
    let arrivals = arrivals(received)?;
    let repeated = arrivals.values().map(|(times, _)| times - 1).sum();
    let mut pages = Pages { repeated, ..Pages::default() };
    let mut members: HashMap<i64, usize> = HashMap::new();
    for (alert, page, state, summary, summary_state) in database.read::<Due>(DUE).await? {
        pages.alerts += 1;
        let page = page.with_context(|| format!("alert {alert} was never paged"))?;
        let bearer = summary.unwrap_or(page);
        ensure!(
            arrivals.contains_key(&bearer),
            "alert {alert}: message {bearer} ({state:?}, summary {summary_state:?}) never arrived"
        );
        match (state.as_deref(), summary, summary_state.as_deref()) {
            (Some("SENT"), None, _) => pages.single += 1,
            (Some("SUPPRESSED"), Some(summary), Some("SENT")) => *members.entry(summary).or_default() += 1,
            other => anyhow::bail!("alert {alert}: its page stands at {other:?}"),
        }
    }
    for (summary, alerts) in &members {
        let counted = arrivals.get(summary).map_or(0, |(_, alerts)| *alerts);
        ensure!(counted == *alerts, "summary {summary} told of {counted} alerts and stands for {alerts}");
    }
    (pages.summaries, pages.in_summaries) = (members.len(), members.values().sum());
    Ok(pages)
}
