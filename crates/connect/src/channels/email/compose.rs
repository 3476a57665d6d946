//! A mail with its headers and two parts. The same message and id make the same bytes, so that a repetition is one to every
//! program that compares Message-IDs.

use jiff::Timestamp;
use lettre::{
    Address,
    error::Error,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use super::{MailBack, answers, html, plain};
use crate::channels::{
    DeliveryId, Message,
    letter::{Letter, Mood, Thread, compose},
};

/// The mail as it goes over the wire, 7 bit.
pub(super) fn mail(
    from: &Mailbox,
    to: &Address,
    message: &Message,
    (id, back): (&DeliveryId, Option<&MailBack>),
    now: Timestamp,
) -> Result<Vec<u8>, Error> {
    let mut letter = compose(message);
    letter.answering = back.map_or("", |_| answers::how(message));
    let domain = from.email.domain();
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .date(now.into())
        .message_id(Some(message_id(id, back, domain)))
        .subject(letter.subject.clone());
    if let Some(thread) = &letter.thread {
        let root = thread_id(thread, domain);
        builder = builder.in_reply_to(root.clone()).references(root);
    }
    if let Some(address) = back.and_then(|back| back.reply_to.parse().ok()) {
        builder = builder.reply_to(Mailbox::new(None, address));
    }
    for (name, value) in marks(&letter).into_iter().chain(answers::unsubscribing(message, back)) {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let parts = MultiPart::alternative()
        .boundary(format!("watchbell-{:.16}", hex(id.as_str())))
        .singlepart(SinglePart::plain(plain::render(&letter)))
        .singlepart(SinglePart::html(html::render(&letter)));
    Ok(builder.multipart(parts)?.formatted())
}

/// With the token of its answers: some mail programs answer to the sender, and repeat only this.
fn message_id(id: &DeliveryId, back: Option<&MailBack>, domain: &str) -> String {
    match back {
        Some(back) => format!("<{id}.{}@{domain}>", back.token),
        None => format!("<{id}@{domain}>"),
    }
}

/// The id that all mails of an alert refer to: no mail has it, which mail programs expect of a thread whose first mail went to
/// somebody else. The hash tells installations apart that send from the same domain.
fn thread_id(thread: &Thread, domain: &str) -> String {
    let place = thread.alert_url.split('/').nth(2).unwrap_or_default();
    format!("<alert-{}-{:.8}@{domain}>", thread.alert_id, hex(place))
}

/// Headers that tell programs what this is: no out-of-office answers (RFC 3834; the second one is Exchange's), the alert for
/// filter rules, and the importance of a page.
fn marks(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut marks =
        vec![("Auto-Submitted", "auto-generated".to_owned()), ("X-Auto-Response-Suppress", "All".to_owned())];
    if let Some(thread) = &letter.thread {
        marks.push(("X-Watchbell-Alert", thread.alert_id.to_string()));
    }
    if matches!(letter.mood, Mood::Pages | Mood::Escalated | Mood::Warning) {
        marks.extend([("Importance", "high".to_owned()), ("X-Priority", "1".to_owned())]);
    }
    marks
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
