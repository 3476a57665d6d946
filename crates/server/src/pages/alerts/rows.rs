//! Alerts as rows: who has it, what comes next, whether it was delivered.

use super::around::Around;
use crate::app::App;
use watchbell_core::alert::{Alert, Priority, Status};
use watchbell_core::ids::UserId;
use watchbell_core::notify::NotificationState;
use watchbell_core::user::Channel;
use watchbell_store::StoreError;
use watchbell_store::notifications::Notification;
use watchbell_store::responders::ResponderStatus;
use watchbell_store::scope::Scope;
use watchbell_ui::Person;
use watchbell_ui::pages::alert_row::{AlertRow, Step};
use watchbell_ui::pages::delivery::Delivery;

/// Alerts as rows.
pub(super) async fn rows(app: &App, scope: &Scope, alerts: &[Alert]) -> Result<Vec<AlertRow>, StoreError> {
    let around = Around::load(app, scope, alerts).await?;
    Ok(alerts.iter().map(|alert| row(&around, alert)).collect())
}

/// One alert as a row.
pub(super) fn row(around: &Around, alert: &Alert) -> AlertRow {
    let people = people(around, alert);
    AlertRow {
        id: alert.id,
        status: alert.status,
        priority: alert.priority,
        label: around.label(alert),
        summary: alert.summary.clone(),
        customer: alert.content.customer.clone(),
        source: around.source_name(alert),
        events: alert.event_count,
        others: people.len().saturating_sub(1),
        person: people.into_iter().next(),
        step: step(around, alert),
        delivery: around.latest.get(&alert.id).map(|latest| delivery(around, latest)),
        nobody_notified: nobody_notified(around, alert),
        accepted_partly: accepted_partly(around, alert),
        opened_at: alert.report_time,
    }
}

/// Who has it; while nobody does, who is being paged.
fn people(around: &Around, alert: &Alert) -> Vec<Person> {
    let responders = || around.responders.iter().filter(|responder| responder.alert == alert.id);
    match alert.status {
        Status::Pending => responders().map(|responder| around.person(responder.user)).collect(),
        Status::Accepted => {
            let first = alert.accepted_by.into_iter();
            let accepted = responders()
                .filter(|r| r.status == ResponderStatus::Accepted)
                .map(|r| r.user)
                .filter(|user| Some(*user) != alert.accepted_by);
            let known: Vec<Person> = first.chain(accepted).map(|user| around.person(user)).collect();
            let outside =
                || around.accepted_outside(alert).map(|name| Person::new(UserId(0), name)).into_iter().collect();
            if known.is_empty() { outside() } else { known }
        }
        Status::Resolved => Vec::new(),
    }
}

/// Who accepted it while more have to.
fn accepted_partly(around: &Around, alert: &Alert) -> Option<String> {
    let accepted = &alert.progress.accepted_by;
    if alert.status != Status::Pending || accepted.is_empty() {
        return None;
    }
    let names: Vec<String> = accepted.iter().map(|user| around.person(*user).name).collect();
    Some(format!("accepted by {} ({} of {})", names.join(", "), accepted.len(), alert.progress.accepts_needed.max(1)))
}

fn step(around: &Around, alert: &Alert) -> Step {
    let escalation = &alert.escalation;
    if let (Some(until), Status::Pending | Status::Accepted) = (alert.snoozed_until, alert.status) {
        return Step::Snoozed { until, pages: alert.progress.pages_on_wake };
    }
    if let (Status::Pending, Some(hold)) = (alert.status, &alert.held) {
        return Step::Held { hold: hold.clone() };
    }
    match (alert.status, escalation.next_step_at) {
        (Status::Accepted, _) => Step::Accepted { at: alert.accepted_at.unwrap_or(alert.report_time) },
        (Status::Resolved, _) => {
            let (by, reason) = around.resolution(alert);
            Step::Resolved { at: alert.resolved_at.unwrap_or(alert.report_time), by, reason }
        }
        (Status::Pending, Some(at)) if escalation.level < 0 && alert.nobody_notified_at.is_some() => {
            Step::TriedAgain { at }
        }
        (Status::Pending, Some(until)) if escalation.level < 0 && !is_given(around, alert) => Step::Delayed { until },
        (Status::Pending, None) if alert.priority == Priority::High || escalation.level < 0 => Step::Ended,
        (Status::Pending, next_at) => {
            let policy = around.policies.get(&(escalation.policy, escalation.version));
            let levels = policy.map_or(0, |policy| i64::try_from(policy.levels.len()).unwrap_or(i64::MAX));
            // A quiet alert tells its first level only: nothing comes next.
            Step::Level {
                level: escalation.level + 1,
                levels,
                next_at: next_at.filter(|_| alert.priority == Priority::High),
            }
        }
    }
}

/// Whether a person is being paged before the policy begins.
fn is_given(around: &Around, alert: &Alert) -> bool {
    let paged = || around.latest.get(&alert.id).is_some_and(|n| n.level < 0 && n.pass == alert.escalation.pass);
    alert.escalation.direct.is_some() || paged()
}

/// A message as pages show it.
pub(super) fn delivery(around: &Around, notification: &Notification) -> Delivery {
    Delivery {
        person: around.person(notification.user),
        channel: Channel::parse(&notification.channel).unwrap_or(Channel::Email),
        address: notification.shown_target(),
        purpose: notification.purpose,
        state: notification.state,
        reason: notification.error.clone().or_else(|| notification.reason.clone()),
        due_at: notification.due_at,
        tries: notification.tries,
    }
}

fn nobody_notified(around: &Around, alert: &Alert) -> Option<String> {
    if alert.nobody_notified_at.is_none() || alert.notified_at.is_some() || alert.status == Status::Resolved {
        return None;
    }
    let failed = around.latest.get(&alert.id).filter(|latest| latest.state == NotificationState::Failed);
    Some(match failed {
        Some(latest) => {
            format!("every message failed, the last one with: {}", latest.error.as_deref().unwrap_or("no answer"))
        }
        None => "no level of the escalation policy has anyone who can be paged".into(),
    })
}
