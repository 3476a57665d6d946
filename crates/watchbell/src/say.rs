//! What the command line prints: results on standard output, everything else on standard error.

/// A result, or a line for the person who typed the command.
#[expect(clippy::print_stdout, reason = "the command line speaks to a person here")]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// A complaint or a hint, which a pipe should not get.
#[expect(clippy::print_stderr, reason = "the command line speaks to a person here")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}
