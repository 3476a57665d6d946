//! Lines of iCalendar text: folded ones joined, taken apart into name, parameters and value.

/// A content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// In upper case.
    pub name: String,
    /// Names in upper case; quotes are gone.
    pub params: Vec<(String, String)>,
    /// As it stands.
    pub value: String,
}

impl Line {
    /// The value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value as text, without the escapes of RFC 5545.
    pub fn text(&self) -> String {
        let (mut text, mut chars) = (String::new(), self.value.chars());
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                _ => text.push(c),
            }
        }
        text.trim().to_owned()
    }
}

/// The lines of a text; those that cannot be read are left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> {
    unfolded(text).into_iter().filter_map(|line| parse(&line))
}

/// A line that begins with a blank goes on with the one before.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn parse(line: &str) -> Option<Line> {
    let (head, value) = split_at_free(line, ':')?;
    let mut parts = parts(head).into_iter();
    let name = parts.next()?.trim().to_ascii_uppercase();
    let params = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
    });
    Some(Line { name, params: params.collect(), value: value.to_owned() })
}

fn parts(head: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), head);
    while let Some((part, more)) = split_at_free(rest, ';') {
        found.push(part);
        rest = more;
    }
    found.push(rest);
    found
}

/// Splits at the first mark outside quotes.
fn split_at_free(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if c == mark && !quoted => return Some((&text[..at], &text[at + mark.len_utf8()..])),
            _ => {}
        }
    }
    None
}
