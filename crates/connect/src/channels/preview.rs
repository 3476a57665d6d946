//! How a page would arrive, for whoever words it.

use super::{
    email, letter,
    message::{AlertPage, Message},
    ntfy, sms, voice,
};

/// A page over the ways that show or say it differently. Texts, still to be escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Subject of the mail.
    pub subject: String,
    /// The text part of the mail.
    pub mail: String,
    /// Title of the push.
    pub push_title: String,
    /// Text of the push.
    pub push: String,
    /// The text message, to a number that hears answers.
    pub sms: String,
    /// How many segments it has.
    pub sms_segments: usize,
    /// What a call says is wrong.
    pub spoken: String,
}

/// Puts a page into words without sending it.
pub fn preview(page: &AlertPage) -> Preview {
    let message = Message::Page(page.clone());
    let letter = letter::compose(&message);
    let sms = sms::text(&message, sms::Manner { answers: true, links: true, any_character: true });
    Preview {
        mail: email::text_part(&letter),
        push: ntfy::text(&letter),
        push_title: letter.title.clone(),
        sms_segments: sms::size(&sms).segments,
        sms,
        spoken: voice::says(page),
        subject: letter.subject,
    }
}
