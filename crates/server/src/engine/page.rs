//! What a message says: the alert as it stands now, for one reader.

use super::{news, said, wording};
use crate::app::App;
use crate::links::{self, Link, Use};
use jiff::Timestamp;
use watchbell_connect::channels::{
    AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, DueDate, Level, Message, Notice, Reader,
    TestMessage, Urgency,
};
use watchbell_core::alert::{Alert, Priority, Status, Update};
use watchbell_core::ids::{AlertId, NotificationId, OrgId, SourceId, UserId};
use watchbell_core::language::Language;
use watchbell_core::limits;
use watchbell_core::notify::Purpose;
use watchbell_store::deliveries::{self, Outgoing};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, doors, policies, timeline, users};

/// What a message says now, by its number; `None` when it, or what it is about, is gone.
pub(crate) async fn message_of(app: &App, org: OrgId, id: NotificationId) -> Result<Option<Message>, StoreError> {
    match deliveries::outgoing(&app.db, org, id).await? {
        Some(outgoing) => message(app, org, &outgoing).await,
        None => Ok(None),
    }
}

/// What a message would say of its alert after an update.
pub(crate) async fn updated(
    app: &App,
    org: OrgId,
    id: NotificationId,
    update: Update,
) -> Result<Option<Message>, StoreError> {
    let Some(outgoing) = deliveries::outgoing(&app.db, org, id).await? else { return Ok(None) };
    let (purpose, about) = (Purpose::Update.as_str().to_owned(), Some(update.as_str().to_owned()));
    message(app, org, &Outgoing { purpose, about, ..outgoing }).await
}

/// The message of a notification; `None` when what it is about is gone.
pub(super) async fn message(app: &App, org: OrgId, outgoing: &Outgoing) -> Result<Option<Message>, StoreError> {
    let scope = doors::system(org);
    let purpose = Purpose::parse(&outgoing.purpose);
    let alert = match outgoing.alert_id {
        Some(id) => alerts::get(&app.db, &scope, AlertId(id)).await.map(Some).or_else(none_if_missing)?,
        None => None,
    };
    match (purpose, alert) {
        (Some(Purpose::Page), Some(alert)) => page(app, &scope, outgoing, &alert).await.map(Some),
        (Some(Purpose::Update), Some(alert)) => update(app, &scope, outgoing, &alert).await.map(Some),
        (Some(Purpose::Summary), _) => summary(app, &scope, outgoing).await.map(Some),
        (Some(Purpose::Test), _) => Ok(Some(test(app, outgoing))),
        (Some(Purpose::Notice), _) => news::message(app, &scope, outgoing).await,
        _ => Ok(None),
    }
}

fn none_if_missing<T>(error: StoreError) -> Result<Option<T>, StoreError> {
    match error {
        StoreError::NotFound { .. } => Ok(None),
        other => Err(other),
    }
}

async fn page(app: &App, scope: &Scope, outgoing: &Outgoing, alert: &Alert) -> Result<Message, StoreError> {
    let escalation = &alert.escalation;
    let levels = levels_of(app, scope, alert).await?;
    let link = |verb: &str| Some(signed(app, scope.org, outgoing.id, verb));
    let reader = reader(outgoing);
    let page = AlertPage {
        level: level(outgoing.level, levels),
        accept_url: link("accept"),
        resolve_url: link("resolve"),
        complete_url: alert.content.ticket.as_ref().and_then(|_| link("complete")),
        reply_code: outgoing.reply_code.and_then(|code| u32::try_from(code).ok()),
        escalates_at: escalation.next_step_at.filter(|_| alert.priority == Priority::High),
        ..draft(app, alert, source_name(outgoing, reader.language), reader)
    };
    let wording = wording::of(app, scope, alert, &page).await;
    Ok(Message::Page(AlertPage { wording, ..page }))
}

/// What a page says of an alert to whomever it goes.
pub(crate) fn draft(app: &App, alert: &Alert, source_name: String, reader: Reader) -> AlertPage {
    let ticket = alert.content.ticket.as_ref();
    AlertPage {
        alert: brief(app, alert),
        details: alert.details.clone(),
        source_name,
        level: None,
        queue: ticket.and_then(|ticket| ticket.queue.clone()),
        contact: alert.content.caller.as_ref().map(|caller| {
            [Some(caller.name.clone()), caller.phone.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }),
        due: due_dates(alert, reader.language),
        ticket_url: ticket.and_then(|ticket| ticket.url.clone()),
        accept_url: None,
        resolve_url: None,
        complete_url: None,
        started_at: alert.report_time,
        reply_code: None,
        escalates_at: None,
        wording: None,
        reader,
    }
}

fn reader(outgoing: &Outgoing) -> Reader {
    Reader::of(&outgoing.timezone, &outgoing.language)
}

fn due_dates(alert: &Alert, language: Language) -> Vec<DueDate> {
    let ticket = alert.content.ticket.as_ref();
    let due = |label: &str, at: Option<Timestamp>| at.map(|at| DueDate { label: label.into(), at });
    let response = due(said::first_response(language), ticket.and_then(|ticket| ticket.first_response_due));
    response.into_iter().chain(due(said::due(language), ticket.and_then(|ticket| ticket.due))).collect()
}

fn level(level: i64, of: usize) -> Option<Level> {
    Some(Level { number: u32::try_from(level + 1).ok().filter(|n| *n > 0)?, of: u32::try_from(of).ok()? })
}

async fn summary(app: &App, scope: &Scope, outgoing: &Outgoing) -> Result<Message, StoreError> {
    let id = NotificationId(outgoing.id);
    let (listed, count) = deliveries::listed_in_summary(&app.db, scope, id, limits::BUNDLE_LISTED_MAX as i64).await?;
    let mut briefs = Vec::with_capacity(listed.len());
    let mut started_at = app.clock.now();
    for alert in listed {
        match alerts::get(&app.db, scope, alert).await {
            Ok(alert) => {
                started_at = started_at.min(alert.report_time);
                briefs.push(brief(app, &alert));
            }
            Err(error) if error.is_transient() => return Err(error),
            // One row that is gone or cannot be read does not keep the others from being told of; it is counted.
            Err(error) => tracing::error!(%alert, %error, "an alert cannot be named in a summary"),
        }
    }
    let source = SourceId(outgoing.source_id.unwrap_or_default());
    let reader = reader(outgoing);
    let pages = briefs.iter().any(|brief| brief.urgency == Urgency::Pages);
    Ok(Message::Summary(AlertSummary {
        source_name: source_name(outgoing, reader.language),
        count: usize::try_from(count).unwrap_or(briefs.len()),
        alerts: briefs,
        urgency: if pages { Urgency::Pages } else { Urgency::Quiet },
        url: format!("{}/alerts?source={source}", app.config.public_url()),
        started_at,
        reply_code: outgoing.reply_code.and_then(|code| u32::try_from(code).ok()),
        reader,
    }))
}

async fn update(app: &App, scope: &Scope, outgoing: &Outgoing, alert: &Alert) -> Result<Message, StoreError> {
    let reader = reader(outgoing);
    let language = reader.language;
    let change = match outgoing.about.as_deref().and_then(Update::parse) {
        Some(Update::Told) => return told(app, scope, alert, reader).await,
        Some(Update::Untouched) => return Ok(asks_responder(app, alert, reader)),
        Some(Update::Woken) => return Ok(woken(app, alert, reader)),
        Some(Update::Accepted) => AlertChange::Accepted {
            by: person(app, scope, alert.accepted_by)
                .await?
                .unwrap_or_else(|| said::somebody_in_ticket(language).into()),
        },
        Some(Update::Escalated) => {
            let levels = levels_of(app, scope, alert).await?;
            let asked = level(alert.escalation.level.max(0), levels).unwrap_or(Level { number: 1, of: 1 });
            AlertChange::Escalated { level: asked, by: None }
        }
        Some(Update::Resolved) | None => {
            AlertChange::Resolved { by: None, reason: timeline::resolved_because(&app.db, scope, alert.id).await? }
        }
    };
    let at = match change {
        AlertChange::Accepted { .. } => alert.accepted_at,
        _ if alert.status == Status::Resolved => alert.resolved_at,
        _ => None,
    };
    let source_name = source_name(outgoing, language);
    let title = title(app, scope, outgoing, alert, reader.clone()).await?;
    Ok(Message::Update(AlertUpdate {
        alert: brief(app, alert),
        change,
        source_name,
        at: at.unwrap_or_else(|| app.clock.now()),
        title,
        reader,
    }))
}

/// What the page of an alert was called, so that mail programs thread what comes after it.
async fn title(
    app: &App,
    scope: &Scope,
    outgoing: &Outgoing,
    alert: &Alert,
    reader: Reader,
) -> Result<Option<String>, StoreError> {
    if app.texts.get().of(reader.language).is_none() {
        return Ok(None);
    }
    let levels = levels_of(app, scope, alert).await?;
    let source_name = source_name(outgoing, reader.language);
    let page = AlertPage { level: level(outgoing.level, levels), ..draft(app, alert, source_name, reader) };
    Ok(wording::of(app, scope, alert, &page).await.and_then(|wording| wording.title))
}

async fn told(app: &App, scope: &Scope, alert: &Alert, reader: Reader) -> Result<Message, StoreError> {
    let text = timeline::last_told(&app.db, scope, alert.id).await?.unwrap_or_default();
    Ok(Message::Notice(Notice {
        title: said::news_title(reader.language, alert.id.0, &alert.summary),
        text,
        url: Some(alert_url(app, alert.id)),
        at: app.clock.now(),
        needs_you: true,
        reader,
    }))
}

fn asks_responder(app: &App, alert: &Alert, reader: Reader) -> Message {
    let title = said::untouched_title(reader.language, alert.id.0, &alert.summary);
    notice(app, alert, title, said::untouched(reader.language), reader)
}

fn woken(app: &App, alert: &Alert, reader: Reader) -> Message {
    let title = said::woken_title(reader.language, alert.id.0, &alert.summary);
    notice(app, alert, title, said::still_open(reader.language), reader)
}

fn notice(app: &App, alert: &Alert, title: String, text: &str, reader: Reader) -> Message {
    let (url, at) = (Some(alert_url(app, alert.id)), app.clock.now());
    Message::Notice(Notice { title, text: text.to_owned(), url, at, needs_you: true, reader })
}

fn test(app: &App, outgoing: &Outgoing) -> Message {
    Message::Test(TestMessage {
        requested_by: outgoing.first_name.clone(),
        at: app.clock.now(),
        url: Some(format!("{}/users/{}", app.config.public_url(), outgoing.user_id)),
        reader: reader(outgoing),
    })
}

fn brief(app: &App, alert: &Alert) -> AlertBrief {
    AlertBrief {
        id: alert.id.0,
        summary: alert.summary.clone(),
        customer: alert.content.customer.clone(),
        ticket_number: alert.content.ticket.as_ref().map(|ticket| ticket.number.clone()),
        urgency: if alert.priority == Priority::High { Urgency::Pages } else { Urgency::Quiet },
        priority_label: alert.content.priority_label.clone(),
        url: alert_url(app, alert.id),
    }
}

fn alert_url(app: &App, alert: AlertId) -> String {
    format!("{}/alerts/{alert}", app.config.public_url())
}

fn signed(app: &App, org: OrgId, notification: i64, verb: &str) -> String {
    let token = links::sign(app, Use::Link, Link { org, notification: NotificationId(notification) });
    format!("{}{}", app.config.public_url(), watchbell_ui::routes::link(&token, verb))
}

/// How many levels the policy has. What only adorns a page holds none back: a policy that cannot be read has none.
pub(crate) async fn levels_of(app: &App, scope: &Scope, alert: &Alert) -> Result<usize, StoreError> {
    match policies::get_version(&app.db, scope, alert.escalation.policy, alert.escalation.version).await {
        Err(error) if error.is_transient() => Err(error),
        found => Ok(found.map_or(0, |policy| policy.levels.len())),
    }
}

fn source_name(outgoing: &Outgoing, language: Language) -> String {
    outgoing.source_name.clone().unwrap_or_else(|| said::deleted_source(language).into())
}

async fn person(app: &App, scope: &Scope, user: Option<UserId>) -> Result<Option<String>, StoreError> {
    let Some(user) = user else { return Ok(None) };
    let user = users::get(&app.db, scope, user).await.map(Some).or_else(none_if_missing)?;
    Ok(user.map(|user| user.name()))
}
