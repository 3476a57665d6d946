//! An XML body. Nobody has published its elements, so any namespace, case and nesting will do.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::CalloutError;
use super::pairs::{PAIRS_MAX, Pair};

/// Reads elements (text directly inside) and attributes by their local names, in the order of their start.
///
/// Entities that the document declares itself are not expanded.
pub(super) fn read(text: &str) -> Result<Vec<Pair>, CalloutError> {
    let mut reader = Reader::from_str(text);
    let mut found = Found::default();
    loop {
        let event = reader.read_event().map_err(|error| broken(&error, reader.error_position()))?;
        match event {
            Event::Start(start) => found.open(&start),
            Event::Empty(start) => {
                found.open(&start);
                found.close();
            }
            Event::End(_) => found.close(),
            Event::Text(text) => found.add(&text.xml10_content()),
            Event::CData(text) => found.add(&text.xml10_content()),
            Event::GeneralRef(entity) => found.add_entity(&entity),
            Event::Eof if found.open.is_empty() => return Ok(found.pairs()),
            Event::Eof => return Err(CalloutError::Xml("it breaks off before its end".to_owned())),
            _ => {}
        }
    }
}

fn broken(error: &quick_xml::Error, at: u64) -> CalloutError {
    let reason: String = error.to_string().chars().take(200).collect();
    CalloutError::Xml(format!("{reason} (near byte {at})"))
}

/// What was read so far, and where text goes.
#[derive(Default)]
struct Found {
    /// Names and values in the order of their start.
    fields: Vec<(String, String)>,
    /// Positions in `fields` of the open elements; `None` for those past the limit.
    open: Vec<Option<usize>>,
}

impl Found {
    fn open(&mut self, start: &BytesStart<'_>) {
        let room = self.fields.len() < PAIRS_MAX;
        self.open.push(room.then_some(self.fields.len()));
        if !room {
            return;
        }
        self.fields.push((start.local_name().into_inner().to_owned(), String::new()));
        // The check for repeated names compares each with each, which 64 KiB of them would make slow.
        let mut attributes = start.attributes();
        let attributes = attributes.with_checks(false);
        self.fields.extend(attributes.flatten().take(PAIRS_MAX).filter_map(|attribute| {
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.local_name().into_inner().to_owned(), value.into_owned()))
        }));
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn add(&mut self, text: &str) {
        if let Some(Some(at)) = self.open.last()
            && let Some((_, value)) = self.fields.get_mut(*at)
        {
            value.push_str(text);
        }
    }

    fn add_entity(&mut self, entity: &BytesRef<'_>) {
        match entity.resolve_char_ref() {
            Ok(Some(c)) => self.add(c.encode_utf8(&mut [0; 4])),
            _ => self.add(predefined(&entity.xml10_content())),
        }
    }

    fn pairs(self) -> Vec<Pair> {
        self.fields.into_iter().map(|(name, value)| Pair::new(name, value.trim().to_owned())).collect()
    }
}

fn predefined(entity: &str) -> &'static str {
    match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}
