//! Text that fits one short message: the basic alphabet of GSM 03.38, 160 characters of 7 bits.

/// Longest answer, in characters of 7 bits.
pub(super) const CHARS_MAX: usize = 160;

/// Letters beside ASCII that take one place, of those that English and German use.
const LETTERS: &str = "äöüÄÖÜßàèéùìòñÑÅåÆæØøÇÉ§¡¿£¥";

/// The text in this alphabet: what is not in it is written with what is nearest.
pub(super) fn write(text: &str) -> String {
    text.chars().map(letter).collect()
}

fn letter(c: char) -> char {
    match c {
        // In GSM these take two places, or are none of it.
        '[' | '{' => '(',
        ']' | '}' => ')',
        '\\' | '|' => '/',
        '^' | '`' | '´' | '‘' | '’' => '\'',
        '~' | '–' | '—' | '‑' | '\u{2212}' => '-',
        '“' | '”' | '„' | '«' | '»' => '"',
        '…' => '.',
        'á' | 'â' | 'ã' => 'a',
        'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'û' => 'u',
        'ç' => 'c',
        c if c.is_whitespace() || c.is_control() => ' ',
        c if c.is_ascii() || LETTERS.contains(c) => c,
        _ => '?',
    }
}

/// The beginning of a text that fits, with its cut marked.
pub(super) fn fit(text: &str, chars_max: usize) -> String {
    let written = write(text);
    match written.chars().count() <= chars_max {
        true => written,
        false => {
            let kept: String = written.chars().take(chars_max.saturating_sub(2)).collect();
            format!("{}..", kept.trim_end())
        }
    }
}

/// Whether a text takes one place a character, and not more than there are.
#[cfg(test)]
pub(super) fn fits(text: &str) -> bool {
    text.chars().count() <= CHARS_MAX && text.chars().all(|c| letter(c) == c)
}
