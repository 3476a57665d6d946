//! A script as NCCO: <https://developer.vonage.com/en/voice/voice-api/ncco-reference>.

use serde::Serialize;

use crate::channels::{Line, Script, Spoken, markup::escape};

/// An action. Only these can be written, whatever is said.
#[derive(Serialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub(super) enum Action<'a> {
    #[serde(rename_all = "camelCase")]
    Talk {
        text: String,
        language: &'static str,
        /// A key ends it; then an input must follow, so that all that is said is one talk.
        barge_in: bool,
    },
    #[serde(rename_all = "camelCase")]
    Input { r#type: [&'static str; 1], dtmf: Dtmf, event_url: [&'a str; 1], event_method: &'static str },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dtmf {
    max_digits: u8,
    time_out: u8,
}

/// The longest wait for a key that Vonage knows, in seconds.
const WAIT_S_MAX: u8 = 10;

pub(super) fn ncco(script: &Script) -> Spoken {
    // Texts and numbers can always be written as JSON.
    Spoken { content_type: "application/json", body: serde_json::to_string(&actions(script)).unwrap_or_default() }
}

/// The same as a part of a request.
pub(super) fn actions(script: &Script) -> Vec<Action<'_>> {
    let mut actions = vec![Action::Talk {
        text: ssml(&script.lines),
        language: script.language.voice_tag(),
        barge_in: script.keys.is_some(),
    }];
    if let Some(keys) = &script.keys {
        actions.push(Action::Input {
            r#type: ["dtmf"],
            dtmf: Dtmf { max_digits: 1, time_out: keys.wait_s.min(WAIT_S_MAX) },
            event_url: [&keys.url],
            event_method: "POST",
        });
    }
    actions
}

/// All that is said as one text; pauses are marks of SSML, so that outside text is escaped.
fn ssml(lines: &[Line]) -> String {
    let parts = lines.iter().map(|line| match line {
        Line::Say(text) => escape(text),
        Line::Pause(seconds) => format!("<break time=\"{seconds}s\"/>"),
    });
    format!("<speak>{}</speak>", parts.collect::<Vec<_>>().join(" "))
}
