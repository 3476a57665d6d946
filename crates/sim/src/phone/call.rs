//! A call: what is known of it at any moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Direction, Provider};

/// A call and what became of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The provider's id of it.
    pub id: String,
    /// Who carries it.
    pub provider: Provider,
    /// Vonage's id of the conversation that it is part of.
    pub conversation: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// How far it is.
    pub state: CallState,
    /// Who answered, once somebody did.
    pub answered_by: Option<AnsweredBy>,
    /// What was said to the phone, in order.
    pub spoken: Vec<Spoken>,
    /// The keys that were taken, one entry for each question; empty where none came.
    pub taken: Vec<String>,
    /// A question is waiting for keys.
    pub asks: bool,
    /// What was wrong with the script of the call, as an unknown verb.
    pub fault: Option<String>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Call {
    /// The phone's number, whichever way it goes.
    pub fn phone(&self) -> &str {
        self.direction.phone(&self.from, &self.to)
    }

    /// The other party.
    pub fn other(&self) -> &str {
        self.direction.other(&self.from, &self.to)
    }

    /// Seconds between answer and end.
    pub fn duration_s(&self) -> i64 {
        let seconds = |(from, to): (Timestamp, Timestamp)| to.duration_since(from).as_secs();
        self.answered_at.zip(self.ended_at).map_or(0, seconds)
    }

    /// Everything that was said, one line each.
    pub fn transcript(&self) -> String {
        self.spoken.iter().map(|spoken| spoken.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CallState {
    /// Accepted, and not yet with the phone.
    Dialling,
    /// It rings.
    Ringing,
    /// Somebody answered.
    Talking,
    /// It was answered and is over.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The person declined.
    Declined,
    /// The phone was off.
    Unreachable,
    /// The script of the call was wrong: see `fault`.
    Failed,
    /// The caller gave up before anybody answered.
    Canceled,
}

impl CallState {
    /// Whether it is over.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Dialling | Self::Ringing | Self::Talking)
    }
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnsweredBy {
    /// A person.
    #[default]
    Human,
    /// An answering machine.
    Machine,
    /// A detection could not tell.
    Unknown,
}

/// Something that was said to the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// The words.
    pub text: String,
    /// In which language, where the script says.
    pub language: Option<String>,
    /// With which voice or style, where the script says.
    pub voice: Option<String>,
}
