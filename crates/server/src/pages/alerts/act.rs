//! What people do with alerts on pages: one of them, or several at once.

use super::super::answer::{self, Answer};
use super::super::local_time;
use super::super::reader::{Filled, Reader};
use super::super::shell;
use super::detail;
use crate::api::alerts::actions;
use crate::api::alerts::snooze::snooze_until;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{PageCan, Respond};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use jiff::SignedDuration;
use watchbell_core::alert::{Alert, Assignee, Happening, Status};
use watchbell_core::ids::{AlertId, PolicyId, UserId};
use watchbell_core::limits::{COMMENT_CHARS_MAX, SNOOZE_MIN_MAX};
use watchbell_core::text::Text;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alert_search, alerts, policies, users};
use watchbell_ui::pages::alerts::confirm_bulk_resolve;
use watchbell_ui::routes;
use watchbell_ui::time::plural;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::ALERTS_BULK, post(act_on_several)).route("/alerts/{id}/{verb}", post(act))
}

/// Alerts that one click accepts or resolves: a page of the list.
const ALERTS_MAX: usize = 200;

/// Lets something happen to an alert, and wakes whoever waits for that.
async fn happen(app: &App, scope: &Scope, id: AlertId, happening: Happening) -> Result<Alert, StoreError> {
    let alert = alerts::apply(&app.db, scope, id, happening, app.clock.now()).await?;
    app.bus.changed(scope.org, id.0);
    app.wake.notify_one();
    Ok(alert)
}

async fn act(State(app): State<App>, InPath((id, verb)): InPath<(i64, String)>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, AlertId(id));
    let mut reader = Reader::new(posted.form)?;
    let here = answer::local_path(reader.form.value("back"), &routes::alert(id));
    let happening = match verb.as_str() {
        "accept" => Happening::Accepted,
        "resolve" if reader.form.is_on("complete") => match resolution(&mut reader) {
            Ok(resolution) => Happening::ResolvedAndCompleted { resolution },
            Err(()) => return detail::refused(&app, &can, id, reader.form).await,
        },
        "resolve" => Happening::Resolved { reason: None },
        "escalate" => Happening::EscalatedNow,
        "reassign" => return reassign(&app, &can, id, reader).await,
        "snooze" => return snooze(&app, &can, id, reader).await,
        "comment" => return comment(&app, &can, id, reader).await,
        "action" => return let_act(&app, &can, id, reader).await,
        _ => return Err(ApiError::not_found("There is nothing at this address.")),
    };
    let was = alerts::get(&app.db, &can.scope, id).await?.status;
    let alert = happen(&app, &can.scope, id, happening.clone()).await?;
    answer::done(&here, &said(id, was, &alert, &happening))
}

/// What solved it, where it was written; what is wrong with it is said in the form.
fn resolution(reader: &mut Reader) -> Result<Option<String>, ()> {
    let Some(written) = reader.filled("resolution") else { return Ok(None) };
    let text = Text::<COMMENT_CHARS_MAX>::parse(&written);
    let refused = text.map_err(|error| reader.form.error("resolution", format!("It {error}.")));
    refused.map(|text| Some(text.into_string()))
}

/// What was done, as a sentence.
fn said(id: AlertId, was: Status, alert: &Alert, happening: &Happening) -> String {
    match (was, alert.status, happening) {
        (Status::Resolved, _, Happening::ResolvedAndCompleted { .. }) => {
            format!("Alert {id} was resolved already; its ticket is being completed.")
        }
        (Status::Resolved, ..) => format!("Too late: alert {id} was resolved already. Nothing was changed."),
        (_, Status::Accepted, _) => format!("Alert {id} is accepted. Escalation stopped."),
        (_, Status::Resolved, Happening::ResolvedAndCompleted { .. }) => {
            format!("Alert {id} is resolved, and its ticket is being completed.")
        }
        (_, Status::Resolved, _) => format!("Alert {id} is resolved."),
        (_, Status::Pending, Happening::Accepted) => {
            let (count, needed) = (alert.progress.accepted_by.len(), alert.progress.accepts_needed);
            format!("Accepted by {count} of {needed}: escalation of alert {id} goes on until all have.")
        }
        (_, Status::Pending, _) => format!("The next level of alert {id} is being called."),
    }
}

async fn reassign(app: &App, can: &PageCan<Respond>, id: AlertId, mut reader: Reader) -> Answer {
    match assignee(app, &can.scope, reader.form.value("to")).await? {
        Some(to) => {
            let alert = happen(app, &can.scope, id, Happening::Reassigned(to)).await?;
            let words =
                if alert.status == Status::Resolved { "Too late: it was resolved already." } else { "It is given on." };
            answer::done(&routes::alert(id), words)
        }
        None => {
            reader.form.error("to", "Choose a person or a policy.");
            detail::refused(app, can, id, reader.form).await
        }
    }
}

/// `user:7` or `policy:3`, where they exist.
async fn assignee(app: &App, scope: &Scope, word: &str) -> Result<Option<Assignee>, StoreError> {
    let found = |error| match error {
        StoreError::NotFound { .. } => Ok(None),
        other => Err(other),
    };
    match word.split_once(':') {
        Some(("user", id)) => match id.parse().map(UserId) {
            Ok(id) => users::get(&app.db, scope, id).await.map(|user| Some(Assignee::User(user.id))).or_else(found),
            Err(_) => Ok(None),
        },
        Some(("policy", id)) => match id.parse().map(PolicyId) {
            Ok(id) => {
                let policy = policies::get(&app.db, scope, id).await;
                policy
                    .map(|policy| Some(Assignee::Policy { id, version: policy.version, delay_s: policy.delay_s }))
                    .or_else(found)
            }
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }
}

async fn snooze(app: &App, can: &PageCan<Respond>, id: AlertId, mut reader: Reader) -> Answer {
    let when = shell::of(app, can).await?.when;
    let until = match reader.form.value("for") {
        "morning" => local_time::next_hour(8, when.now, &when.zone),
        "" => local_time::parse(reader.form.value("until"), &when.zone),
        minutes => minutes.parse().ok().map(|minutes: i64| {
            when.now.saturating_add(SignedDuration::from_mins(minutes.clamp(0, SNOOZE_MIN_MAX))).unwrap_or(when.now)
        }),
    };
    let checked = until.ok_or_else(|| ApiError::field("until", "must be a date and a time"));
    let checked = checked.and_then(|until| snooze_until("until", until, when.now));
    match reader.take("until", checked) {
        Some(until) => {
            let pages = reader.form.is_on("pages");
            let alert = happen(app, &can.scope, id, Happening::Snoozed { until, pages }).await?;
            let words = match alert.status {
                Status::Resolved => "Too late: it was resolved already.".to_owned(),
                Status::Pending | Status::Accepted => format!("Snoozed until {}.", when.short(until)),
            };
            answer::done(&routes::alert(id), &words)
        }
        None => detail::refused(app, can, id, reader.form).await,
    }
}

/// Lets an alert action act upon it.
async fn let_act(app: &App, can: &PageCan<Respond>, id: AlertId, reader: Reader) -> Answer {
    let action = actions::order(app, &can.scope, id, reader.form.value("action")).await?;
    let words = format!("\"{}\" is being done; the timeline says when it is.", action.name);
    answer::done(&routes::alert(id), &words)
}

async fn comment(app: &App, can: &PageCan<Respond>, id: AlertId, mut reader: Reader) -> Answer {
    match Text::<COMMENT_CHARS_MAX>::parse(reader.form.value("text")) {
        Ok(text) => {
            happen(app, &can.scope, id, Happening::Commented { text: text.into_string(), author: None }).await?;
            answer::done(&routes::alert(id), "The comment is added.")
        }
        Err(error) => {
            reader.form.error("text", format!("It {error}."));
            detail::refused(app, can, id, reader.form).await
        }
    }
}

/// Several at once; resolving asks first, because it is final.
async fn act_on_several(State(app): State<App>, posted: Filled<Respond>) -> Answer {
    let can = posted.can;
    let reader = Reader::new(posted.form)?;
    let back = answer::local_path(reader.form.value("back"), routes::ALERTS);
    let ids: Vec<i64> = reader.form.all("id").filter_map(|id| id.parse().ok()).take(ALERTS_MAX).collect();
    let chosen = alert_search::get_many(&app.db, &can.scope, ids).await?;
    if chosen.is_empty() {
        return answer::done(&back, "Nothing was selected.");
    }
    let happening = match reader.form.value("do") {
        "accept" => Happening::Accepted,
        "resolve-confirmed" => Happening::Resolved { reason: None },
        "resolve" => {
            let chosen: Vec<(AlertId, String)> = chosen.into_iter().map(|alert| (alert.id, alert.summary)).collect();
            return answer::page(confirm_bulk_resolve(&shell::of(&app, &can).await?, &chosen, &back));
        }
        _ => return Err(ApiError::bad_request("The form does not say what to do with the alerts.")),
    };
    let mut changed = 0;
    for alert in chosen.iter().filter(|alert| alert.status != Status::Resolved) {
        happen(&app, &can.scope, alert.id, happening.clone()).await?;
        changed += 1;
    }
    let verb = if happening == Happening::Accepted { "accepted" } else { "resolved" };
    answer::done(&back, &format!("{} {verb}.", plural(changed, "alert", "alerts")))
}
