//! `parse_mode=HTML`: <https://core.telegram.org/bots/api#html-style>. Strict: what is no known tag is an error.

use super::format::{Formatted, Open};

/// Reads a text; an error is what follows "can't parse entities: ".
pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let (mut out, mut open) = (Formatted::default(), Vec::<Open>::new());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let byte = source.len() - rest.len();
        rest = match next {
            '<' if rest.starts_with("</") => {
                let (name, after) = end_tag(rest, byte)?;
                out.close(matching(&mut open, name, byte)?);
                after
            }
            '<' => {
                let (tag, after) = start_tag(rest, byte)?;
                open.push(Open { offset: out.units(), ..tag });
                after
            }
            '&' => {
                let (letter, after) = character(rest);
                out.text.push(letter);
                after
            }
            letter => {
                out.text.push(letter);
                &rest[letter.len_utf8()..]
            }
        };
    }
    match open.pop() {
        Some(left) => Err(format!("Can't find end tag corresponding to start tag \"{}\"", left.name)),
        None => Ok(out),
    }
}

/// A start tag, with what stands behind it.
fn start_tag(rest: &str, byte: usize) -> Result<(Open, &str), String> {
    let unclosed = || format!("Unclosed start tag at byte offset {byte}");
    let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>').ok_or_else(unclosed)?;
    let name = rest[1..name_end].to_ascii_lowercase();
    let (attributes, after) = attributes(&rest[name_end..]).ok_or_else(unclosed)?;
    let attribute = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let (kind, url) = match name.as_str() {
        "b" | "strong" => (Some("bold"), None),
        "i" | "em" => (Some("italic"), None),
        "u" | "ins" => (Some("underline"), None),
        "s" | "strike" | "del" => (Some("strikethrough"), None),
        "tg-spoiler" => (Some("spoiler"), None),
        "span" if attribute("class").as_deref() == Some("tg-spoiler") => (Some("spoiler"), None),
        "span" => return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {byte}")),
        "code" => (Some("code"), None),
        "pre" => (Some("pre"), None),
        "blockquote" => (Some("blockquote"), None),
        "tg-emoji" => (None, None),
        "a" => (attribute("href").map(|_| "text_link"), attribute("href")),
        _ => return Err(format!("Unsupported start tag \"{name}\" at byte offset {byte}")),
    };
    Ok((Open { kind, name, byte, offset: 0, url }, after))
}

/// The name of an end tag, with what stands behind it.
fn end_tag(rest: &str, byte: usize) -> Result<(&str, &str), String> {
    let end = rest.find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {byte}"))?;
    Ok((rest[2..end].trim_end(), &rest[end + 1..]))
}

fn matching(open: &mut Vec<Open>, name: &str, byte: usize) -> Result<Open, String> {
    let last = open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {byte}"))?;
    if !name.is_empty() && !name.eq_ignore_ascii_case(&last.name) {
        let (expected, found) = (last.name, name.to_ascii_lowercase());
        return Err(format!(
            "Unmatched end tag at byte offset {byte}, expected \"</{expected}>\", found \"</{found}>\""
        ));
    }
    Ok(last)
}

type Attributes = Vec<(String, String)>;

/// The attributes up to the `>`, with what stands behind it; none where there is no `>`.
fn attributes(mut rest: &str) -> Option<(Attributes, &str)> {
    let mut all = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return Some((all, after));
        }
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>'))?;
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            all.push((name, String::new()));
            continue;
        };
        let (value, after) = attribute_value(after.trim_start())?;
        all.push((name, value));
        rest = after;
    }
}

fn attribute_value(rest: &str) -> Option<(String, &str)> {
    let (value, after) = match rest.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = rest[1..].find(quote)? + 1;
            (&rest[1..end], &rest[end + 1..])
        }
        _ => {
            let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
            (&rest[..end], &rest[end..])
        }
    };
    Some((unescape(value), after))
}

fn unescape(mut text: &str) -> String {
    let mut out = String::new();
    while let Some(next) = text.chars().next() {
        let (letter, after) = if next == '&' { character(text) } else { (next, &text[next.len_utf8()..]) };
        out.push(letter);
        text = after;
    }
    out
}

/// The character of `&lt;` and its like, with what stands behind it; `&` itself where it is none that Telegram knows.
fn character(rest: &str) -> (char, &str) {
    let named = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
    let known = named.iter().find_map(|(name, letter)| Some((*letter, rest.strip_prefix(name)?)));
    known.or_else(|| numbered(rest)).unwrap_or(('&', &rest[1..]))
}

fn numbered(rest: &str) -> Option<(char, &str)> {
    let (number, after) = rest.strip_prefix("&#")?.split_once(';')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    Some((char::from_u32(code.ok()?)?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tag_of_telegram_is_refused_with_its_place() {
        let cases = [
            ("<b>Disk", "Can't find end tag corresponding to start tag \"b\""),
            ("<b>a</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("é</b>", "Unexpected end tag at byte offset 2"),
            ("load < 5", "Unclosed start tag at byte offset 5"),
            ("<p>a</p>", "Unsupported start tag \"p\" at byte offset 0"),
            ("mail <ops@example.org> now", "Unsupported start tag \"ops@example.org\" at byte offset 5"),
            ("<br>", "Unsupported start tag \"br\" at byte offset 0"),
            ("<a href=\"x", "Unclosed start tag at byte offset 0"),
            ("<b>a</b", "Unclosed end tag at byte offset 4"),
            ("<span>a</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ];
        for (source, error) in cases {
            assert_eq!(parse(source), Err(error.into()), "{source}");
        }
    }

    #[test]
    fn escapes_are_read() {
        let text = |source| parse(source).map(|formatted| formatted.text);
        assert_eq!(text("a &amp; b &#60;&#x3e; &copy; & &quot;").as_deref(), Ok("a & b <> &copy; & \""));
        assert_eq!(text("<PRE>x</pre> <a href='u' >l</a>").as_deref(), Ok("x l"));
    }
}
