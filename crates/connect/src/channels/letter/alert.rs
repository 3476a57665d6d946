//! Pages, summaries and updates of alerts in words.

use super::{Action, Letter, Mood, Thread, Verb, headline, level_words, moment, push_fact, push_link, title};
use crate::channels::{
    limits::{DETAILS_CHARS_MAX, DUE_DATES_MAX, LINE_CHARS_MAX, LISTED_MAX},
    message::{AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate},
    text::{line, paragraph, web_link},
    words,
};
use watchbell_core::language::Language;

pub(super) fn page(page: &AlertPage) -> Letter {
    let language = page.reader.language;
    let own = page.wording.as_ref();
    let title = title(&page.alert, own.and_then(|own| own.title.as_deref()), language);
    let body = own.and_then(|own| own.body.as_deref()).filter(|body| !body.trim().is_empty());
    let mut links = Vec::new();
    push_link(&mut links, words::open_alert(language), Some(&page.alert.url));
    push_link(&mut links, words::open_ticket(language), page.ticket_url.as_deref());
    let actions = actions(page);
    Letter {
        subject: subject(&page.alert, &title, language),
        lead: lead(page),
        details: paragraph(body.unwrap_or(&page.details), DETAILS_CHARS_MAX),
        own_words: body.is_some(),
        facts: page_facts(page),
        footer: if actions.is_empty() { "" } else { words::acting(language) },
        actions,
        links,
        thread: Some(thread(&page.alert)),
        mood: page.alert.urgency.into(),
        title,
        ..Letter::default()
    }
}

pub(super) fn summary(summary: &AlertSummary) -> Letter {
    let language = summary.reader.language;
    let source = line(&summary.source_name, LINE_CHARS_MAX / 2);
    let title = match summary.count {
        1 => words::one_alert_from(language, &source),
        count => words::alerts_from(language, count, &source),
    };
    let mut links = Vec::new();
    push_link(&mut links, words::open_list(language), Some(&summary.url));
    let listed: Vec<_> = summary.alerts.iter().take(LISTED_MAX).map(|alert| listed(alert, language)).collect();
    let rest = summary.count.saturating_sub(listed.len());
    let word = summary.urgency.word(language);
    Letter {
        subject: format!("[{word}] {title}"),
        lead: format!("{word} · {}", words::in_one_message(language)),
        facts: vec![(words::first_opened(language), moment(summary.started_at, &summary.reader))],
        listed,
        more: (rest > 0).then(|| words::and_more(language, rest)),
        links,
        mood: summary.urgency.into(),
        title,
        ..Letter::default()
    }
}

pub(super) fn update(update: &AlertUpdate) -> Letter {
    let language = update.reader.language;
    let headline = title(&update.alert, update.title.as_deref(), language);
    let (happened, after, mood) = change_words(&update.change, language);
    let mut facts = Vec::new();
    push_fact(&mut facts, words::customer(language), update.alert.customer.as_deref());
    push_fact(&mut facts, words::ticket(language), update.alert.ticket_number.as_deref());
    push_fact(&mut facts, words::source(language), Some(&update.source_name));
    facts.push((words::when(language), moment(update.at, &update.reader)));
    let mut links = Vec::new();
    push_link(&mut links, words::open_alert(language), Some(&update.alert.url));
    Letter {
        subject: format!("Re: {}", subject(&update.alert, &headline, language)),
        title: format!("{happened}: {headline}"),
        lead: format!("{happened}. {after}").trim_end().to_owned(),
        facts,
        links,
        footer: words::reading(language),
        thread: Some(thread(&update.alert)),
        mood,
        ..Letter::default()
    }
}

fn subject(alert: &AlertBrief, headline: &str, language: Language) -> String {
    format!("[{}] {headline}", alert.urgency.word(language))
}

fn thread(alert: &AlertBrief) -> Thread {
    Thread { alert_id: alert.id, alert_url: alert.url.clone() }
}

/// `Pages · Critical · alert #42 · level 1 of 3`
fn lead(page: &AlertPage) -> String {
    let language = page.reader.language;
    let label = page.alert.priority_label.as_deref().map(|label| line(label, 60)).filter(|label| !label.is_empty());
    [
        Some(page.alert.urgency.word(language).to_owned()),
        label,
        Some(words::alert_number(language, page.alert.id)),
        page.level.map(|level| level_words(level, language)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

fn page_facts(page: &AlertPage) -> Vec<(&'static str, String)> {
    let language = page.reader.language;
    let mut facts = Vec::new();
    push_fact(&mut facts, words::customer(language), page.alert.customer.as_deref());
    push_fact(&mut facts, words::ticket(language), page.alert.ticket_number.as_deref());
    push_fact(&mut facts, words::queue(language), page.queue.as_deref());
    push_fact(&mut facts, words::contact(language), page.contact.as_deref());
    push_fact(&mut facts, words::source(language), Some(&page.source_name));
    facts.push((words::started(language), moment(page.started_at, &page.reader)));
    for due in page.due.iter().take(DUE_DATES_MAX) {
        facts.push((words::due(language), format!("{}: {}", line(&due.label, 60), moment(due.at, &page.reader))));
    }
    if let Some(at) = page.escalates_at {
        facts.push((words::escalates(language), words::unless_accepted(language, &moment(at, &page.reader))));
    }
    facts
}

fn actions(page: &AlertPage) -> Vec<Action> {
    [(Verb::Accept, &page.accept_url), (Verb::Resolve, &page.resolve_url), (Verb::Complete, &page.complete_url)]
        .into_iter()
        .filter_map(|(verb, url)| Some(Action { verb, url: web_link(url.as_deref()?)?.to_owned() }))
        .collect()
}

fn listed(alert: &AlertBrief, language: Language) -> (String, Option<String>) {
    (format!("#{} {}", alert.id, headline(alert, language)), web_link(&alert.url).map(Into::into))
}

/// What happened, what follows from it, and how it is shown.
fn change_words(change: &AlertChange, language: Language) -> (String, String, Mood) {
    let name = |text: &str| line(text, 120);
    match change {
        AlertChange::Accepted { by } => {
            let after = words::escalation_stopped(language).to_owned();
            (words::accepted_by(language, &name(by)), after, Mood::Accepted)
        }
        AlertChange::Resolved { by, reason } => {
            let happened = match by {
                Some(by) => words::resolved_by(language, &name(by)),
                None => words::resolved(language).to_owned(),
            };
            let why = reason.as_deref().map(|reason| words::reason(language, &line(reason, LINE_CHARS_MAX)));
            (happened, why.unwrap_or_default(), Mood::Resolved)
        }
        AlertChange::Escalated { level, by } => {
            let level = level_words(*level, language);
            let (happened, why) = match by {
                Some(by) => (words::escalated_to_by(language, &level, &name(by)), ""),
                None => (words::escalated_to(language, &level), words::nobody_in_time(language)),
            };
            (happened, why.to_owned(), Mood::Escalated)
        }
    }
}
