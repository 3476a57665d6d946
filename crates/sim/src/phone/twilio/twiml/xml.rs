//! A small document as a tree.

use std::collections::BTreeMap;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

/// Elements inside each other.
const DEPTH_MAX: usize = 16;

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Element>,
    /// The words in it and between its children, in their order; white space as it came.
    text: String,
}

impl Element {
    /// An attribute, where it is given and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A whole number.
    pub fn number(&self, name: &str, default: u32) -> Result<u32, String> {
        let Some(text) = self.get(name) else { return Ok(default) };
        text.parse().map_err(|_| format!("{name}={text:?} of <{}> is no whole number", self.name))
    }

    /// A yes or no; no where it is not said.
    pub fn flag(&self, name: &str) -> Result<bool, String> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(format!("{name}={other:?} of <{}> is not true or false", self.name)),
        }
    }

    /// An attribute that nobody knows is a mistake.
    pub fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.attributes.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(other) => Err(format!("<{}> has no attribute {other} in this stand-in", self.name)),
        }
    }

    /// All words in it, with single spaces.
    pub fn all_text(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All elements in it.
    pub fn descendants(&self) -> Box<dyn Iterator<Item = &Element> + '_> {
        Box::new(self.children.iter().flat_map(|child| std::iter::once(child).chain(child.descendants())))
    }

    /// Its words belong to the element around it, too.
    fn close_into(self, parent: &mut Element) {
        parent.text.push_str(&self.text);
        parent.children.push(self);
    }
}

/// Reads a document. Errors: in words.
pub(super) fn read(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    // The first is the document itself, which holds the one element.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| format!("this is no XML: {error}"))? {
            Event::Start(start) if open.len() <= DEPTH_MAX => open.push(begin(&start)?),
            Event::Start(_) => return Err(format!("more than {DEPTH_MAX} elements are inside each other")),
            Event::Empty(start) => add(&mut open, begin(&start)?)?,
            Event::End(_) => {
                let closed = open.pop().unwrap_or_default();
                add(&mut open, closed)?;
            }
            Event::Text(words) => say(&mut open, &words.xml_content(quick_xml::XmlVersion::Implicit1_0)),
            Event::CData(words) => say(&mut open, &words.into_inner()),
            Event::GeneralRef(reference) => say(&mut open, &resolve(&reference)?),
            Event::Eof => return finish(open),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) => return Err("a document type has no place here".to_owned()),
        }
    }
}

fn begin(start: &BytesStart<'_>) -> Result<Element, String> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("<{name}>: {error}"))?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        let value = value.map_err(|error| format!("<{name}>: {error}"))?.into_owned();
        attributes.insert(attribute.key.as_ref().to_owned(), value);
    }
    Ok(Element { name, attributes, ..Element::default() })
}

fn add(open: &mut [Element], closed: Element) -> Result<(), String> {
    let is_document = open.len() == 1;
    let parent = open.last_mut().ok_or("an element is closed that was not opened")?;
    if is_document && !parent.children.is_empty() {
        return Err("a document has one element".to_owned());
    }
    if matches!(parent.name.as_str(), "Response" | "Gather") {
        parent.children.push(closed);
    } else {
        closed.close_into(parent);
    }
    Ok(())
}

fn say(open: &mut [Element], words: &str) {
    if let Some(parent) = open.last_mut() {
        parent.text.push_str(words);
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Ok(letter.to_string());
    }
    let name: &str = reference;
    resolve_predefined_entity(name).map(str::to_owned).ok_or_else(|| format!("&{name}; is unknown"))
}

/// The one element of the document. Words beside verbs are a mistake: nobody would hear them.
fn finish(mut open: Vec<Element>) -> Result<Element, String> {
    if open.len() > 1 {
        return Err("the document ends in the middle of an element".to_owned());
    }
    let root = open.pop().and_then(|mut document| document.children.pop()).ok_or("there is no element")?;
    let silent = std::iter::once(&root).chain(root.descendants());
    for element in silent.filter(|element| matches!(element.name.as_str(), "Response" | "Gather")) {
        if !element.all_text().is_empty() {
            return Err(format!("there is text in <{}> that nobody says", element.name));
        }
    }
    Ok(root)
}
