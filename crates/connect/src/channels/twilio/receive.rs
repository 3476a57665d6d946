//! What Twilio tells us: reports, texts, calls that were picked up, keys.

use secrecy::ExposeSecret;
use watchbell_core::{provider::Reported, user::Channel};

use super::{
    Twilio,
    errors::{meaning_of, words_of},
    signature::is_signed,
};
use crate::channels::{Heard, Hook, Inbound, PickedUpBy, Refused, Report, Text, refusal::Meaning, text::line};

/// Parameters of a request that are read.
const PARAMS_MAX: usize = 200;

pub(super) fn receive(account: &Twilio, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
    let form = Form::read(call)?;
    let Some(signature) = (call.header)("x-twilio-signature") else {
        return Err(Refused::Forged("the header X-Twilio-Signature is missing".into()));
    };
    if !is_signed(account.auth_token.expose_secret(), &signature, call.url, &form.signed) {
        return Err(Refused::Forged(
            "X-Twilio-Signature does not fit: check the auth token and our public address".into(),
        ));
    }
    if form.get("AccountSid").is_some_and(|sid| sid != account.account_sid) {
        return Err(Refused::Forged("the request is for another account of Twilio".into()));
    }
    match call.hook {
        Hook::Message => text(&form).map(|text| vec![Heard::Text(text)]),
        Hook::Status => report(account, &form),
        Hook::Answer => Ok(vec![Heard::PickedUp {
            provider_id: form.need("CallSid")?.to_owned(),
            by: picked_up_by(form.get("AnsweredBy")),
        }]),
        Hook::Keys => Ok(vec![Heard::Key {
            provider_id: form.need("CallSid")?.to_owned(),
            key: form.get("Digits").and_then(|digits| digits.chars().next()),
        }]),
    }
}

/// The parameters of a request.
struct Form {
    all: Vec<(String, String)>,
    /// Those of the body: the query is signed as a part of the address.
    signed: Vec<(String, String)>,
}

impl Form {
    fn read(call: &Inbound<'_>) -> Result<Self, Refused> {
        let unreadable = |_| Refused::Unreadable("the request is no form".into());
        let body = if call.method == "GET" { b"".as_slice() } else { call.body };
        let signed: Vec<(String, String)> = serde_html_form::from_bytes(body).map_err(unreadable)?;
        let query: Vec<(String, String)> = serde_html_form::from_str(call.query).map_err(unreadable)?;
        match signed.len() + query.len() <= PARAMS_MAX {
            true => Ok(Self { all: signed.iter().cloned().chain(query).collect(), signed }),
            false => Err(Refused::Unreadable(format!("the request has more than {PARAMS_MAX} parameters"))),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.all
            .iter()
            .find(|(each, _)| each == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| Refused::Unreadable(format!("the parameter {name} is missing")))
    }
}

fn text(form: &Form) -> Result<Text, Refused> {
    let from = form.need("From")?;
    let (channel, from) = match from.strip_prefix("whatsapp:") {
        Some(number) => (Channel::WhatsApp, number),
        None => (Channel::Sms, from),
    };
    Ok(Text {
        channel,
        from: from.to_owned(),
        text: form.get("Body").unwrap_or_default().to_owned(),
        provider_id: form.need("MessageSid")?.to_owned(),
    })
}

fn report(account: &Twilio, form: &Form) -> Result<Vec<Heard>, Refused> {
    let reports = match form.get("CallSid") {
        Some(sid) => call_reports(account, sid, form)?,
        None => {
            let (sid, status) = (form.need("MessageSid")?, form.need("MessageStatus")?);
            let code = form.get("ErrorCode").and_then(|code| code.parse().ok());
            let said =
                code.map_or(status.to_owned(), |code| words_of(code, form.get("ErrorMessage").unwrap_or_default()));
            message_state(status, code).map(|state| (sid, state, said)).into_iter().collect()
        }
    };
    let heard = reports
        .into_iter()
        .map(|(sid, state, said)| Heard::Report(Report { provider_id: sid.to_owned(), state, said: line(&said, 250) }));
    Ok(heard.collect())
}

/// A call that a machine took says so before it ends: the end alone would look like a conversation.
fn call_reports<'a>(account: &Twilio, sid: &'a str, form: &Form) -> Result<Vec<(&'a str, Reported, String)>, Refused> {
    let (status, by) = (form.need("CallStatus")?, form.get("AnsweredBy"));
    let Some(state) = call_state(status, by, account.machine_detection) else { return Ok(Vec::new()) };
    if let (Reported::Ended, PickedUpBy::Machine) = (state, picked_up_by(by)) {
        let said = format!("answered by {}", by.unwrap_or("a machine"));
        return Ok(vec![(sid, Reported::Machine, said.clone()), (sid, Reported::Ended, said)]);
    }
    let code = form.get("ErrorCode").and_then(|code| code.parse().ok());
    let said = match (code, form.get("SipResponseCode"), form.get("CallDuration")) {
        (Some(code), ..) => words_of(code, form.get("ErrorMessage").unwrap_or_default()),
        (None, Some(sip), _) if sip != "200" => format!("{status} (SIP {sip})"),
        (None, _, Some(seconds)) if seconds != "0" => format!("{status} after {seconds} s"),
        _ => status.to_owned(),
    };
    let refused =
        code.and_then(meaning_of) == Some(Meaning::Contact) || form.get("SipResponseCode").is_some_and(is_nobody);
    let state = if state == Reported::Undelivered && refused { Reported::Refused } else { state };
    Ok(vec![(sid, state, said)])
}

/// Whether an answer of SIP (RFC 3261) says that the number does not exist anywhere. 404 does not: carriers give it for routes too.
fn is_nobody(sip: &str) -> bool {
    matches!(sip, "410" | "484" | "604")
}

/// Where a message stands. `None`: a word that is not known.
pub(super) fn message_state(status: &str, code: Option<u32>) -> Option<Reported> {
    match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Some(Reported::Queued),
        "delivered" => Some(Reported::Delivered),
        "read" => Some(Reported::Read),
        "canceled" => Some(Reported::TakenBack),
        "undelivered" | "failed" => Some(code.and_then(meaning_of).map_or(Reported::Undelivered, Meaning::reported)),
        _ => None,
    }
}

/// Where a call stands. While a machine is looked for, nobody knows yet who has picked up.
pub(super) fn call_state(status: &str, answered_by: Option<&str>, machine_detection: bool) -> Option<Reported> {
    match status {
        "queued" | "initiated" => Some(Reported::Queued),
        "ringing" => Some(Reported::Ringing),
        "in-progress" | "answered" => match picked_up_by(answered_by) {
            PickedUpBy::Machine => Some(Reported::Machine),
            PickedUpBy::Person => Some(Reported::Delivered),
            PickedUpBy::Unknown if machine_detection => Some(Reported::Ringing),
            PickedUpBy::Unknown => Some(Reported::Delivered),
        },
        "completed" => Some(Reported::Ended),
        "busy" => Some(Reported::Busy),
        "no-answer" => Some(Reported::Unanswered),
        "canceled" => Some(Reported::TakenBack),
        "failed" => Some(Reported::Undelivered),
        _ => None,
    }
}

fn picked_up_by(word: Option<&str>) -> PickedUpBy {
    match word {
        Some("human") => PickedUpBy::Person,
        Some("fax") => PickedUpBy::Machine,
        Some(word) if word.starts_with("machine") => PickedUpBy::Machine,
        _ => PickedUpBy::Unknown,
    }
}
