//! A message as Pushover takes it.

use super::{api::Field, config::Pushover};
use crate::channels::{
    Outcome, Parcel,
    letter::{Letter, Mood, compose},
    limits::{PUSHOVER_TEXT_CHARS_MAX, TITLE_CHARS_MAX},
    push,
    text::{line, paragraph},
};

/// Repeated until somebody acknowledges it.
const EMERGENCY: i64 = 2;
/// How long a test is repeated, in seconds: it rings like a page, twice, and then leaves people in peace.
const TEST_EXPIRE_S: i64 = 60;
/// Longest address below a message.
const URL_CHARS_MAX: usize = 512;
/// Longest words on it.
const URL_TITLE_CHARS_MAX: usize = 100;

/// Whom a message is for.
struct Receiver<'a> {
    user: &'a str,
    device: Option<&'a str>,
}

impl<'a> Receiver<'a> {
    /// `key`, or `key/device`; `None` for anything else.
    fn parse(address: &'a str) -> Option<Self> {
        let (user, device) = match address.trim().split_once('/') {
            Some((user, device)) => (user, Some(device)),
            None => (address.trim(), None),
        };
        let is_user = (1..=40).contains(&user.len()) && user.chars().all(|c| c.is_ascii_alphanumeric());
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let is_device = device.is_none_or(|name| (1..=25).contains(&name.len()) && name.chars().all(named));
        (is_user && is_device).then_some(Self { user, device })
    }
}

/// Whether a text is a user key, or `key/device`.
pub fn is_address(text: &str) -> bool {
    Receiver::parse(text).is_some()
}

impl Pushover {
    /// The form of a message. Errors: the contact is no user key.
    pub(super) fn message(&self, parcel: &Parcel<'_>) -> Result<Vec<Field>, Outcome> {
        let wrong = "The contact is no Pushover user key. Enter the 30 letters and digits that pushover.net shows, or key/device.";
        let to = Receiver::parse(parcel.to).ok_or_else(|| Outcome::bad_contact(wrong))?;
        let letter = compose(parcel.message);
        let priority = priority(letter.mood);
        let mut pairs = vec![
            self.signature(),
            ("user", to.user.to_owned()),
            ("title", line(&letter.title, TITLE_CHARS_MAX)),
            ("message", text(&letter)),
            ("priority", priority.to_string()),
            ("timestamp", parcel.now.as_second().to_string()),
        ];
        pairs.extend(to.device.map(|device| ("device", device.to_owned())));
        pairs.extend(link(&letter, priority));
        if priority == EMERGENCY {
            pairs.extend(self.repetition(&letter, parcel));
        }
        Ok(pairs)
    }

    fn repetition(&self, letter: &Letter, parcel: &Parcel<'_>) -> Vec<Field> {
        let expire_s = if letter.mood == Mood::Test { TEST_EXPIRE_S } else { self.expire_s };
        let mut pairs = vec![
            ("retry", self.retry_s.min(expire_s).to_string()),
            ("expire", expire_s.to_string()),
            ("callback", parcel.back.status()),
        ];
        // By it everything about an alert can be cancelled at once, from Pushover's own side as well.
        pairs.extend(letter.thread.as_ref().map(|thread| ("tags", push::alert_token(thread))));
        pairs.extend(self.sound.clone().map(|sound| ("sound", sound)));
        pairs
    }
}

/// Pushover refuses a message without text.
fn text(letter: &Letter) -> String {
    match paragraph(&push::text(letter), PUSHOVER_TEXT_CHARS_MAX) {
        text if text.is_empty() => line(&letter.title, TITLE_CHARS_MAX),
        text => text,
    }
}

/// The address below a message. Acknowledging a page accepts it, so that its address is for reading; other messages have
/// nothing to acknowledge, and theirs leads to Accept.
fn link(letter: &Letter, priority: i64) -> Vec<Field> {
    let reading = letter.links.first().map(|(label, url)| (*label, url));
    let acting = letter.actions.first().map(|action| (action.verb.words(letter.language), &action.url));
    let link = if priority == EMERGENCY { reading.or(acting) } else { acting.or(reading) };
    match link.filter(|(_, url)| url.chars().count() <= URL_CHARS_MAX) {
        Some((label, url)) => vec![("url", url.clone()), ("url_title", line(label, URL_TITLE_CHARS_MAX))],
        None => Vec::new(),
    }
}

/// 2 rings until it is acknowledged, 1 passes quiet hours, 0 makes a sound as any message. A test rings like a page, or it would
/// prove nothing.
fn priority(mood: Mood) -> i64 {
    match mood {
        Mood::Pages | Mood::Test => EMERGENCY,
        Mood::Warning => 1,
        Mood::Quiet | Mood::Accepted | Mood::Resolved | Mood::Escalated | Mood::Plain => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_key_or_a_key_and_a_device() {
        let read = |address| Receiver::parse(address).map(|it| (it.user, it.device));
        assert_eq!(read("uQiRzpo4DXghDmr9QzzfQu27cmVRsG"), Some(("uQiRzpo4DXghDmr9QzzfQu27cmVRsG", None)));
        assert_eq!(read(" uQiR/ann-s_phone "), Some(("uQiR", Some("ann-s_phone"))));
        for bad in ["", "/", "uQiR/", "/phone", "uQiR/a b", "u&user=x", "uQiR/a/b", &"u".repeat(41)] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
