//! A tenant of Autotask whose tickets page somebody, with a gate before its API; and what its tickets must show at the end.

use crate::gate::Gate;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use watchbell_sim::autotask::{Autotask, Config, Entity, TicketIn, seed};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::seed::Seed;

/// The picklist's numbers.
const COMPLETE: i64 = 5;
const IN_PROGRESS: i64 = 8;
/// What an alert may take to open.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tenant whose tickets page somebody.
#[derive(Debug)]
pub struct Desk {
    /// The tenant.
    pub tenant: Arc<Autotask>,
    /// What stands before its API.
    pub gate: Gate,
}

/// A ticket with its alert.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// The ticket.
    pub ticket: i64,
    /// Its alert.
    pub alert: i64,
    /// Whether it is completed from here.
    pub completed: bool,
}

impl Desk {
    /// A tenant that a node follows; the administrator of `seed` is one of its technicians.
    pub async fn open(seed: &Seed, policy: i64) -> Result<Self> {
        let tenant = Autotask::start(Config::default()).await?;
        let behind = tenant.url().trim_start_matches("http://").parse().context("an address")?;
        let gate = Gate::before(behind).await?;
        let (user, secret, code) = tenant.with(|world| {
            if let Some(anna) = world.tables.get_mut(Entity::Resources, seed::ANNA) {
                anna.insert("email".to_owned(), json!("ada@example.com"));
            }
            (world.config.api_user.clone(), world.config.api_secret.clone(), world.config.api_code.clone())
        });
        let address = format!("http://{}", gate.address());
        let account = json!({"userName": user, "secret": secret, "apiIntegrationCode": code, "webServer": address});
        let source = json!({"name": "tickets", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy}, "autotaskMetadata": account});
        let made = seed.post("/api/alert-sources", source).await?;
        tenant.callout_to(made["integrationUrl"].as_str().context("a URL for callouts")?);
        Ok(Self { tenant: Arc::new(tenant), gate })
    }

    /// So many tickets, with an open alert each; every other one is to be completed.
    pub async fn tickets(&self, seed: &Seed, count: usize) -> Result<Vec<Job>> {
        let title = |nth: usize| format!("Ticket number {nth}.");
        let mut tickets = Vec::new();
        for nth in 0..count {
            let made = self.tenant.create_ticket(TicketIn::new(&title(nth)).with("priority", 1));
            tickets.push(made.map_err(|refused| anyhow::anyhow!("{refused}"))?);
        }
        let waiting = Stopwatch::start();
        loop {
            let alerts = seed.caller().get("/api/alerts?states=PENDING&max-results=100").await.expect(200).json();
            let alerts: Vec<&Value> = alerts.as_array().into_iter().flatten().collect();
            let of = |nth: usize| {
                let says = |alert: &&&Value| alert["summary"].as_str().is_some_and(|says| says.contains(&title(nth)));
                alerts.iter().find(says).and_then(|alert| alert["id"].as_i64())
            };
            let found: Vec<Option<i64>> = (0..count).map(of).collect();
            if found.iter().all(Option::is_some) {
                let job = |(nth, (ticket, alert))| Job { ticket, alert, completed: nth % 2 == 0 };
                return Ok(tickets.into_iter().zip(found.into_iter().flatten()).enumerate().map(job).collect());
            }
            ensure!(waiting.elapsed() < PATIENCE, "alerts are missing: {found:?}");
            pause(Duration::from_millis(50)).await;
        }
    }

    /// Holds back what Autotask answers from the next note on: it is there, and nobody was told. `false`: none came within `patience`.
    pub async fn hold_from_next_note(&self, patience: Duration) -> bool {
        let (tenant, before) = (self.tenant.clone(), notes(&self.tenant));
        self.gate.hold_when(move || notes(&tenant) > before);
        self.gate.holds(patience).await.is_ok()
    }

    /// What a ticket must show, once: who accepted, what was said, and its end. Errors: what it shows instead.
    pub fn shows(&self, job: &Job) -> Result<()> {
        let row = self.tenant.ticket(job.ticket).context("the ticket")?;
        let status = if job.completed { COMPLETE } else { IN_PROGRESS };
        ensure!(row["status"] == status, "ticket {} has the status {}, not {status}", job.ticket, row["status"]);
        ensure!(row["assignedResourceID"] == seed::ANNA, "ticket {} has {}", job.ticket, row["assignedResourceID"]);
        let solved = if job.completed { json!(said(job)) } else { Value::Null };
        ensure!(row["resolution"] == solved, "ticket {} was solved by {}", job.ticket, row["resolution"]);
        let notes = self.tenant.notes(job.ticket);
        let texts: Vec<&str> = notes.iter().filter_map(|note| note["description"].as_str()).collect();
        let count = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
        let begins = format!("Watchbell alert {}", job.alert);
        let found = BTreeMap::from([
            ("accepted", count(&format!("{begins} accepted by Ada Admin"))),
            ("commented", count(&format!("{begins} comment by Ada Admin"))),
            ("resolved", count(&format!("{begins} resolved by Ada Admin"))),
        ]);
        let wanted = BTreeMap::from([("accepted", 1), ("commented", 1), ("resolved", usize::from(job.completed))]);
        ensure!(found == wanted, "ticket {}: notes {found:?}, not {wanted:?}: {texts:#?}", job.ticket);
        Ok(())
    }
}

/// How many notes there are on all tickets.
fn notes(tenant: &Autotask) -> usize {
    tenant.with(|world| world.tables.all(Entity::TicketNotes).count())
}

/// What is said of a ticket here.
pub fn said(job: &Job) -> String {
    format!("The fuse of ticket {} was blown", job.ticket)
}

/// Accepts an alert, comments on it, and has its ticket completed where that is to be. Errors: it was refused.
pub async fn act(seed: &Seed, job: &Job) -> Result<()> {
    let path = format!("/api/alerts/{}", job.alert);
    let accepted = seed.caller().put(&format!("{path}/accept"), &Value::Null).await;
    ensure!(accepted.status.is_success(), "{}: {}", accepted.status, accepted.text);
    seed.post(&format!("{path}/comments"), json!({"content": format!("On it: ticket {}", job.ticket)})).await?;
    if job.completed {
        seed.post(&format!("{path}/resolve-and-complete"), json!({"resolution": said(job)})).await?;
    }
    Ok(())
}
