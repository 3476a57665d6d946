//! The parameters of a call, from wherever the service takes them: the query, a form, JSON.

use axum::http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::{Map, Value};

/// Names and values. What came in a form is text, also where JSON would have a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads query and body; none where the body is JSON that cannot be read.
    pub fn read(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let mut all = from_form(query.unwrap_or_default().as_bytes());
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            if !body.is_empty() {
                all.extend(serde_json::from_slice::<Map<String, Value>>(body).ok()?);
            }
        } else {
            all.extend(from_form(body));
        }
        Some(Self(all))
    }

    /// The same from JSON at hand.
    pub fn from_json(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// A text that is not empty; numbers count as text.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number; an error where there is something else.
    pub fn number(&self, name: &str) -> Result<Option<i64>, ()> {
        self.text(name).map(|text| text.trim().parse().map_err(|_| ())).transpose()
    }

    /// Whether a flag is set: `true`, 1, and their texts.
    pub fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            _ => self.text(name).is_some_and(|text| matches!(text.as_str(), "1" | "true" | "True")),
        }
    }

    /// A thing with parts: JSON, or JSON in a text. An error where it is neither.
    pub fn object(&self, name: &str) -> Result<Option<Value>, ()> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}

fn from_form(text: &[u8]) -> Map<String, Value> {
    let words = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let text = String::from_utf8_lossy(text);
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (words(name), Value::String(words(value))))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn query_form_and_json_are_one_thing() {
        let form =
            Parameters::read(Some("a=1"), &HeaderMap::new(), b"text=Disk+80%25&flag=true&keys=%7B%22k%22%3A1%7D");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap());
        let json = json!({"a": 1, "text": "Disk 80%", "flag": true, "keys": {"k": 1}}).to_string();
        for parameters in [form.unwrap(), Parameters::read(None, &headers, json.as_bytes()).unwrap()] {
            assert_eq!(parameters.number("a"), Ok(Some(1)));
            assert_eq!(parameters.text("text").as_deref(), Some("Disk 80%"));
            assert!(parameters.flag("flag") && !parameters.flag("a-flag"));
            assert_eq!(parameters.object("keys"), Ok(Some(json!({"k": 1}))));
            assert_eq!((parameters.number("text"), parameters.object("text")), (Err(()), Err(())));
        }
        assert!(Parameters::read(None, &headers, b"{").is_none());
    }
}
