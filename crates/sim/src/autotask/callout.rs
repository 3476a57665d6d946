//! Extension callouts: what is sent when a workflow rule executes one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::row::{Row, int, text, time, udf};

/// HTTP Transport Method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// The values are in the query.
    Get,
    /// The values are in the body.
    #[default]
    Post,
}

/// Data Format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Name Value Pair: the captured form.
    #[default]
    NameValue,
    /// XML; the element names are a guess.
    Xml,
    /// JSON; not seen on a tenant, but receivers expect it.
    Json,
}

/// Which of id and number a callout carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Identity {
    /// Both, as captured.
    #[default]
    Both,
    /// The number alone.
    NumberOnly,
    /// The number, under the name `id`.
    NumberAsId,
}

/// When a callout is sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Resend {
    /// After a time-out, as seen.
    #[default]
    TimeOut,
    /// After a refused connection and any answer but 2xx as well.
    AnyFailure,
}

/// An Extension Callout (Tickets).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Callout {
    /// Its number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Active.
    pub active: bool,
    /// URL.
    pub url: String,
    /// Username, sent as Basic authentication; empty: none.
    pub username: String,
    /// Password.
    pub password: String,
    /// Ticket User-Defined Field: only tickets with a value there are sent, with that value. Empty: all.
    pub udf: String,
    /// HTTP Transport Method.
    pub method: Method,
    /// Data Format.
    pub format: Format,
    /// Id, number, or both.
    pub identity: Identity,
    /// The user domain it came from, under the key `domain`; empty: not sent.
    pub domain: String,
    /// How long it waits for an answer, in milliseconds.
    pub timeout_ms: u64,
    /// How often it is sent at most.
    pub tries_max: u32,
    /// The pause before it is sent again, in milliseconds.
    pub retry_ms: u64,
    /// When it is sent again.
    pub resend: Resend,
}

impl Default for Callout {
    fn default() -> Self {
        Self {
            id: 0,
            name: "Callout".to_owned(),
            active: true,
            url: String::new(),
            username: String::new(),
            password: String::new(),
            udf: String::new(),
            method: Method::Post,
            format: Format::NameValue,
            identity: Identity::Both,
            domain: String::new(),
            timeout_ms: 10_000,
            tries_max: 7,
            retry_ms: 90_000,
            resend: Resend::TimeOut,
        }
    }
}

/// A callout or event ready to be sent, as often as it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The method.
    pub method: Method,
    /// The address, with the values when the method is GET.
    pub url: String,
    /// The content type, when there is a body.
    pub content_type: Option<&'static str>,
    /// The value of `Authorization`; never shown.
    #[serde(skip)]
    pub authorization: Option<String>,
    /// The value of `X-Hook-Signature`; callouts have none, webhooks do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The body.
    pub body: String,
}

impl Callout {
    /// What is sent for a ticket, its status given as the label; none when the ticket lacks the user-defined field.
    pub fn message(&self, ticket: &Row, status: &str, zone: &TimeZone) -> Option<Message> {
        let values = self.values(ticket, status, zone)?;
        let authorization =
            (!self.username.is_empty()).then(|| STANDARD.encode(format!("{}:{}", self.username, self.password)));
        let (url, content_type, body) = match (self.method, self.format) {
            (Method::Get, _) => (with_query(&self.url, &form(&values)), None, String::new()),
            (Method::Post, Format::NameValue) => {
                (self.url.clone(), Some("application/x-www-form-urlencoded"), form(&values))
            }
            (Method::Post, Format::Xml) => (self.url.clone(), Some("text/xml; charset=utf-8"), xml(&values)),
            (Method::Post, Format::Json) => (self.url.clone(), Some("application/json"), json_body(&values)),
        };
        let authorization = authorization.map(|pair| format!("Basic {pair}"));
        Some(Message { method: self.method, url, content_type, authorization, signature: None, body })
    }

    /// The names and values, in the captured order.
    fn values(&self, ticket: &Row, status: &str, zone: &TimeZone) -> Option<Vec<(String, String)>> {
        let chosen = if self.udf.is_empty() { None } else { Some(udf(ticket, &self.udf)?) };
        let id = int(ticket, "id").unwrap_or_default().to_string();
        let number = text(ticket, "ticketNumber").unwrap_or_default().to_owned();
        let local = |field: &str| time(ticket, field).map(|at| local_time(at, zone)).unwrap_or_default();
        let mut values = match self.identity {
            Identity::Both => vec![("id".to_owned(), id), ("number".to_owned(), number)],
            Identity::NumberOnly => vec![("number".to_owned(), number)],
            Identity::NumberAsId => vec![("id".to_owned(), number)],
        };
        values.push(("status".to_owned(), status.to_owned()));
        values.push(("created_datetime".to_owned(), local("createDate")));
        values.push(("last_activity_datetime".to_owned(), local("lastActivityDate")));
        if !self.domain.is_empty() {
            values.push(("domain".to_owned(), self.domain.clone()));
        }
        values.extend(chosen.map(|value| (self.udf.clone(), value.to_owned())));
        Some(values)
    }
}

/// `2019-10-29T14:14:47.64300000-04:00:00`: eight digits of a second, and seconds in the offset, as captured.
fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.8f%::z").to_string()
}

fn form(values: &[(String, String)]) -> String {
    let pairs = values.iter().map(|(name, value)| format!("{}={}", form_text(name), form_text(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Form encoding that leaves the colons of times as they were captured.
fn form_text(raw: &str) -> String {
    let mut encoded = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' | b':' => {
                encoded.push(char::from(byte))
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn with_query(url: &str, values: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{values}")
}

fn xml(values: &[(String, String)]) -> String {
    let element = |(name, value): &(String, String)| {
        let name: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
        format!("<{name}>{}</{name}>", xml_text(value))
    };
    let elements: String = values.iter().map(element).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><ticket>{elements}</ticket>")
}

fn xml_text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// In JSON the id is a number.
fn json_body(values: &[(String, String)]) -> String {
    let field = |(name, value): &(String, String)| {
        let number = value.parse::<i64>().ok().filter(|_| name == "id");
        (name.clone(), number.map_or_else(|| json!(value), |number| json!(number)))
    };
    Value::Object(values.iter().map(field).collect::<Map<_, _>>()).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::{Callout, Format, Identity, Method};

    fn message(callout: Callout, status: &str) -> Option<super::Message> {
        let ticket = json!({
            "id": 7865,
            "ticketNumber": "T20191029.0002",
            "createDate": "2019-10-29T18:14:47.643Z",
            "lastActivityDate": "2019-10-30T19:06:38.583Z",
            "userDefinedFields": [{"name": "Alert & Id", "value": "<7>"}, {"name": "Empty", "value": null}],
        });
        callout.message(ticket.as_object().unwrap(), status, &TimeZone::get("America/New_York").unwrap())
    }

    #[test]
    fn the_form_is_the_captured_one() {
        let sent = message(Callout::default(), "New").unwrap();
        assert_eq!(sent.content_type, Some("application/x-www-form-urlencoded"));
        assert_eq!(
            sent.body,
            "id=7865&number=T20191029.0002&status=New&created_datetime=2019-10-29T14:14:47.64300000-04:00:00\
             &last_activity_datetime=2019-10-30T15:06:38.58300000-04:00:00"
        );
    }

    #[test]
    fn every_other_form_says_the_same() {
        let get =
            message(Callout { method: Method::Get, url: "http://x/y?z=1".into(), ..Callout::default() }, "On Hold");
        assert!(get.unwrap().url.starts_with("http://x/y?z=1&id=7865&number=T20191029.0002&status=On+Hold&created"));
        let xml = message(Callout { format: Format::Xml, identity: Identity::NumberOnly, ..Callout::default() }, "R&D")
            .unwrap();
        assert!(xml.body.contains("<ticket><number>T20191029.0002</number><status>R&amp;D</status>"));
        let json =
            message(Callout { format: Format::Json, domain: "msp".into(), ..Callout::default() }, "New").unwrap();
        assert!(json.body.contains(r#""id":7865"#) && json.body.contains(r#""domain":"msp""#));
    }

    #[test]
    fn a_user_defined_field_decides_and_is_sent() {
        let with = message(Callout { udf: "alert & id".into(), ..Callout::default() }, "New").unwrap();
        assert!(with.body.ends_with("&alert+%26+id=%3C7%3E"));
        assert_eq!(message(Callout { udf: "Empty".into(), ..Callout::default() }, "New"), None);
    }
}
