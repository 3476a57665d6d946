//! Text with marks, read by its `parse_mode`.

use super::{TelegramEntity, html, markdown, refusal::Refusal};

/// Text of a message, in UTF-16 units, without its marks.
const TEXT_UNITS_MAX: usize = 4_096;

/// A text without marks, and what the marks said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Formatted {
    pub text: String,
    pub entities: Vec<TelegramEntity>,
}

/// A part that has begun and not ended.
#[derive(Debug)]
pub(super) struct Open {
    /// `bold` and so on; none where the mark means nothing.
    pub kind: Option<&'static str>,
    /// As the mark is called in errors.
    pub name: String,
    /// Where the mark stands, in bytes of the source.
    pub byte: usize,
    /// Where the part begins in the text, in UTF-16 units.
    pub offset: usize,
    pub url: Option<String>,
}

impl Formatted {
    /// Reads a text in a mode: none, `HTML` or `MarkdownV2`.
    pub fn read(source: &str, mode: Option<&str>) -> Result<Self, Refusal> {
        let read = match mode.map(str::to_ascii_lowercase).as_deref() {
            None => Ok(Self { text: source.into(), entities: Vec::new() }),
            Some("html") => html::parse(source),
            Some("markdownv2") => markdown::parse(source),
            Some(_) => return Err(Refusal::bad("unsupported parse_mode")),
        };
        let mut formatted = read.map_err(|what| Refusal::entities(&what))?;
        formatted.entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
        if formatted.text.trim().is_empty() {
            return Err(Refusal::bad("message text is empty"));
        }
        if formatted.units() > TEXT_UNITS_MAX {
            return Err(Refusal::bad("message is too long"));
        }
        Ok(formatted)
    }

    /// The length of the text so far, in UTF-16 units.
    pub fn units(&self) -> usize {
        self.text.encode_utf16().count()
    }

    /// Ends a part here.
    pub fn close(&mut self, open: Open) {
        let length = self.units() - open.offset;
        if let Some(kind) = open.kind.filter(|_| length > 0) {
            self.entities.push(TelegramEntity { kind, offset: open.offset, length, url: open.url });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entities(formatted: &Formatted) -> Vec<(&'static str, usize, usize)> {
        formatted.entities.iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect()
    }

    #[test]
    fn both_modes_read_the_same_text() {
        let html = "\u{1f525} <b>Disk <i>full</i></b> &lt;db-1&gt; <a href=\"https://a.example/?x=1&amp;y=2\">open</a> <code>df</code>";
        let markdown = "\u{1f525} *Disk _full_* <db\\-1\\> [open](https://a.example/?x=1&y=2) `df`";
        let (html, markdown) =
            (Formatted::read(html, Some("HTML")).unwrap(), Formatted::read(markdown, Some("MarkdownV2")).unwrap());
        assert_eq!(html.text, "\u{1f525} Disk full <db-1> open df");
        assert_eq!(html, markdown);
        assert_eq!(entities(&html), [("bold", 3, 9), ("italic", 8, 4), ("text_link", 20, 4), ("code", 25, 2)]);
        assert_eq!(html.entities[2].url.as_deref(), Some("https://a.example/?x=1&y=2"));
    }

    #[test]
    fn texts_have_a_mode_a_beginning_and_an_end() {
        let refused = |text: &str, mode| Formatted::read(text, mode).unwrap_err().description;
        assert_eq!(refused(" ", None), "Bad Request: message text is empty");
        assert_eq!(refused("<b></b>", Some("HTML")), "Bad Request: message text is empty");
        assert_eq!(refused("a", Some("XML")), "Bad Request: unsupported parse_mode");
        assert_eq!(refused(&"a".repeat(4_097), None), "Bad Request: message is too long");
        assert!(Formatted::read(&format!("<b>{}</b>", "a".repeat(4_096)), Some("HTML")).is_ok());
    }
}
