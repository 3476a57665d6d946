//! The requests to Pushover and what their answers mean.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};

use super::config::Pushover;
use crate::{
    channels::{
        Outcome,
        limits::{ANSWER_BYTES_MAX, RETRY_AFTER_MAX, SEND_DEADLINE},
        refusal::unanswered,
        text::line,
    },
    http::{Answer, Call, HttpClient, HttpError},
};

/// A field of a form.
pub(super) type Field = (&'static str, String);

/// It took a message, or did what was asked.
#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    pub receipt: Option<String>,
    pub request: Option<String>,
}

/// Where an emergency stands; its numbers are 0 where there is nothing.
#[derive(Debug, Deserialize)]
pub(super) struct Receipt {
    #[serde(default)]
    pub acknowledged: i64,
    #[serde(default)]
    pub acknowledged_by_device: String,
    #[serde(default)]
    pub expired: i64,
    #[serde(default)]
    pub last_delivered_at: i64,
}

#[derive(Deserialize)]
struct Limits {
    remaining: Option<i64>,
}

/// What is wrong: a field that is at fault is there by its name, and in words.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    token: Option<serde_json::Value>,
    user: Option<serde_json::Value>,
    device: Option<serde_json::Value>,
    #[serde(default)]
    errors: Vec<String>,
}

impl Pushover {
    /// Our token, which every form has.
    pub(super) fn signature(&self) -> Field {
        ("token", self.token.expose_secret().to_owned())
    }

    /// Posts a form below the API's address.
    pub(super) async fn post(
        &self,
        http: &HttpClient,
        path: &str,
        fields: &[Field],
        now: Timestamp,
    ) -> Result<Accepted, Outcome> {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        answer(http.post(&format!("{}/{path}", self.api_url)).map(|call| call.form(&fields)), now).await
    }

    /// Where an emergency stands.
    pub(super) async fn receipt(&self, http: &HttpClient, receipt: &str, now: Timestamp) -> Result<Receipt, Outcome> {
        answer(self.get(http, &format!("1/receipts/{receipt}.json")), now).await
    }

    /// How many messages are left this month.
    pub(super) async fn limits(&self, http: &HttpClient, now: Timestamp) -> Result<Option<i64>, Outcome> {
        answer::<Limits>(self.get(http, "1/apps/limits.json"), now).await.map(|limits| limits.remaining)
    }

    fn get(&self, http: &HttpClient, path: &str) -> Result<Call, HttpError> {
        // No error of the client shows the query.
        http.get(&format!("{}/{path}?token={}", self.api_url, self.token.expose_secret()))
    }
}

async fn answer<T: DeserializeOwned>(call: Result<Call, HttpError>, now: Timestamp) -> Result<T, Outcome> {
    let sent = match call {
        Ok(call) => call.answer_bytes_max(ANSWER_BYTES_MAX).deadline(SEND_DEADLINE).send().await,
        Err(fault) => Err(fault),
    };
    match sent {
        // It was taken over, and what it is called there is not known.
        Ok(answer) if answer.is_success() => answer.json().map_err(|_| Outcome::sent(None)),
        Ok(answer) => Err(refusal(&answer, now)),
        Err(fault) => Err(unanswered("Pushover", &fault)),
    }
}

/// Whose fault an answer is.
fn refusal(answer: &Answer, now: Timestamp) -> Outcome {
    let it: Refusal = answer.json().unwrap_or_default();
    let said = line(&it.errors.join(", "), 200);
    let words = if said.is_empty() { String::new() } else { format!(": {said}") };
    let status = answer.status;
    match status {
        429 => too_many(answer, &words, now),
        408 | 425 | 500.. => Outcome::transient(format!("Pushover answered {status}{words}")),
        _ if it.token.is_some() || matches!(status, 401 | 403) => Outcome::bad_account(format!(
            "Pushover refused the API token ({status}){words}. Enter the token of your application in the account."
        )),
        _ if it.user.is_some() || it.device.is_some() => Outcome::bad_contact(format!(
            "Pushover does not know this user or device ({status}){words}. Correct the user key in the contact."
        )),
        300..=399 => Outcome::permanent(format!("Pushover answered {status}, a redirect, which is not followed.")),
        _ => Outcome::permanent(format!("Pushover answered {status}{words}")),
    }
}

/// 429 is the end of the month's messages; a header of Pushover's own says when the next month begins. Only what comes soon is
/// waited for.
fn too_many(answer: &Answer, words: &str, now: Timestamp) -> Outcome {
    let number = |name| answer.header(name)?.trim().parse::<i64>().ok();
    let wait_s = number("retry-after").or_else(|| Some(number("x-limit-app-reset")? - now.as_second()));
    let wait = wait_s.map(|wait_s| Duration::from_secs(u64::try_from(wait_s).unwrap_or_default()));
    match wait.filter(|wait| *wait <= RETRY_AFTER_MAX) {
        Some(wait) => Outcome::throttled(format!("Pushover answered 429{words}"), Some(wait)),
        None => Outcome::bad_account(format!(
            "The application used up its messages of this month at Pushover{words}. More can be bought on its page at pushover.net."
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::channels::Fault;

    fn read(status: u16, body: &str) -> Outcome {
        refusal(&Answer { status, headers: Default::default(), body: body.into() }, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_a_month_that_ends_soon_is_waited_for() {
        for (header, value, expected) in [
            ("x-limit-app-reset", "7", Some(7)),
            ("retry-after", "9", Some(9)),
            ("x-limit-app-reset", "3600", Some(3_600)),
            ("x-limit-app-reset", "3601", None),
            ("x-limit-app-reset", "soon", None),
        ] {
            let headers = [(header.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
            let outcome = refusal(&Answer { status: 429, headers, body: Vec::new() }, Timestamp::UNIX_EPOCH);
            let wait = match outcome {
                Outcome::Transient { retry_after, .. } => retry_after,
                _ => None,
            };
            assert_eq!(wait, expected.map(Duration::from_secs), "{header}: {value}");
        }
    }

    #[test]
    fn a_refusal_says_whose_fault_it_is() {
        for (status, body, expected) in [
            (400, r#"{"token":"invalid","errors":["application token is invalid"],"status":0}"#, Some(Fault::Account)),
            (400, r#"{"user":"invalid","errors":["user key is invalid"],"status":0}"#, Some(Fault::Contact)),
            (400, r#"{"device":"invalid for this user","errors":["device is invalid"]}"#, Some(Fault::Contact)),
            (400, r#"{"message":"cannot be blank","errors":["message cannot be blank"]}"#, Some(Fault::Message)),
            (401, "", Some(Fault::Account)),
            (404, "<html>", Some(Fault::Message)),
            (429, r#"{"errors":["your application has exceeded its message limit"]}"#, Some(Fault::Account)),
            (500, "", None),
            (503, "", None),
        ] {
            let outcome = read(status, body);
            let fault = match &outcome {
                Outcome::Permanent { fault, .. } => Some(*fault),
                _ => None,
            };
            assert_eq!(fault, expected, "{status} {body}: {outcome:?}");
        }
    }
}
