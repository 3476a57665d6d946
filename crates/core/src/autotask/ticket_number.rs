//! Ticket numbers: `T`, creation date, a dot, a daily sequence; instances of a recurring ticket add another dot and a number.

/// Whether a text is a ticket number.
pub fn is_ticket_number(text: &str) -> bool {
    parts(text).is_some()
}

/// Whether a ticket number is that of an instance of a recurring ticket (`T20120604.0002.005`).
pub fn is_recurring_instance(number: &str) -> bool {
    parts(number.trim()).is_some_and(|instance| instance.is_some())
}

/// The ticket numbers in a text, in order.
pub fn find_ticket_numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| is_ticket_number(word))
        .collect()
}

/// The instance part, if the text is a ticket number at all.
fn parts(text: &str) -> Option<Option<&str>> {
    let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|b| b.is_ascii_digit());
    let mut pieces = text.strip_prefix(['T', 't'])?.split('.');
    let (date, sequence, instance) = (pieces.next()?, pieces.next()?, pieces.next());
    let is_number = date.len() == 8
        && digits(date, 8)
        && digits(sequence, 4)
        && instance.is_none_or(|part| digits(part, 3))
        && pieces.next().is_none();
    is_number.then_some(instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_other_texts() {
        for (text, number, recurring) in [
            ("T20261123.0001", true, false),
            ("t20261123.12345", true, false),
            ("T20120604.0002.005", true, true),
            ("T20120604.0002.05", false, false),
            ("T2012060.0002", false, false),
            ("T20120604.002", false, false),
            ("T20120604", false, false),
            ("20120604.0002", false, false),
            ("T20120604.0002.005.1", false, false),
            ("T²0120604.0002", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_ticket_number(text), is_recurring_instance(text)), (number, recurring), "{text}");
        }
    }

    #[test]
    fn numbers_are_found_in_sentences() {
        let text = "Merged into (T20261123.0002). See also T20261123.0003.001, not T1.2.";
        assert_eq!(find_ticket_numbers(text), ["T20261123.0002", "T20261123.0003.001"]);
    }
}
