//! What the command line prints: results on standard output, everything else on standard error.

use std::io::{self, Write as _};

/// A line for the person who typed the command. One who stops reading (`| head`) has read enough.
pub(crate) fn line(text: &str) {
    let _ = result(text);
}

/// What a command was run for: one that nobody could read has to be known.
pub(crate) fn result(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush())
}

/// A complaint or a hint, which a pipe should not get.
#[expect(clippy::print_stderr, reason = "the command line speaks to a person here")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}
