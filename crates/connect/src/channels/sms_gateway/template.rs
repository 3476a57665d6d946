//! A text with places to fill: `{to}`, `{text}`, `{id}`, `{from}`, `{secret}`, each written so that it cannot leave its place.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and what RFC 3986 calls unreserved.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a value is written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In a query or a form.
    Percent,
    /// Inside of the quotes of a text of JSON.
    Json,
    /// As it is.
    Plain,
}

impl Form {
    fn write(self, value: &str) -> String {
        match self {
            Form::Percent => utf8_percent_encode(value, VALUE).to_string(),
            // A text can always be written as JSON; its quotes stand in the template.
            Form::Json => {
                let quoted = serde_json::to_string(value).unwrap_or_default();
                quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
            }
            Form::Plain => value.to_owned(),
        }
    }
}

/// What is filled in.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub to: &'a str,
    pub text: &'a str,
    pub id: &'a str,
    pub from: &'a str,
    pub secret: &'a str,
}

impl<'a> Values<'a> {
    fn named(&self, name: &str) -> Option<&'a str> {
        match name {
            "to" => Some(self.to),
            "text" => Some(self.text),
            "id" => Some(self.id),
            "from" => Some(self.from),
            "secret" => Some(self.secret),
            _ => None,
        }
    }
}

/// A text with places.
#[derive(Debug, Clone)]
pub(super) struct Template {
    text: String,
    form: Form,
}

impl Template {
    pub fn new(text: &str, form: Form) -> Self {
        Self { text: text.to_owned(), form }
    }

    /// As it was entered.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has a place of this name.
    pub fn has(&self, name: &str) -> bool {
        self.text.contains(&format!("{{{name}}}"))
    }

    /// With its places filled, in one pass: what stands in a value is not a place.
    pub fn fill(&self, values: &Values<'_>) -> String {
        let mut filled = String::with_capacity(self.text.len() + values.text.len());
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let place = after.split_once('}').and_then(|(name, after)| Some((values.named(name)?, after)));
            match place {
                Some((value, after)) => {
                    filled.push_str(&self.form.write(value));
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const EVIL: Values<'_> = Values {
        to: "+4930",
        text: "a&to=1\"},{\"x\":\"{from}\n\\ü 😀",
        id: "notification-1",
        from: "Watch bell",
        secret: "s3 cret",
    };

    #[test]
    fn values_cannot_leave_their_places() {
        let query = Template::new("to={to}&text={text}&from={from}&x={unknown}", Form::Percent).fill(&EVIL);
        assert_eq!(
            query,
            "to=%2B4930&text=a%26to%3D1%22%7D%2C%7B%22x%22%3A%22%7Bfrom%7D%0A%5C%C3%BC%20%F0%9F%98%80&from=Watch%20bell&x={unknown}"
        );
        let json = Template::new(r#"{"to":"{to}","message":{"text":"{text}"},"n":{}}"#, Form::Json).fill(&EVIL);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["message"]["text"], EVIL.text);
        assert_eq!(read["to"], "+4930");
        assert_eq!(Template::new("pass={secret}", Form::Percent).fill(&EVIL), "pass=s3%20cret");
        assert_eq!(Template::new("{{to}}", Form::Plain).fill(&EVIL), "{+4930}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_arrives_as_it_was(text in "(?s).{0,80}") {
            let values = Values { text: &text, ..EVIL };
            let json = Template::new(r#"{"a":"{text}","b":1}"#, Form::Json).fill(&values);
            let read: serde_json::Value = serde_json::from_str(&json).unwrap();
            proptest::prop_assert_eq!(read, serde_json::json!({ "a": &text, "b": 1 }));
            let form = Template::new("a={text}&b=1", Form::Percent).fill(&values);
            let read: Vec<(String, String)> = serde_html_form::from_str(&form).unwrap();
            proptest::prop_assert_eq!(read, vec![("a".to_owned(), text), ("b".to_owned(), "1".to_owned())]);
        }
    }
}
