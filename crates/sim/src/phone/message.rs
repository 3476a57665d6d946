//! A message: a text that the API sent to a phone, or a phone to a number of the account.

use jiff::Timestamp;
use serde::Serialize;

use super::{Channel, Direction, Provider};

/// A message and what became of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The provider's id of it.
    pub id: String,
    /// Who carries it.
    pub provider: Provider,
    /// On what.
    pub channel: Channel,
    /// Which way.
    pub direction: Direction,
    /// From whom: a number with its plus, or a sender's name.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The text; of a template with its variables filled in.
    pub text: String,
    /// The template that it was made of, if any.
    pub template: Option<String>,
    /// The sender's own reference (Vonage `client_ref`).
    pub client_ref: Option<String>,
    /// How far it came.
    pub status: MessageStatus,
    /// Why it did not arrive.
    pub failure: Option<Failure>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it reached the phone.
    pub arrived_at: Option<Timestamp>,
    /// Where its reports go.
    pub callback_url: Option<String>,
    /// What the webhook answered to a text of a phone: the status and the body, or why there is no answer.
    pub answer: Option<Result<(u16, String), String>>,
}

impl Message {
    /// Whether it is in the hands of the phone's owner.
    pub fn has_arrived(&self) -> bool {
        self.arrived_at.is_some()
    }

    /// How many SMS it is paid as.
    pub fn segments(&self) -> usize {
        segments(&self.text)
    }

    /// The phone's number, whichever way it goes.
    pub fn phone(&self) -> &str {
        self.direction.phone(&self.from, &self.to)
    }

    /// The other party.
    pub fn other(&self) -> &str {
        self.direction.other(&self.from, &self.to)
    }
}

/// How far a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// Accepted.
    Queued,
    /// Given to the carrier.
    Sent,
    /// The carrier says that it arrived.
    Delivered,
    /// The carrier says that it did not.
    Undelivered,
    /// The provider gave up.
    Failed,
    /// Of a phone.
    Received,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Failure {
    /// The phone is off.
    Unreachable,
    /// Nobody has this number.
    Unknown,
    /// A landline.
    Landline,
    /// The carrier filters it.
    Filtered,
    /// WhatsApp: no text of the phone within 24 hours, and no template.
    OutsideWindow,
}

/// Letters of the GSM alphabet: one septet each (3GPP TS 23.038).
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those of its extension: two septets each.
const GSM_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How many SMS a text takes: 160 septets or 70 UTF-16 units, less with the header of a long one.
fn segments(text: &str) -> usize {
    let septets: Option<usize> =
        text.chars().map(|c| GSM.contains(c).then_some(1).or_else(|| GSM_EXTENDED.contains(c).then_some(2))).sum();
    let (units, one, each) = match septets {
        Some(septets) => (septets, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if units <= one { 1 } else { units.div_ceil(each) }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn long_texts_are_several_sms() {
        let cases = [("", 1), ("a", 1), (&"a".repeat(160), 1), (&"a".repeat(161), 2), (&"€".repeat(81), 2)];
        for (text, count) in cases {
            assert_eq!(segments(text), count, "{text}");
        }
        assert_eq!((segments(&"й".repeat(70)), segments(&"й".repeat(71)), segments(&"😀".repeat(36))), (1, 2, 2));
    }
}
