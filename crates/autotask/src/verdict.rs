//! What an HTTP answer of Autotask means. Pure: status, headers and bytes in; data or an error out.

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;

/// Most sentences that are kept of an error.
const ERRORS_MAX: usize = 20;
/// Longest sentence that is kept, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// An answer that was read to its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// Host (and port) that answered.
    pub host: String,
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, lower case, empty if missing.
    pub content_type: String,
    /// `Retry-After`, already as a wait.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The JSON of a success, else the error. `what` names what was asked for; `redact` takes secrets out of texts.
    pub fn judge(self, what: &str, redact: impl Fn(&str) -> String) -> Result<Value, Error> {
        let value = self.json();
        let errors: Vec<String> = value.as_ref().map(error_texts).unwrap_or_default();
        let errors: Vec<String> =
            errors.iter().map(|text| clean(&redact(text))).filter(|text| !text.is_empty()).collect();
        match self.status {
            401 => Err(Error::Credential { host: self.host, said: errors.join("; ") }),
            200..=299 => self.success(value, errors),
            405 if !errors.is_empty() => Err(Error::Method { what: what.to_owned(), said: errors.join("; ") }),
            _ if !errors.is_empty() => Err(self.refusal(errors, None)),
            403 => Err(Error::Permission { said: String::new() }),
            404 => Err(Error::NotFound { what: what.to_owned() }),
            300..=399 => Err(self.not_autotask("the server redirects to another address")),
            _ => Err(self.failure(what, &redact)),
        }
    }

    /// JSON, unless the body is something else. A web page is told by its first character: the type may be missing.
    fn json(&self) -> Option<Value> {
        if self.is_web_page() {
            return None;
        }
        serde_json::from_slice(without_mark(&self.body)).ok()
    }

    fn is_web_page(&self) -> bool {
        let first = without_mark(&self.body).trim_ascii_start().first();
        first == Some(&b'<') || (self.content_type.contains("html") && !matches!(first, Some(b'{' | b'[')))
    }

    fn success(self, value: Option<Value>, errors: Vec<String>) -> Result<Value, Error> {
        match value {
            // A partial failure: 200, and errors beside (or instead of) the data.
            Some(value) if !errors.is_empty() => Err(self.refusal(errors, item_id(&value))),
            Some(value) => Ok(value),
            None if self.body.is_empty() => Ok(Value::Null),
            None if self.is_web_page() => Err(Error::Maintenance { host: self.host, retry_after: self.retry_after }),
            None => Err(Error::unreadable(&self.host, "it is not JSON")),
        }
    }

    /// Errors in words. The words decide: Autotask answers almost all of them with 500.
    fn refusal(self, errors: Vec<String>, item_id: Option<i64>) -> Error {
        let all = errors.join("; ").to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| all.contains(word));
        if says(&["integrationcode"]) {
            Error::Credential { host: self.host, said: errors.join("; ") }
        } else if says(&["zone information could not be determined"]) {
            Error::Zone { host: self.host, reason: "no zone knows this user name".to_owned() }
        } else if says(THREAD_LIMIT) {
            Error::ThreadLimit { retry_after: self.retry_after }
        } else if says(HOURLY_LIMIT) {
            Error::HourlyLimit { retry_after: self.retry_after }
        } else if self.status == 403 || says(PERMISSION) {
            Error::Permission { said: errors.join("; ") }
        } else if self.status == 429 {
            Error::ThreadLimit { retry_after: self.retry_after }
        } else if matches!(self.status, 502..=504 | 408) {
            Error::Transient {
                host: self.host,
                status: self.status,
                said: errors.join("; "),
                retry_after: self.retry_after,
            }
        } else {
            Error::Validation { errors, item_id }
        }
    }

    /// No errors in words: the status, and what little the body says.
    fn failure(self, what: &str, redact: impl Fn(&str) -> String) -> Error {
        let text =
            if self.is_web_page() { String::new() } else { clean(&redact(&String::from_utf8_lossy(&self.body))) };
        let low = text.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| low.contains(word));
        match self.status {
            _ if says(THREAD_LIMIT) => Error::ThreadLimit { retry_after: self.retry_after },
            _ if says(HOURLY_LIMIT) => Error::HourlyLimit { retry_after: self.retry_after },
            429 => Error::ThreadLimit { retry_after: self.retry_after },
            405 => Error::Method { what: what.to_owned(), said: text },
            408 | 500.. => {
                Error::Transient { host: self.host, status: self.status, said: text, retry_after: self.retry_after }
            }
            status => {
                let said = if text.is_empty() { String::new() } else { format!(": {text}") };
                Error::Validation { errors: vec![format!("status {status} for {what}{said}")], item_id: None }
            }
        }
    }

    fn not_autotask(self, reason: &str) -> Error {
        Error::Zone { host: self.host, reason: reason.to_owned() }
    }
}

/// Lower-case words of the texts that reports of live tenants quote.
const THREAD_LIMIT: &[&str] = &["thread threshold", "itgenatr005", "threads has been exceeded"];
const HOURLY_LIMIT: &[&str] = &["request threshold", "requests per hour", "threshold of 10000", "threshold of 10,000"];
const PERMISSION: &[&str] = &["adequate permissions", "not have the required permissions"];

/// The sentences of `{"errors": [...]}`, also where it is one text, or objects with a `message`.
fn error_texts(value: &Value) -> Vec<String> {
    let Some(fields) = value.as_object() else { return Vec::new() };
    let errors = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("errors")).map(|(_, errors)| errors);
    match errors {
        Some(Value::Array(errors)) => errors.iter().take(ERRORS_MAX).map(one_text).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![one_text(other)],
    }
}

fn one_text(error: &Value) -> String {
    match error {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            fields.get("message").and_then(Value::as_str).map_or_else(|| error.to_string(), str::to_owned)
        }
        other => other.to_string(),
    }
}

/// `{"itemId": 123}`, the answer to a write.
pub(crate) fn item_id(value: &Value) -> Option<i64> {
    use crate::record::Scalar;
    value.get("itemId").and_then(i64::read)
}

/// Outside text for a log or a page: one line, cut.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_CHARS_MAX).collect();
    line.trim().to_owned()
}

/// .NET likes to begin with UTF-8's mark, which is no JSON.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::error::Fault;

    fn judge(status: u16, content_type: &str, body: &str) -> Result<Value, Error> {
        let (content_type, body) = (content_type.to_owned(), body.as_bytes().to_vec());
        let answer = Answer { host: "h".to_owned(), status, content_type, body, retry_after: None };
        answer.judge("ticket 5", |text| text.replace("hunter2", "***"))
    }

    fn kind(error: &Error) -> &'static str {
        match error {
            Error::Credential { .. } => "credential",
            Error::Zone { .. } => "zone",
            Error::Permission { .. } => "permission",
            Error::Validation { .. } => "validation",
            Error::Method { .. } => "method",
            Error::NotFound { .. } => "not found",
            Error::ThreadLimit { .. } => "thread",
            Error::HourlyLimit { .. } => "hour",
            Error::Maintenance { .. } => "maintenance",
            Error::Transient { .. } => "transient",
            Error::Unreachable { .. } => "unreachable",
            Error::TooLarge { .. } => "too large",
            Error::Unreadable { .. } => "unreadable",
        }
    }

    #[test]
    fn every_answer_has_one_meaning() {
        const JSON: &str = "application/json; charset=utf-8";
        const THREADS: &str = "Thread Threshold Exceeded - The Autotask API thread threshold of 3 threads has been exceeded. Method: query";
        for (status, content_type, body, expected, permanent) in [
            (401, "", "", "credential", true),
            (401, "text/html", "<html>", "credential", true),
            (500, JSON, r#"{"errors":["IntegrationCode is invalid"]}"#, "credential", true),
            (500, JSON, r#"{"errors":["Zone information could not be determined"]}"#, "zone", true),
            (302, "text/html", "<html>", "zone", true),
            (403, "", "", "permission", true),
            (
                500,
                JSON,
                r#"{"errors":["The logged in Resource does not have the adequate permissions to query."]}"#,
                "permission",
                true,
            ),
            (500, JSON, r#"{"errors":["Role does not exist or is invalid"]}"#, "validation", true),
            (500, JSON, r#"{"Errors":[{"message":"bad"}]}"#, "validation", true),
            (500, "", r#"{"errors":"bad"}"#, "validation", true),
            (200, JSON, r#"{"itemId":7,"errors":["half done"]}"#, "validation", true),
            (400, "", "", "validation", true),
            (405, JSON, r#"{"Message":"no PATCH here"}"#, "method", true),
            (405, JSON, r#"{"errors":["no PATCH here"]}"#, "method", true),
            (404, "text/html", "<html>", "not found", true),
            (429, "", "", "thread", false),
            (429, JSON, r#"{"errors":["slow down"]}"#, "thread", false),
            (500, JSON, &format!(r#"{{"errors":["{THREADS}"]}}"#), "thread", false),
            (500, "text/plain", THREADS, "thread", false),
            (429, JSON, r#"{"errors":["Request Threshold Exceeded"]}"#, "hour", false),
            (200, "text/html", "<html>We are down</html>", "maintenance", false),
            (200, "", "\u{feff}<!DOCTYPE html>", "maintenance", false),
            (200, JSON, "  <html>", "maintenance", false),
            (200, JSON, "{\"item\":", "unreadable", false),
            (200, "text/plain", "hello", "unreadable", false),
            (500, "", "", "transient", false),
            (500, JSON, r#"{"errors":[]}"#, "transient", false),
            (503, "text/html", "<html>", "transient", false),
            (504, JSON, r#"{"errors":["gateway"]}"#, "transient", false),
        ] {
            let error = judge(status, content_type, body).unwrap_err();
            assert_eq!((kind(&error), error.is_permanent()), (expected, permanent), "{status} {body}");
            assert!(error.to_string().len() > 10 && !error.to_string().contains("  "), "{error}");
        }
    }

    #[test]
    fn a_success_is_its_json() {
        assert_eq!(judge(200, "application/json", r#"{"item":null}"#).unwrap(), serde_json::json!({"item": null}));
        assert_eq!(judge(200, "", r#"{"errors":[],"itemId":1}"#).unwrap()["itemId"], 1);
        assert_eq!(judge(200, "text/html", r#"{"itemId":1}"#).unwrap()["itemId"], 1);
        assert_eq!(judge(200, "", "\u{feff}{\"itemId\":1}").unwrap()["itemId"], 1);
        assert_eq!(judge(204, "", "").unwrap(), Value::Null);
    }

    #[test]
    fn a_partial_failure_keeps_the_row() {
        let error = judge(200, "application/json", r#"{"itemId":7,"errors":["half done"]}"#).unwrap_err();
        assert_eq!(error, Error::Validation { errors: vec!["half done".to_owned()], item_id: Some(7) });
    }

    #[test]
    fn texts_are_cut_cleaned_and_without_secrets() {
        let body = serde_json::json!({"errors": [format!("hunter2\n\u{0}{}", "x".repeat(9_000))]}).to_string();
        let text = judge(500, "application/json", &body).unwrap_err().to_string();
        assert!(
            text.contains("***") && !text.contains("hunter2") && text.len() < 600 && !text.contains('\n'),
            "{text}"
        );
        let text = judge(502, "text/plain", "oops hunter2").unwrap_err().to_string();
        assert!(text.contains("oops ***"), "{text}");
    }

    #[test]
    fn faults_have_a_name() {
        assert_eq!(judge(401, "", "").unwrap_err().fault(), Fault::Credential);
        assert_eq!(judge(429, "", "").unwrap_err().fault(), Fault::Limit);
        assert_eq!(judge(503, "", "").unwrap_err().fault(), Fault::Outage);
    }
}
