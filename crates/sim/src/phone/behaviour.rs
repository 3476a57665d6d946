//! What a phone, and the carrier behind it, do by themselves.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The settings of one phone. The default is a phone in order, in the hands of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Behaviour {
    /// What becomes of a call.
    pub calls: OnCall,
    /// What becomes of a message.
    pub texts: OnText,
    /// How long the carrier takes before it delivers a message or rings, in milliseconds.
    pub delay_ms: u64,
    /// How long it rings at most, in milliseconds.
    pub ring_ms: u64,
    /// After how many rings an answering machine answers.
    pub rings: u32,
    /// What an answering machine says.
    pub greeting: String,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            calls: OnCall::default(),
            texts: OnText::default(),
            delay_ms: 0,
            ring_ms: 25_000,
            rings: 2,
            greeting: "Nobody is here. Please speak after the tone.".to_owned(),
        }
    }
}

impl Behaviour {
    /// How long the carrier takes.
    pub(super) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnCall {
    /// It rings until a person acts, or until the ringing ends.
    #[default]
    ByHand,
    /// A person answers at once, and presses nothing.
    PicksUp,
    /// An answering machine answers after some rings.
    Machine,
    /// The line is busy.
    Busy,
    /// A person declines at once.
    Declines,
    /// The phone is off.
    Unreachable,
}

impl OnCall {
    /// All, with words for the page.
    pub(super) const ALL: [(Self, &str, &str); 6] = [
        (Self::ByHand, "byHand", "rings until you act"),
        (Self::PicksUp, "picksUp", "is answered at once"),
        (Self::Machine, "machine", "meet an answering machine"),
        (Self::Busy, "busy", "find it busy"),
        (Self::Declines, "declines", "are declined"),
        (Self::Unreachable, "unreachable", "cannot reach it"),
    ];
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnText {
    /// It arrives, and that is reported.
    #[default]
    Arrives,
    /// It arrives; the carrier reports nothing.
    ArrivesUnreported,
    /// The phone is off (Twilio 30003).
    Unreachable,
    /// Nobody has this number (Twilio 30005).
    Unknown,
    /// A landline (Twilio 30006).
    Landline,
    /// The carrier filters it (Twilio 30007).
    Filtered,
    /// The API refuses the number (Twilio 21211), calls too.
    Invalid,
    /// The trial account has not verified the number (Twilio 21608, calls 21219).
    Unverified,
    /// The account may not send to this country (Twilio 21408, calls 21215).
    RegionOff,
}

impl OnText {
    /// All, with words for the page.
    pub(super) const ALL: [(Self, &str, &str); 9] = [
        (Self::Arrives, "arrives", "arrive"),
        (Self::ArrivesUnreported, "arrivesUnreported", "arrive, without a delivery report"),
        (Self::Unreachable, "unreachable", "find the phone off"),
        (Self::Unknown, "unknown", "find no such subscriber"),
        (Self::Landline, "landline", "find a landline"),
        (Self::Filtered, "filtered", "are filtered by the carrier"),
        (Self::Invalid, "invalid", "are refused: invalid number"),
        (Self::Unverified, "unverified", "are refused: not verified"),
        (Self::RegionOff, "regionOff", "are refused: country not enabled"),
    ];
}
