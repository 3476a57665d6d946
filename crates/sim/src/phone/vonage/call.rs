//! The plan of a call, and the webhooks that it makes: <https://developer.vonage.com/en/voice/voice-api/webhook-reference>.

use serde_json::{Value, json};

use super::report::sign;
use crate::phone::{
    AnsweredBy, Call, CallState, Direction, State,
    host::{Detection, Opening, Progress},
    http::Outgoing,
    number::bare,
    script::{Target, Typed},
};

/// The plan of a call.
#[derive(Debug, Clone)]
pub(in crate::phone) struct Plan {
    pub opening: Opening,
    /// Where events go.
    pub event_target: Option<Target>,
    pub ringing_s: u64,
    pub length_s: u64,
    pub detection: Option<Detection>,
}

impl Plan {
    /// A call of a phone to a number whose script is here.
    pub fn inbound(url: &str, event_url: Option<String>) -> Self {
        Self {
            opening: Opening::Fetch(Target { url: url.to_owned(), post: true }),
            event_target: event_url.map(|url| Target { url, post: true }),
            ringing_s: 60,
            length_s: 7_200,
            detection: None,
        }
    }

    /// The event of a moment.
    pub fn report(&self, state: &State, call: &Call, progress: Progress) -> Option<Outgoing> {
        let target = self.event_target.as_ref()?;
        let mut event = self.body(state, call);
        let status = match progress {
            Progress::Started => "started",
            Progress::Ringing => "ringing",
            Progress::Answered => "answered",
            Progress::Detected => self.detected(call, &mut event)?,
            Progress::Ended => call_word(call),
        };
        event["status"] = status.into();
        event["direction"] = if call.direction == Direction::ToPhone { "outbound" } else { "inbound" }.into();
        if let Some(answered_at) = call.answered_at {
            event["start_time"] = answered_at.to_string().into();
        }
        if let Some(ended_at) = call.ended_at {
            event["end_time"] = ended_at.to_string().into();
            event["duration"] = call.duration_s().to_string().into();
            event["rate"] = "0.01390000".into();
            event["price"] = "0.00000000".into();
            event["network"] = "26201".into();
        }
        if let Some(detail) = detail(call.state) {
            event["detail"] = detail.into();
        }
        Some(sign(state, &target.url, target.post, &event))
    }

    fn detected(&self, call: &Call, event: &mut Value) -> Option<&'static str> {
        let detection = self.detection?;
        event["call_uuid"] = call.id.as_str().into();
        match call.answered_by? {
            AnsweredBy::Human => Some("human"),
            AnsweredBy::Machine => {
                if detection.awaits_tone {
                    event["sub_state"] = "beep_start".into();
                }
                Some("machine")
            }
            AnsweredBy::Unknown => None,
        }
    }

    /// The request for a script.
    pub fn request(&self, state: &State, call: &Call, target: &Target, typed: Option<&Typed>) -> Outgoing {
        let mut body = self.body(state, call);
        if let Some(typed) = typed {
            body["dtmf"] = json!({"digits": typed.digits, "timed_out": typed.timed_out});
        }
        sign(state, &target.url, target.post, &body)
    }

    /// What every webhook of a call says.
    fn body(&self, state: &State, call: &Call) -> Value {
        json!({
            "uuid": call.id,
            "conversation_uuid": call.conversation,
            "from": bare(&call.from),
            "to": bare(&call.to),
            "timestamp": state.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        })
    }
}

/// Vonage's word for the state of a call.
pub(super) fn call_word(call: &Call) -> &'static str {
    match call.state {
        CallState::Dialling => "started",
        CallState::Ringing => "ringing",
        CallState::Talking => "answered",
        CallState::Completed => "completed",
        CallState::Busy => "busy",
        CallState::NoAnswer => "timeout",
        CallState::Declined => "rejected",
        CallState::Unreachable => "unanswered",
        CallState::Failed => "failed",
        CallState::Canceled => "cancelled",
    }
}

fn detail(state: CallState) -> Option<&'static str> {
    match state {
        CallState::NoAnswer => Some("ring_timeout"),
        CallState::Declined => Some("declined"),
        CallState::Unreachable => Some("unavailable"),
        CallState::Failed => Some("internal_error"),
        _ => None,
    }
}
