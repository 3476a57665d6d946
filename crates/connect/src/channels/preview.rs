//! How a page would arrive, for whoever words it.

use super::{
    email, letter,
    message::{AlertPage, Message},
    ntfy,
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
    /// What a text message says is wrong.
    pub short: String,
    /// What a call says is wrong.
    pub spoken: String,
}

/// Puts a page into words without sending it.
pub fn preview(page: &AlertPage) -> Preview {
    let letter = letter::compose(&Message::Page(page.clone()));
    Preview {
        mail: email::text_part(&letter),
        push: ntfy::text(&letter),
        push_title: letter.title.clone(),
        short: letter.title.clone(),
        spoken: letter::spoken(page),
        subject: letter.subject,
    }
}
