//! We watch ourselves: each minute the auditor looks for what should not be, mends what is safe to mend, and calls somebody for the
//! rest. The outside hears that all is well only while it is ([`ping`]): a watch there calls when it hears nothing.

use super::run::JobError;
use crate::app::App;
use crate::hooks;
use crate::ids::Token;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::Arc;
use watchbell_connect::http::Method;
use watchbell_connect::sources::api;
use watchbell_core::alert::Priority;
use watchbell_core::auditor::Finding;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::PolicyId;
use watchbell_core::language::Language;
use watchbell_core::priority_rule::PriorityRule;
use watchbell_store::auditor::{self, Settings, Standing};
use watchbell_store::holds::Opening;
use watchbell_store::ingest::{Incoming, Parsed};
use watchbell_store::jobs::{self, Job};
use watchbell_store::news::{self, News};
use watchbell_store::scope::Scope;
use watchbell_store::seal::Place;
use watchbell_store::sources::{self, IntegrationKey, Source, SourceIn};
use watchbell_store::{StoreError, doors, reconcile, reminders, standing};

/// How often it looks.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Where nobody is to be told outside, the job looks again after this time; a changed setting wakes it.
const NOBODY_OUTSIDE: SignedDuration = SignedDuration::from_hours(1);
/// The name of the source whose alerts are about Watchbell itself.
const SOURCE: &str = "Watchbell";

/// When a node last looked that the jobs which never end are there.
#[derive(Debug, Default)]
pub(super) struct StandingCheck {
    last: Option<Timestamp>,
}

impl StandingCheck {
    /// Looks each minute. A fault is logged and keeps no page from going out.
    pub(super) async fn look(&mut self, app: &App, now: Timestamp) {
        if self.last.is_some_and(|at| now.duration_since(at).abs() < EVERY) {
            return;
        }
        self.last = Some(now);
        match standing::mend(&app.db, &doors::system(doors::ORGANIZATION), now).await {
            Ok(gone) if gone.is_empty() => {}
            Ok(gone) => {
                tracing::error!(?gone, "standing jobs were gone; they are set up anew");
                metrics::counter!("watchbell_standing_jobs_mended_total").increment(gone.len() as u64);
            }
            Err(error) => tracing::error!(%error, "it could not be seen whether the standing jobs are there"),
        }
    }
}

/// One run of the auditor.
pub(super) async fn audit(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, now) = (doors::system(job.org), app.clock.now());
    let before = auditor::standing(&app.db, &scope).await?;
    let sleepers = reconcile::find_sleepers(&app.db, &scope, now).await?;
    let mut found = sleepers.findings();
    found.extend(auditor::look(&app.db, &scope, now).await?);
    say(&found);
    let called = call(app, &scope, &before, &found).await?;
    let (job, raised) = (job.clone(), keys(&found));
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(());
            }
            reconcile::wake(tx, &scope, &sleepers, now).await?;
            reminders::ask_missing(tx, &scope, now).await?;
            auditor::note_run(tx, &scope, &found, &raised, now).await?;
            if let Some(news) = called {
                news::tell_admins(tx, scope.org, &news, now).await?;
            }
            jobs::retry(tx, &job, now + EVERY, "").await.map(|_| ())
        })
    });
    write.await.map_err(JobError::from)
}

fn say(found: &[Finding]) {
    for finding in found {
        tracing::error!(
            finding = finding.key(),
            mended = finding.is_mended(),
            "{}",
            finding.sentence(Language::English)
        );
    }
    let mended = found.iter().filter(|finding| finding.is_mended()).count();
    metrics::counter!("watchbell_sleepers_woken_total").increment(mended as u64);
}

/// Keys of what it cannot mend.
fn keys(found: &[Finding]) -> Vec<String> {
    found.iter().filter(|finding| !finding.is_mended()).map(Finding::key).collect()
}

/// Calls somebody for what is new, by an alert of our own source; it is resolved when it is over. What the administrators are to be
/// told instead, where no policy was chosen or no alert could be opened.
async fn call(app: &App, scope: &Scope, before: &Standing, found: &[Finding]) -> Result<Option<News>, StoreError> {
    let now = keys(found);
    let new: Vec<&Finding> =
        found.iter().filter(|finding| !finding.is_mended() && !before.raised.contains(&finding.key())).collect();
    let over: Vec<&String> = before.raised.iter().filter(|key| !now.contains(key)).collect();
    if new.is_empty() && over.is_empty() {
        return Ok(None);
    }
    let Some(policy) = auditor::settings(&app.db, scope).await?.policy else { return Ok(notice(&new)) };
    let opened = new.iter().map(|finding| alert(finding)).chain(over.iter().map(|key| resolution(key))).collect();
    match raise(app, scope, policy, opened).await {
        Ok(()) => Ok(None),
        Err(error) => {
            tracing::error!(%error, "the auditor could open no alert; the administrators are told instead");
            Ok(notice(&new))
        }
    }
}

fn notice(new: &[&Finding]) -> Option<News> {
    let findings: Vec<Finding> = new.iter().map(|finding| (*finding).clone()).collect();
    (!findings.is_empty()).then_some(News::Faults { findings })
}

fn alert(finding: &Finding) -> serde_json::Value {
    json!({
        "eventType": "ALERT", "alertKey": format!("auditor:{}", finding.key()), "priority": "HIGH",
        "summary": "Watchbell found a fault of its own", "details": finding.sentence(Language::English),
    })
}

fn resolution(key: &str) -> serde_json::Value {
    json!({"eventType": "RESOLVE", "alertKey": format!("auditor:{key}"), "summary": "It is over."})
}

/// The way of every event, so that what it opens is paged like every alert.
async fn raise(app: &App, scope: &Scope, policy: PolicyId, events: Vec<serde_json::Value>) -> Result<(), String> {
    let source = own_source(app, scope, policy).await.map_err(|error| error.to_string())?;
    // No maintenance window and no hours hold back what Watchbell finds wrong with itself.
    let opening = Opening { loudness: Priority::High.into(), may_hold: false };
    let source = Arc::new(hooks::ingest_source(scope, &source, opening));
    let mut incoming = Vec::new();
    for event in events {
        let body = event.to_string().into_bytes();
        let parsed = api::parse(&body).map_err(|error| format!("{}: {}", error.field, error.problem))?;
        incoming.extend(parsed.events.into_iter().map(|parsed| Incoming {
            source: source.clone(),
            parsed: Parsed::Event(Box::new(parsed.event)),
            content_type: Some("application/json".into()),
            body: body.clone(),
        }));
    }
    hooks::keep(app, incoming).await.map(|_| ()).map_err(|error| error.message().to_owned())
}

/// The source of our own alerts, made when it is needed first, with the policy that was chosen.
async fn own_source(app: &App, scope: &Scope, policy: PolicyId) -> Result<Source, StoreError> {
    let now = app.clock.now();
    let new = SourceIn {
        name: SOURCE.into(),
        integration_type: "API".into(),
        policy,
        active: true,
        grouping: Grouping::ByKey,
        grouping_window_s: None,
        priority_rule: PriorityRule::High,
        support_hours: None,
        auto_raise: false,
        auto_resolve_s: None,
        connector: None,
        settings: json!({}),
        rules: None,
    };
    match sources::find_by_name(&app.db, scope, SOURCE).await? {
        Some(source) if source.policy == policy && source.active => Ok(source),
        Some(source) => {
            let new = SourceIn { policy, active: true, ..SourceIn::from(source.clone()) };
            sources::update(&app.db, scope, source.id, new, now).await
        }
        None => {
            let text = app.ids.token().text();
            let place = Place { table: "alert_source", column: "key_sealed" };
            let sealed = app.sealer.seal(place, text.as_bytes(), &app.ids.fresh())?;
            sources::create(&app.db, scope, new, IntegrationKey { hash: Token::hash(&text), sealed }, now).await
        }
    }
}

/// Tells the outside that all is well, while it is.
pub(super) async fn ping(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, now) = (doors::system(job.org), app.clock.now());
    let settings = auditor::settings(&app.db, &scope).await?;
    let outcome = match &settings.ping_url {
        Some(url) if auditor::standing(&app.db, &scope).await?.is_well(now) => Some(send(app, url, &settings).await),
        _ => None,
    };
    if let Some(Err(error)) = &outcome {
        tracing::warn!(error, "the outside watch could not be told that all is well");
    }
    let every = match settings.ping_url {
        Some(_) => SignedDuration::from_secs(settings.ping_every_s),
        None => NOBODY_OUTSIDE,
    };
    let (job, at) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !watchbell_store::job_changes::retry_with(tx, &job, now + every, "", &json!({}), at).await? {
                return Ok(());
            }
            match outcome {
                Some(outcome) => auditor::note_ping(tx, &scope, outcome, at).await,
                None => Ok(()),
            }
        })
    });
    write.await.map_err(JobError::from)
}

/// Errors: in words, without the address, which may hold a secret.
async fn send(app: &App, url: &str, settings: &Settings) -> Result<(), String> {
    let method = if settings.ping_post { Method::POST } else { Method::GET };
    let call = app.channels.http().call(method, url).map_err(|error| error.to_string())?;
    let answer = call.send().await.map_err(|error| error.to_string())?;
    match answer.is_success() {
        true => Ok(()),
        false => Err(format!("It answered {}.", answer.status)),
    }
}
