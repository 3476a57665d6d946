//! A person as pages print one: name, initials, and a colour that stays the same everywhere.

use maud::{Markup, html};
use watchbell_core::ids::UserId;

/// Hues that a person may get by hash; the last class of `people.css`, red, is left to errors.
const HUES: u32 = 11;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Name as people say it.
    pub name: String,
}

impl Person {
    /// Makes one.
    pub fn new(id: UserId, name: impl Into<String>) -> Self {
        Self { id, name: name.into() }
    }

    /// First letters of the first and last word, upper case; `?` where the name has none.
    pub fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().collect();
        let letter = |word: Option<&&str>| word.and_then(|word| word.chars().find(|c| c.is_alphanumeric()));
        let last = words.get(1..).and_then(<[&str]>::last);
        let initials: String =
            letter(words.first()).into_iter().chain(letter(last)).flat_map(char::to_uppercase).collect();
        if initials.is_empty() { "?".into() } else { initials }
    }

    /// Class of the person's hue (FNV-1a of the id: stable across nodes and releases).
    pub fn hue(&self) -> String {
        let hash = self
            .id
            .0
            .to_le_bytes()
            .iter()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        format!("h{}", hash % HUES)
    }

    /// The round picture; decoration, because the name stands beside it.
    pub fn avatar(&self) -> Markup {
        html! { span.avatar.(self.hue()) aria-hidden="true" { (self.initials()) } }
    }

    /// The small picture, for a line of text.
    pub fn avatar_small(&self) -> Markup {
        html! { span.avatar.small.(self.hue()) aria-hidden="true" { (self.initials()) } }
    }

    /// Small picture and name.
    pub fn inline(&self) -> Markup {
        html! { span.person { (self.avatar_small()) (self.name) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        let initials = |name: &str| Person::new(UserId(1), name).initials();
        assert_eq!(initials("Ann Lee"), "AL");
        assert_eq!(initials("Ann Maria van Lee"), "AL");
        assert_eq!(initials("élodie"), "É");
        assert_eq!(initials(" \u{202e} "), "?");
    }

    #[test]
    fn a_hue_is_stable_and_never_red() {
        assert_eq!(Person::new(UserId(7), "a").hue(), Person::new(UserId(7), "b").hue());
        assert!((0..500).all(|id| Person::new(UserId(id), "x").hue() != "h11"));
    }
}
