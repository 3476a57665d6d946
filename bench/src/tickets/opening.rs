//! Many tickets: how soon each has its alert, while Autotask answers slowly, and after it was away.

use crate::clock;
use crate::figures::Durations;
use crate::lab::Lab;
use crate::report::Report;
use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use watchbell_sim::autotask::{Autotask, TicketIn};

/// Tickets of a storm, and in which time they are made.
const STORM: u32 = 200;
const STORM_LASTS: Duration = Duration::from_secs(10);
/// Tickets that are made while Autotask is away, one a second; and how long it is: until it is asked once a minute only.
const MISSED: u32 = 60;
const AWAY: Duration = Duration::from_secs(150);
/// Alerts of a page.
const PAGE: usize = 100;
/// What is waited for at most.
const PATIENCE: Duration = Duration::from_secs(120);

/// A storm: two hundred tickets within ten seconds.
pub async fn storm(lab: &Lab, tenant: &Autotask, call_ms: u64, report: &mut Report) -> Result<()> {
    let asked = tenant.requests().len();
    let made = make(tenant, "storm", (STORM, STORM_LASTS / STORM)).await?;
    let opened = all_open(lab, &made).await?;
    let began = made.values().min().copied().context("tickets")?;
    let last = opened.values().max().copied().context("alerts")?;
    let what = format!("{STORM} tickets in {} s, {call_ms} ms a call: all alerts open", STORM_LASTS.as_secs());
    report.row(what, format!("{:.1} s after the first was made", last.duration_since(began).as_secs_f64()), "15 s");
    let mut late = Durations::default();
    for (title, at) in &made {
        let took = opened.get(title).map(|opened| opened.duration_since(*at)).unwrap_or_default();
        late.push(Duration::try_from(took).unwrap_or_default());
    }
    report.row("- from each ticket to its alert", late.summary(), "");
    let calls: Vec<u16> = tenant.requests().iter().skip(asked).map(|seen| seen.status).collect();
    let refused = calls.iter().filter(|status| **status == 429).count();
    report.row(
        "- calls, and those refused with 429",
        format!("{}, {refused}", calls.len()),
        "none refused: 3 at a time",
    );
    Ok(())
}

/// An outage, while tickets are made.
pub async fn outage(lab: &Lab, tenant: &Autotask, report: &mut Report) -> Result<()> {
    let began = clock::now();
    tenant.stop().await;
    let made = make(tenant, "missed", (MISSED, Duration::from_secs(1))).await?;
    clock::sleep(AWAY.saturating_sub(began.elapsed())).await;
    tenant.restart().await?;
    let back = clock::wall();
    let opened = all_open(lab, &made).await?;
    let last = opened.values().max().copied().context("alerts")?;
    let what = format!("{MISSED} tickets while Autotask is away for {} s: all alerts open", AWAY.as_secs());
    report.row(what, format!("{:.1} s after its return", last.duration_since(back).as_secs_f64()), "60 s");
    Ok(())
}

/// Tickets, one after such a time; when each was made, by its title.
async fn make(tenant: &Autotask, word: &str, (count, every): (u32, Duration)) -> Result<BTreeMap<String, Timestamp>> {
    let (began, mut made) = (clock::now(), BTreeMap::new());
    for nth in 0..count {
        clock::sleep((every * nth).saturating_sub(began.elapsed())).await;
        let title = format!("{word} {nth}.");
        let ticket = TicketIn::new(&title).with("priority", 1);
        made.insert(title, clock::wall());
        tenant.create_ticket(ticket).map_err(|refused| anyhow::anyhow!("{refused}"))?;
    }
    Ok(made)
}

/// When the alert of each ticket opened, by its title, once all have.
async fn all_open(lab: &Lab, made: &BTreeMap<String, Timestamp>) -> Result<BTreeMap<String, Timestamp>> {
    let asked = clock::now();
    loop {
        let alerts = pending(lab).await?;
        let of = |title: &String| {
            let says = |alert: &&Value| alert["summary"].as_str().is_some_and(|summary| summary.contains(title));
            let at = alerts.iter().find(says)?["reportTime"].as_str()?.parse().ok()?;
            Some((title.clone(), at))
        };
        let opened: BTreeMap<String, Timestamp> = made.keys().filter_map(of).collect();
        if opened.len() == made.len() {
            return Ok(opened);
        }
        ensure!(asked.elapsed() < PATIENCE, "{} of {} alerts are open", opened.len(), made.len());
        clock::sleep(Duration::from_millis(200)).await;
    }
}

async fn pending(lab: &Lab) -> Result<Vec<Value>> {
    let mut alerts = Vec::new();
    loop {
        let path = format!("/api/alerts?states=PENDING&max-results={PAGE}&start-index={}", alerts.len());
        let page = lab.seed.caller().get(&path).await.expect(200).json();
        let page = page.as_array().context("a list of alerts")?;
        alerts.extend(page.iter().cloned());
        if page.len() < PAGE {
            return Ok(alerts);
        }
    }
}
