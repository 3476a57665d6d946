//! What the push channels share: a letter as plain text, where a tap leads, and the token of an alert.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::letter::{Letter, Thread, Verb};

/// What stands below the title. Without the links: they are buttons. Where the organization words it itself, what it says stands for
/// the facts.
pub(super) fn text(letter: &Letter) -> String {
    let shown = if letter.own_words { &[] } else { letter.facts.as_slice() };
    let facts: Vec<_> = shown.iter().map(|(label, value)| format!("{label}: {value}")).collect();
    let listed: Vec<_> = letter.listed.iter().map(|(text, _)| format!("- {text}")).chain(letter.more.clone()).collect();
    let blocks = [letter.lead.clone(), facts.join("\n"), listed.join("\n"), letter.details.clone()];
    blocks.into_iter().filter(|block| !block.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A tap on the message opens the page with the big Accept, so that accepting works where buttons are not shown or fail
/// (a phone whose app cannot reach us but whose browser can, over a VPN of its own); else the first link.
pub(super) fn click(letter: &Letter) -> Option<&str> {
    let accept = letter.actions.iter().find(|action| action.verb == Verb::Accept).map(|action| action.url.as_str());
    accept.or_else(|| letter.links.first().map(|(_, url)| url.as_str()))
}

/// The same short word for every message about one alert: a push service replaces by it what was not delivered yet, and others
/// take back by it what is not needed any more. 22 characters of base64url; the place tells installations apart that share an
/// account.
pub(super) fn alert_token(thread: &Thread) -> String {
    let place = thread.alert_url.split('/').nth(2).unwrap_or_default();
    let hash = Sha256::digest(format!("{place}/{}", thread.alert_id));
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_an_alert_is_short_and_its_own() {
        let token = |place: &str, alert_id| {
            alert_token(&Thread { alert_id, alert_url: format!("https://{place}/alerts/{alert_id}") })
        };
        assert_eq!(token("bell.example", 42), token("bell.example", 42));
        assert_ne!(token("bell.example", 42), token("bell.example", 43));
        assert_ne!(token("bell.example", 42), token("bell.test", 42));
        assert_eq!(token("bell.example", 42).len(), 22);
    }
}
