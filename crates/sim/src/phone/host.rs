//! Who runs a call: the provider that it was begun with.

use std::{sync::Arc, time::Duration};

use super::{
    Call, State,
    http::{Answer, Outgoing},
    script::{Step, Target, Typed},
    twilio, vonage,
};

/// The plan of a call, as its provider took it.
#[derive(Debug, Clone)]
pub(super) enum Host {
    Twilio(twilio::Plan),
    Vonage(vonage::Plan),
}

/// A moment of a call that a provider may report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Started,
    Ringing,
    Answered,
    /// A detection told a person from a machine.
    Detected,
    Ended,
}

/// How a script begins.
#[derive(Debug, Clone)]
pub(super) enum Opening {
    /// It came with the call.
    Steps(Vec<Step>),
    /// It is fetched.
    Fetch(Target),
}

/// What a detection of machines is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Detection {
    /// A machine is hung up on.
    pub hangs_up: bool,
    /// The script begins after the greeting.
    pub awaits_tone: bool,
}

impl Host {
    /// How long the caller lets it ring.
    pub fn ring_limit(&self) -> Duration {
        match self {
            Self::Twilio(plan) => Duration::from_secs(plan.timeout_s),
            Self::Vonage(plan) => Duration::from_secs(plan.ringing_s),
        }
    }

    /// How long the call may last.
    pub fn length_limit(&self) -> Duration {
        match self {
            Self::Twilio(plan) => Duration::from_secs(plan.limit_s),
            Self::Vonage(plan) => Duration::from_secs(plan.length_s),
        }
    }

    pub fn detection(&self) -> Option<Detection> {
        match self {
            Self::Twilio(plan) => plan.detection,
            Self::Vonage(plan) => plan.detection,
        }
    }

    pub fn opening(&self) -> Opening {
        match self {
            Self::Twilio(plan) => plan.opening.clone(),
            Self::Vonage(plan) => plan.opening.clone(),
        }
    }

    /// The report of a moment, where one is wanted. `sequence` counts the reports of a call.
    pub fn report(&self, state: &Arc<State>, call: &Call, progress: Progress, sequence: u32) -> Option<Outgoing> {
        match self {
            Self::Twilio(plan) => plan.report(state, call, progress, sequence),
            Self::Vonage(plan) => plan.report(state, call, progress),
        }
    }

    /// The request for a script, with the keys of a question if it comes of one.
    pub fn request(&self, state: &State, call: &Call, target: &Target, typed: Option<&Typed>) -> Outgoing {
        match self {
            Self::Twilio(plan) => plan.request(state, call, target, typed),
            Self::Vonage(plan) => plan.request(state, call, target, typed),
        }
    }

    /// The script in an answer; none where the one before goes on. Errors: what is wrong with it.
    pub fn read(&self, answer: &Answer) -> Result<Option<Vec<Step>>, String> {
        match self {
            Self::Twilio(_) => twilio::read_script(&answer.body).map(Some),
            Self::Vonage(plan) => vonage::read_script(&answer.body, plan.event_target.as_ref()),
        }
    }

    /// Whether a report of a detection may answer with another script.
    pub fn detection_answers(&self) -> bool {
        matches!(self, Self::Vonage(_))
    }
}
