//! Who carries messages to people on our behalf, and which states they tell of.

use crate::user::{Channel, words};

words! {
    /// A kind of provider; the word is the type of its connector.
    ProviderKind {
        /// Text messages, WhatsApp and calls by Twilio.
        Twilio = "twilio",
        /// Text messages and calls by Vonage.
        Vonage = "vonage",
        /// Text messages by any gateway that takes an HTTP request.
        SmsGateway = "sms_gateway",
        /// Messages of a bot on Telegram.
        Telegram = "telegram",
        /// Push by an application on Pushover.
        Pushover = "pushover",
    }

    /// What the other side tells of a message, in the order in which it can happen.
    Reported {
        /// It is on its way there.
        Queued = "QUEUED",
        /// The phone rings.
        Ringing = "RINGING",
        /// It arrived; a person picked up.
        Delivered = "DELIVERED",
        /// A machine picked up.
        Machine = "MACHINE",
        /// It was read, or acknowledged on the device.
        Read = "READ",
        /// The call ended after somebody had picked up.
        Ended = "ENDED",
        /// Nobody picked up.
        Unanswered = "UNANSWERED",
        /// The line was engaged, or the call was declined.
        Busy = "BUSY",
        /// It did not arrive, and may another time.
        Undelivered = "UNDELIVERED",
        /// It did not arrive, and never will at this contact.
        Refused = "REFUSED",
        /// It was taken back.
        TakenBack = "TAKEN_BACK",
    }
}

impl ProviderKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            ProviderKind::Twilio => "Twilio",
            ProviderKind::Vonage => "Vonage",
            ProviderKind::SmsGateway => "SMS gateway",
            ProviderKind::Telegram => "Telegram",
            ProviderKind::Pushover => "Pushover",
        }
    }

    /// Over which channels it can reach people.
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            ProviderKind::Twilio => &[Channel::Sms, Channel::Voice, Channel::WhatsApp],
            ProviderKind::Vonage => &[Channel::Sms, Channel::Voice],
            ProviderKind::SmsGateway => &[Channel::Sms],
            ProviderKind::Telegram => &[Channel::Telegram],
            ProviderKind::Pushover => &[Channel::Pushover],
        }
    }
}

impl Reported {
    /// Whether nothing more is to come of this message.
    pub const fn is_final(self) -> bool {
        match self {
            Reported::Queued | Reported::Ringing | Reported::Delivered | Reported::Machine => false,
            Reported::Read
            | Reported::Ended
            | Reported::Unanswered
            | Reported::Busy
            | Reported::Undelivered
            | Reported::Refused
            | Reported::TakenBack => true,
        }
    }

    /// Whether a person had it in their hands.
    pub const fn is_arrival(self) -> bool {
        matches!(self, Reported::Delivered | Reported::Read)
    }

    /// Whether nobody was reached by it.
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Reported::Machine | Reported::Unanswered | Reported::Busy | Reported::Undelivered | Reported::Refused
        )
    }
}
