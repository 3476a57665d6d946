//! Asking an account for what people wrote to it, where it cannot call us: a bot behind a firewall. One job an account, for ever; what
//! was heard is acted on before it is asked for what follows, and is told again after a crash.

use super::run::JobError;
use super::upkeep::{finish, payload};
use crate::answers::{self, Account};
use crate::app::App;
use crate::providers;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use watchbell_connect::channels::{AnyProvider, Outcome, telegram::Receiving};
use watchbell_core::ids::{ConnectorId, OrgId};
use watchbell_store::jobs::{self, Job, JobKind, NewJob};
use watchbell_store::providers as accounts;
use watchbell_store::{StoreError, doors, job_changes};

/// How long the other side is waited for, in seconds: shorter than the lease of a job.
const WAIT_S: u64 = 15;
/// How long until it is asked again where nothing came, in milliseconds.
const AGAIN_MS: i64 = 250;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Polling {
    connector: ConnectorId,
    /// The bot that was asked; another one counts anew.
    #[serde(default)]
    bot: String,
    /// What was heard up to here.
    offset: i64,
}

/// The job of an account.
fn job_of(org: OrgId, connector: &ConnectorId, now: jiff::Timestamp) -> NewJob {
    let polling = Polling { connector: connector.clone(), bot: String::new(), offset: 0 };
    NewJob::new(org, JobKind::PollAnswers, 0, now).once(format!("poll_answers:{connector}")).with(polling)
}

/// Has an account asked from now on, unless it is already.
pub(crate) async fn begin(app: &App, org: OrgId, connector: &ConnectorId) -> Result<(), StoreError> {
    let job = job_of(org, connector, app.clock.now());
    app.db.write(move |tx| Box::pin(async move { jobs::ask_if_missing(tx, job).await })).await?;
    app.wake.notify_one();
    Ok(())
}

/// The same of all accounts that have to be asked: at the start of a node.
pub(crate) async fn begin_all(app: &App) -> Result<(), StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    for account in accounts::all(&app.db, &scope).await? {
        if let Ok(provider) = providers::configure(app, &account)
            && is_polled(&provider)
        {
            begin(app, scope.org, &account.connector).await?;
        }
    }
    Ok(())
}

/// Whether an account has to be asked.
pub(crate) fn is_polled(provider: &AnyProvider) -> bool {
    matches!(provider, AnyProvider::Telegram(bot) if bot.receiving() == Receiving::Poll)
}

/// Asks once, and comes back.
pub(super) async fn poll(app: &App, job: &Job) -> Result<(), JobError> {
    let polling: Polling = payload(job)?;
    let scope = doors::system(job.org);
    let found = accounts::of_connector(&app.db, &scope, &polling.connector).await?;
    let Some(account) = found.into_iter().next() else { return finish(app, job).await };
    let provider = providers::configure(app, &account).map_err(|why| JobError::Again(why.to_string()))?;
    let AnyProvider::Telegram(bot) = &provider else { return finish(app, job).await };
    if bot.receiving() != Receiving::Poll {
        return finish(app, job).await;
    }
    let mut polling = of_bot(polling, bot.number());
    let updates =
        bot.get_updates(app.channels.http(), polling.offset, WAIT_S).await.map_err(|outcome| match outcome {
            Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => JobError::Again(error),
            Outcome::Sent { .. } => JobError::Again("nothing was heard".into()),
        })?;
    let account = Account { scope, via: providers::via(&account), provider };
    for update in updates {
        if let Some(heard) = update.heard
            && let Err(error) = answers::hear(app, &account, (None, 0), heard).await
        {
            tracing::warn!(account = %polling.connector, error = error.message(), "what an account told does not count");
            if error.may_pass() {
                // It is told again, with what follows.
                break;
            }
        }
        polling.offset = polling.offset.max(update.id + 1);
    }
    come_back(app, job, polling).await
}

/// Each bot numbers what it tells by itself.
fn of_bot(polling: Polling, bot: &str) -> Polling {
    match polling.bot == bot || polling.bot.is_empty() {
        true => Polling { bot: bot.to_owned(), ..polling },
        false => Polling { bot: bot.to_owned(), offset: 0, ..polling },
    }
}

async fn come_back(app: &App, job: &Job, polling: Polling) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let at = now + SignedDuration::from_millis(AGAIN_MS);
    let write = app.db.write(move |tx| {
        Box::pin(async move { job_changes::come_back(tx, &job, at, &polling, now).await.map(|_| ()) })
    });
    write.await.map_err(JobError::from)
}
