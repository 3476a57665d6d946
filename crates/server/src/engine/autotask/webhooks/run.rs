//! One run of the job over the webhooks of a source, and when it comes back.

use super::place;
use crate::app::App;
use crate::engine::autotask::account::Account;
use crate::engine::autotask::health::Trouble;
use crate::engine::autotask::live::live_in;
use crate::engine::autotask::source::TicketSource;
use crate::engine::autotask::{CALLS_MAX, pool_of};
use crate::engine::run::JobError;
use crate::engine::upkeep::finish;
use autotask::Error;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::autotask::{SourceRules, WebhookKind};
use watchbell_core::ids::{ConnectorId, SourceId, SourceWebhookId};
use watchbell_store::jobs::{self, Job};
use watchbell_store::scope::Scope;
use watchbell_store::source_webhooks::{self, SourceWebhook, WebhookPhase};
use watchbell_store::{StoreError, doors, job_changes};

/// How often a webhook is looked at: one query each.
const WATCH_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// A run stops after this time and goes on in the next one: its lease is 30 s, and a call may take 7 s.
const BUDGET: SignedDuration = SignedDuration::from_secs(8);
/// Removing is given up after this time while Autotask is away, and after the shorter one where it is refused.
const REMOVE_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);
const REMOVE_REFUSED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// How far a run came with a webhook.
pub(super) enum Step {
    /// It is as it should be.
    Done,
    /// The time of this run is used up.
    More,
    /// A person has to do something.
    Fault(String),
}

/// One webhook in one run.
pub(super) struct Run<'a> {
    job: &'a Job,
    pub(super) account: Account,
    /// What the tickets of its source mean.
    pub(super) rules: SourceRules,
    /// The name of its source.
    pub(super) name: String,
    pub(super) webhook: SourceWebhook,
    /// What is under way, for the words about a refusal.
    pub(super) doing: String,
    /// Whether changed tickets are to be asked for at once, since events were not sent.
    pub(super) polls: bool,
    /// What was to become of it when the run began.
    phase: WebhookPhase,
    began: Timestamp,
}

impl Run<'_> {
    /// The client's word for what it tells of.
    pub(super) fn kind(&self) -> autotask::WebhookKind {
        match self.webhook.kind {
            WebhookKind::Ticket => autotask::WebhookKind::Ticket,
            WebhookKind::TicketNote => autotask::WebhookKind::TicketNote,
        }
    }

    /// Whether the time of this run is used up.
    pub(super) fn is_late(&self) -> bool {
        self.account.app.clock.now().duration_since(self.began) >= BUDGET
    }

    /// Keeps what is known of it. Errors: `Conflict` when the lease was lost.
    pub(super) async fn save(&self) -> Result<(), StoreError> {
        let (job, scope, webhook, phases) =
            (self.job.clone(), self.account.scope.clone(), self.webhook.clone(), (self.phase, self.webhook.phase));
        let connector = Some(webhook.connector.clone()).filter(|_| self.polls);
        let now = self.account.app.clock.now();
        let write = self.account.app.db.write(move |tx| {
            Box::pin(async move {
                if !jobs::is_held(tx, &job).await? {
                    return Err(StoreError::Conflict("job"));
                }
                source_webhooks::set_found(tx, &scope, &webhook, phases, now).await?;
                match connector {
                    Some(connector) => live_in(tx, &scope, webhook.source, &connector, now).await,
                    None => Ok(()),
                }
            })
        });
        write.await
    }

    async fn step(&mut self) -> Result<Step, Trouble> {
        match self.phase {
            WebhookPhase::Making => self.make().await,
            WebhookPhase::Live => self.watch().await,
            WebhookPhase::Removing => self.remove().await,
        }
    }

    /// Keeps how the run ended for this webhook, and says when it is looked at again.
    async fn conclude(mut self, stepped: Result<Step, Trouble>) -> Result<End, StoreError> {
        let now = self.account.app.clock.now();
        let later = now + WATCH_EVERY;
        let is_removing = self.phase == WebhookPhase::Removing;
        let removing_for = now.duration_since(self.webhook.phase_since);
        let end = match stepped {
            Ok(Step::Done) if is_removing => return self.forget().await,
            Ok(Step::Done) => {
                self.webhook.standing.fault = None;
                End::Again(later, None)
            }
            Ok(Step::More) => End::Again(now, None),
            Ok(Step::Fault(why)) => {
                self.webhook.standing.fault = Some(why);
                End::Again(later, None)
            }
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Away { why, .. }) if is_removing && removing_for >= REMOVE_FOR => {
                return Ok(give_up(&self.webhook, &why));
            }
            Err(Trouble::Away { why, again_at }) => End::Again(again_at, Some(why)),
            Err(Trouble::Refused(error)) => {
                let why = refused(&self.doing, &error);
                if is_removing && removing_for >= REMOVE_REFUSED_FOR {
                    return Ok(give_up(&self.webhook, &why));
                }
                tracing::warn!(source = %self.webhook.source, webhook = %self.webhook.id, doing = self.doing, %error, "Autotask refused something about a webhook");
                self.webhook.standing.fault = Some(why.clone());
                End::Again(later, Some(why))
            }
        };
        if !matches!(end, End::Again(_, Some(_))) {
            self.webhook.standing.checked_at = Some(now);
        }
        self.save().await?;
        Ok(end)
    }

    async fn forget(self) -> Result<End, StoreError> {
        let (scope, id) = (self.account.scope.clone(), self.webhook.id);
        let write =
            self.account.app.db.write(move |tx| Box::pin(async move { source_webhooks::delete(tx, &scope, id).await }));
        write.await.map(|()| End::Removed)
    }
}

/// What is missing, and where it is changed.
const NO_RIGHT: &str = "The API user may not manage webhooks. In Autotask, under Admin > Resources (Users) > Security > Security Levels, open the API user's level: tick \"Can create webhooks\", allow at least two, and let it read tickets and their notes. Then press \"Create the webhooks\" again.";

/// A refusal in words, with what to do.
fn refused(doing: &str, error: &Error) -> String {
    match error {
        Error::Permission { said } => format!("{NO_RIGHT} Autotask said: {said}"),
        Error::Validation { errors, .. } => format!(
            "{doing} was refused by Autotask: {}. If that is a limit, raise the number of webhooks in the API user's security level, or delete some that nobody needs; then press \"Create the webhooks\" again.",
            errors.join("; ").trim_end_matches('.')
        ),
        other => format!("{doing} failed: {other}"),
    }
}

/// How a run ended for one webhook.
enum End {
    /// It is looked at again then; with what went wrong.
    Again(Timestamp, Option<String>),
    /// It is gone, from Autotask and from here.
    Removed,
    /// It is left to people: this is what they are told.
    GivenUp(SourceWebhookId, String),
}

fn give_up(webhook: &SourceWebhook, why: &str) -> End {
    let (what, tail) = (webhook.kind.of_what(), place::webhook_url("", &webhook.address));
    let id = webhook.tool_id.map(|id| format!(" (id {id})")).unwrap_or_default();
    End::GivenUp(
        webhook.id,
        format!(
            "The webhook of {what}{id} could not be removed from Autotask: {} Its calls to {tail} are refused, so Autotask switches it off by itself; to have it gone, delete it there.",
            why.trim_end()
        ),
    )
}

/// Makes, watches and removes the webhooks of a source.
pub(in crate::engine) async fn keep(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, id) = (doors::system(job.org), SourceId(job.subject));
    let webhooks = source_webhooks::of_source(&app.db, &scope, id).await?;
    let Some(first) = webhooks.first() else { return finish(app, job).await };
    if join_pool(app, job, &first.connector).await? {
        return Ok(());
    }
    let source = TicketSource::load(app, job.org, id).await?;
    let mut ends = Vec::new();
    for webhook in webhooks {
        ends.push(Box::pin(one(app, (job, &scope), source.as_ref(), webhook)).await?);
    }
    end(app, job, ends).await
}

async fn join_pool(app: &App, job: &Job, connector: &ConnectorId) -> Result<bool, StoreError> {
    let (waiting, pool, now) = (job.clone(), pool_of(connector), app.clock.now());
    let write = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::join_pool(tx, &waiting, &pool, CALLS_MAX, now).await }));
    write.await
}

async fn one(
    app: &App,
    (job, scope): (&Job, &Scope),
    source: Option<&TicketSource>,
    webhook: SourceWebhook,
) -> Result<End, StoreError> {
    let (began, phase) = (app.clock.now(), webhook.phase);
    let (rules, name) = match source {
        Some(source) => (source.rules.clone(), source.source.name.clone()),
        None if phase == WebhookPhase::Removing => Default::default(),
        // It was deleted a moment ago: the job has been asked for again.
        None => return Ok(End::Again(began + WATCH_EVERY, None)),
    };
    let account = match Account::open(app, scope, &webhook.connector).await {
        Ok(account) => account,
        Err(Trouble::Store(StoreError::NotFound { .. })) => {
            return Ok(give_up(&webhook, "its account was deleted here."));
        }
        Err(Trouble::Store(error)) => return Err(error),
        Err(trouble) if is_overdue(&webhook, began) => return Ok(give_up(&webhook, &trouble.why())),
        Err(trouble) => return Ok(End::Again(trouble.again_at(began), Some(trouble.why()))),
    };
    let mut run = Run { job, account, rules, name, webhook, doing: String::new(), polls: false, phase, began };
    let stepped = Box::pin(run.step()).await;
    run.conclude(stepped).await
}

fn is_overdue(webhook: &SourceWebhook, now: Timestamp) -> bool {
    webhook.phase == WebhookPhase::Removing && now.duration_since(webhook.phase_since) >= REMOVE_FOR
}

/// Comes back when the first of them is due, or ends where none is left; what was given up stays visible.
async fn end(app: &App, job: &Job, ends: Vec<End>) -> Result<(), JobError> {
    let (mut next, mut why, mut given_up, mut words) = (None::<Timestamp>, None, Vec::new(), Vec::new());
    for end in ends {
        match end {
            End::Again(at, trouble) => {
                next = Some(next.map_or(at, |next| next.min(at)));
                why = why.or(trouble);
            }
            End::Removed => {}
            End::GivenUp(id, text) => {
                tracing::error!(source = job.subject, text, "a webhook could not be removed");
                given_up.push(id);
                words.push(text);
            }
        }
    }
    let (job, scope, now) = (job.clone(), doors::system(job.org), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(());
            }
            for id in given_up {
                source_webhooks::delete(tx, &scope, id).await?;
            }
            let payload = serde_json::json!({});
            match (words.is_empty(), next, why) {
                (false, next, _) => {
                    jobs::give_up(tx, &job, now, &words.join("\n")).await?;
                    if let Some(next) = next {
                        source_webhooks::ask(tx, scope.org, SourceId(job.subject), next).await?;
                    }
                    Ok(())
                }
                (true, None, _) => jobs::finish(tx, &job, now).await.map(|_| ()),
                (true, Some(next), Some(why)) => {
                    job_changes::retry_with(tx, &job, next, &why, &payload, now).await.map(|_| ())
                }
                (true, Some(next), None) => job_changes::come_back(tx, &job, next, &payload, now).await.map(|_| ()),
            }
        })
    });
    write.await.map_err(JobError::from)
}
