//! Fetching a calendar.

use crate::http::{HttpClient, HttpError};
use std::time::Duration;
use watchbell_core::limits::ICAL_BYTES_MAX;

/// How long it may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// Why a calendar could not be fetched, in words for the person who entered its address.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Another answer than a calendar.
    #[error("{0}")]
    Answered(String),
}

/// Fetches the text of a calendar. `webcal:` is the same as `https:`; redirects are not followed.
pub async fn fetch(http: &HttpClient, address: &str) -> Result<Vec<u8>, FetchError> {
    let call = http.get(&https(address))?.deadline(DEADLINE).answer_bytes_max(ICAL_BYTES_MAX);
    let answer = call.header("Accept", "text/calendar, text/plain;q=0.5, */*;q=0.1").send().await?;
    match answer.status {
        200..=299 => Ok(answer.body),
        300..=399 => Err(FetchError::Answered("the calendar has moved: enter the address that it moved to".into())),
        401 | 403 => Err(FetchError::Answered("the calendar may not be read: use its secret or public address".into())),
        404 | 410 => Err(FetchError::Answered("there is no calendar at this address".into())),
        status => Err(FetchError::Answered(format!("the server answered with status {status}"))),
    }
}

fn https(address: &str) -> String {
    match address.trim().split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") => format!("https://{rest}"),
        _ => address.trim().to_owned(),
    }
}
