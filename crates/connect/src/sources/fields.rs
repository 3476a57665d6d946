//! Reading fields of a JSON object, with errors that name the field. Null and absent are the same.

use serde_json::{Map, Value};
use watchbell_core::text;

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Its name, with the way to it.
    pub field: String,
    /// What is wrong and what is expected.
    pub problem: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// An object and the way to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(object: &'a Map<String, Value>, path: &'a str) -> Self {
        Self { object, path }
    }

    pub(crate) fn error(&self, field: &str, problem: impl Into<String>) -> FieldError {
        FieldError::new(format!("{}{field}", self.path), problem)
    }

    /// The value of the first name that is there.
    pub(crate) fn value(&self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| self.object.get(*name)).filter(|value| !value.is_null())
    }

    /// A text; numbers and booleans are taken as they are printed.
    pub(crate) fn text(&self, names: &[&str]) -> Result<Option<String>, FieldError> {
        match self.value(names) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(bool)) => Ok(Some(bool.to_string())),
            Some(Value::Array(_) | Value::Object(_) | Value::Null) => Err(self.error(names[0], "must be a text")),
        }
    }

    /// A text, cut to a length.
    pub(crate) fn text_cut(&self, name: &str, max: usize) -> Result<String, FieldError> {
        Ok(text::cut(&self.text(&[name])?.unwrap_or_default(), max))
    }

    /// A list of objects, at most `max`.
    pub(crate) fn objects(&self, name: &str, max: usize) -> Result<Vec<&'a Map<String, Value>>, FieldError> {
        let list = match self.value(&[name]) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(self.error(name, "must be a list")),
        };
        if list.len() > max {
            return Err(self.error(name, format!("must have at most {max} entries, this has {}", list.len())));
        }
        list.iter()
            .filter(|item| !item.is_null())
            .map(|item| item.as_object().ok_or_else(|| self.error(name, "must be a list of objects")))
            .collect()
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, FieldError> {
        match self.value(&[name]) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(self.error(name, "must be an object")),
        }
    }
}
