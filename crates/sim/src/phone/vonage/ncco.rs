//! NCCO: <https://developer.vonage.com/en/voice/voice-api/ncco-reference>. What this stand-in does not know is an error.

use serde::Deserialize;
use serde_json::Value;

use crate::phone::{
    Spoken,
    script::{Ask, Step, Target},
};

/// Times that something is said at most: `loop: 0` means for ever.
const LOOPS_MAX: u32 = 10;
/// Letters of one `talk`.
const TALK_CHARS_MAX: usize = 1_500;
/// Keys of one `input`.
const KEYS_MAX: usize = 20;
/// Seconds that one `input` waits.
const TIMEOUT_S_MAX: u32 = 10;

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", deny_unknown_fields)]
enum Action {
    #[serde(rename_all = "camelCase")]
    Talk {
        text: String,
        language: Option<String>,
        style: Option<u32>,
        #[serde(rename = "premium")]
        _premium: Option<bool>,
        #[serde(rename = "loop")]
        times: Option<u32>,
        #[serde(rename = "level")]
        _level: Option<f64>,
        barge_in: Option<bool>,
    },
    #[serde(rename_all = "camelCase")]
    Input {
        #[serde(rename = "type")]
        kinds: Vec<String>,
        dtmf: Option<Dtmf>,
        event_url: Option<Vec<String>>,
        event_method: Option<String>,
    },
    Wait {
        timeout: Option<f64>,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Dtmf {
    max_digits: Option<usize>,
    time_out: Option<u32>,
    submit_on_hash: Option<bool>,
}

/// The steps in an answer; none when it is empty, or no list: the script before goes on.
pub(in crate::phone) fn read_script(text: &str, events: Option<&Target>) -> Result<Option<Vec<Step>>, String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(actions)) if actions.is_empty() => Ok(None),
        Ok(ncco @ Value::Array(_)) => read(&ncco, events).map(Some),
        Ok(_) => Ok(None),
        Err(_) if text.trim().is_empty() => Ok(None),
        Err(why) => Err(format!("this is no NCCO: {why}")),
    }
}

/// The steps of an NCCO. `events` takes the keys of an `input` that names no address.
pub(super) fn read(ncco: &Value, events: Option<&Target>) -> Result<Vec<Step>, String> {
    let actions = ncco.as_array().ok_or("an NCCO is a list of actions")?;
    Ok(actions.iter().map(|action| read_action(action, events)).collect::<Result<Vec<_>, _>>()?.concat())
}

fn read_action(action: &Value, events: Option<&Target>) -> Result<Vec<Step>, String> {
    let name = action["action"].as_str().unwrap_or_default().to_owned();
    match Action::deserialize(action).map_err(|why| format!("the action {name:?}: {why}"))? {
        Action::Talk { text, language, style, times, barge_in, .. } => {
            read_talk(&text, language, style, times.unwrap_or(1), barge_in.unwrap_or(false))
        }
        Action::Input { kinds, dtmf, event_url, event_method } => {
            let target = input_target(event_url, event_method.as_deref(), events)?;
            read_input(&kinds, &dtmf.unwrap_or_default(), target).map(|ask| vec![Step::Ask(ask)])
        }
        Action::Wait { timeout } => Ok(vec![Step::Pause(whole_seconds(timeout.unwrap_or(10.0))?)]),
    }
}

fn whole_seconds(seconds: f64) -> Result<u32, String> {
    let fits = (0..=7_200).find(|whole| f64::from(*whole) >= seconds);
    fits.ok_or_else(|| "a wait has at most 7200 seconds".to_owned())
}

fn read_talk(
    text: &str,
    language: Option<String>,
    style: Option<u32>,
    times: u32,
    barge_in: bool,
) -> Result<Vec<Step>, String> {
    let count = text.chars().count();
    if count == 0 || count > TALK_CHARS_MAX {
        return Err(format!("talk has a text of 1 to {TALK_CHARS_MAX} characters"));
    }
    let voice = style.map(|style| format!("style {style}"));
    let step = Step::Say { spoken: Spoken { text: without_tags(text), language, voice }, barge_in };
    let times = if times == 0 { LOOPS_MAX } else { times.min(LOOPS_MAX) };
    Ok(vec![step; usize::try_from(times).unwrap_or(1)])
}

/// SSML stands around words as `<speak>..</speak>`.
fn without_tags(text: &str) -> String {
    if !text.trim_start().starts_with("<speak>") {
        return text.to_owned();
    }
    let pieces = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words));
    let words = pieces.collect::<Vec<_>>().join(" ");
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn input_target(urls: Option<Vec<String>>, method: Option<&str>, events: Option<&Target>) -> Result<Target, String> {
    match urls.as_deref() {
        Some([url]) => Target::new(url, method, true),
        Some(_) => Err("eventUrl is a list of one URL".to_owned()),
        None => events.cloned().ok_or_else(|| "input has no eventUrl, and the application has none".to_owned()),
    }
}

fn read_input(kinds: &[String], dtmf: &Dtmf, target: Target) -> Result<Ask, String> {
    if kinds != ["dtmf"] {
        return Err("this stand-in hears keys only: \"type\": [\"dtmf\"]".to_owned());
    }
    let (keys_max, timeout_s) = (dtmf.max_digits.unwrap_or(4), dtmf.time_out.unwrap_or(3));
    if !(1..=KEYS_MAX).contains(&keys_max) || timeout_s > TIMEOUT_S_MAX {
        return Err(format!("maxDigits is 1 to {KEYS_MAX}, timeOut at most {TIMEOUT_S_MAX}"));
    }
    let finish = dtmf.submit_on_hash.unwrap_or(false).then_some('#');
    Ok(Ask { prompt: Vec::new(), keys_max: Some(keys_max), timeout_s, finish, target, tells_silence: true })
}

#[cfg(test)]
mod tests {
    use super::{Step, read_script};

    #[test]
    fn talk_and_input_are_read() {
        let text = r#"[{"action":"talk","text":"<speak>Alarm <break time='1s'/>Tom &amp; Co</speak>","language":"de-DE","bargeIn":true},
            {"action":"input","type":["dtmf"],"dtmf":{"maxDigits":1,"timeOut":8,"submitOnHash":true},"eventUrl":["http://x/k"]}]"#;
        let steps = read_script(text, None).unwrap().unwrap();
        let Step::Say { spoken, barge_in: true } = &steps[0] else { panic!("{steps:?}") };
        assert_eq!((spoken.text.as_str(), spoken.language.as_deref()), ("Alarm Tom & Co", Some("de-DE")));
        let Step::Ask(ask) = &steps[1] else { panic!("{steps:?}") };
        assert_eq!((ask.keys_max, ask.timeout_s, ask.finish, ask.tells_silence), (Some(1), 8, Some('#'), true));
        for nothing in ["", "[]", "{}", " "] {
            assert_eq!(read_script(nothing, None).unwrap(), None);
        }
    }

    #[test]
    fn wrong_scripts_are_errors_in_words() {
        let cases = [
            ("nonsense", "no NCCO"),
            (r#"[{"action":"stream","streamUrl":["x"]}]"#, "stream"),
            (r#"[{"action":"talk","text":"a","bargein":true}]"#, "bargein"),
            (r#"[{"action":"talk","text":""}]"#, "1 to"),
            (r#"[{"action":"input","type":["speech"],"eventUrl":["http://x"]}]"#, "keys"),
            (r#"[{"action":"input","type":["dtmf"]}]"#, "eventUrl"),
            (r#"[{"action":"input","type":["dtmf"],"eventUrl":"http://x"}]"#, "input"),
            (r#"[{"action":"input","type":["dtmf"],"dtmf":{"timeOut":11},"eventUrl":["http://x"]}]"#, "at most"),
        ];
        for (text, word) in cases {
            let why = read_script(text, None).unwrap_err();
            assert!(why.contains(word), "{text}: {why}");
        }
    }
}
