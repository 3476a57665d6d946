//! What is said on a call, before a provider puts it into its own form.

use watchbell_core::language::Language;

/// What is said, and which key is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// In which language.
    pub language: Language,
    /// What is said, sentence by sentence. Outside text is cleaned by whoever writes a script, and escaped by the provider's form.
    pub lines: Vec<Line>,
    /// Keys that are waited for while and after it is said; `None`: the call ends after the last line.
    pub keys: Option<Keys>,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Words.
    Say(String),
    /// Silence, in seconds.
    Pause(u8),
}

/// A key is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Where it is told.
    pub url: String,
    /// How long is waited after the last line, in seconds. Without a key the address is called all the same.
    pub wait_s: u8,
}
