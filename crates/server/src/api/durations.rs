//! The durations that alert sources take: ISO 8601 texts from a list, as ilert has it.

use crate::error::ApiError;
use jiff::{Span, SpanRelativeTo};

type Durations = &'static [(&'static str, i64)];

/// Windows of grouping.
pub const WINDOWS: Durations = &[
    ("PT2M", 120),
    ("PT5M", 300),
    ("PT15M", 900),
    ("PT30M", 1_800),
    ("PT1H", 3_600),
    ("PT2H", 7_200),
    ("PT4H", 14_400),
    ("PT8H", 28_800),
    ("PT12H", 43_200),
    ("PT24H", 86_400),
];

/// Times after which alerts resolve by themselves.
pub const RESOLUTIONS: Durations = &[
    ("PT10M", 600),
    ("PT20M", 1_200),
    ("PT30M", 1_800),
    ("PT40M", 2_400),
    ("PT50M", 3_000),
    ("PT60M", 3_600),
    ("PT90M", 5_400),
    ("PT2H", 7_200),
    ("PT3H", 10_800),
    ("PT4H", 14_400),
    ("PT5H", 18_000),
    ("PT6H", 21_600),
    ("PT12H", 43_200),
    ("PT24H", 86_400),
];

/// The seconds of a text that means one of the list; `PT1H` is `PT60M`.
pub fn parse(field: &str, text: Option<&str>, list: Durations) -> Result<Option<i64>, ApiError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let span = text.parse::<Span>().ok();
    let seconds = span
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .map(|duration| duration.as_secs());
    match seconds.filter(|seconds| list.iter().any(|(_, listed)| listed == seconds)) {
        Some(seconds) => Ok(Some(seconds)),
        None => {
            let words: Vec<&str> = list.iter().map(|(word, _)| *word).collect();
            Err(ApiError::field(field, format!("must be one of {}", words.join(", "))))
        }
    }
}

/// The text of seconds.
pub fn show(seconds: Option<i64>, list: Durations) -> Option<String> {
    let seconds = seconds?;
    let listed = list.iter().find(|(_, listed)| *listed == seconds).map(|(word, _)| (*word).to_owned());
    Some(listed.unwrap_or_else(|| format!("PT{seconds}S")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_listed_duration_comes_back_as_it_went_in() {
        for list in [WINDOWS, RESOLUTIONS] {
            for (word, seconds) in list {
                assert_eq!(parse("x", Some(word), list).unwrap(), Some(*seconds), "{word}");
                assert_eq!(show(Some(*seconds), list).as_deref(), Some(*word));
            }
        }
        assert_eq!(parse("x", Some("PT1H"), RESOLUTIONS).unwrap(), Some(3_600));
        assert_eq!(parse("x", Some("P1D"), WINDOWS).unwrap(), Some(86_400));
        assert_eq!(parse("x", None, WINDOWS).unwrap(), None);
        for bad in ["PT3M", "5", "P1M", "PT-2M", "x"] {
            assert!(parse("x", Some(bad), WINDOWS).is_err(), "{bad}");
        }
    }
}
