//! An Autotask source with an API that takes its time: from the acceptance of an alert to the ticket that shows it; and how soon many
//! tickets have their alerts.

mod opening;

use crate::clock;
use crate::figures::Durations;
use crate::lab::{Kind, Lab, Places};
use crate::report::Report;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::time::Duration;
use watchbell_core::ids::AlertId;
use watchbell_sim::autotask::{Autotask, Config, Entity, TicketIn, seed};

/// Acceptances that are measured, one at a time.
const ACCEPTED: usize = 100;
/// Before it is measured: who somebody is in Autotask is asked once an hour.
const WARM_UP: usize = 3;
/// How long each call of the API takes, in milliseconds.
const CALL_MS: u64 = 100;
/// Who accepts: the administrator of the lab.
const ACCEPTS: &str = "ada@example.com";
/// What says that the ticket is in progress.
const IN_PROGRESS: i64 = 8;
/// What is waited for at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// All of it.
pub async fn measure(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let lab = Lab::open(kind, places, 0).await?;
    let tenant = tenant(&lab).await?;
    let mut shown = Durations::default();
    for nth in 0..WARM_UP + ACCEPTED {
        let took = accept(&lab, &tenant, nth).await?;
        if nth >= WARM_UP {
            shown.push(took);
        }
    }
    let what = format!("from accept to the ticket in progress and assigned, {CALL_MS} ms a call");
    report.row(what, format!("{} ({} tickets)", shown.summary(), shown.len()), "p50 < 300 ms, p99 < 2 s");
    opening::storm(&lab, &tenant, CALL_MS, report).await?;
    opening::outage(&lab, &tenant, report).await?;
    lab.close().await
}

/// A stand-in whose calls take their time, followed by a source that gets callouts.
async fn tenant(lab: &Lab) -> Result<Autotask> {
    let tenant = Autotask::start(Config::default()).await?;
    let (user, secret, code) = tenant.with(|world| {
        if let Some(anna) = world.tables.get_mut(Entity::Resources, seed::ANNA) {
            anna.insert("email".to_owned(), json!(ACCEPTS));
        }
        (world.config.api_user.clone(), world.config.api_secret.clone(), world.config.api_code.clone())
    });
    let policy = lab
        .seed
        .post(
            "/api/escalation-policies",
            json!({"name": "tickets", "escalationRules": [{"escalationTimeout": 60, "users": [{"id": 1}]}]}),
        )
        .await?;
    let account = json!({"userName": user, "secret": secret, "apiIntegrationCode": code, "webServer": tenant.url()});
    let source = json!({"name": "tickets", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy["id"]}, "autotaskMetadata": account});
    let made = lab.seed.post("/api/alert-sources", source).await?;
    tenant.callout_to(made["integrationUrl"].as_str().context("a URL for callouts")?);
    tenant.faults(|faults| faults.latency_ms = CALL_MS);
    Ok(tenant)
}

/// A ticket opens an alert, which is accepted; how long the ticket took to show it.
async fn accept(lab: &Lab, tenant: &Autotask, nth: usize) -> Result<Duration> {
    let title = format!("ticket {nth}");
    let id = tenant
        .create_ticket(TicketIn::new(&title).with("priority", 1))
        .map_err(|refused| anyhow::anyhow!("{refused}"))?;
    let alert = alert_about(lab, &title).await?;
    // What follows from the page is over.
    clock::sleep(Duration::from_millis(500)).await;
    let asked = clock::now();
    let accepted = lab.seed.caller().put(&format!("/api/alerts/{alert}/accept"), &Value::Null).await;
    anyhow::ensure!(accepted.status.is_success(), "{}", accepted.text);
    loop {
        let row = tenant.ticket(id).context("the ticket")?;
        if row["status"] == IN_PROGRESS && row["assignedResourceID"] == seed::ANNA {
            return Ok(asked.elapsed());
        }
        anyhow::ensure!(asked.elapsed() < PATIENCE, "the ticket does not show it: {row:?}");
        clock::sleep(Duration::from_millis(1)).await;
    }
}

async fn alert_about(lab: &Lab, title: &str) -> Result<AlertId> {
    let asked = clock::now();
    loop {
        let alerts = lab.seed.caller().get("/api/alerts?states=PENDING&max-results=5").await.expect(200).json();
        let found = alerts.as_array().into_iter().flatten().find(|alert| {
            alert["summary"]
                .as_str()
                .is_some_and(|summary| summary.contains(&format!("{title} ")) || summary.ends_with(title))
        });
        if let Some(id) = found.and_then(|alert| alert["id"].as_i64()) {
            return Ok(AlertId(id));
        }
        anyhow::ensure!(asked.elapsed() < PATIENCE, "no alert about {title}");
        clock::sleep(Duration::from_millis(20)).await;
    }
}
