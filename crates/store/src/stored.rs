//! Reading stored words and JSON back into types; what this version cannot read is said by noun.

use crate::error::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A stored word as its type.
pub(crate) fn word<T>(noun: &'static str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::unreadable(noun, format!("the word {text:?} is not known")))
}

/// Stored JSON as its type.
pub(crate) fn json<T: DeserializeOwned>(noun: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable(noun, error))
}

/// JSON to store.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::BadData(Box::new(error)))
}
