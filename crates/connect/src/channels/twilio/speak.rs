//! A script as TwiML: <https://www.twilio.com/docs/voice/twiml>.

use std::fmt::Write;

use crate::channels::{Line, Script, Spoken, markup::escape};

/// A verb. Only these can be written, whatever is said.
enum Verb<'a> {
    Say {
        language: &'a str,
        text: &'a str,
    },
    Pause {
        seconds: u8,
    },
    /// Waits for one key; without one it goes to the address all the same.
    Gather {
        action: &'a str,
        wait_s: u8,
        inside: Vec<Verb<'a>>,
    },
    Hangup,
}

pub(super) fn twiml(script: &Script) -> Spoken {
    let said: Vec<_> = script.lines.iter().map(|line| verb(line, script.language.voice_tag())).collect();
    let verbs = match &script.keys {
        Some(keys) => vec![Verb::Gather { action: &keys.url, wait_s: keys.wait_s, inside: said }],
        None => said.into_iter().chain([Verb::Hangup]).collect(),
    };
    let mut body = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
    verbs.iter().for_each(|verb| write_verb(&mut body, verb));
    body.push_str("</Response>");
    Spoken { content_type: "application/xml", body }
}

fn verb<'a>(line: &'a Line, language: &'a str) -> Verb<'a> {
    match line {
        Line::Say(text) => Verb::Say { language, text },
        Line::Pause(seconds) => Verb::Pause { seconds: *seconds },
    }
}

/// Writing to a text cannot fail.
fn write_verb(body: &mut String, verb: &Verb<'_>) {
    let _ = match verb {
        Verb::Say { language, text } => {
            write!(body, "<Say language=\"{}\">{}</Say>", escape(language), escape(text))
        }
        Verb::Pause { seconds } => write!(body, "<Pause length=\"{seconds}\"/>"),
        Verb::Gather { action, wait_s, inside } => {
            // No key ends the input: # and * are keys like others.
            let _ = write!(
                body,
                "<Gather input=\"dtmf\" numDigits=\"1\" finishOnKey=\"\" timeout=\"{wait_s}\" actionOnEmptyResult=\"true\" \
                 method=\"POST\" action=\"{}\">",
                escape(action)
            );
            inside.iter().for_each(|verb| write_verb(body, verb));
            write!(body, "</Gather>")
        }
        Verb::Hangup => write!(body, "<Hangup/>"),
    };
}
