//! Telephone numbers as people write them, made into the one form that providers take.

use phonenumber::{Mode, ParseError, country};

/// Longest text that is read, in characters.
const CHARS_MAX: usize = 40;

/// A number that can exist, in the form of E.164, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: String,
    region: Option<String>,
}

/// A text is no telephone number; says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPhoneNumber {
    /// Nothing was entered.
    #[error("enter a phone number")]
    Empty,
    /// The country is not known, so that the number must begin with its code.
    #[error("begin with the country code, such as +49 30 123456")]
    NoCountry,
    /// Letters, or too long.
    #[error("this is not a phone number: write it like +49 30 123456")]
    Unreadable,
    /// An extension cannot be called or written to.
    #[error("a number with an extension cannot be reached: enter the direct number")]
    Extension,
    /// Too short.
    #[error("this number is too short")]
    TooShort,
    /// Too long.
    #[error("this number is too long")]
    TooLong,
    /// No network of its country has such numbers.
    #[error("this number does not exist in its country: check its digits and its country code")]
    NotInUse,
}

impl PhoneNumber {
    /// Reads a number as it is written in a region (ISO 3166-1, such as `DE`), or with its country code anywhere.
    pub fn parse(text: &str, region: &str) -> Result<Self, BadPhoneNumber> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadPhoneNumber::Empty);
        }
        // Words would be read as the letters on a dial: a typing mistake would call a stranger.
        if text.chars().count() > CHARS_MAX || text.chars().any(char::is_alphabetic) {
            return Err(BadPhoneNumber::Unreadable);
        }
        let region: Option<country::Id> = region.trim().to_uppercase().parse().ok();
        let number = phonenumber::parse(region, text).map_err(|fault| why(&fault))?;
        if number.extension().is_some() {
            return Err(BadPhoneNumber::Extension);
        }
        if !phonenumber::is_valid(&number) {
            return Err(BadPhoneNumber::NotInUse);
        }
        // Some regions share a code and a form (Italy and the Vatican): then the main one.
        let code = number.country().code();
        let main = || phonenumber::metadata::DATABASE.region(&code)?.first().map(|region| (*region).to_owned());
        let region = number.country().id().map(|id| id.as_ref().to_owned()).or_else(main);
        Ok(Self { e164: number.format().mode(Mode::E164).to_string(), region })
    }

    /// `+4930123456`
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The region (ISO 3166-1) that it belongs to, where there is one.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl std::fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.e164)
    }
}

fn why(fault: &ParseError) -> BadPhoneNumber {
    match fault {
        ParseError::InvalidCountryCode => BadPhoneNumber::NoCountry,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => BadPhoneNumber::TooShort,
        ParseError::TooLong => BadPhoneNumber::TooLong,
        _ => BadPhoneNumber::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_in_its_country() {
        for (text, region, e164, of) in [
            ("0151 23456789", "DE", "+4915123456789", "DE"),
            ("(030) 12 34 56-78", "de", "+493012345678", "DE"),
            ("+41 79 123 45 67", "DE", "+41791234567", "CH"),
            ("0043 664 1234567", "DE", "+436641234567", "AT"),
            ("(415) 555-2671", "US", "+14155552671", "US"),
            ("011 44 20 7946 0958", "US", "+442079460958", "GB"),
            ("+39 06 698 12345", "", "+390669812345", "IT"),
        ] {
            let found = PhoneNumber::parse(text, region);
            let found = found.as_ref().map(|number| (number.e164(), number.region()));
            assert_eq!(found, Ok((e164, Some(of))), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_in_words() {
        for (text, region, expected) in [
            ("", "DE", BadPhoneNumber::Empty),
            ("0151 23456789", "", BadPhoneNumber::NoCountry),
            ("1-800-FLOWERS", "US", BadPhoneNumber::Unreadable),
            ("+49 30 123456 ext. 7", "DE", BadPhoneNumber::Unreadable),
            ("+49 1", "DE", BadPhoneNumber::TooShort),
            ("+1 123 456 7890", "US", BadPhoneNumber::NotInUse),
            ("+49 151 23456789012345678", "DE", BadPhoneNumber::TooLong),
            ("+4930\r\nBcc: x", "DE", BadPhoneNumber::Unreadable),
            (&"1".repeat(41), "US", BadPhoneNumber::Unreadable),
        ] {
            assert_eq!(PhoneNumber::parse(text, region), Err(expected), "{text}");
        }
    }
}
