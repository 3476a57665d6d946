//! What the answer of an HTTP service means for a message.

use std::time::Duration;

use jiff::Timestamp;

use super::{Outcome, limits::RETRY_AFTER_MAX};
use crate::http::{Answer, HttpError};

/// What an answer means: 2xx sent; 408, 425, 429 and 5xx may pass; everything else stays as it is.
///
/// `who` begins the error, `said` is what the body says in words, where the caller can read it.
pub(super) fn outcome(who: &str, answer: Result<&Answer, &HttpError>, said: &str, now: Timestamp) -> Outcome {
    let status = match answer {
        Ok(answer) => answer.status,
        // The head came: what follows it does not matter here.
        Err(HttpError::TooLarge { status, .. }) => *status,
        Err(fault) if fault.is_transient() => return Outcome::unheard(format!("{who}: {fault}")),
        Err(fault) => return Outcome::permanent(format!("{who}: {fault}")),
    };
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    match status {
        200..=299 => Outcome::sent(None),
        408 | 425 | 429 | 500.. => {
            Outcome::throttled(format!("{who} answered {status}{said}"), retry_after(answer.ok(), now))
        }
        300..=399 => Outcome::permanent(format!(
            "{who} answered {status}, a redirect. Redirects are not followed: enter the address it leads to."
        )),
        401 | 403 => {
            Outcome::permanent(format!("{who} answered {status}: the credentials are missing or refused{said}"))
        }
        _ => Outcome::permanent(format!("{who} answered {status}{said}")),
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), at most [`RETRY_AFTER_MAX`].
pub(super) fn retry_after(answer: Option<&Answer>, now: Timestamp) -> Option<Duration> {
    let raw = answer?.header("retry-after")?.trim();
    let wait = match raw.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(raw).ok()?.timestamp();
            Duration::try_from(at.duration_since(now)).unwrap_or_default()
        }
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        let headers =
            retry_after.map(|value| ("retry-after".parse().unwrap(), value.parse().unwrap())).into_iter().collect();
        Answer { status, headers, body: Vec::new() }
    }

    #[test]
    fn a_status_says_whether_trying_again_helps() {
        let now = Timestamp::UNIX_EPOCH;
        for (status, expected) in [
            (200, "sent"),
            (204, "sent"),
            (301, "permanent"),
            (302, "permanent"),
            (400, "permanent"),
            (401, "permanent"),
            (403, "permanent"),
            (404, "permanent"),
            (408, "transient"),
            (410, "permanent"),
            (413, "permanent"),
            (425, "transient"),
            (429, "transient"),
            (500, "transient"),
            (502, "transient"),
            (503, "transient"),
            (507, "transient"),
        ] {
            let word = match outcome("It", Ok(&answer(status, None)), "", now) {
                Outcome::Sent { .. } => "sent",
                Outcome::Transient { .. } => "transient",
                Outcome::Permanent { .. } => "permanent",
            };
            assert_eq!(word, expected, "{status}");
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_limited() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        for (raw, expected) in [
            ("7", Some(7)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("999999999", Some(3_600)),
            ("soon", None),
            ("-3", None),
        ] {
            let found = retry_after(Some(&answer(429, Some(raw))), now);
            assert_eq!(found, expected.map(Duration::from_secs), "{raw}");
        }
    }
}
