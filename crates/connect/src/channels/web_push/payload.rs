//! What a push message says: a declarative push message, which a browser shows by itself even where the service worker was
//! ended, and which our service worker reads as well (<https://www.w3.org/TR/push-api/#declarative-push-message>).
//!
//! `data` has what the worker needs to act without opening a page: `accept` and the others are signed links, to which it posts
//! `confirm=1`.

use serde::Serialize;

use crate::channels::{
    letter::{Letter, Mood, Verb},
    limits::{PUSH_BYTES_MAX, TITLE_CHARS_MAX},
    push,
    text::{cut_bytes, line},
};

/// Marks JSON as a declarative push message: the number of the RFC.
const DECLARATIVE: u16 = 8030;
/// Browsers show two.
const BUTTONS_MAX: usize = 2;

#[derive(Debug, Serialize)]
struct Payload<'a> {
    web_push: u16,
    notification: Notification<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'a> {
    title: String,
    body: String,
    /// What a tap opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    navigate: Option<&'a str>,
    lang: &'static str,
    dir: &'static str,
    /// The next message of the same alert takes the place of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    /// It makes a sound even in the place of another one.
    renotify: bool,
    silent: bool,
    require_interaction: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button<'a>>,
    data: Data<'a>,
}

#[derive(Debug, Serialize)]
struct Button<'a> {
    action: &'static str,
    title: &'static str,
    navigate: &'a str,
}

#[derive(Debug, Default, Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accept: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolve: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<&'a str>,
}

/// The JSON, at most [`PUSH_BYTES_MAX`] long: its body is cut, its structure never is.
pub(super) fn payload(letter: &Letter) -> Result<Vec<u8>, serde_json::Error> {
    let body = cut_bytes(push::text(letter), PUSH_BYTES_MAX);
    let mut payload = Payload { web_push: DECLARATIVE, notification: notification(letter, body) };
    let whole = serde_json::to_vec(&payload)?;
    if whole.len() <= PUSH_BYTES_MAX {
        return Ok(whole);
    }
    let body = std::mem::take(&mut payload.notification.body);
    let empty = serde_json::to_vec(&payload)?;
    match PUSH_BYTES_MAX.checked_sub(empty.len()) {
        Some(room) => payload.notification.body = cut_escaped(&body, room),
        // Links of two thousand characters each: one is left, that of a tap.
        None => (payload.notification.actions, payload.notification.data) = (Vec::new(), Data::default()),
    }
    serde_json::to_vec(&payload)
}

/// Cut to a number of bytes as JSON writes it, with an ellipsis.
fn cut_escaped(text: &str, bytes_max: usize) -> String {
    let Some(mut room) = bytes_max.checked_sub('…'.len_utf8()) else { return String::new() };
    let fits = |c: &char| {
        let left = room.checked_sub(escaped_bytes(*c));
        room = left.unwrap_or(0);
        left.is_some()
    };
    let kept: String = text.chars().take_while(fits).collect();
    if kept.len() == text.len() { kept } else { format!("{}…", kept.trim_end()) }
}

/// How long JSON writes a character.
fn escaped_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

fn notification(letter: &Letter, body: String) -> Notification<'_> {
    let needs_somebody = matches!(letter.mood, Mood::Pages | Mood::Test | Mood::Escalated | Mood::Warning);
    let tag = letter.thread.as_ref().map(push::alert_token);
    Notification {
        title: line(&letter.title, TITLE_CHARS_MAX),
        body,
        navigate: push::click(letter),
        lang: letter.language.as_str(),
        dir: "auto",
        // Without a tag this is an error in browsers.
        renotify: needs_somebody && tag.is_some(),
        tag,
        silent: false,
        require_interaction: needs_somebody,
        actions: buttons(letter),
        data: data(letter),
    }
}

fn buttons(letter: &Letter) -> Vec<Button<'_>> {
    let acting = letter.actions.iter().filter_map(|action| {
        let name = name(action.verb)?;
        Some(Button { action: name, title: action.verb.words(letter.language), navigate: &action.url })
    });
    acting.take(BUTTONS_MAX).collect()
}

fn name(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Accept => Some("accept"),
        Verb::Resolve => Some("resolve"),
        Verb::Complete => None,
    }
}

fn data(letter: &Letter) -> Data<'_> {
    let link = |verb| letter.actions.iter().find(|action| action.verb == verb).map(|action| action.url.as_str());
    Data {
        alert: letter.thread.as_ref().map(|thread| thread.alert_id),
        accept: link(Verb::Accept),
        resolve: link(Verb::Resolve),
        open: letter.links.first().map(|(_, url)| url.as_str()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::Value;
    use watchbell_core::language::Language;

    use super::*;
    use crate::channels::letter::{Action, Thread};

    fn letter(details: &str, link_bytes: usize) -> Letter {
        let url = |name: &str| format!("https://bell.example/{name}/{}", "x".repeat(link_bytes));
        Letter {
            title: "Contoso: Disk full".into(),
            lead: "Pages".into(),
            details: details.into(),
            actions: vec![
                Action { verb: Verb::Accept, url: url("accept") },
                Action { verb: Verb::Resolve, url: url("resolve") },
                Action { verb: Verb::Complete, url: url("complete") },
            ],
            links: vec![("Open the alert", url("alerts"))],
            thread: Some(Thread { alert_id: 42, alert_url: url("alerts") }),
            mood: Mood::Pages,
            language: Language::German,
            ..Letter::default()
        }
    }

    fn read(letter: &Letter) -> Value {
        let json = payload(letter).unwrap();
        assert!(json.len() <= PUSH_BYTES_MAX, "{}", json.len());
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn it_is_a_declarative_message_that_a_worker_reads_as_well() {
        insta::assert_json_snapshot!(read(&letter("Free space is 1 %.", 3)));
    }

    #[test]
    fn only_the_body_of_a_long_message_is_cut() {
        for unit in ["ä\n", "\"", "🔥", "a"] {
            let it = read(&letter(&unit.repeat(8_000), 100));
            let body = it["notification"]["body"].as_str().unwrap();
            assert!(body.ends_with('…') && body.len() > 1_000, "{unit}: {}", body.len());
            assert_eq!(it["notification"]["actions"].as_array().unwrap().len(), 2);
        }
    }

    #[test]
    fn the_longest_links_leave_one_to_tap() {
        let it = read(&letter("x", 1_900));
        assert_eq!(it["web_push"], 8030);
        assert!(it["notification"]["navigate"].as_str().unwrap().contains("/accept/"));
        assert_eq!(it["notification"].get("actions"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_keeps_to_the_limit(details in "(?s).{0,3000}", links in 0..600usize) {
            let it = read(&letter(&details, links));
            proptest::prop_assert_eq!(&it["web_push"], 8030);
        }
    }
}
