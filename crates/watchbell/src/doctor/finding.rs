//! One thing that was looked at: how it is, and what to do.

use std::fmt;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Fine,
    /// Worth a thought; pages go out all the same.
    Doubtful,
    /// Somebody may not be paged because of it.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    what: String,
    advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub(crate) fn fine(what: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fine, what: what.into(), advice: None }
    }

    /// Worth a thought, with what could be done.
    pub(crate) fn doubtful(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Doubtful, what: what.into(), advice: Some(advice.into()) }
    }

    /// Wrong, with what to do.
    pub(crate) fn wrong(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, what: what.into(), advice: Some(advice.into()) }
    }

    /// Something could not be looked at.
    pub(crate) fn unread(what: &str, error: &dyn fmt::Display) -> Self {
        Self::wrong(format!("{what} cannot be read: {error}"), "if it stays so, the log of the server says more")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Fine => "ok   ",
            Verdict::Doubtful => "hmm  ",
            Verdict::Wrong => "WRONG",
        };
        write!(f, "{mark}  {}", self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n       -> {advice}"),
            None => Ok(()),
        }
    }
}
