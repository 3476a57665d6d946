//! The languages that people are written and spoken to in.

use crate::user::words;

/// Functions that give a text in every language: `labels! { pub fn; open: "Open", "Öffnen"; }`. Whoever adds a language is told by the
/// compiler what is missing.
#[macro_export]
macro_rules! labels {
    ($vis:vis fn; $($(#[$doc:meta])* $name:ident: $en:literal, $de:literal;)+) => {$(
        $(#[$doc])*
        $vis const fn $name(language: $crate::language::Language) -> &'static str {
            match language {
                $crate::language::Language::English => $en,
                $crate::language::Language::German => $de,
            }
        }
    )+};
}

/// The same for texts with something to fill in: names in braces are those of the arguments.
#[macro_export]
macro_rules! sentences {
    ($vis:vis fn; $($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),+): $en:literal, $de:literal;)+) => {$(
        $(#[$doc])*
        $vis fn $name(language: $crate::language::Language, $($arg: $type),+) -> String {
            match language {
                $crate::language::Language::English => format!($en),
                $crate::language::Language::German => format!($de),
            }
        }
    )+};
}

words! {
    /// A language.
    #[derive(Default)]
    Language {
        /// English.
        #[default]
        English = "en",
        /// German.
        German = "de",
    }
}

impl Language {
    /// Its name in itself, for choices.
    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// That of a tag such as `de-AT` (RFC 5646); English where there is none of ours.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        Self::parse(&primary).unwrap_or(Language::English)
    }

    /// As a provider names a voice that speaks it.
    pub const fn voice_tag(self) -> &'static str {
        match self {
            Language::English => "en-GB",
            Language::German => "de-DE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_a_language_by_its_first_part() {
        for (tag, expected) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("DE_ch", Language::German),
            ("en-US", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(tag), expected, "{tag}");
        }
    }
}
