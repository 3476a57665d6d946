//! The number that people call a ticket by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest ticket number accepted, in characters.
const NUMBER_CHARS_MAX: usize = 40;

/// `TYYYYMMDD.NNNN`: the date of creation and a daily sequence. An instance of a recurring ticket adds `.NNN`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber(String);

/// The text has not the form of a ticket number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a ticket number looks like T20260131.0001")]
pub struct NotATicketNumber;

impl TicketNumber {
    /// The number as Autotask prints it, with a capital `T`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a recurring ticket made this one (`T20120604.0002.005`).
    pub fn is_recurring_instance(&self) -> bool {
        self.0.matches('.').count() == 2
    }
}

impl FromStr for TicketNumber {
    type Err = NotATicketNumber;

    fn from_str(text: &str) -> Result<Self, NotATicketNumber> {
        let text = text.trim();
        let rest = text.strip_prefix(['T', 't']).ok_or(NotATicketNumber)?;
        let mut parts = rest.split('.');
        let date = parts.next().is_some_and(|p| p.len() == 8 && is_digits(p));
        let sequence = parts.next().is_some_and(|p| p.len() >= 4 && is_digits(p));
        let instance = parts.next().is_none_or(|p| p.len() >= 3 && is_digits(p));
        let whole = date && sequence && instance && parts.next().is_none() && text.len() <= NUMBER_CHARS_MAX;
        if whole { Ok(Self(format!("T{rest}"))) } else { Err(NotATicketNumber) }
    }
}

fn is_digits(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

impl TryFrom<String> for TicketNumber {
    type Error = NotATicketNumber;

    fn try_from(text: String) -> Result<Self, NotATicketNumber> {
        text.parse()
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> Self {
        number.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn knows_its_own_form() {
        for good in ["T20191029.0002", " t20191029.0002 ", "T20191029.123456", "T20120604.0002.005"] {
            assert!(good.parse::<TicketNumber>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "T",
            "20191029.0002",
            "T2019102.0002",
            "T20191029.002",
            "T20120604.0002.05",
            "T20120604.0002.005.1",
            "T２０１９1029.0002",
        ] {
            assert!(bad.parse::<TicketNumber>().is_err(), "{bad}");
        }
        assert!(format!("T20191029.{}", "0".repeat(99)).parse::<TicketNumber>().is_err());
        assert_eq!("t20191029.0002".parse::<TicketNumber>().unwrap().as_str(), "T20191029.0002");
    }

    #[test]
    fn tells_a_recurring_instance() {
        assert!("T20120604.0002.005".parse::<TicketNumber>().unwrap().is_recurring_instance());
        assert!(!"T20120604.0002".parse::<TicketNumber>().unwrap().is_recurring_instance());
    }
}
