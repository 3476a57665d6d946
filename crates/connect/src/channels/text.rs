//! Outside text on its way to a person: limited, and without characters that change lines or directions unseen.

/// One line: white space and control characters become single spaces; cut to `chars_max` with an ellipsis.
pub(super) fn line(raw: &str, chars_max: usize) -> String {
    let mut clean = String::with_capacity(raw.len().min(chars_max * 4));
    for word in raw.split(|c: char| c.is_whitespace() || c.is_control()).map(visible).filter(|word| !word.is_empty()) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(&word);
        if clean.len() > chars_max * 4 {
            break;
        }
    }
    cut(clean, chars_max)
}

/// Several lines: line breaks are kept (at most one empty line in a row), other control characters go; cut to `chars_max`.
pub(super) fn paragraph(raw: &str, chars_max: usize) -> String {
    let mut clean = String::new();
    let mut empty = 0;
    for each in raw.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']) {
        let kept: String = visible(each).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let kept = kept.trim_end();
        empty = if kept.is_empty() { empty + 1 } else { 0 };
        if empty > 1 {
            continue;
        }
        clean.push_str(kept);
        clean.push('\n');
        if clean.len() > chars_max * 4 {
            break;
        }
    }
    cut(clean.trim().to_owned(), chars_max)
}

/// A link that may be clicked: http or https, no white space. Anything else is no link.
pub(super) fn web_link(raw: &str) -> Option<&str> {
    let scheme = raw.starts_with("https://") || raw.starts_with("http://");
    let clean =
        raw.len() <= 2_000 && !raw.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    (scheme && clean).then_some(raw)
}

/// Cut to a number of bytes, at a character, with an ellipsis.
pub(super) fn cut_bytes(text: String, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text;
    }
    let end = text.floor_char_boundary(bytes_max.saturating_sub('…'.len_utf8()));
    format!("{}…", text[..end].trim_end())
}

fn cut(text: String, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text,
        Some(_) => {
            let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// Without characters that have no shape of their own and reorder or hide their neighbours (Unicode UAX 9, tags, BOM).
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{0}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        for (raw, expected) in [
            ("  Disk \t full \r\n Bcc: x@y ", "Disk full Bcc: x@y"),
            ("a\u{0}b\u{7}c", "a b c"),
            ("pay\u{202e}fdp.exe", "payfdp.exe"),
            ("12345678901", "123456789…"),
            ("1234567890", "1234567890"),
            ("äöüäöüäöüäöü", "äöüäöüäöü…"),
            ("", ""),
        ] {
            assert_eq!(line(raw, 10.max(expected.chars().count())), expected, "{raw:?}");
        }
    }

    #[test]
    fn a_paragraph_keeps_its_lines() {
        assert_eq!(paragraph("a\r\nb\n\n\n\nc\u{7}d\n", 100), "a\nb\n\nc d");
        assert_eq!(paragraph("abcdef", 4), "abc…");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web_link("https://x.example/a?b=c#d"), Some("https://x.example/a?b=c#d"));
        for bad in ["javascript:alert(1)", "ftp://x", "https://x y", "https://x\"onclick=", "//x", "", "mailto:a@b"] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn bytes_are_cut_between_characters() {
        assert_eq!(cut_bytes("ääää".into(), 7), "ää…");
        assert_eq!(cut_bytes("abc".into(), 3), "abc");
    }

    proptest::proptest! {
        #[test]
        fn any_text_keeps_to_its_limit_and_to_its_line(raw in "(?s).{0,200}", chars_max in 1..60usize) {
            let (one, many) = (line(&raw, chars_max), paragraph(&raw, chars_max));
            proptest::prop_assert!(one.chars().count() <= chars_max && many.chars().count() <= chars_max);
            proptest::prop_assert!(!one.contains(char::is_control));
            proptest::prop_assert!(!many.contains(|c: char| c.is_control() && c != '\n'));
            proptest::prop_assert!(cut_bytes(raw.clone(), chars_max + 3).len() <= chars_max + 3);
        }
    }
}
