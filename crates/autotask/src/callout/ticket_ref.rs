//! Which ticket a callout means.

use super::pairs::Pairs;
use super::{CalloutError, clean};
use crate::ticket_number::TicketNumber;

/// A ticket by one of its two names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TicketRef {
    /// The id of the API, positive.
    Id(i64),
    /// The number that people use; the id is found by a query.
    Number(TicketNumber),
}

/// Folded names of the fields that hold an id; the outspoken one counts first.
pub(super) const ID: &[&str] = &["ticketid", "id"];
/// Folded names of the fields that hold a ticket number.
pub(super) const NUMBER: &[&str] = &["ticketnumber", "number", "ticketno"];
/// Most characters of outside text that an error quotes.
const QUOTE_CHARS_MAX: usize = 40;
/// Most names of fields that an error quotes.
const QUOTED_NAMES_MAX: usize = 10;

/// Finds the ticket, and its number if it is given.
///
/// Senders disagree: the captured callout has the id in `id` and the number in `number`, one public receiver reports
/// the number where the id should be, and nobody has shown the XML. So the first value that reads as an id under a
/// name of an id counts, then the first ticket number under any name.
pub(super) fn find(pairs: &Pairs) -> Result<(TicketRef, Option<TicketNumber>), CalloutError> {
    let number = number_under(pairs, NUMBER).or_else(|| pairs.iter().find_map(|pair| pair.as_number()));
    if let Some(id) = ID.iter().find_map(|name| pairs.values(name).find_map(parse_id)) {
        return Ok((TicketRef::Id(id), number));
    }
    match number {
        Some(number) => Ok((TicketRef::Number(number.clone()), Some(number))),
        None => Err(missing(pairs)),
    }
}

fn number_under(pairs: &Pairs, names: &[&'static str]) -> Option<TicketNumber> {
    names.iter().find_map(|name| pairs.values(name).find_map(|value| value.parse().ok()))
}

fn parse_id(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_suffix(".0").unwrap_or(text);
    digits.parse().ok().filter(|id| *id > 0)
}

fn missing(pairs: &Pairs) -> CalloutError {
    if let Some(id) = pairs.first(ID) {
        return CalloutError::BadId(clean(id, QUOTE_CHARS_MAX));
    }
    let names = pairs.iter().take(QUOTED_NAMES_MAX).map(|pair| clean(&pair.name, QUOTE_CHARS_MAX));
    CalloutError::NoTicket(names.collect::<Vec<_>>().join(", "))
}
