//! `watchbell doctor`: looks at everything that has to work so that somebody is paged, and says what is wrong and what to do.

mod accounts;
mod carriers;
mod database;
mod finding;
mod messages;
mod node;
mod people;
mod work;

use crate::say;
use crate::settings::Settings;
use finding::{Finding, Verdict};
use jiff::Timestamp;
use std::process::ExitCode;
use watchbell_server::app::App;
use watchbell_server::clock::Clock;
use watchbell_server::config::Config;
use watchbell_server::start;
use watchbell_store::scope::Scope;
use watchbell_store::{Db, canary, doors};

/// What the examinations share.
struct Patient {
    config: Config,
    db: Db,
    scope: Scope,
    now: Timestamp,
}

/// Examines an installation and prints what it finds. Fails where something is wrong.
pub(crate) async fn doctor(settings: &Settings) -> anyhow::Result<ExitCode> {
    let config = settings.load()?;
    let mut findings = database::outside(&config).await;
    if findings.iter().all(|finding| finding.verdict != Verdict::Wrong) {
        findings.extend(inside(config).await?);
    }
    Ok(report(&findings))
}

/// Everything that needs the database.
async fn inside(config: Config) -> anyhow::Result<Vec<Finding>> {
    let db = start::open_database(&config).await?;
    let patient = Patient { config, db, scope: doors::command_line(), now: Clock::System.now() };
    let mut findings = Vec::new();
    let app = open_app(&patient, &mut findings).await;
    findings.extend(database::inside(&patient).await);
    findings.extend(node::examine(&patient.config, app.as_ref()).await);
    let has_mail = app.as_ref().is_some_and(|app| app.channels.has_smtp());
    findings.extend(people::examine(&patient, has_mail).await);
    if let Some(app) = app {
        findings.extend(messages::examine(&app).await);
        findings.extend(accounts::examine(&app, &patient).await);
        findings.extend(carriers::examine(&app, &patient).await);
        app.db.close().await;
    }
    findings.extend(work::examine(&patient).await);
    patient.db.close().await;
    Ok(findings)
}

/// The app, if there is a key that opens its secrets. Where nothing was ever sealed none is made: looking changes nothing.
async fn open_app(patient: &Patient, findings: &mut Vec<Finding>) -> Option<App> {
    match canary::sealed(&patient.db).await {
        Ok(None) => {
            findings.push(Finding::doubtful(
                "Sealing key: nothing was sealed yet",
                "the first start of `watchbell serve` makes it",
            ));
            return None;
        }
        Ok(Some(_)) => {}
        Err(error) => {
            findings.push(Finding::unread("Sealing key", &error));
            return None;
        }
    }
    match start::attach(patient.config.clone()).await {
        Ok(app) => {
            findings.push(Finding::fine("Sealing key: opens the secrets in the database"));
            Some(app)
        }
        Err(error) => {
            findings.push(Finding::wrong(
                format!("The server would not start: {error}"),
                "correct that first; docs/install.md, All settings",
            ));
            None
        }
    }
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        say::line(&finding.to_string());
    }
    let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    let doubtful = findings.iter().filter(|finding| finding.verdict == Verdict::Doubtful).count();
    say::line("");
    say::line(&match (wrong, doubtful) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (0, doubtful) => format!("Nothing is wrong; {doubtful} to think about."),
        (wrong, doubtful) => format!("{wrong} wrong, {doubtful} to think about."),
    });
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
