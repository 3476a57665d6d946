//! Paging as ilert has it: `start-index` and `max-results`; more than the cap is refused, never cut.

use crate::error::ApiError;
use serde::Deserialize;
use utoipa::IntoParams;
use watchbell_store::Page;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident: $max:tt, default $default:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            /// How many entries to skip.
            #[serde(default, rename = "start-index")]
            #[param(minimum = 0, default = 0)]
            pub start_index: Option<i32>,
            /// How many entries to return at most.
            #[serde(default, rename = "max-results")]
            #[param(minimum = 0, maximum = $max, default = $default)]
            pub max_results: Option<i32>,
        }

        impl $name {
            /// The window that is asked for. Errors: 400 beyond the cap.
            pub fn page(self) -> Result<Page, ApiError> {
                window(self.start_index, self.max_results.unwrap_or($default), $max)
            }
        }
    )*};
}

pages! {
    /// For lists of small things.
    PageOf100: 100, default 50;
    /// For lists of schedules.
    PageOf20: 20, default 20;
    /// For lists of large things.
    PageOf50: 50, default 50;
}

/// The window that is asked for, of a list with a cap. Errors: 400 beyond it.
pub fn window(start: Option<i32>, results: i32, most: i32) -> Result<Page, ApiError> {
    let start = start.unwrap_or(0);
    if start < 0 {
        return Err(ApiError::field("start-index", "must be 0 or more"));
    }
    if !(0..=most).contains(&results) {
        return Err(ApiError::field("max-results", format!("must be 0 to {most}")));
    }
    Ok(Page { start_index: i64::from(start), max_results: i64::from(results) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cap_is_allowed_and_one_more_is_refused() {
        assert_eq!(window(None, 100, 100).unwrap(), Page::first(100));
        assert!(window(None, 101, 100).is_err());
        assert!(window(Some(-1), 1, 100).is_err());
        assert!(window(Some(0), -1, 100).is_err());
    }
}
