//! One request and its answer, read to a limit.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};

use crate::error::{Cause, Error};
use crate::verdict::Answer;

/// Largest answer that is read, in bytes: 500 tickets with long descriptions fit.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long a request may take from the first byte out to the last byte in, unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest wait that is believed of a server.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// Sends the request and reads the whole answer. `host` is for errors.
pub(crate) async fn send(request: RequestBuilder, host: &str, body_bytes_max: usize) -> Result<Answer, Error> {
    let response = request.send().await.map_err(|error| unreachable(host, &error))?;
    let headers = response.headers();
    let answer = Answer {
        host: host.to_owned(),
        status: response.status().as_u16(),
        content_type: text(headers, CONTENT_TYPE.as_str()).to_ascii_lowercase(),
        retry_after: retry_after(headers),
        body: Vec::new(),
    };
    let body = read_body(response, host, body_bytes_max).await?;
    Ok(Answer { body, ..answer })
}

/// Reads piece by piece and stops at the limit, whatever length was announced.
async fn read_body(mut response: Response, host: &str, body_bytes_max: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreachable(host, &error))? {
        if body.len() + piece.len() > body_bytes_max {
            return Err(Error::TooLarge { bytes_max: body_bytes_max });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

/// Seconds, or a date; a date is measured against the server's own `Date`, so that clocks need not agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, RETRY_AFTER.as_str());
    let wait = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = rfc2822::parse(asked).ok()?.timestamp();
            let sent = rfc2822::parse(text(headers, DATE.as_str())).ok()?.timestamp();
            Duration::try_from(until.duration_since(sent)).ok()?
        }
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Why there is no answer. The URL is left out: it may hold the user's name.
fn unreachable(host: &str, error: &reqwest::Error) -> Error {
    if error.is_redirect() {
        return Error::Zone { host: host.to_owned(), reason: "the server redirects without end".to_owned() };
    }
    if error.is_builder() || error.is_request() && chain(error).any(|text| text.contains("invalid uri")) {
        return Error::Zone { host: host.to_owned(), reason: "it is no usable address".to_owned() };
    }
    Error::Unreachable { host: host.to_owned(), cause: cause(error) }
}

fn cause(error: &reqwest::Error) -> Cause {
    if error.is_timeout() {
        return Cause::Timeout;
    }
    if chain(error).any(|text| text.contains("dns error") || text.contains("failed to lookup address")) {
        return Cause::Name;
    }
    if chain(error).any(|text| text.contains("certificate") || text.contains("tls") || text.contains("ssl")) {
        return Cause::Tls;
    }
    if is_refused(error) { Cause::Refused } else { Cause::Broken }
}

/// The texts of the error's sources, lower case. (reqwest keeps these kinds private; its own text holds the URL.)
fn chain(error: &reqwest::Error) -> impl Iterator<Item = String> {
    sources(error).map(|source| source.to_string().to_lowercase())
}

fn is_refused(error: &reqwest::Error) -> bool {
    let mut io = sources(error).filter_map(|source| source.downcast_ref::<std::io::Error>());
    io.any(|io| io.kind() == ErrorKind::ConnectionRefused)
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |source| (**source).source())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn reads_the_wait_that_a_server_asks_for() {
        for (asked, date, seconds) in [
            ("5", "", Some(5)),
            ("999999", "", Some(3600)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", Some(30)),
            ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:29:00 GMT", None),
            ("Wed, 21 Oct 2026 07:28:30 GMT", "", None),
            ("soon", "", None),
            ("-5", "", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, asked.parse().unwrap());
            headers.insert(DATE, date.parse().unwrap());
            assert_eq!(retry_after(&headers).map(|wait| wait.as_secs()), seconds, "{asked}");
        }
    }
}
