//! Rotations and lengths as ISO 8601 periods: `P7D`, `PT8H`, `P2W`, `P1M`.

use crate::error::ApiError;
use jiff::{Span, SpanRelativeTo};
use watchbell_core::schedule::{Rotation, RotationUnit};

/// A rotation: one kind of unit, or days with hours, or weeks with days. `P14D` and `P2W` stay what they are.
pub fn rotation(field: &str, text: &str) -> Result<Rotation, ApiError> {
    let refused =
        || ApiError::field(field, "must be a period of whole hours, days, weeks or months, such as P7D, PT8H, P1M");
    let span: Span = text.trim().parse().map_err(|_| refused())?;
    let parts = [
        i64::from(span.get_years()),
        i64::from(span.get_months()),
        i64::from(span.get_weeks()),
        i64::from(span.get_days()),
        i64::from(span.get_hours()),
    ];
    let is_whole = span.get_minutes() == 0
        && span.get_seconds() == 0
        && span.get_milliseconds() == 0
        && span.get_microseconds() == 0
        && span.get_nanoseconds() == 0;
    if !is_whole || parts.iter().any(|part| *part < 0) {
        return Err(refused());
    }
    let (unit, count) = match parts {
        [0, 0, weeks, 0, 0] if weeks > 0 => (RotationUnit::Weeks, weeks),
        [0, 0, weeks, days, 0] if weeks + days > 0 => (RotationUnit::Days, weeks * 7 + days),
        [0, 0, weeks, days, hours] if hours > 0 => (RotationUnit::Hours, (weeks * 7 + days) * 24 + hours),
        [years, months, 0, 0, 0] if years + months > 0 => (RotationUnit::Months, years * 12 + months),
        [0, 0, 0, 0, 0] => {
            return Err(ApiError::field(field, "must be more than nothing: a rotation of zero never ends a turn"));
        }
        _ => return Err(refused()),
    };
    Ok(Rotation { unit, count })
}

/// The text of a rotation.
pub fn show_rotation(rotation: Rotation) -> String {
    let count = rotation.count;
    match rotation.unit {
        RotationUnit::Hours => format!("PT{count}H"),
        RotationUnit::Days => format!("P{count}D"),
        RotationUnit::Weeks => format!("P{count}W"),
        RotationUnit::Months => format!("P{count}M"),
    }
}

/// A length in seconds; days have 24 hours.
pub fn length(field: &str, text: &str) -> Result<i64, ApiError> {
    let span = text.trim().parse::<Span>().ok();
    let length = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    length
        .map(|length| length.as_secs())
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| ApiError::field(field, "must be a length of time such as P7D or PT12H"))
}

/// The text of a length.
pub fn show_length(seconds: i64) -> String {
    match seconds {
        _ if seconds % 86_400 == 0 => format!("P{}D", seconds / 86_400),
        _ if seconds % 3_600 == 0 => format!("PT{}H", seconds / 3_600),
        _ if seconds % 60 == 0 => format!("PT{}M", seconds / 60),
        _ => format!("PT{seconds}S"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_rotation_comes_back_as_it_went_in() {
        for text in ["P7D", "P1D", "P14D", "P2W", "PT8H", "PT24H", "P1M", "P12M", "PT1H"] {
            assert_eq!(show_rotation(rotation("rotation", text).unwrap()), text);
        }
        for (text, shown) in
            [("P1DT12H", "PT36H"), ("P1W1D", "P8D"), ("P1Y", "P12M"), (" p7d ", "P7D"), ("P1WT1H", "PT169H")]
        {
            assert_eq!(show_rotation(rotation("rotation", text).unwrap()), shown, "{text}");
        }
        for bad in ["", "7", "P", "P0D", "PT0H", "-P1D", "P-1D", "PT30M", "P1M1D", "P1D2", "P1MT1H", "P99999999999999D"]
        {
            let refused = rotation("rotation", bad).unwrap_err();
            assert!(refused.message().starts_with("rotation: "), "{bad}");
        }
    }

    #[test]
    fn a_length_is_shown_in_its_largest_unit() {
        for (text, seconds, shown) in [
            ("P7D", 604_800, "P7D"),
            ("P1W", 604_800, "P7D"),
            ("PT36H", 129_600, "PT36H"),
            ("PT90M", 5_400, "PT90M"),
            ("PT1S", 1, "PT1S"),
        ] {
            assert_eq!(length("x", text).unwrap(), seconds);
            assert_eq!(show_length(seconds), shown);
        }
        for bad in ["", "P0D", "-P1D", "P1M", "x"] {
            assert!(length("x", bad).is_err(), "{bad}");
        }
    }
}
