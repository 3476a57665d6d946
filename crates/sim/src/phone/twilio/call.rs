//! The plan of a call, and the webhooks that it makes: <https://www.twilio.com/docs/voice/api/call-resource>.

use super::{API_VERSION, message_door::rfc2822, report::pair, signature::sign};
use crate::phone::{
    AnsweredBy, Call, CallState, Direction, State,
    host::{Detection, Opening, Progress},
    http::Outgoing,
    script::{Target, Typed},
};

/// The plan of a call.
#[derive(Debug, Clone)]
pub(in crate::phone) struct Plan {
    pub opening: Opening,
    pub callback: Option<Target>,
    /// Which reports are wanted.
    pub events: Vec<String>,
    pub timeout_s: u64,
    pub limit_s: u64,
    pub detection: Option<Detection>,
}

impl Plan {
    /// A call of a phone to a number whose script is here.
    pub fn inbound(url: &str) -> Self {
        let opening = Opening::Fetch(Target { url: url.to_owned(), post: true });
        Self { opening, callback: None, events: Vec::new(), timeout_s: 60, limit_s: 14_400, detection: None }
    }

    /// The report of a moment, where one is wanted.
    pub fn report(&self, state: &State, call: &Call, progress: Progress, sequence: u32) -> Option<Outgoing> {
        let callback = self.callback.as_ref()?;
        let event = match progress {
            Progress::Started => "initiated",
            Progress::Ringing => "ringing",
            Progress::Answered => "answered",
            Progress::Ended => "completed",
            Progress::Detected => return None,
        };
        if !self.events.iter().any(|wanted| wanted == event) {
            return None;
        }
        let mut form = self.form(state, call);
        form.push(pair("CallbackSource", "call-progress-events"));
        form.push(pair("SequenceNumber", &sequence.to_string()));
        form.push(pair("Timestamp", &rfc2822(state.clock.now())));
        if progress == Progress::Ended {
            form.push(pair("CallDuration", &call.duration_s().to_string()));
            form.push(pair("Duration", &(u64::try_from(call.duration_s()).unwrap_or(0).div_ceil(60)).to_string()));
        }
        Some(sign(&state.config.twilio.auth_token, &callback.url, callback.post, &form))
    }

    /// The request for a script.
    pub fn request(&self, state: &State, call: &Call, target: &Target, typed: Option<&Typed>) -> Outgoing {
        let mut form = self.form(state, call);
        if let Some(typed) = typed {
            form.push(pair("Digits", &typed.digits));
            form.push(pair("msg", "Gather End"));
        }
        sign(&state.config.twilio.auth_token, &target.url, target.post, &form)
    }

    /// What every webhook of a call says.
    fn form(&self, state: &State, call: &Call) -> Vec<(String, String)> {
        let direction = if call.direction == Direction::ToPhone { "outbound-api" } else { "inbound" };
        let mut form = vec![
            pair("CallSid", &call.id),
            pair("AccountSid", &state.config.twilio.account_sid),
            pair("ApiVersion", API_VERSION),
            pair("Direction", direction),
            pair("CallStatus", call_word(call.state)),
            pair("From", &call.from),
            pair("Caller", &call.from),
            pair("To", &call.to),
            pair("Called", &call.to),
        ];
        if let Some((detection, by)) = self.detection.zip(call.answered_by) {
            let word = match by {
                AnsweredBy::Human => "human",
                AnsweredBy::Machine if detection.awaits_tone => "machine_end_beep",
                AnsweredBy::Machine => "machine_start",
                AnsweredBy::Unknown => "unknown",
            };
            form.push(pair("AnsweredBy", word));
        }
        form
    }
}

/// Twilio's word for the state of a call. Who declines looks busy; whose phone is off cannot be reached.
pub(super) fn call_word(state: CallState) -> &'static str {
    match state {
        CallState::Dialling => "initiated",
        CallState::Ringing => "ringing",
        CallState::Talking => "in-progress",
        CallState::Completed => "completed",
        CallState::Busy | CallState::Declined => "busy",
        CallState::NoAnswer => "no-answer",
        CallState::Unreachable | CallState::Failed => "failed",
        CallState::Canceled => "canceled",
    }
}
