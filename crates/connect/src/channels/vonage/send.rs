//! Requests to Vonage: messages, calls, and what became of them.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use watchbell_core::{limits::CALL_S_MAX, user::Channel};

use super::{
    Vonage,
    errors::Problem,
    receive::{call_state, message_state},
    speak::actions,
};
use crate::{
    channels::{
        Outcome, Parcel, Provider, Report,
        limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
        refusal::{Meaning, refused, unanswered},
        sms::{self, Encoding, Manner},
        text::line,
        voice,
    },
    http::{Answer, Call, HttpClient, Method},
};

/// A message or a call that was taken.
#[derive(Deserialize)]
struct Taken {
    #[serde(alias = "message_uuid")]
    uuid: String,
}

#[derive(Deserialize)]
struct CallState {
    status: String,
}

/// The answer of the Reports API.
#[derive(Deserialize)]
struct Records {
    #[serde(default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error_code: Option<String>,
}

/// How a request logs in.
#[derive(Clone, Copy)]
enum Login {
    /// By API key and secret.
    Account,
    /// As the application where there is one: reports then come to it.
    Application,
}

impl Vonage {
    pub(super) async fn hand_over(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let (path, body) = match (parcel.channel, &self.sms_from, &self.voice_from) {
            (Channel::Sms, Some(from), _) => ("/v1/messages", self.message(parcel, from)),
            (Channel::Voice, _, Some(from)) => ("/v1/calls", self.call(parcel, from)),
            (Channel::Sms | Channel::Voice, ..) => {
                return Outcome::bad_account(format!("{} has no sender: an administrator enters one.", self.account()));
            }
            _ => return Outcome::permanent(format!("{} does not carry this kind of message.", self.account())),
        };
        match self.request(http, Method::POST, path, Some(&body), Login::Application, parcel.now).await {
            Ok(answer) => Outcome::sent(answer.json::<Taken>().ok().map(|taken| taken.uuid).as_deref()),
            Err(outcome) => outcome,
        }
    }

    fn message(&self, parcel: &Parcel<'_>, from: &str) -> Value {
        let text = sms::text(parcel.message, Manner::to(parcel.to, self.hears_answers(Channel::Sms)));
        let encoding = match sms::size(&text).encoding {
            Encoding::Gsm7 => "text",
            Encoding::Ucs2 => "unicode",
        };
        json!({
            "channel": "sms",
            "message_type": "text",
            "to": bare(parcel.to),
            "from": bare(from),
            "text": text,
            "sms": { "encoding_type": encoding },
            "client_ref": parcel.id.as_str(),
            "webhook_url": parcel.back.status(),
            "webhook_version": "v1",
        })
    }

    /// The body of every request of a call is signed, so all of them are posted. A machine that is detected wrongly does not end the
    /// call: a person who is there can still press a key.
    fn call(&self, parcel: &Parcel<'_>, from: &str) -> Value {
        let mut call = json!({
            "to": [{ "type": "phone", "number": bare(parcel.to) }],
            "from": { "type": "phone", "number": bare(from) },
            "event_url": [parcel.back.status()],
            "event_method": "POST",
            "ringing_timer": self.ring_s,
            "length_timer": CALL_S_MAX,
        });
        match voice::of_itself(parcel.message) {
            Some(script) => call["ncco"] = json!(actions(&script)),
            None => {
                call["answer_url"] = json!([parcel.back.answer()]);
                call["answer_method"] = json!("POST");
            }
        }
        if self.machine_detection {
            call["machine_detection"] = json!("continue");
        }
        call
    }

    /// Proves the key of the application where there is one, and API key and secret.
    pub(super) async fn log_in(&self, http: &HttpClient, now: Timestamp) -> Outcome {
        if self.signer.is_some() {
            let calls = "/v1/calls?page_size=1";
            if let Err(outcome) = self.request(http, Method::GET, calls, None, Login::Application, now).await {
                return outcome;
            }
        }
        match self.request(http, Method::GET, "/v2/applications?page_size=1", None, Login::Account, now).await {
            Ok(_) => Outcome::sent(None),
            Err(outcome) => outcome,
        }
    }

    pub(super) async fn look_up(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<Option<Report>, Outcome> {
        if !is_uuid(provider_id) {
            return Ok(None);
        }
        let report = |state, said: &str| Report { provider_id: provider_id.to_owned(), state, said: line(said, 250) };
        if channel == Channel::Voice {
            let path = format!("/v1/calls/{provider_id}");
            let answer = self.request(http, Method::GET, &path, None, Login::Application, now).await?;
            let found = answer.json::<CallState>().ok();
            return Ok(found.and_then(|call| Some(report(call_state(&call.status)?, &call.status))));
        }
        let path = format!(
            "/v2/reports/records?account_id={}&product=MESSAGES&direction=outbound&id={provider_id}",
            self.api_key
        );
        let answer = self.request(http, Method::GET, &path, None, Login::Account, now).await?;
        let found = answer.json::<Records>().ok().and_then(|mut answer| answer.records.pop());
        Ok(found.and_then(|record| {
            let problem = record.error_code.as_deref().map(Problem::of_code);
            let state = message_state(&record.status, problem.as_ref())?;
            Some(report(state, &problem.map_or(record.status, |problem| problem.words())))
        }))
    }

    pub(super) async fn hang_up(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<bool, Outcome> {
        // A message that Vonage has taken is on its way.
        if channel != Channel::Voice || !is_uuid(provider_id) {
            return Ok(false);
        }
        let (path, body) = (format!("/v1/calls/{provider_id}"), json!({ "action": "hangup" }));
        match self.request(http, Method::PUT, &path, Some(&body), Login::Application, now).await {
            Ok(_) => Ok(true),
            // 400 and 404: it has ended.
            Err(Outcome::Permanent { fault: crate::channels::Fault::Message, .. }) => Ok(false),
            Err(outcome) => Err(outcome),
        }
    }

    /// An answer of 2xx; anything else is what became of it.
    async fn request(
        &self,
        http: &HttpClient,
        method: Method,
        path: &str,
        body: Option<&Value>,
        login: Login,
        now: Timestamp,
    ) -> Result<Answer, Outcome> {
        let who = self.account();
        let address = format!("{}{path}", self.api_url);
        let call = http.call(method, &address).map_err(|fault| unanswered(&who, &fault))?;
        let call = self.signed_in(call, login, path, now)?;
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        match call.answer_bytes_max(ANSWER_BYTES_MAX).deadline(SEND_DEADLINE).send().await {
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(answer) => Err(refusal(&who, &answer, now)),
            Err(fault) => Err(unanswered(&who, &fault)),
        }
    }

    fn signed_in(&self, call: Call, login: Login, path: &str, now: Timestamp) -> Result<Call, Outcome> {
        match (login, &self.signer) {
            (Login::Application, Some(signer)) => match signer.token(path, now) {
                Ok(token) => Ok(call.bearer(&token)),
                Err(why) => Err(Outcome::bad_account(format!("{}: {why}", self.account()))),
            },
            _ => Ok(call.basic(&self.api_key, self.api_secret.expose_secret())),
        }
    }
}

fn refusal(who: &str, answer: &Answer, now: Timestamp) -> Outcome {
    let problem = answer.json::<Problem>().unwrap_or_default();
    let meaning = problem.meaning().unwrap_or(Meaning::of_status(answer.status));
    refused(who, answer, meaning, &problem.words(), now)
}

/// Vonage writes numbers without the plus.
fn bare(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

/// The id becomes a part of addresses.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
