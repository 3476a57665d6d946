//! Who carries, on what, and which way.

use serde::{Deserialize, Serialize};

/// A service whose API the exchange speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Twilio: SMS, WhatsApp, calls.
    Twilio,
    /// Vonage: SMS, WhatsApp, calls.
    Vonage,
    /// A plain HTTP gateway, as modems and small carriers have them: SMS only.
    Gateway,
}

impl Provider {
    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Twilio => "Twilio",
            Self::Vonage => "Vonage",
            Self::Gateway => "SMS gateway",
        }
    }
}

/// What a message came on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// SMS.
    Sms,
    /// WhatsApp.
    Whatsapp,
}

impl Channel {
    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Whatsapp => "WhatsApp",
        }
    }
}

/// Which way a message or a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// From the API to a phone.
    ToPhone,
    /// From a phone to a number of the account.
    FromPhone,
}

impl Direction {
    /// Which of the two is the phone.
    pub(super) fn phone<'a>(self, from: &'a str, to: &'a str) -> &'a str {
        match self {
            Self::ToPhone => to,
            Self::FromPhone => from,
        }
    }

    /// Which of the two is not.
    pub(super) fn other<'a>(self, from: &'a str, to: &'a str) -> &'a str {
        self.phone(to, from)
    }
}
