//! Where the answers to a mail go, and how it is unsubscribed from.

use std::sync::{Arc, PoisonError, RwLock};

use watchbell_core::language::Language;

use crate::channels::{DeliveryId, Message};

/// Where the answers to one mail go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBack {
    /// What proves an answer: in the address, and in the Message-ID.
    pub token: String,
    /// The address.
    pub reply_to: String,
    /// How its reader gets no more of its kind.
    pub unsubscribe: Unsubscribe,
}

/// How somebody gets no more mails of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// A page that asks, and that a POST needs nobody to look at (RFC 8058).
    pub url: String,
    /// An address that a mail does the same to.
    pub address: String,
}

type Back = dyn Fn(&DeliveryId) -> Option<MailBack> + Send + Sync;

/// Knows where the answers to each mail go. Cheap to clone; clones know the same.
#[derive(Clone, Default)]
pub struct MailAnswers(Arc<RwLock<Option<Arc<Back>>>>);

impl std::fmt::Debug for MailAnswers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailAnswers")
    }
}

impl MailAnswers {
    pub(in crate::channels) fn set(&self, back: impl Fn(&DeliveryId) -> Option<MailBack> + Send + Sync + 'static) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(back));
    }

    /// Where the answers to a mail go; `None` where nobody hears them.
    pub(in crate::channels) fn back(&self, id: &DeliveryId) -> Option<MailBack> {
        let back = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        back.and_then(|back| back(id))
    }
}

/// How a mail is answered, in the reader's language; nothing where there is nothing to do.
pub(super) fn how(message: &Message) -> &'static str {
    match (message, message.reader().language) {
        (Message::Page(_), Language::English) => {
            "Or answer this mail: write accept, resolve or escalate into the first line. Anything else becomes a comment."
        }
        (Message::Page(_), Language::German) => {
            "Oder antworten Sie auf diese Mail: schreiben Sie annehmen, erledigt oder eskalieren in die erste Zeile. Alles andere wird ein Kommentar."
        }
        (Message::Summary(_), Language::English) => {
            "Answer this mail with accept or resolve in the first line: it counts for all of them."
        }
        (Message::Summary(_), Language::German) => {
            "Antworten Sie auf diese Mail mit annehmen oder erledigt in der ersten Zeile: das gilt für alle."
        }
        (Message::Update(_), Language::English) => "What you answer to this mail becomes a comment.",
        (Message::Update(_), Language::German) => "Was Sie auf diese Mail antworten, wird ein Kommentar.",
        (Message::Test(_) | Message::Verification(_) | Message::Notice(_) | Message::Answer(_), _) => "",
    }
}

/// The headers of one-click unsubscribing (RFC 2369, RFC 8058): for news that people asked for, never for pages.
pub(super) fn unsubscribing(message: &Message, back: Option<&MailBack>) -> Vec<(&'static str, String)> {
    let (Message::Update(_), Some(MailBack { unsubscribe, .. })) = (message, back) else { return Vec::new() };
    let ways = format!("<{}>, <mailto:{}>", unsubscribe.url, unsubscribe.address);
    vec![("List-Unsubscribe", ways), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())]
}
