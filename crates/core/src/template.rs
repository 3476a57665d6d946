//! Texts that users write over the fields of a ticket: rendered with a limit on everything, strict about names, and never
//! the reason why nobody is woken (see [`render_or_default`]).

use minijinja::value::{Rest, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde_json::Value as Json;

/// Longest template, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 8 * 1024;
/// Steps of one rendering; minijinja also charges a step for every 64 bytes that a template makes, so this limits memory as well.
pub const TEMPLATE_STEPS_MAX: u64 = 50_000;
/// Longest text that a template may give, in bytes; the alert cuts it further.
pub const TEMPLATE_OUTPUT_BYTES_MAX: usize = 64 * 1024;
/// Characters of the template that an error quotes.
const PLACE_CHARS_MAX: usize = 80;
/// How deep blocks and calls may nest.
pub const TEMPLATE_DEPTH_MAX: usize = 20;

/// What is wrong with a template, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The source is too long.
    #[error("the template is {bytes} bytes long, at most {TEMPLATE_BYTES_MAX} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It cannot be read.
    #[error("line {line}: {detail}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// What.
        detail: String,
    },
    /// A name or filter that does not exist.
    #[error("line {line}: there is no such name or filter ({detail})")]
    Unknown {
        /// Where, from 1.
        line: usize,
        /// What.
        detail: String,
    },
    /// It takes too many steps, or makes too much text.
    #[error(
        "the template does too much: at most {TEMPLATE_STEPS_MAX} steps and {TEMPLATE_OUTPUT_BYTES_MAX} bytes of text"
    )]
    TooMuch,
    /// It fails in another way.
    #[error("line {line}: {detail}")]
    Failed {
        /// Where, from 1.
        line: usize,
        /// What.
        detail: String,
    },
}

impl TemplateError {
    fn from_minijinja(error: &Error, source: &str) -> Self {
        let line = error.line().unwrap_or(1);
        let place =
            error.range().and_then(|range| source.get(range)).map(|text| crate::text::cut(text, PLACE_CHARS_MAX));
        let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let detail = match place {
            Some(place) if !place.is_empty() => format!("{what}: {place}"),
            _ => what,
        };
        match error.kind() {
            ErrorKind::SyntaxError | ErrorKind::BadEscape => TemplateError::Syntax { line, detail },
            ErrorKind::OutOfFuel | ErrorKind::WriteFailure => TemplateError::TooMuch,
            ErrorKind::UndefinedError
            | ErrorKind::UnknownFilter
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownMethod => TemplateError::Unknown { line, detail },
            _ => TemplateError::Failed { line, detail },
        }
    }
}

/// A text, and what was wrong with the template if it is not the template's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Why the default was used instead.
    pub problem: Option<TemplateError>,
}

/// Says whether a template can be read at all, without data. Errors: too long, syntax, filters are checked when rendering.
pub fn check(source: &str) -> Result<(), TemplateError> {
    if source.len() > TEMPLATE_BYTES_MAX {
        return Err(TemplateError::TooLong { bytes: source.len() });
    }
    environment().template_from_str(source).map(|_| ()).map_err(|error| TemplateError::from_minijinja(&error, source))
}

/// Renders a template as plain text: no escaping, missing values as nothing, unknown names as an error.
pub fn render(source: &str, context: &Json) -> Result<String, TemplateError> {
    if source.len() > TEMPLATE_BYTES_MAX {
        return Err(TemplateError::TooLong { bytes: source.len() });
    }
    let env = environment();
    let mut out = Capped(Vec::new());
    let rendered =
        env.template_from_str(source).and_then(|template| template.render_captured_to(value_of(context), &mut out));
    rendered.map_err(|error| TemplateError::from_minijinja(&error, source))?;
    Ok(String::from_utf8_lossy(&out.0).trim().replace('\0', ""))
}

/// Renders a template; a broken or empty one falls back to `default`, and that one to `last_resort`, with the first problem kept.
pub fn render_or_default(source: Option<&str>, default: &str, last_resort: &str, context: &Json) -> Rendered {
    let mut problem = None;
    for candidate in source.into_iter().chain([default]) {
        match render(candidate, context) {
            Ok(text) if !text.is_empty() => return Rendered { text, problem },
            Ok(_) => continue,
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    Rendered { text: last_resort.to_owned(), problem }
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, broken) => Value::from(broken.unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(value_of).collect(),
        Json::Object(fields) => Value::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), value_of(value)))),
    }
}

fn environment() -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_debug(false);
    env.set_fuel(Some(TEMPLATE_STEPS_MAX));
    env.set_recursion_limit(TEMPLATE_DEPTH_MAX);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_formatter(|out, state, value| match value.is_none() {
        true => Ok(()),
        false => escape_formatter(out, state, value),
    });
    env.remove_filter("safe");
    env.remove_filter("escape");
    env.remove_filter("e");
    env.add_filter("upper", |text: &str| text.to_uppercase());
    env.add_filter("lower", |text: &str| text.to_lowercase());
    env.add_filter("trim", |text: &str| text.trim().to_owned());
    env.add_filter("length", length);
    env.add_filter("default", default_to);
    env.add_filter("truncate", |text: &str, chars: usize| crate::text::cut(text, chars));
    env.add_filter("replace", replace);
    env.add_filter("first_line", |text: &str| text.trim().lines().next().unwrap_or_default().to_owned());
    env
}

fn length(value: &Value) -> usize {
    value.as_str().map(|text| text.chars().count()).or_else(|| value.len()).unwrap_or(0)
}

/// `{{ contact.phone | default("unknown") }}`: for missing, empty and blank values.
fn default_to(value: &Value, others: Rest<Value>) -> Value {
    let is_blank = value.is_none() || value.is_undefined() || value.as_str().is_some_and(|text| text.trim().is_empty());
    match others.first() {
        Some(other) if is_blank => other.clone(),
        _ => value.clone(),
    }
}

/// Replaces a text; refused before it is made when the result would be too long.
fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    if from.is_empty() {
        return Ok(text.to_owned());
    }
    let grown = text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len());
    match grown > TEMPLATE_OUTPUT_BYTES_MAX {
        true => Err(Error::from(ErrorKind::OutOfFuel)),
        false => Ok(text.replace(from, to)),
    }
}

struct Capped(Vec<u8>);

impl std::io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > TEMPLATE_OUTPUT_BYTES_MAX {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
