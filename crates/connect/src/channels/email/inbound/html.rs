//! HTML as text: one pass, nothing is interpreted. What the mail program marks as quoted is left out.

/// Elements that begin a new line.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "hr",
    "pre",
    "section",
    "article",
    "center",
];
/// Elements whose content nobody sees.
const HIDDEN: [&str; 6] = ["head", "style", "script", "title", "template", "noscript"];
/// What marks the mail that is answered: Gmail, Outlook (three of them), Thunderbird, Yahoo, Proton.
const QUOTES: [&str; 9] = [
    "gmail_quote",
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
    "border-top:solid #e1e1e1",
    "border-top:solid #b5c4df",
];

/// The text of a document up to what it quotes. Where nothing stands above that, all of it.
pub(super) fn to_text(html: &str) -> String {
    let above = walk(html, true);
    if above.trim().is_empty() { walk(html, false) } else { above }
}

fn walk(html: &str, stops_at_quote: bool) -> String {
    let mut text = Text::default();
    let (mut rest, mut hidden): (&str, Option<&str>) = (html, None);
    while let Some(at) = rest.find('<') {
        if hidden.is_none() {
            text.push(&rest[..at]);
        }
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(end) = rest.find('>') else { return text.finish() };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let (is_end, name) = name_of(tag);
        match hidden {
            Some(inside) if is_end && name == inside => hidden = None,
            Some(_) => {}
            None if stops_at_quote && !is_end && is_quote(&name, tag) => return text.finish(),
            None if !is_end && !tag.ends_with('/') => {
                hidden = HIDDEN.iter().copied().find(|inside| *inside == name);
                text.element(&name);
            }
            None => text.element(&name),
        }
    }
    if hidden.is_none() {
        text.push(rest);
    }
    text.finish()
}

fn name_of(tag: &str) -> (bool, String) {
    let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
    (is_end, tag.chars().take_while(char::is_ascii_alphanumeric).take(12).collect::<String>().to_ascii_lowercase())
}

fn is_quote(name: &str, tag: &str) -> bool {
    let head = &tag[..tag.floor_char_boundary(1_000)];
    let lower = head.to_ascii_lowercase();
    name == "blockquote" || QUOTES.iter().any(|mark| lower.contains(mark))
}

/// Text that grows: white space is one space, elements begin lines.
#[derive(Default)]
struct Text {
    written: String,
    space: bool,
}

impl Text {
    fn element(&mut self, name: &str) {
        let is_double_break = name == "br" && self.written.ends_with('\n') && !self.written.ends_with("\n\n");
        if BLOCKS.contains(&name) && (!self.written.ends_with('\n') || is_double_break) {
            self.written.push('\n');
            self.space = false;
        }
    }

    fn push(&mut self, raw: &str) {
        for c in decode(raw).chars() {
            if c.is_whitespace() {
                self.space = true;
                continue;
            }
            if self.space && !self.written.is_empty() && !self.written.ends_with('\n') {
                self.written.push(' ');
            }
            self.space = false;
            self.written.push(c);
        }
    }

    fn finish(self) -> String {
        self.written
    }
}

/// Character references: by number, and the names that mail programs write.
fn decode(raw: &str) -> String {
    let mut decoded = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let near = &rest[..rest.floor_char_boundary(12)];
        match near.find(';').and_then(|end| Some((end, reference(&rest[1..end])?))) {
            Some((end, c)) => {
                decoded.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "hellip" => '…',
        "euro" => '€',
        _ => return None,
    })
}
