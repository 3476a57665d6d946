//! Reading a posted form field by field: what is wrong is written beside the field, and nothing typed is lost.

use crate::api::parse;
use crate::auth::Posted;
use crate::error::ApiError;
use watchbell_store::StoreError;
use watchbell_ui::Form;

/// Fields of a form, with repetitions, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// A form of one of our pages, sent by somebody who may do `P`.
pub(super) type Filled<P> = Posted<P, Pairs>;

/// Fields of a form; the largest page has some 2,500 (a table of 500 statuses).
const PAIRS_MAX: usize = 5_000;

/// A form that is being read.
#[derive(Debug)]
pub(super) struct Reader {
    /// What was typed, and what is wrong with it so far.
    pub(super) form: Form,
}

impl Reader {
    /// Of what was posted. Errors: 400 for more fields than any page has.
    pub(super) fn new(pairs: Pairs) -> Result<Self, ApiError> {
        if pairs.len() > PAIRS_MAX {
            return Err(ApiError::bad_request(format!(
                "The form has {} fields; {PAIRS_MAX} is the most.",
                pairs.len()
            )));
        }
        let shown =
            pairs.into_iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name, value.replace('\0', "")));
        Ok(Self { form: Form::of(shown) })
    }

    /// The value of a field as it was typed.
    pub(super) fn value(&self, name: &str) -> String {
        self.form.value(name).to_owned()
    }

    /// The value, or nothing where it was left empty.
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        Some(self.form.value(name).trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Keeps what was parsed, or says beside the field what is wrong.
    pub(super) fn take<T>(&mut self, name: &str, parsed: Result<T, ApiError>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.form.error(name, sentence(error.message()));
                None
            }
        }
    }

    /// Whoever typed a secret that is not kept now is told to type it once more; said once, above the form.
    pub(super) fn type_again(&mut self, secrets: &[&str]) {
        let is_typed = secrets.iter().any(|name| !self.form.value(name).trim().is_empty());
        if is_typed && self.form.error_of("").is_none() {
            let words = "Not saved. What is wrong stands beside the fields. Type the secrets again: they are not sent back to the browser.";
            self.form.error("", words);
        }
    }

    /// A name.
    pub(super) fn name(&mut self, name: &str) -> Option<String> {
        let parsed = parse::name(name, self.form.value(name));
        self.take(name, parsed)
    }

    /// An e-mail address.
    pub(super) fn email(&mut self, name: &str) -> Option<String> {
        let parsed = parse::email(name, self.form.value(name));
        self.take(name, parsed)
    }

    /// A whole number within limits.
    pub(super) fn number(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let wrong =
            || ApiError::field(name, format!("must be a whole number from {} to {}", range.start(), range.end()));
        let parsed =
            self.form.value(name).trim().parse::<i64>().ok().filter(|number| range.contains(number)).ok_or_else(wrong);
        self.take(name, parsed)
    }

    /// The same; nothing where it was left empty.
    pub(super) fn optional_number(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<Option<i64>> {
        match self.filled(name) {
            Some(_) => self.number(name, range).map(Some),
            None => Some(None),
        }
    }

    /// Says what the store refused: beside a field where it names one. Errors: what is nobody's mistake.
    pub(super) fn refuse(&mut self, error: StoreError, fields: &[(&str, &str)]) -> Result<(), ApiError> {
        match &error {
            StoreError::Taken { noun, field } => {
                let name = fields.iter().find(|(stored, _)| stored == field).map_or("", |(_, name)| *name);
                self.form.error(name, format!("A {noun} with this {field} exists already."));
                Ok(())
            }
            StoreError::Refused(_)
            | StoreError::Denied(_)
            | StoreError::InUse { .. }
            | StoreError::Conflict(_)
            | StoreError::BadData(_) => {
                self.form.error("", sentence(&error.to_string()));
                Ok(())
            }
            _ => Err(error.into()),
        }
    }
}

impl Reader {
    /// The same for refusals that name a field of the API ("end: must come after start"): beside the form's own field.
    pub(super) fn refuse_at(&mut self, error: StoreError, fields: &[(&str, &str)]) -> Result<(), ApiError> {
        let words = error.to_string();
        let named = words.split_once(": ").and_then(|(api, _)| fields.iter().find(|(name, _)| *name == api));
        match (&error, named) {
            (StoreError::Refused(_), Some((_, field))) => {
                self.form.error(*field, sentence(&words));
                Ok(())
            }
            _ => self.refuse(error, fields),
        }
    }
}

/// A message of the API ("name: must not be empty") as a sentence beside its field.
pub(super) fn sentence(message: &str) -> String {
    let is_field = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'))
    };
    let text = message.split_once(": ").filter(|(name, _)| is_field(name)).map_or(message, |(_, text)| text);
    let mut chars = text.trim_end_matches('.').chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_api_become_sentences() {
        assert_eq!(sentence("email: must be an e-mail address"), "Must be an e-mail address.");
        assert_eq!(sentence("escalationRules[0].users: must name somebody"), "Must name somebody.");
        assert_eq!(sentence("the alert sources \"a: b\" escalate"), "The alert sources \"a: b\" escalate.");
    }
}
