//! "Why was I paged?": the decisions from the event to the viewer's phone, a sentence each.

use super::around::Around;
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Priority};
use watchbell_core::ids::UserId;
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::alert_history::{Happened, HistoryLine};
use watchbell_store::notifications::Notification;
use watchbell_store::timeline::LogEntry;
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::time::When;

/// The sentences for a viewer, first to last; none where they were not paged.
pub(super) fn why(
    alert: &Alert,
    around: &Around,
    (log, lines): (&[LogEntry], &[HistoryLine]),
    viewer: Option<UserId>,
    when: &When,
) -> Vec<String> {
    let mut own: Vec<&Notification> = lines.iter().filter_map(|line| of_viewer(line, viewer)).collect();
    own.sort_by_key(|notification| notification.id);
    let Some(first) = own.first() else { return Vec::new() };
    let mut sentences = vec![opening(alert, around, log)];
    sentences.push(policy(around, log, alert));
    sentences.extend(own.iter().take(5).map(|notification| message(notification, when)));
    if own.len() > 5 {
        sentences.push(format!("And {} messages more.", own.len() - 5));
    }
    if first.pass > 1 {
        sentences.push("Nobody had accepted it before, so the levels were called again.".into());
    }
    sentences
}

fn of_viewer(line: &HistoryLine, viewer: Option<UserId>) -> Option<&Notification> {
    match &line.what {
        Happened::Notification(notification)
            if Some(notification.user) == viewer && notification.purpose == Purpose::Page =>
        {
            Some(notification)
        }
        _ => None,
    }
}

fn opening(alert: &Alert, around: &Around, log: &[LogEntry]) -> String {
    let source = around.source_name(alert);
    let raised = log.iter().any(|entry| entry.entry == Entry::Raised);
    match (raised, alert.priority) {
        (true, _) => {
            format!("The source {source} reported it as a quiet alert, and it was raised: it pages since then.")
        }
        (false, Priority::High) => format!("The source {source} reported it, and its rules say that it pages."),
        (false, Priority::Low) => {
            format!("The source {source} reported it as a quiet alert: only the first level is told.")
        }
    }
}

fn policy(around: &Around, log: &[LogEntry], alert: &Alert) -> String {
    let given = log.iter().rev().find_map(|entry| match &entry.entry {
        Entry::ReassignedToUser { user } => Some(format!("It was given to {}.", around.person(*user).name)),
        Entry::ReassignedToPolicy { .. } => {
            Some("It was given to another escalation policy, which decides who is called.".into())
        }
        _ => None,
    });
    let own = around.sources.get(&alert.source).is_some_and(|source| source.policy == alert.escalation.policy);
    given.unwrap_or_else(|| match own {
        true => "The escalation policy is the one of the source.".into(),
        false => "The escalation policy was chosen by the routing of the source, or named by the event.".into(),
    })
}

fn message(notification: &Notification, when: &When) -> String {
    let channel = Channel::parse(&notification.channel).map_or("message", channel_name);
    let level = if notification.level < 0 {
        "It was given to you".to_owned()
    } else {
        format!("You are on level {}", notification.level + 1)
    };
    let delay_s = notification.due_at.as_second() - notification.planned_at.as_second();
    let rule =
        if delay_s <= 0 { "at once".to_owned() } else { format!("after {}", watchbell_ui::time::duration(delay_s)) };
    let at = |at: Timestamp| when.short(at);
    let outcome = match (notification.state, notification.sent_at) {
        (NotificationState::Sent | NotificationState::Delivered, Some(sent)) => format!("it was sent {}", at(sent)),
        (NotificationState::Planned, _) => format!("it is due {}", at(notification.due_at)),
        (NotificationState::Suppressed, _) => "it went into a summary with others".into(),
        (NotificationState::Cancelled, _) => "it was no longer needed".into(),
        (NotificationState::Failed, _) => "it failed".into(),
        _ => "it is on its way".into(),
    };
    format!("{level}, and your rule says {channel} {rule}: {outcome}.")
}
