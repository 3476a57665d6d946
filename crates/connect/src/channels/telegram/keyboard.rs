//! The buttons below a message.

use serde_json::{Value, json};

use super::button;
use crate::{
    channels::{
        Message,
        letter::{Letter, Verb},
        words,
    },
    http::{Reach, Url, reach},
};

/// Rows of buttons: those that act, and below them those that open something.
pub(super) fn keyboard(message: &Message, letter: &Letter, token: &str) -> Vec<Vec<Value>> {
    let mut rows = acting(message, letter, token);
    if rows.is_empty() {
        rows.extend(opening(letter));
    }
    rows.extend(reading(letter));
    rows
}

/// The buttons of a message that needs nobody any more.
pub(super) fn reading(letter: &Letter) -> Vec<Vec<Value>> {
    let links = letter.links.iter().filter(|(_, url)| is_public(url));
    row(links.map(|(label, url)| json!({ "text": label, "url": url })).collect())
}

/// Buttons that act at once, for a message that its reader can answer.
fn acting(message: &Message, letter: &Letter, token: &str) -> Vec<Vec<Value>> {
    let language = letter.language;
    let press = |verb: &str, words: &str| Some(json!({ "text": words, "callback_data": button::write(verb, token)? }));
    let (first, second) = match message {
        Message::Page(page) if page.reply_code.is_some() => (
            vec![press("accept", Verb::Accept.words(language)), press("resolve", Verb::Resolve.words(language))],
            vec![press("escalate", words::escalate(language))],
        ),
        Message::Summary(summary) if summary.reply_code.is_some() => {
            (vec![press("accept", words::accept_all(language))], Vec::new())
        }
        _ => return Vec::new(),
    };
    [first, second].into_iter().flat_map(|buttons| row(buttons.into_iter().flatten().collect())).collect()
}

/// The signed links, where no press can be heard.
fn opening(letter: &Letter) -> Vec<Vec<Value>> {
    let links = letter.actions.iter().filter(|action| action.verb != Verb::Complete && is_public(&action.url));
    row(links.map(|action| json!({ "text": action.verb.words(letter.language), "url": action.url })).collect())
}

fn row(buttons: Vec<Value>) -> Vec<Vec<Value>> {
    if buttons.is_empty() { Vec::new() } else { vec![buttons] }
}

/// An address that Telegram takes for a button: it refuses the whole message for one of a private network.
pub(super) fn is_public(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
    let is_name = match host.parse() {
        Ok(ip) => reach(ip) == Reach::Public,
        Err(_) => {
            let ending = host.trim_end_matches('.').rsplit_once('.').map(|(_, ending)| ending);
            ending.is_some_and(|ending| {
                !["local", "localhost", "lan", "internal", "home", "arpa", "test"].contains(&ending)
            })
        }
    };
    url.scheme() == "https" && is_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_become_buttons() {
        for (url, expected) in [
            ("https://bell.example.com/alerts/42", true),
            ("https://93.184.216.34/alerts/42", true),
            ("http://bell.example.com/alerts/42", false),
            ("https://localhost/alerts/42", false),
            ("https://bell/alerts/42", false),
            ("https://bell.local/alerts/42", false),
            ("https://192.168.1.5:8443/alerts/42", false),
            ("https://[::1]/alerts/42", false),
            ("tg://user?id=1", false),
            ("", false),
        ] {
            assert_eq!(is_public(url), expected, "{url}");
        }
    }
}
