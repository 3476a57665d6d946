//! Telling the fallback contacts that nobody was notified of an alert: each by a job of its own, until it is told or the alert has somebody.

use super::run::JobError;
use super::upkeep::payload;
use super::{direct, said};
use crate::app::App;
use serde::{Deserialize, Serialize};
use watchbell_connect::channels::{Message, Notice, Reader};
use watchbell_core::alert::{Alert, Status};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::timeline::Entry;
use watchbell_store::fallback::{self, Fallback};
use watchbell_store::jobs::{self, Job, JobKind, NewJob};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, contacts, doors, timeline, users};

/// Tries before it is given up: the alert says it all the same, and an hour later they are told again.
const TRIES_MAX: i64 = 8;

/// Who is told by a job; everybody by the first one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Order {
    #[serde(default)]
    to: Option<Addressee>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Addressee {
    User(UserId),
    Mail(String),
}

/// Tells one of them; the first job asks for one for each.
pub(super) async fn tell(app: &App, job: &Job) -> Result<(), JobError> {
    let scope = doors::system(job.org);
    let alert = match alerts::get(&app.db, &scope, AlertId(job.subject)).await {
        Ok(alert) if alert.status == Status::Pending && alert.nobody_notified_at.is_some() => alert,
        Ok(_) | Err(StoreError::NotFound { .. }) => return end(app, job, None, Vec::new()).await,
        Err(error) => return Err(error.into()),
    };
    match payload::<Order>(job)?.to {
        None => end(app, job, None, everybody(job, fallback::get(&app.db, &scope).await?, app)).await,
        Some(Addressee::Mail(address)) => {
            let message = Message::Notice(notice(app, &alert, Reader::of("UTC", "")));
            let sent = direct::to_address(app, &address, &message, &format!("fallback-{}", job.id)).await;
            settle(app, job, sent.map(|()| address)).await
        }
        Some(Addressee::User(user)) => {
            let sent = to_user(app, &scope, job, &alert, user).await?;
            settle(app, job, sent).await
        }
    }
}

fn everybody(job: &Job, fallback: Fallback, app: &App) -> Vec<NewJob> {
    let users = fallback.users.into_iter().map(Addressee::User);
    let order =
        |to| NewJob::new(job.org, JobKind::TellFallback, job.subject, app.clock.now()).with(Order { to: Some(to) });
    users.chain(fallback.mails.into_iter().map(Addressee::Mail)).map(order).collect()
}

/// Tells a user over every contact; their name, where one of them took it.
async fn to_user(
    app: &App,
    scope: &Scope,
    job: &Job,
    alert: &Alert,
    user: UserId,
) -> Result<Result<String, String>, StoreError> {
    let user = match users::get(&app.db, scope, user).await {
        Err(StoreError::NotFound { .. }) => return Ok(Err("The account is gone.".into())),
        found => found?,
    };
    let message = Message::Notice(notice(app, alert, Reader::of(&user.timezone, &user.language)));
    let (mut reached, mut last_error) = (false, "There is no contact that can be written to.".to_owned());
    for contact in contacts::list(&app.db, scope, user.id).await? {
        let id = format!("fallback-{}-{}", job.id, contact.id);
        match direct::to_contact(app, scope, &contact, &message, &id).await? {
            Ok(()) => reached = true,
            Err(error) => last_error = error,
        }
    }
    Ok(if reached { Ok(user.name()) } else { Err(last_error) })
}

fn notice(app: &App, alert: &Alert, reader: Reader) -> Notice {
    Notice {
        title: said::fallback_title(reader.language, alert.id.0, &alert.summary),
        text: said::fallback_text(reader.language).into(),
        url: Some(format!("{}/alerts/{}", app.config.public_url(), alert.id)),
        at: alert.nobody_notified_at.unwrap_or(alert.report_time),
        needs_you: true,
        reader,
    }
}

async fn settle(app: &App, job: &Job, sent: Result<String, String>) -> Result<(), JobError> {
    match sent {
        Ok(to) => end(app, job, Some(Entry::FallbackTold { to }), Vec::new()).await,
        Err(error) if job.attempt + 1 >= TRIES_MAX => Err(JobError::GiveUp(error)),
        Err(error) => Err(JobError::Again(error)),
    }
}

async fn end(app: &App, job: &Job, said: Option<Entry>, asked: Vec<NewJob>) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                timeline::add(tx, &doors::system(job.org), AlertId(job.subject), said, now).await?;
                jobs::ask(tx, asked).await?;
            }
            Ok(())
        })
    });
    write.await.map_err(JobError::from)
}
