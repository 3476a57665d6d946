//! The database: there, of this version, durable, whole; its clock.

use super::Patient;
use super::finding::Finding;
use watchbell_core::limits::CLOCK_SKEW_MS_MAX;
use watchbell_server::clock::Clock;
use watchbell_server::config::Config;
use watchbell_server::start;
use watchbell_store::schema::{self, Schema};
use watchbell_store::{StoreError, hold, ping};

/// What can be seen without opening it as a server does, which would bring its tables up to date.
pub(super) async fn outside(config: &Config) -> Vec<Finding> {
    let place = match config.database_url {
        Some(_) => "the server of WATCHBELL_DATABASE_URL".to_owned(),
        None => config.data_dir.join("watchbell.db").display().to_string(),
    };
    let found = match schema::look(&start::database_url(config)).await {
        Ok(found) => found,
        Err(error) => {
            return vec![Finding::wrong(
                format!("Database: {place} cannot be opened: {}", cause(&error)),
                "is it running, and are the address, the password and the rights right?",
            )];
        }
    };
    let name = &found.database;
    let schema = match found.schema {
        Schema::Current => Finding::fine(format!("Database: {name}, {place}, tables up to date")),
        Schema::Missing => Finding::wrong(
            format!("Database: there is none at {place}"),
            "start `watchbell serve` with the same settings (WATCHBELL_DATA_DIR, WATCHBELL_DATABASE_URL), or run this command with those of the server",
        ),
        Schema::Older(missing) => Finding::wrong(
            format!("Database: {name}, {place}, lacks {missing} changes of this version"),
            "restart `watchbell serve`: it brings the tables up to date at its start",
        ),
        Schema::Newer => Finding::wrong(
            format!("Database: {name}, {place}, was used by a newer Watchbell"),
            "run that version, or restore a backup",
        ),
    };
    let faults = found.faults.into_iter().map(|fault| {
        Finding::wrong(
            format!("Database: {fault}"),
            "repair it before the next event: docs/operations.md, or restore a backup",
        )
    });
    std::iter::once(schema).chain(faults).collect()
}

/// The cause, where the error itself is for people who should not see it.
pub(super) fn cause(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(cause) => format!("{error}: {cause}"),
        other => other.to_string(),
    }
}

/// What takes reading and a small write.
pub(super) async fn inside(patient: &Patient) -> Vec<Finding> {
    let mut findings = vec![clock(patient).await];
    match hold::get(&patient.db, &patient.scope).await {
        Ok(None) => {}
        Ok(Some(held)) => findings.push(Finding::wrong(
            format!("PAGING IS HELD BACK since {:.0}: {}", held.since, held.reason),
            "look at the open alerts, resolve what is over, then: watchbell resume",
        )),
        Err(error) => findings.push(Finding::unread("Whether pages are held back", &error)),
    }
    findings
}

async fn clock(patient: &Patient) -> Finding {
    let before = Clock::System.now();
    let there = match ping::database_now(&patient.db).await {
        Ok(Some(there)) => there,
        Ok(None) => return Finding::unread("The database's clock", &"it gave no time"),
        Err(error) => {
            return Finding::wrong(
                format!("Database: it cannot be written: {}", cause(&error)),
                "is the disk full, or the file owned by somebody else?",
            );
        }
    };
    let after = Clock::System.now();
    let outside = if there < before { before.duration_since(there) } else { there.duration_since(after) };
    let apart_ms = i64::try_from(outside.as_millis()).unwrap_or(i64::MAX).max(0);
    match patient.db.is_postgres() {
        true if apart_ms > CLOCK_SKEW_MS_MAX => Finding::wrong(
            format!("Clock: this machine and the database are {apart_ms} ms apart; a node does nothing then"),
            "set up time synchronization on both: timedatectl set-ntp true",
        ),
        true => Finding::fine(format!("Clock: {apart_ms} ms from the database's; the database takes writes")),
        false => Finding::fine("Database: it takes writes"),
    }
}
