//! Pages, summaries and updates of alerts in words.

use super::{Action, Letter, Mood, Thread, Verb, headline, level_words, moment, push_fact, push_link};
use crate::channels::{
    limits::{DETAILS_CHARS_MAX, DUE_DATES_MAX, LINE_CHARS_MAX, LISTED_MAX},
    message::{AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate},
    text::{line, paragraph, web_link},
};

const ACTING: &str = "These links need no login and act only after you confirm. They stop working when the alert is resolved. \
                      Whoever has them can act for you: do not forward this message.";
const READING: &str =
    "You get this because you were told of this alert. Which changes you hear of is part of your profile.";

pub(super) fn page(page: &AlertPage) -> Letter {
    let title = headline(&page.alert);
    let mut links = Vec::new();
    push_link(&mut links, "Open the alert", Some(&page.alert.url));
    push_link(&mut links, "Open the ticket", page.ticket_url.as_deref());
    let actions = actions(page);
    Letter {
        subject: subject(&page.alert, &title),
        lead: lead(page),
        details: paragraph(&page.details, DETAILS_CHARS_MAX),
        facts: page_facts(page),
        footer: if actions.is_empty() { "" } else { ACTING },
        actions,
        links,
        thread: Some(thread(&page.alert)),
        mood: page.alert.urgency.into(),
        title,
        ..Letter::default()
    }
}

pub(super) fn summary(summary: &AlertSummary) -> Letter {
    let title = format!("{} alerts from {}", summary.count, line(&summary.source_name, LINE_CHARS_MAX / 2));
    let mut links = Vec::new();
    push_link(&mut links, "Open the list", Some(&summary.url));
    let listed: Vec<_> = summary.alerts.iter().take(LISTED_MAX).map(listed).collect();
    let rest = summary.count.saturating_sub(listed.len());
    Letter {
        subject: format!("[{}] {title}", summary.urgency.word()),
        lead: format!("{} · they came within a short time and are sent as one message", summary.urgency.word()),
        facts: vec![("First opened", moment(summary.started_at, &summary.reader.zone))],
        listed,
        more: (rest > 0).then(|| format!("and {rest} more")),
        links,
        mood: summary.urgency.into(),
        title,
        ..Letter::default()
    }
}

pub(super) fn update(update: &AlertUpdate) -> Letter {
    let headline = headline(&update.alert);
    let (happened, after, mood) = change_words(&update.change);
    let mut facts = Vec::new();
    push_fact(&mut facts, "Customer", update.alert.customer.as_deref());
    push_fact(&mut facts, "Ticket", update.alert.ticket_number.as_deref());
    push_fact(&mut facts, "Source", Some(&update.source_name));
    facts.push(("When", moment(update.at, &update.reader.zone)));
    let mut links = Vec::new();
    push_link(&mut links, "Open the alert", Some(&update.alert.url));
    Letter {
        subject: format!("Re: {}", subject(&update.alert, &headline)),
        title: format!("{happened}: {headline}"),
        lead: format!("{happened}. {after}").trim_end().to_owned(),
        facts,
        links,
        footer: READING,
        thread: Some(thread(&update.alert)),
        mood,
        ..Letter::default()
    }
}

fn subject(alert: &AlertBrief, headline: &str) -> String {
    format!("[{}] {headline}", alert.urgency.word())
}

fn thread(alert: &AlertBrief) -> Thread {
    Thread { alert_id: alert.id, alert_url: alert.url.clone() }
}

/// `Pages · Critical · alert #42 · level 1 of 3`
fn lead(page: &AlertPage) -> String {
    let label = page.alert.priority_label.as_deref().map(|label| line(label, 60)).filter(|label| !label.is_empty());
    [
        Some(page.alert.urgency.word().to_owned()),
        label,
        Some(format!("alert #{}", page.alert.id)),
        page.level.map(level_words),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

fn page_facts(page: &AlertPage) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    push_fact(&mut facts, "Customer", page.alert.customer.as_deref());
    push_fact(&mut facts, "Ticket", page.alert.ticket_number.as_deref());
    push_fact(&mut facts, "Queue", page.queue.as_deref());
    push_fact(&mut facts, "Contact", page.contact.as_deref());
    push_fact(&mut facts, "Source", Some(&page.source_name));
    facts.push(("Started", moment(page.started_at, &page.reader.zone)));
    for due in page.due.iter().take(DUE_DATES_MAX) {
        facts.push(("Due", format!("{}: {}", line(&due.label, 60), moment(due.at, &page.reader.zone))));
    }
    if let Some(at) = page.escalates_at {
        facts.push(("Escalates", format!("{}, unless somebody accepts", moment(at, &page.reader.zone))));
    }
    facts
}

fn actions(page: &AlertPage) -> Vec<Action> {
    [(Verb::Accept, &page.accept_url), (Verb::Resolve, &page.resolve_url), (Verb::Complete, &page.complete_url)]
        .into_iter()
        .filter_map(|(verb, url)| Some(Action { verb, url: web_link(url.as_deref()?)?.to_owned() }))
        .collect()
}

fn listed(alert: &AlertBrief) -> (String, Option<String>) {
    (format!("#{} {}", alert.id, headline(alert)), web_link(&alert.url).map(Into::into))
}

/// What happened, what follows from it, and how it is shown.
fn change_words(change: &AlertChange) -> (String, String, Mood) {
    let name = |text: &str| line(text, 120);
    match change {
        AlertChange::Accepted { by } => {
            (format!("Accepted by {}", name(by)), "Escalation has stopped.".into(), Mood::Accepted)
        }
        AlertChange::Resolved { by, reason } => {
            let who = by.as_deref().map(|by| format!(" by {}", name(by))).unwrap_or_default();
            let why = reason
                .as_deref()
                .map(|reason| format!("Reason: {}.", line(reason, LINE_CHARS_MAX)))
                .unwrap_or_default();
            (format!("Resolved{who}"), why, Mood::Resolved)
        }
        AlertChange::Escalated { level, by } => {
            let who = by.as_deref().map(|by| format!(" by {}", name(by))).unwrap_or_default();
            let why = if by.is_none() { "Nobody accepted in time." } else { "" };
            (format!("Escalated to {}{who}", level_words(*level)), why.into(), Mood::Escalated)
        }
    }
}
