//! The requests to Pushover and what their answers mean.

use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};

use super::{config::Pushover, form};
use crate::{
    channels::{Outcome, limits::{ANSWER_BYTES_MAX, SEND_DEADLINE}, text::line},
    http::{Answer, Call, HttpClient, HttpError},
};

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
    /// A form with our token alone.
    pub(super) fn signed(&self) -> Vec<u8> {
        form::write(&[("token", self.token.expose_secret().to_owned())])
    }

    /// Posts a form below the API's address.
    pub(super) async fn post(&self, http: &HttpClient, path: &str, body: Vec<u8>) -> Result<Accepted, Outcome> {
        let call = http.post(&format!("{}/{path}", self.api_url)).map(|call| {
            call.header("Content-Type", "application/x-www-form-urlencoded").body(body)
        });
        answer(call).await
    }

    /// Where an emergency stands.
    pub(super) async fn receipt(&self, http: &HttpClient, receipt: &str) -> Result<Receipt, Outcome> {
        answer(self.get(http, &format!("1/receipts/{receipt}.json"))).await
    }

    /// How many messages are left this month.
    pub(super) async fn limits(&self, http: &HttpClient) -> Result<Option<i64>, Outcome> {
        answer::<Limits>(self.get(http, "1/apps/limits.json")).await.map(|limits| limits.remaining)
    }

    fn get(&self, http: &HttpClient, path: &str) -> Result<Call, HttpError> {
        // No error of the client shows the query.
        http.get(&format!("{}/{path}?token={}", self.api_url, self.token.expose_secret()))
    }
}

async fn answer<T: DeserializeOwned>(call: Result<Call, HttpError>) -> Result<T, Outcome> {
    let sent = match call {
        Ok(call) => call.answer_bytes_max(ANSWER_BYTES_MAX).deadline(SEND_DEADLINE).send().await,
        Err(fault) => Err(fault),
    };
    match sent {
        Ok(answer) if answer.is_success() => {
            answer.json().map_err(|_| Outcome::permanent("Pushover answered something that cannot be read."))
        }
        Ok(answer) => Err(refusal(&answer)),
        Err(fault) if fault.is_transient() => Err(Outcome::transient(format!("Pushover: {fault}"))),
        Err(fault) => Err(Outcome::permanent(format!("Pushover: {fault}"))),
    }
}

/// Whose fault an answer is.
fn refusal(answer: &Answer) -> Outcome {
    let it: Refusal = answer.json().unwrap_or_default();
    let said = line(&it.errors.join(", "), 200);
    let words = if said.is_empty() { String::new() } else { format!(": {said}") };
    let status = answer.status;
    match status {
        429 => too_many(answer, &words),
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

/// 429 is the end of the month's messages, unless it says when to come back.
fn too_many(answer: &Answer, words: &str) -> Outcome {
    let wait = answer.header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    match wait.map(std::time::Duration::from_secs) {
        Some(wait) => Outcome::throttled(format!("Pushover answered 429{words}"), Some(wait)),
        None => Outcome::bad_account(format!(
            "The application used up its messages of this month at Pushover{words}. More can be bought on its page at pushover.net."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Fault;

    fn read(status: u16, body: &str) -> Outcome {
        refusal(&Answer { status, headers: Default::default(), body: body.into() })
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
