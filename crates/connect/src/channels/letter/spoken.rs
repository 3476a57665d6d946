//! What a call says is wrong: customer first, problem second, never the number of a ticket.

use crate::channels::{limits::SPOKEN_CHARS_MAX, message::AlertPage, text::line, words};
use watchbell_core::texts::problem;

/// One or a few sentences, clean and cut; still to be escaped by the form it is put into.
pub(in crate::channels) fn spoken(page: &AlertPage) -> String {
    let own = page.wording.as_ref().and_then(|own| own.spoken.as_deref());
    let own = own.map(|own| line(own, SPOKEN_CHARS_MAX)).filter(|own| !own.is_empty());
    own.unwrap_or_else(|| own_words(page))
}

/// Watchbell's own words. The call-back number is not read: who needs it looks it up, nobody keeps eleven digits in mind at night.
fn own_words(page: &AlertPage) -> String {
    let (alert, language) = (&page.alert, page.reader.language);
    let customer = alert.customer.as_deref().map(|name| line(name, 60)).filter(|name| !name.is_empty());
    let summary = line(&alert.summary, SPOKEN_CHARS_MAX);
    let what = problem(&summary, customer.as_deref(), alert.ticket_number.as_deref());
    let what = if what.is_empty() { words::alert_number(language, alert.id) } else { what };
    let caller = page.contact.as_deref().and_then(|contact| contact.split(',').next()).map(|name| line(name, 60));
    let caller = caller.filter(|name| !name.is_empty() && !name.contains(|c: char| c.is_ascii_digit()));
    let parts = [customer, Some(what), caller.map(|name| words::contact_named(language, &name))];
    let sentence = |part: String| format!("{}.", part.trim_end_matches(['.', ' ']));
    line(&parts.into_iter().flatten().map(sentence).collect::<Vec<_>>().join(" "), SPOKEN_CHARS_MAX)
}
