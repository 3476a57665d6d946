//! How long a push service keeps a message, how hard it tries, and what a newer one replaces: RFC 8030, section 5.

use jiff::{SignedDuration, Timestamp};

use crate::channels::{
    Message,
    letter::{Letter, Mood},
    push::alert_token,
};

/// Kept at least this long: a phone may be in a tunnel.
const KEPT_MIN: SignedDuration = SignedDuration::from_mins(1);
/// Kept this long where nothing says otherwise, and at most.
const KEPT: SignedDuration = SignedDuration::from_hours(4);
/// A test that comes later proves nothing.
const TEST_KEPT: SignedDuration = SignedDuration::from_mins(5);

/// The headers of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Kept this long for a device that is away, in seconds.
    pub ttl_s: i64,
    /// `high` wakes a phone that sleeps.
    pub urgency: &'static str,
    /// A message that was not delivered yet is replaced by the next one of the same topic.
    pub topic: Option<String>,
}

impl Plan {
    /// What a message asks for.
    pub fn of(message: &Message, letter: &Letter, now: Timestamp) -> Self {
        let is_urgent = matches!(letter.mood, Mood::Pages | Mood::Test | Mood::Warning);
        Self {
            ttl_s: kept(message, now).clamp(KEPT_MIN, KEPT).as_secs(),
            urgency: if is_urgent { "high" } else { "normal" },
            topic: letter.thread.as_ref().map(alert_token),
        }
    }
}

/// A page is of no use once the next one was called, and a code once it counts no more.
fn kept(message: &Message, now: Timestamp) -> SignedDuration {
    match message {
        Message::Page(page) => page.escalates_at.map_or(KEPT, |at| at.duration_since(now)),
        Message::Verification(code) => code.expires_at.duration_since(now),
        Message::Test(_) => TEST_KEPT,
        Message::Summary(_) | Message::Update(_) | Message::Notice(_) | Message::Answer(_) => KEPT,
    }
}
