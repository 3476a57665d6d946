//! `watchbell resume`: pages that were held back after a restore go out again.

use crate::say;
use crate::settings::Settings;
use watchbell_server::clock::Clock;
use watchbell_store::{doors, hold};

/// Ends the hold.
pub(crate) async fn resume(settings: &Settings) -> anyhow::Result<()> {
    let db = settings.open().await?;
    let ended = hold::end(&db, &doors::command_line(), Clock::System.now()).await;
    db.close().await;
    say::line(match ended? {
        true => "Pages go out again. What is open is escalated from now on.",
        false => "Pages were not held back.",
    });
    Ok(())
}
