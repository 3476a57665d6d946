//! What a check found, and where.

use std::fmt;

/// Whether a finding fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Fails it.
    Error,
    /// Is only told.
    Note,
}

/// One thing that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, relative to the repository.
    pub path: String,
    /// The line, from 1; 0 where the finding concerns the whole file.
    pub line: usize,
    /// What is wrong, and what to do.
    pub text: String,
    /// Whether it fails the run.
    pub weight: Weight,
}

impl Finding {
    /// An error at a line of a file.
    pub fn at(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.into(), line, text: text.into(), weight: Weight::Error }
    }

    /// An error that concerns a whole file.
    pub fn of(path: &str, text: impl Into<String>) -> Self {
        Self::at(path, 0, text)
    }

    /// Something worth a look that fails nothing.
    pub fn note(path: &str, text: impl Into<String>) -> Self {
        Self { weight: Weight::Note, ..Self::of(path, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let note = if self.weight == Weight::Note { "note: " } else { "" };
        match self.line {
            0 => write!(out, "  {}: {note}{}", self.path, self.text),
            line => write!(out, "  {}:{line}: {note}{}", self.path, self.text),
        }
    }
}
