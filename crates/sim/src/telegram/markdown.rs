//! `parse_mode=MarkdownV2`: <https://core.telegram.org/bots/api#markdownv2-style>. Strict: a mark that means nothing is an error.

use super::format::{Formatted, Open};

const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// What is read, and what has begun.
struct Reader<'a> {
    source: &'a str,
    rest: &'a str,
    out: Formatted,
    open: Vec<Open>,
}

/// Reads a text; an error is what follows "can't parse entities: ".
pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let mut reader = Reader { source, rest: source, out: Formatted::default(), open: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step()?;
    }
    match reader.open.pop() {
        Some(left) => Err(format!("Can't find end of {} entity at byte offset {}", left.name, left.byte)),
        None => Ok(reader.out),
    }
}

impl Reader<'_> {
    fn step(&mut self) -> Result<(), String> {
        let Some(letter) = self.rest.chars().next() else { return Ok(()) };
        if letter == '\\' && self.rest[1..].starts_with(|c: char| c.is_ascii() && c != '\0') {
            self.rest = &self.rest[1..];
            self.take_letter();
            return Ok(());
        }
        if self.ends_here() {
            return self.end();
        }
        let is_code = self.open.last().is_some_and(|open| matches!(open.kind, Some("code" | "pre")));
        if is_code || !RESERVED.contains(letter) {
            self.take_letter();
            return Ok(());
        }
        self.begin(letter)
    }

    fn take_letter(&mut self) {
        if let Some(letter) = self.rest.chars().next() {
            self.out.text.push(letter);
            self.rest = &self.rest[letter.len_utf8()..];
        }
    }

    fn byte(&self) -> usize {
        self.source.len() - self.rest.len()
    }

    /// The mark that ends what began last.
    fn closing(&self) -> Option<&'static str> {
        Some(match self.open.last()?.kind? {
            "bold" => "*",
            "italic" => "_",
            "underline" => "__",
            "strikethrough" => "~",
            "spoiler" => "||",
            "code" => "`",
            "pre" => "```",
            _ => "]",
        })
    }

    fn ends_here(&self) -> bool {
        let Some(closing) = self.closing() else { return false };
        // Two underscores begin or end an underline, also inside of italics.
        self.rest.starts_with(closing) && (closing != "_" || !self.rest.starts_with("__"))
    }

    fn end(&mut self) -> Result<(), String> {
        let length = self.closing().map_or(0, str::len);
        self.rest = &self.rest[length..];
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if open.kind == Some("text_link") {
            open.url = self.take_url()?;
            open.kind = open.kind.filter(|_| open.url.is_some());
        }
        self.out.close(open);
        Ok(())
    }

    /// The `(address)` behind the text of a link.
    fn take_url(&mut self) -> Result<Option<String>, String> {
        let Some(after) = self.rest.strip_prefix('(') else { return Ok(None) };
        let (begins_at, mut url, mut letters) = (self.byte(), String::new(), after.chars());
        loop {
            match letters.next() {
                None => return Err(format!("Can't find end of a URL at byte offset {begins_at}")),
                Some(')') => break,
                Some('\\') => url.extend(letters.next()),
                Some(letter) => url.push(letter),
            }
        }
        self.rest = letters.as_str();
        Ok(Some(url))
    }

    fn begin(&mut self, letter: char) -> Result<(), String> {
        let at_line_start = self.out.text.is_empty() || self.out.text.ends_with('\n');
        let (mark, kind, name) = match letter {
            '*' => ("*", "bold", "Bold"),
            '_' if self.rest.starts_with("__") => ("__", "underline", "Underline"),
            '_' => ("_", "italic", "Italic"),
            '~' => ("~", "strikethrough", "Strikethrough"),
            '|' if self.rest.starts_with("||") => ("||", "spoiler", "Spoiler"),
            '`' if self.rest.starts_with("```") => ("```", "pre", "Pre"),
            '`' => ("`", "code", "Code"),
            '[' => ("[", "text_link", "TextUrl"),
            '>' if at_line_start => {
                self.rest = &self.rest[1..];
                return Ok(());
            }
            _ => return Err(format!("Character '{letter}' is reserved and must be escaped with the preceding '\\'")),
        };
        let (byte, offset) = (self.byte(), self.out.units());
        self.open.push(Open { kind: Some(kind), name: name.into(), byte, offset, url: None });
        self.rest = &self.rest[mark.len()..];
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_means_nothing_is_refused() {
        let reserved = |c: char| format!("Character '{c}' is reserved and must be escaped with the preceding '\\'");
        let cases = [
            ("db-1", reserved('-')),
            ("full.", reserved('.')),
            ("a > b", reserved('>')),
            ("(a)", reserved('(')),
            ("a | b", reserved('|')),
            ("*a", "Can't find end of Bold entity at byte offset 0".into()),
            ("é _a", "Can't find end of Italic entity at byte offset 3".into()),
            ("[a](http", "Can't find end of a URL at byte offset 3".into()),
        ];
        for (source, error) in cases {
            assert_eq!(parse(source), Err(error), "{source}");
        }
    }

    #[test]
    fn marks_nest_and_escapes_are_read() {
        let text = |source| parse(source).map(|formatted| formatted.text);
        assert_eq!(text("*a _b __c___ d*").as_deref(), Ok("a b c d"));
        assert_eq!(text("`a-b.c` ```x*y```").as_deref(), Ok("a-b.c x*y"));
        assert_eq!(text("\\*a\\* \\\\ ||b|| ~c~").as_deref(), Ok("*a* \\ b c"));
        assert_eq!(text(">said\nthat").as_deref(), Ok("said\nthat"));
    }
}
