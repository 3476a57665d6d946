//! What a provider does in a call once it is answered: the common form of TwiML and of NCCO.

use super::call::Spoken;

/// One step of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Something is said; keys may cut it short.
    Say { spoken: Spoken, barge_in: bool },
    /// Silence, in seconds.
    Pause(u32),
    /// A question that keys answer.
    Ask(Ask),
    /// The script goes on elsewhere.
    Go(Target),
    /// Tones to the phone.
    Tones(String),
    /// The end.
    HangUp,
    /// An incoming call is not taken.
    Reject { busy: bool },
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// What is said while keys are taken already.
    pub prompt: Vec<Step>,
    /// It ends with so many keys.
    pub keys_max: Option<usize>,
    /// It ends when no key comes for so long, in seconds.
    pub timeout_s: u32,
    /// It ends with this key.
    pub finish: Option<char>,
    /// Where the keys go.
    pub target: Target,
    /// They go there even when there are none.
    pub tells_silence: bool,
}

/// Where a script is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// May be relative to the document before; empty is that document.
    pub url: String,
    /// POST, or GET.
    pub post: bool,
}

impl Target {
    /// Reads a method; none is the provider's own default.
    pub fn new(url: &str, method: Option<&str>, post_by_default: bool) -> Result<Self, String> {
        let post = match method.map(str::to_ascii_uppercase).as_deref() {
            None => post_by_default,
            Some("POST") => true,
            Some("GET") => false,
            Some(other) => return Err(format!("{other} is no method: GET or POST")),
        };
        Ok(Self { url: url.trim().to_owned(), post })
    }
}

/// The keys that answered a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// The keys.
    pub digits: String,
    /// Nobody pressed the last one in time.
    pub timed_out: bool,
}
