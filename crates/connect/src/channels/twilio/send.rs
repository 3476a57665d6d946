//! Requests to Twilio: messages, calls, and what became of them.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Deserialize;
use watchbell_core::{limits::CALL_S_MAX, user::Channel};

use super::{
    Twilio,
    errors::{meaning_of, words_of},
    receive::{call_state, message_state},
    speak::twiml,
};
use crate::{
    channels::{
        Outcome, Parcel, Provider, Report,
        limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
        refusal::{Meaning, refused, unanswered},
        sms::{self, Manner},
        text::line,
        voice,
    },
    http::{Answer, Call, HttpClient, HttpError, Method},
};

/// What Twilio says of a message, a call or an account.
#[derive(Deserialize)]
struct Resource {
    sid: String,
    #[serde(default)]
    status: String,
    error_code: Option<u32>,
    error_message: Option<String>,
    answered_by: Option<String>,
}

/// `{"code":21211,"message":"The 'To' number +1 is not a valid phone number.","more_info":"..","status":400}`
#[derive(Deserialize)]
struct Refusal {
    code: Option<u32>,
    #[serde(default)]
    message: String,
}

/// Code of a change of a call that has ended.
const CALL_HAS_ENDED: u32 = 21_220;

impl Twilio {
    pub(super) async fn hand_over(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        match parcel.channel {
            Channel::Sms => self.send_sms(http, parcel).await,
            Channel::WhatsApp => self.send_whatsapp(http, parcel).await,
            Channel::Voice => self.call_up(http, parcel).await,
            _ => Outcome::permanent(format!("{} does not carry this kind of message.", self.account())),
        }
    }

    async fn send_sms(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let text = sms::text(parcel.message, Manner::to(parcel.to, self.hears_answers(Channel::Sms)));
        let from = match (&self.messaging_service_sid, &self.sms_from) {
            (Some(service), _) => ("MessagingServiceSid", service.as_str()),
            (None, Some(number)) => ("From", number.as_str()),
            (None, None) => return self.has_no_sender("SMS from"),
        };
        let status = parcel.back.status();
        let fields = [("To", parcel.to), from, ("Body", text.as_str()), ("StatusCallback", status.as_str())];
        self.create(http, "Messages", &fields, parcel.now).await
    }

    /// By template where there is one: outside of 24 hours after the last word of the person, WhatsApp takes nothing else, and Twilio
    /// says so only after it has taken the message.
    async fn send_whatsapp(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let Some(from) = &self.whatsapp_from else { return self.has_no_sender("WhatsApp from") };
        let (to, from) = (format!("whatsapp:{}", parcel.to), format!("whatsapp:{from}"));
        let text = sms::chat(parcel.message, true, self.whatsapp_content_sid.is_none());
        let variables = serde_json::json!({ "1": text }).to_string();
        let status = parcel.back.status();
        let mut fields = vec![("To", to.as_str()), ("From", from.as_str()), ("StatusCallback", status.as_str())];
        match &self.whatsapp_content_sid {
            Some(template) => fields.extend([("ContentSid", template.as_str()), ("ContentVariables", &variables)]),
            None => fields.push(("Body", &text)),
        }
        self.create(http, "Messages", &fields, parcel.now).await
    }

    /// What is said of a page is asked for when somebody picks up.
    async fn call_up(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let Some(from) = &self.voice_from else { return self.has_no_sender("Calls from") };
        let (answer, status) = (parcel.back.answer(), parcel.back.status());
        let (ring, longest) = (self.ring_s.to_string(), CALL_S_MAX.to_string());
        let of_itself = voice::of_itself(parcel.message).map(|script| twiml(&script).body);
        let mut fields = vec![("To", parcel.to), ("From", from)];
        match &of_itself {
            Some(twiml) => fields.push(("Twiml", twiml)),
            None => fields.extend([("Url", answer.as_str()), ("Method", "POST")]),
        }
        fields.extend([
            ("StatusCallback", status.as_str()),
            ("StatusCallbackMethod", "POST"),
            ("Timeout", &ring),
            ("TimeLimit", &longest),
        ]);
        fields.extend(["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)));
        if self.machine_detection {
            fields.push(("MachineDetection", "Enable"));
        }
        self.create(http, "Calls", &fields, parcel.now).await
    }

    pub(super) async fn log_in(&self, http: &HttpClient, now: Timestamp) -> Outcome {
        match self.request(http, Method::GET, "", &[], now).await {
            Ok(Some(account)) if account.status == "active" => Outcome::sent(Some(&account.sid)),
            Ok(Some(account)) => Outcome::bad_account(format!("{} is {}", self.account(), line(&account.status, 40))),
            Ok(None) => {
                Outcome::bad_account(format!("{}: the API address answers, but not like Twilio", self.account()))
            }
            Err((outcome, _)) => outcome,
        }
    }

    pub(super) async fn look_up(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<Option<Report>, Outcome> {
        let Some(path) = path_of(channel, provider_id) else { return Ok(None) };
        let found = self.request(http, Method::GET, &path, &[], now).await.map_err(|(outcome, _)| outcome)?;
        let Some(found) = found else { return Ok(None) };
        let state = match channel {
            Channel::Voice => call_state(&found.status, found.answered_by.as_deref(), self.machine_detection),
            _ => message_state(&found.status, found.error_code),
        };
        let said = match found.error_code {
            Some(code) => words_of(code, &line(&found.error_message.unwrap_or_default(), 200)),
            None => line(&found.status, 40),
        };
        Ok(state.map(|state| Report { provider_id: found.sid, state, said }))
    }

    pub(super) async fn hang_up(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<bool, Outcome> {
        // A message that Twilio has taken is on its way.
        let Some(path) = path_of(channel, provider_id).filter(|_| channel == Channel::Voice) else { return Ok(false) };
        match self.request(http, Method::POST, &path, &[("Status", "completed")], now).await {
            Ok(_) => Ok(true),
            Err((_, Some(CALL_HAS_ENDED))) => Ok(false),
            Err((outcome, _)) => Err(outcome),
        }
    }

    fn has_no_sender(&self, field: &str) -> Outcome {
        Outcome::bad_account(format!("{} has no sender: an administrator enters \"{field}\".", self.account()))
    }

    async fn create(&self, http: &HttpClient, what: &str, fields: &[(&str, &str)], now: Timestamp) -> Outcome {
        match self.request(http, Method::POST, &format!("/{what}"), fields, now).await {
            // Taken, though its id could not be read: a second message would be worse than a report that cannot be told.
            Ok(made) => Outcome::sent(made.map(|made| made.sid).as_deref()),
            Err((outcome, _)) => outcome,
        }
    }

    /// `Ok(None)`: it was done, and the answer cannot be read. Errors come with Twilio's code, where it gave one.
    async fn request(
        &self,
        http: &HttpClient,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Option<Resource>, (Outcome, Option<u32>)> {
        let who = self.account();
        let answer =
            self.exchange(http, method, path, fields).await.map_err(|fault| (unanswered(&who, &fault), None))?;
        if answer.is_success() { Ok(answer.json().ok()) } else { Err(self.refusal(&answer, now)) }
    }

    async fn exchange(
        &self,
        http: &HttpClient,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, HttpError> {
        let address = format!("{}/2010-04-01/Accounts/{}{path}.json", self.api_url, self.account_sid);
        let call = self.signed_in(http.call(method.clone(), &address)?);
        let call = if method == Method::POST { call.form(fields) } else { call };
        call.answer_bytes_max(ANSWER_BYTES_MAX).deadline(SEND_DEADLINE).send().await
    }

    fn signed_in(&self, call: Call) -> Call {
        match &self.api_key {
            Some(key) => call.basic(&key.sid, key.secret.expose_secret()),
            None => call.basic(&self.account_sid, self.auth_token.expose_secret()),
        }
    }

    fn refusal(&self, answer: &Answer, now: Timestamp) -> (Outcome, Option<u32>) {
        let refusal = answer.json::<Refusal>().ok();
        let code = refusal.as_ref().and_then(|refusal| refusal.code);
        let said = refusal.map(|refusal| line(&refusal.message, 250)).unwrap_or_default();
        let said = code.map_or(said.clone(), |code| words_of(code, &said));
        let meaning = code.and_then(meaning_of).unwrap_or(Meaning::of_status(answer.status));
        (refused(&self.account(), answer, meaning, &said, now), code)
    }
}

/// The address of a message or a call below its account. `None`: the id is none of Twilio's.
fn path_of(channel: Channel, provider_id: &str) -> Option<String> {
    let what = match channel {
        Channel::Sms | Channel::WhatsApp => "Messages",
        Channel::Voice => "Calls",
        _ => return None,
    };
    let is_sid = provider_id.len() == 34 && provider_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_sid.then(|| format!("/{what}/{provider_id}"))
}
