//! The JSON that ntfy publishes: <https://docs.ntfy.sh/publish/#publish-as-json>.

use serde::Serialize;
use watchbell_core::language::Language;

use crate::channels::{
    letter::{Action, Letter, Mood, Verb},
    limits::{NTFY_TEXT_BYTES_MAX, TITLE_CHARS_MAX},
    push,
    text::{cut_bytes, line},
};

/// One message to one topic.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    topic: &'a str,
    title: String,
    message: String,
    priority: u8,
    tags: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button<'a>>,
}

/// A button below the message; ntfy shows three at most.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "lowercase")]
enum Button<'a> {
    /// Opens an address in the browser.
    View { label: &'static str, url: &'a str, clear: bool },
    /// The app itself makes the request.
    Http {
        label: &'static str,
        url: &'a str,
        method: &'static str,
        headers: FormHeaders,
        body: &'static str,
        clear: bool,
    },
}

#[derive(Debug, Serialize)]
struct FormHeaders {
    #[serde(rename = "Content-Type")]
    content_type: &'static str,
}

const BUTTONS_MAX: usize = 3;

pub(super) fn body<'a>(topic: &'a str, letter: &'a Letter) -> Body<'a> {
    Body {
        topic,
        title: line(&letter.title, TITLE_CHARS_MAX),
        message: text(letter),
        priority: priority(letter.mood),
        tags: vec![tag(letter.mood)],
        click: push::click(letter),
        actions: buttons(letter),
    }
}

/// What stands below the title.
pub(super) fn text(letter: &Letter) -> String {
    cut_bytes(push::text(letter), NTFY_TEXT_BYTES_MAX)
}

/// Accept, Resolve, and then the alert or the ticket.
///
/// Accepting takes a confirming click, so that no scanner of links accepts by looking. A press of the Accept button is such a
/// click, made by a person in the app: it posts what the confirming form would post. Resolving is final and cannot be taken
/// back by a second look, so its button only opens the page that asks. ntfy clears the message when the request went well; when it
/// failed, the app says so and the message stays, and a tap on it opens the same page in the browser.
fn buttons(letter: &Letter) -> Vec<Button<'_>> {
    let acting =
        letter.actions.iter().filter(|action| action.verb != Verb::Complete).map(|action| act(action, letter.language));
    // The ticket first: the alert is one tap behind the click already.
    let reading = letter.links.iter().rev().map(|(label, url)| Button::View { label, url, clear: false });
    acting.chain(reading).take(BUTTONS_MAX).collect()
}

fn act(action: &Action, language: Language) -> Button<'_> {
    let (label, url) = (action.verb.words(language), action.url.as_str());
    match action.verb {
        Verb::Accept => Button::Http {
            label,
            url,
            method: "POST",
            headers: FormHeaders { content_type: "application/x-www-form-urlencoded" },
            body: "confirm=1",
            clear: true,
        },
        Verb::Resolve | Verb::Complete => Button::View { label, url, clear: false },
    }
}

/// 5 passes the phone's focus modes, 3 makes a sound as any message. A test rings like a page, or it would prove nothing.
fn priority(mood: Mood) -> u8 {
    match mood {
        Mood::Pages | Mood::Test => 5,
        Mood::Warning => 4,
        Mood::Quiet | Mood::Accepted | Mood::Resolved | Mood::Escalated | Mood::Plain => 3,
    }
}

/// ntfy turns these short codes into pictures before the title.
fn tag(mood: Mood) -> &'static str {
    match mood {
        Mood::Pages => "rotating_light",
        Mood::Quiet => "bell",
        Mood::Accepted => "eyes",
        Mood::Resolved => "white_check_mark",
        Mood::Escalated => "arrow_up",
        Mood::Test => "test_tube",
        Mood::Warning => "warning",
        Mood::Plain => "key",
    }
}
