//! What Vonage's errors mean: <https://developer.vonage.com/en/api-errors>.

use serde::Deserialize;

use crate::channels::{
    refusal::Meaning::{self, Account, Contact, Message, Throttled, Transient},
    text::line,
};

/// An error in the form of RFC 7807, as the APIs answer with it and as it stands in a report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    /// Words in answers, a number in reports.
    title: serde_json::Value,
    detail: String,
    error_title: String,
    invalid_parameters: Vec<Invalid>,
}

/// What is wrong with a parameter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Invalid {
    name: String,
    reason: String,
}

impl Problem {
    /// Of a code alone.
    pub fn of_code(code: &str) -> Self {
        Self { kind: format!("#{code}"), ..Self::default() }
    }

    /// What it means; `None` where its code is not known.
    pub fn meaning(&self) -> Option<Meaning> {
        // The code of a wrong parameter does not say which: the number is the contact's.
        let about_number = |invalid: &Invalid| invalid.name == "to" || invalid.name.starts_with("to[");
        if self.invalid_parameters.iter().any(about_number) {
            return Some(Contact);
        }
        meaning_of(&self.code())
    }

    /// Its code with Vonage's own words.
    pub fn words(&self) -> String {
        let title = self.title.as_str().unwrap_or(&self.error_title);
        let code = self.code();
        let code = if code.bytes().all(|byte| byte.is_ascii_digit()) { code } else { String::new() };
        let title = if title == code { "" } else { title };
        let parts = [code.as_str(), title, self.detail.as_str()].map(str::to_owned).into_iter();
        let wrong = self.invalid_parameters.iter().map(|invalid| format!("{} {}", invalid.name, invalid.reason));
        let said: Vec<_> = parts.chain(wrong).filter(|part| !part.is_empty()).collect();
        line(&said.join(": "), 250)
    }

    /// What stands behind the `#` of its type, or the number that is its title.
    fn code(&self) -> String {
        match (self.kind.rsplit_once('#'), &self.title) {
            (Some((_, code)), _) => line(code, 40),
            (None, serde_json::Value::Number(code)) => code.to_string(),
            (None, _) => String::new(),
        }
    }
}

/// Of the Messages API by number, of all APIs by word. What only concerns one country or one number is the message's.
fn meaning_of(code: &str) -> Option<Meaning> {
    Some(match code {
        "1000" | "1241" => Throttled,
        "1030" | "1100" | "1180" | "1220" | "1230" | "1330" => Transient,
        "1060" | "1070" | "1080" | "1140" => Account,
        "1040" | "1050" | "1170" | "1190" | "1240" | "1300" | "1310" => Contact,
        "1010" | "1020" | "1021" | "1022" | "1090" | "1120" | "1130" | "1150" | "1160" | "1200" | "1210" | "1250"
        | "1260" | "1270" | "1280" | "1290" | "1320" | "1340" | "1350" | "1360" | "1370" => Message,
        "low-balance" | "unauthorized" | "forbidden" | "unprovisioned" | "account-suspended" | "jwt-expired"
        | "jwt-revoked" | "invalid-api-key" | "invalid-signature" => Account,
        "throttled" | "rate-limit" => Throttled,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_error_is_read_in_every_form() {
        for (raw, meaning, words) in [
            (
                r#"{"type":"https://developer.vonage.com/api-errors/messages#1170","title":"Invalid number","detail":"The to number is invalid","instance":"x"}"#,
                Some(Contact),
                "1170: Invalid number: The to number is invalid",
            ),
            (
                r#"{"type":"https://developer.nexmo.com/api-errors/messages-olympus#1000","title":1000,"detail":"Throttled"}"#,
                Some(Throttled),
                "1000: Throttled",
            ),
            (
                r#"{"type":"https://developer.nexmo.com/api-errors#unauthorized","title":"You did not provide correct credentials.","detail":"Check"}"#,
                Some(Account),
                "You did not provide correct credentials.: Check",
            ),
            (r#"{"type":"UNAUTHORIZED","error_title":"Unauthorized"}"#, None, "Unauthorized"),
            (r#"{"title":1190,"detail":"Absent"}"#, Some(Contact), "1190: Absent"),
            (
                r#"{"type":"https://developer.vonage.com/api-errors/messages#1020","title":"Invalid params","detail":"Wrong.","invalid_parameters":[{"name":"to","reason":"is no number"}]}"#,
                Some(Contact),
                "1020: Invalid params: Wrong.: to is no number",
            ),
            ("{}", None, ""),
        ] {
            let problem: Problem = serde_json::from_str(raw).unwrap();
            assert_eq!((problem.meaning(), problem.words().as_str()), (meaning, words), "{raw}");
        }
    }
}
