//! Text from outside: without NUL (PostgreSQL refuses it), with a length, folded where it is compared.

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the limit.
    #[error("must be at most {max} characters, this has {chars}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What was sent.
        chars: usize,
    },
}

/// A text of 1 to `MAX` characters, trimmed, without NUL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Takes a text as it is, or says what is wrong with it. NUL characters are left out.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        let clean = without_nul(raw.trim());
        let chars = clean.chars().count();
        match chars {
            0 => Err(TextError::Empty),
            _ if chars > MAX => Err(TextError::TooLong { max: MAX, chars }),
            _ => Ok(Self(clean)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A text cut to `max` characters, trimmed, without NUL: for content, where cutting is better than refusing a page.
pub fn cut(raw: &str, max: usize) -> String {
    let clean = without_nul(raw.trim());
    match clean.char_indices().nth(max) {
        None => clean,
        Some(_) => clean.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Whether a text names a part as words of its own, in whatever case: "Contoso: disk full" names Contoso, "Digital sign" does not
/// name IT, and "#421" does not name #42. Nothing names an empty part.
pub fn names(text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    let is_border = |next: Option<char>, at: Option<char>| {
        !(next.is_some_and(char::is_alphanumeric) && at.is_some_and(char::is_alphanumeric))
    };
    !part.is_empty()
        && text.match_indices(&part).any(|(at, found)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
            is_border(before, found.chars().next()) && is_border(after, found.chars().next_back())
        })
}

/// How texts are compared: trimmed, Unicode lower case. Done here, because SQLite's `lower()` knows ASCII only.
pub fn fold(raw: &str) -> String {
    without_nul(raw.trim()).to_lowercase()
}

fn without_nul(raw: &str) -> String {
    raw.chars().filter(|c| *c != '\0').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_by_words_of_its_own() {
        for (text, part, expected) in [
            ("Contoso: disk full", "contoso", true),
            ("Disk full at Contoso", "Contoso", true),
            ("Digital sign offline", "IT", false),
            ("The IT room is hot", "IT", true),
            ("See #421", "#42", false),
            ("See #42.", "#42", true),
            ("Digital IT", "it", true),
            ("anything", "", false),
            ("ÜBER Öl", "öl", true),
        ] {
            assert_eq!(names(text, part), expected, "{part} in {text}");
        }
    }

    #[test]
    fn a_text_is_trimmed_counted_in_characters_and_rid_of_nul() {
        assert_eq!(Text::<3>::parse(" ä\0öü ").map(Text::into_string), Ok("äöü".into()));
        assert_eq!(Text::<3>::parse("äöüß"), Err(TextError::TooLong { max: 3, chars: 4 }));
        assert_eq!(Text::<3>::parse(" \0 "), Err(TextError::Empty));
    }

    #[test]
    fn cutting_keeps_the_limit_and_marks_the_cut() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
    }

    #[test]
    fn folding_knows_more_than_ascii() {
        assert_eq!(fold("  ÄRGER İ "), "ärger i\u{307}");
    }
}
