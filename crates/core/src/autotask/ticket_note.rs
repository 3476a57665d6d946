//! The note that tells a ticket what happened to its alert: in our words, or in those of the source. It begins with a marker.

use super::alert_happening::{AlertHappening, Happened};
use super::write_back::WriteBackRules;
use crate::template::{TemplateError, render_or_default};
use crate::text::cut;
use serde_json::{Value as Json, json};

/// Longest title of a note, in characters (the vendor's limit).
const TITLE_CHARS_MAX: usize = 250;
/// Longest text of a note, in characters: below what the vendor takes, which may be 32,000.
const TEXT_CHARS_MAX: usize = 30_000;
/// Longest name in a marker, in characters.
const NAME_CHARS_MAX: usize = 100;

/// A note to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteOut {
    /// Its title.
    pub title: String,
    /// Its text; begins with the marker.
    pub text: String,
    /// Of which type: an id of the tenant's picklist.
    pub note_type: i64,
    /// Who sees it: an id of the tenant's picklist.
    pub publish: i64,
}

/// The line that tells our note from others, and one happening from another: "Watchbell alert 42 accepted by Ann (2026-11-23
/// 02:14:07Z)". What may happen twice within a second by one person is told apart by the millisecond.
pub fn marker(happening: &AlertHappening) -> String {
    let (alert, by) = (happening.alert, cut(&squeeze(&happening.by), NAME_CHARS_MAX));
    let at = match happening.what {
        Happened::Commented { .. } | Happened::Reassigned { .. } | Happened::Escalated => {
            happening.at.strftime("%Y-%m-%d %H:%M:%S%.3fZ")
        }
        _ => happening.at.strftime("%Y-%m-%d %H:%M:%SZ"),
    };
    match &happening.what {
        Happened::Commented { .. } => format!("Watchbell alert {alert} comment by {by} ({at})"),
        Happened::Unanswered => format!("Watchbell alert {alert} not accepted by anybody ({at})"),
        Happened::Repeated { .. } => format!("Watchbell alert {alert} reported again ({at})"),
        _ => format!("Watchbell alert {alert} {} by {by} ({at})", happening.word()),
    }
}

/// Whether one of the texts is a note of this happening.
pub(super) fn is_there(note_texts: &[&str], happening: &AlertHappening) -> bool {
    let marker = squeeze(&marker(happening));
    note_texts.iter().any(|text| squeeze(text).contains(&marker))
}

/// The note, and what is wrong with the source's own words, where they could not be used.
pub fn note(rules: &WriteBackRules, happening: &AlertHappening) -> (NoteOut, Option<TemplateError>) {
    let (own_title, own_text) = (title(happening), text(happening));
    let context = context(happening, &own_title, &own_text);
    let title = render_or_default(rules.note_title.as_deref(), "{{ title }}", &own_title, &context);
    let text = render_or_default(rules.note_text.as_deref(), "{{ text }}", &own_text, &context);
    let note = NoteOut {
        title: cut(&squeeze(&title.text), TITLE_CHARS_MAX),
        text: cut(&format!("{}\n{}", marker(happening), text.text), TEXT_CHARS_MAX),
        note_type: rules.note_type,
        publish: rules.publish,
    };
    (note, title.problem.or(text.problem))
}

/// What a template may say.
pub(super) fn context(happening: &AlertHappening, title: &str, text: &str) -> Json {
    let (comment, to, resolution) = match &happening.what {
        Happened::Commented { text } => (text.as_str(), "", ""),
        Happened::Reassigned { to } => ("", to.as_str(), ""),
        Happened::Resolved { resolution, .. } => ("", "", resolution.as_deref().unwrap_or_default()),
        Happened::Accepted | Happened::Escalated | Happened::Unanswered | Happened::Repeated { .. } => ("", "", ""),
    };
    json!({
        "what": happening.word(), "by": happening.by, "alert": happening.alert.0, "comment": comment, "to": to,
        "resolution": resolution, "calls": happening.calls, "title": title, "text": text,
        "at": happening.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    })
}

fn title(happening: &AlertHappening) -> String {
    let by = &happening.by;
    match &happening.what {
        Happened::Accepted => format!("On call: {by} has this ticket"),
        Happened::Resolved { .. } => format!("On call: resolved by {by}"),
        Happened::Commented { .. } => format!("On call: {by} says"),
        Happened::Reassigned { to } => format!("On call: given to {to} by {by}"),
        Happened::Escalated => format!("On call: {by} called the next level"),
        Happened::Unanswered => "On call: nobody has accepted".to_owned(),
        Happened::Repeated { .. } => format!("Reported again by {by}"),
    }
}

fn text(happening: &AlertHappening) -> String {
    let told = match &happening.what {
        Happened::Accepted => "Escalation has stopped.".to_owned(),
        Happened::Resolved { resolution: Some(resolution), .. } => format!("The alert is over. {resolution}"),
        Happened::Resolved { resolution: None, .. } => "The alert is over.".to_owned(),
        Happened::Commented { text } => text.clone(),
        Happened::Reassigned { to } => format!("{to} is called next."),
        Happened::Escalated => "Whoever comes next is called.".to_owned(),
        Happened::Repeated { count } => format!("{count} events so far."),
        Happened::Unanswered if happening.calls.is_empty() => "Nobody could be called.".to_owned(),
        Happened::Unanswered => "The escalation policy has come to its end.".to_owned(),
    };
    let calls = happening.calls.iter().map(|line| format!("\n{line}"));
    calls.fold(told, |text, line| text + &line)
}

/// Autotask may turn line breaks and rows of spaces into others.
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
