//! The events API: one event as a JSON object, or several as an array. Fields as ilert's clients send them: old names,
//! nulls for what is absent, unknown fields.

use super::fields::{FieldError, Fields};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use watchbell_core::alert::Priority;
use watchbell_core::event::{AlertKey, Content, Event, EventType, Image, Link};
use watchbell_core::{limits, text};

/// One event of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiEvent {
    /// The integration key in the body, where there is one.
    pub integration_key: Option<String>,
    /// What it says.
    pub event: Event,
    /// Its own bytes.
    pub body: Vec<u8>,
}

/// What a request holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiEvents {
    /// In order.
    pub events: Vec<ApiEvent>,
    /// Whether it was an array.
    pub is_array: bool,
}

/// Reads the body of a request. Errors name the field, and in an array its index (`[3].summary`).
///
/// JSON is UTF-8, but scripts on Windows send a mark in front of it, UTF-16, or Windows-1252 (what PowerShell 5 makes of an umlaut):
/// a page is not lost for that.
pub fn parse(body: &[u8]) -> Result<ApiEvents, FieldError> {
    let unmarked = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match parse_utf8(unmarked) {
        Err(_) if std::str::from_utf8(unmarked).is_err() => parse_utf8(autotask::decode_text(body).as_bytes()),
        parsed => parsed,
    }
}

fn parse_utf8(body: &[u8]) -> Result<ApiEvents, FieldError> {
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if start != Some(&b'[') {
        return Ok(ApiEvents { events: vec![parse_one(body, "")?], is_array: false });
    }
    let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| unreadable("", &error))?;
    if items.is_empty() || items.len() > limits::EVENT_BATCH_MAX {
        return Err(FieldError::new(
            "body",
            format!("an array must hold 1 to {} events, this holds {}", limits::EVENT_BATCH_MAX, items.len()),
        ));
    }
    let parse_item = |(i, item): (usize, &&RawValue)| parse_one(item.get().as_bytes(), &format!("[{i}]."));
    Ok(ApiEvents { events: items.iter().enumerate().map(parse_item).collect::<Result<_, _>>()?, is_array: true })
}

fn parse_one(body: &[u8], path: &str) -> Result<ApiEvent, FieldError> {
    if body.len() > limits::EVENT_BODY_BYTES_MAX {
        return Err(FieldError::new(
            format!("{path}body"),
            format!("one event must be at most {} bytes", limits::EVENT_BODY_BYTES_MAX),
        ));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| unreadable(path, &error))?;
    let Value::Object(object) = &value else {
        return Err(FieldError::new(
            format!("{path}body"),
            "must be a JSON object, such as {\"eventType\": \"ALERT\", \"summary\": \"...\"}",
        ));
    };
    let fields = Fields::new(object, path);
    Ok(ApiEvent {
        integration_key: fields.text(&["integrationKey", "apiKey"])?,
        event: event(&fields)?,
        body: body.to_vec(),
    })
}

fn unreadable(path: &str, error: &serde_json::Error) -> FieldError {
    FieldError::new(format!("{path}body"), format!("is not readable JSON: {error}"))
}

fn event(fields: &Fields) -> Result<Event, FieldError> {
    let kind = event_type(fields)?;
    let details = fields.text_cut("details", limits::DETAILS_CHARS_MAX)?;
    let summary = fields.text_cut("summary", limits::SUMMARY_CHARS_MAX)?;
    if kind == EventType::Alert && summary.is_empty() {
        return Err(fields.error("summary", "is required for an event of type ALERT"));
    }
    let key = fields.text(&["alertKey", "incidentKey"])?.unwrap_or_default();
    Ok(Event {
        kind,
        key: AlertKey::parse(&key).map_err(|error| fields.error("alertKey", error.to_string()))?,
        summary,
        details,
        priority: priority(fields)?,
        routing_key: fields.text(&["routingKey"])?.map(|key| text::cut(&key, limits::TEXT_CHARS_MAX)),
        content: content(fields)?,
        comments: comments(fields)?,
    })
}

fn event_type(fields: &Fields) -> Result<EventType, FieldError> {
    let word = fields
        .text(&["eventType"])?
        .ok_or_else(|| fields.error("eventType", "is required: ALERT, ACCEPT, RESOLVE or COMMENT"))?;
    EventType::parse(word.trim().to_uppercase().as_str()).ok_or_else(|| {
        fields.error("eventType", format!("must be ALERT, ACCEPT, RESOLVE or COMMENT, not {:?}", text::cut(&word, 40)))
    })
}

fn priority(fields: &Fields) -> Result<Option<Priority>, FieldError> {
    let Some(word) = fields.text(&["priority"])? else { return Ok(None) };
    match word.trim() {
        "" => Ok(None),
        word => Priority::parse(&word.to_uppercase())
            .map(Some)
            .ok_or_else(|| fields.error("priority", format!("must be HIGH or LOW, not {:?}", text::cut(word, 40)))),
    }
}

fn content(fields: &Fields) -> Result<Content, FieldError> {
    let details = fields.value(&["customDetails"]).cloned();
    let bytes = details.as_ref().map_or(0, |details| details.to_string().len());
    if bytes > limits::CUSTOM_DETAILS_BYTES_MAX {
        return Err(fields.error(
            "customDetails",
            format!("must be at most {} bytes as JSON, this has {bytes}", limits::CUSTOM_DETAILS_BYTES_MAX),
        ));
    }
    if let Some(severity) = fields.value(&["severity"]) {
        let known = severity.as_i64().is_some_and(|severity| (1..=5).contains(&severity));
        known.then_some(()).ok_or_else(|| fields.error("severity", "must be a number from 1 to 5"))?;
    }
    Ok(Content {
        links: parts(fields, "links", |part| {
            Ok(Link { href: address(part, "href")?, text: part.text_cut("text", limits::TEXT_CHARS_MAX)? })
        })?,
        images: parts(fields, "images", image)?,
        labels: labels(fields)?,
        custom_details: details.map(without_nul),
        ..Content::default()
    })
}

/// PostgreSQL refuses U+0000 in JSON texts.
fn without_nul(value: Value) -> Value {
    let clean = |text: String| text.replace('\0', "");
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nul).collect()),
        Value::Object(object) => {
            Value::Object(object.into_iter().map(|(name, value)| (clean(name), without_nul(value))).collect())
        }
        other => other,
    }
}

fn image(part: &Fields) -> Result<Image, FieldError> {
    let optional =
        |name| Ok(Some(part.text_cut(name, limits::TEXT_CHARS_MAX)?).filter(|text: &String| !text.is_empty()));
    Ok(Image { src: address(part, "src")?, href: optional("href")?, alt: optional("alt")? })
}

fn address(part: &Fields, name: &str) -> Result<String, FieldError> {
    let address = part.text_cut(name, limits::TEXT_CHARS_MAX)?;
    if address.is_empty() { Err(part.error(name, "is required")) } else { Ok(address) }
}

fn parts<T>(
    fields: &Fields,
    name: &str,
    read: impl Fn(&Fields) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    let list: Vec<&Map<String, Value>> = fields.objects(name, limits::EVENT_PARTS_MAX)?;
    let read_part = |(i, part): (usize, &&Map<String, Value>)| {
        let path = fields.error(&format!("{name}[{i}]."), "").field;
        read(&Fields::new(part, &path))
    };
    list.iter().enumerate().map(read_part).collect()
}

fn labels(fields: &Fields) -> Result<std::collections::BTreeMap<String, String>, FieldError> {
    let Some(object) = fields.object("labels")? else { return Ok(Default::default()) };
    if object.len() > limits::EVENT_PARTS_MAX {
        return Err(fields.error(
            "labels",
            format!("must have at most {} entries, this has {}", limits::EVENT_PARTS_MAX, object.len()),
        ));
    }
    let values = Fields::new(object, "labels.");
    object
        .keys()
        .map(|name| {
            Ok((
                text::cut(name, limits::NAME_CHARS_MAX),
                text::cut(&values.text(&[name])?.unwrap_or_default(), limits::TEXT_CHARS_MAX),
            ))
        })
        .collect()
}

fn comments(fields: &Fields) -> Result<Vec<(String, String)>, FieldError> {
    parts(fields, "comments", |part| {
        Ok((part.text_cut("creator", limits::NAME_CHARS_MAX)?, part.text_cut("content", limits::COMMENT_CHARS_MAX)?))
    })
}

#[cfg(test)]
mod tests;
