//! Outside text inside XML: what is said on a call.

/// A text that cannot leave its element or attribute: the five special characters become entities, and what XML 1.0 does not
/// allow at all becomes a space.
pub(super) fn escape(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => clean.push_str("&amp;"),
            '<' => clean.push_str("&lt;"),
            '>' => clean.push_str("&gt;"),
            '"' => clean.push_str("&quot;"),
            '\'' => clean.push_str("&apos;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => clean.push(' '),
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_special_is_left() {
        assert_eq!(escape("a<b>&\"c\"'d'\u{7}\n\u{ffff}é"), "a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;   é");
    }
}
