//! TwiML: <https://www.twilio.com/docs/voice/twiml>. Verbs and attributes that this stand-in does not know are errors.

mod xml;

use crate::phone::{
    Spoken,
    script::{Ask, Step, Target},
};
use xml::Element;

/// Times that something is said at most: `loop="0"` means for ever.
const LOOPS_MAX: u32 = 10;
/// Letters of one `<Say>`.
const SAY_CHARS_MAX: usize = 4_096;
/// Elements of SSML that stand around words.
const SSML: [&str; 12] =
    ["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "speak", "sub", "w", "amazon:effect"];

/// The steps of a document for a call.
pub(in crate::phone) fn read_script(text: &str) -> Result<Vec<Step>, String> {
    let verbs = response(text)?.children;
    Ok(verbs.iter().map(read_verb).collect::<Result<Vec<_>, _>>()?.concat())
}

/// The texts of a document that answers a text.
pub(super) fn read_replies(text: &str) -> Result<Vec<String>, String> {
    response(text)?.children.iter().map(read_message).collect()
}

fn response(text: &str) -> Result<Element, String> {
    let root = xml::read(text)?;
    match root.name.as_str() {
        "Response" => Ok(root),
        other => Err(format!("TwiML begins with <Response>, not with <{other}>")),
    }
}

fn read_message(message: &Element) -> Result<String, String> {
    if message.name != "Message" {
        return Err(format!("<{}> is unknown to this stand-in as an answer to a text", message.name));
    }
    let body = message.children.iter().find(|child| child.name == "Body");
    Ok(body.map_or_else(|| message.all_text(), Element::all_text))
}

fn read_verb(verb: &Element) -> Result<Vec<Step>, String> {
    match verb.name.as_str() {
        "Say" => read_say(verb),
        "Pause" => {
            verb.only(&["length"])?;
            Ok(vec![Step::Pause(verb.number("length", 1)?)])
        }
        "Gather" => read_gather(verb).map(|ask| vec![Step::Ask(ask)]),
        "Redirect" => {
            verb.only(&["method"])?;
            Ok(vec![Step::Go(Target::new(&verb.all_text(), verb.get("method"), true)?)])
        }
        "Play" => read_play(verb),
        "Hangup" => Ok(vec![Step::HangUp]),
        "Reject" => read_reject(verb),
        other => Err(format!("<{other}> is unknown to this stand-in")),
    }
}

fn read_say(say: &Element) -> Result<Vec<Step>, String> {
    say.only(&["voice", "language", "loop"])?;
    if let Some(other) = say.descendants().find(|child| !SSML.contains(&child.name.as_str())) {
        return Err(format!("<{}> cannot stand in <Say>", other.name));
    }
    let text = say.all_text();
    match text.chars().count() {
        0 => return Err("<Say> says nothing".to_owned()),
        count if count > SAY_CHARS_MAX => return Err(format!("<Say> is longer than {SAY_CHARS_MAX} characters")),
        _ => {}
    }
    let (language, voice) = (say.get("language").map(str::to_owned), say.get("voice").map(str::to_owned));
    let step = Step::Say { spoken: Spoken { text, language, voice }, barge_in: false };
    Ok(vec![step; times(say.number("loop", 1)?)])
}

fn times(loops: u32) -> usize {
    let loops = if loops == 0 { LOOPS_MAX } else { loops.min(LOOPS_MAX) };
    usize::try_from(loops).unwrap_or(1)
}

fn read_gather(gather: &Element) -> Result<Ask, String> {
    gather.only(&["input", "numDigits", "timeout", "action", "method", "finishOnKey", "actionOnEmptyResult"])?;
    if gather.get("input").is_some_and(|input| !input.split_whitespace().any(|kind| kind == "dtmf")) {
        return Err("this stand-in hears keys only: <Gather input=\"dtmf\">".to_owned());
    }
    let keys_max = match gather.number("numDigits", 0)? {
        0 if gather.get("numDigits").is_some() => return Err("numDigits is 1 or more".to_owned()),
        0 => None,
        count => usize::try_from(count).ok(),
    };
    let prompt = gather.children.iter().map(|child| match child.name.as_str() {
        "Say" | "Pause" | "Play" => read_verb(child),
        other => Err(format!("<{other}> cannot stand in <Gather>")),
    });
    Ok(Ask {
        prompt: prompt.collect::<Result<Vec<_>, _>>()?.concat(),
        keys_max,
        timeout_s: gather.number("timeout", 5)?,
        finish: finish_key(gather.attributes.get("finishOnKey").map(String::as_str))?,
        target: Target::new(gather.get("action").unwrap_or_default(), gather.get("method"), true)?,
        tells_silence: gather.flag("actionOnEmptyResult")?,
    })
}

/// `#` unless said otherwise; an empty one means none.
fn finish_key(text: Option<&str>) -> Result<Option<char>, String> {
    match text {
        None => Ok(Some('#')),
        Some("") => Ok(None),
        Some(key) if key.len() == 1 && key.chars().all(|c| "0123456789#*".contains(c)) => Ok(key.chars().next()),
        Some(other) => Err(format!("finishOnKey cannot be {other:?}")),
    }
}

fn read_play(play: &Element) -> Result<Vec<Step>, String> {
    play.only(&["digits", "loop"])?;
    match play.get("digits") {
        Some(digits) => Ok(vec![Step::Tones(digits.to_owned()); times(play.number("loop", 1)?)]),
        None => Err("this stand-in plays tones only: <Play digits=\"..\"/>".to_owned()),
    }
}

fn read_reject(reject: &Element) -> Result<Vec<Step>, String> {
    reject.only(&["reason"])?;
    match reject.get("reason") {
        None | Some("rejected") => Ok(vec![Step::Reject { busy: false }]),
        Some("busy") => Ok(vec![Step::Reject { busy: true }]),
        Some(other) => Err(format!("reason cannot be {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, read_replies, read_script};

    #[test]
    fn a_question_with_its_prompt_is_read() {
        let steps = read_script(
            r##"<?xml version="1.0" encoding="UTF-8"?><!-- a comment -->
            <Response><Gather numDigits="1" timeout="8" action="/keys?a=1&amp;b=2" finishOnKey="">
                <Say language="de-DE">Alarm &amp; <break time="1s"/> Ofen</Say><Pause/></Gather>
                <Redirect method="GET">again</Redirect></Response>"##,
        )
        .unwrap();
        let Step::Ask(ask) = &steps[0] else { panic!("{steps:?}") };
        assert_eq!(
            (ask.keys_max, ask.timeout_s, ask.finish, ask.target.url.as_str()),
            (Some(1), 8, None, "/keys?a=1&b=2")
        );
        let Step::Say { spoken, .. } = &ask.prompt[0] else { panic!("{ask:?}") };
        assert_eq!((spoken.text.as_str(), spoken.language.as_deref()), ("Alarm & Ofen", Some("de-DE")));
        assert!(matches!(&steps[1], Step::Go(target) if !target.post && target.url == "again"));
    }

    #[test]
    fn wrong_documents_are_errors_in_words() {
        let cases = [
            ("", "no element"),
            ("<Response><Say>a</Response>", "expected"),
            ("<response/>", "<Response>"),
            ("<Response><Dial>1</Dial></Response>", "<Dial>"),
            ("<Response><Say lang=\"de\">a</Say></Response>", "lang"),
            ("<Response><Say></Say></Response>", "nothing"),
            ("<Response><Gather numDigits=\"one\"/></Response>", "numDigits"),
            ("<Response><Gather><Hangup/></Gather></Response>", "<Hangup>"),
            ("<Response><Gather input=\"speech\"/></Response>", "keys"),
            ("<Response><Play>https://x/a.mp3</Play></Response>", "tones"),
            ("<Response>text</Response>", "text"),
            ("<Response/><Response/>", "one element"),
        ];
        for (text, word) in cases {
            let why = read_script(text).unwrap_err();
            assert!(why.contains(word), "{text}: {why}");
        }
    }

    #[test]
    fn answers_to_texts_are_read() {
        let replies =
            read_replies("<Response><Message>One &lt;</Message><Message><Body>Two</Body></Message></Response>");
        assert_eq!(replies.unwrap(), ["One <", "Two"]);
        assert_eq!(read_replies("<Response/>").unwrap(), Vec::<String>::new());
        assert!(read_replies("<Response><Say>no</Say></Response>").is_err());
    }
}
