//! What an exchange is started with.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use serde::{Deserialize, Serialize};

use super::vonage;
use crate::{clock::Clock, listening::any_port};

/// How the exchange is started.
#[derive(Debug, Clone)]
pub struct PhoneSimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The Twilio account.
    pub twilio: TwilioAccount,
    /// The Vonage account and its application.
    pub vonage: VonageAccount,
    /// The plain gateway.
    pub gateway: GatewaySettings,
    /// Where texts and calls of phones go, until it is set otherwise.
    pub webhooks: Webhooks,
    /// How long things take.
    pub pace: Pace,
    /// The clock.
    pub clock: Clock,
}

impl Default for PhoneSimConfig {
    fn default() -> Self {
        Self {
            listen: any_port(),
            twilio: TwilioAccount::default(),
            vonage: VonageAccount::default(),
            gateway: GatewaySettings::default(),
            webhooks: Webhooks::default(),
            pace: Pace::default(),
            clock: Clock::default(),
        }
    }
}

/// An account of Twilio.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// The account SID.
    pub account_sid: String,
    /// The auth token: it logs in, and it signs webhooks.
    pub auth_token: String,
    /// The SID of an API key.
    pub api_key: String,
    /// The secret of that key.
    pub api_secret: String,
    /// Twilio itself obeys STOP and START.
    pub obeys_stop: bool,
    /// WhatsApp takes free texts only within 24 hours after one of the phone (63016).
    pub whatsapp_window: bool,
    /// The texts of templates by their Content SID, with `{{1}}` for variables.
    pub templates: BTreeMap<String, String>,
}

impl Default for TwilioAccount {
    fn default() -> Self {
        Self {
            account_sid: "AC5747414e44494e000000000000000001".to_owned(),
            auth_token: "stand-in-auth-token".to_owned(),
            api_key: "SK5747414e44494e000000000000000001".to_owned(),
            api_secret: "stand-in-api-secret".to_owned(),
            obeys_stop: true,
            whatsapp_window: false,
            templates: BTreeMap::new(),
        }
    }
}

/// An account of Vonage with one application.
#[derive(Debug, Clone)]
pub struct VonageAccount {
    /// The API key.
    pub api_key: String,
    /// The API secret.
    pub api_secret: String,
    /// The application.
    pub application_id: String,
    /// Its private key, PKCS#8 PEM; the default is printed in the source.
    pub private_key_pem: String,
    /// The secret that signs webhooks.
    pub signature_secret: String,
}

impl Default for VonageAccount {
    fn default() -> Self {
        Self {
            api_key: "57414b45".to_owned(),
            api_secret: "stand-in-vonage-secret".to_owned(),
            application_id: "57414b45-0000-4000-8000-000000000001".to_owned(),
            private_key_pem: vonage::STAND_IN_KEY.to_owned(),
            signature_secret: "stand-in-signature-secret-of-vonage".to_owned(),
        }
    }
}

/// A gateway: how its parameters are named, and what it wants to see.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// The parameter with the number.
    pub to_param: String,
    /// The parameter with the text.
    pub text_param: String,
    /// The parameter with the sender, which need not be there.
    pub from_param: String,
    /// The number of its SIM card: the sender where a request names none.
    pub own_number: String,
    /// User name and password, as parameters `user` and `password` or as Basic authentication.
    pub login: Option<(String, String)>,
    /// A header and its value.
    pub token: Option<(String, String)>,
    /// Refusals have the status 200 and say `ERROR`, as small gateways do.
    pub errors_are_200: bool,
    /// A header and its value that texts of phones come with.
    pub inbound_token: Option<(String, String)>,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            to_param: "to".to_owned(),
            text_param: "text".to_owned(),
            from_param: "from".to_owned(),
            own_number: "+4915799999999".to_owned(),
            login: None,
            token: None,
            errors_are_200: false,
            inbound_token: None,
        }
    }
}

/// Where texts and calls of phones, and reports without an address of their own, go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhooks {
    /// Twilio: a text comes in.
    pub twilio_sms: Option<String>,
    /// Twilio: a call comes in.
    pub twilio_voice: Option<String>,
    /// Vonage: a message comes in.
    pub vonage_inbound: Option<String>,
    /// Vonage: the status of a message.
    pub vonage_status: Option<String>,
    /// Vonage: a call comes in.
    pub vonage_answer: Option<String>,
    /// Vonage: an event of a call.
    pub vonage_event: Option<String>,
    /// The gateway: a text comes in.
    pub gateway_inbound: Option<String>,
    /// The gateway: the status of a message.
    pub gateway_status: Option<String>,
}

/// How long things take in a call. A test shortens them; a person may want speech that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Pace {
    /// Speech, in milliseconds for a letter.
    pub letter_ms: u64,
    /// A second of a pause or of a time-out in a script, in milliseconds.
    pub second_ms: u64,
    /// One ring, in milliseconds.
    pub ring_ms: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { letter_ms: 0, second_ms: 1_000, ring_ms: 5_000 }
    }
}

impl Pace {
    /// How long a text is spoken.
    pub(super) fn speech(&self, text: &str) -> Duration {
        let letters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        Duration::from_millis(letters.saturating_mul(self.letter_ms))
    }

    /// Seconds of a script.
    pub(super) fn seconds(&self, seconds: u32) -> Duration {
        Duration::from_millis(u64::from(seconds).saturating_mul(self.second_ms))
    }

    /// So many rings.
    pub(super) fn rings(&self, rings: u32) -> Duration {
        Duration::from_millis(u64::from(rings).saturating_mul(self.ring_ms))
    }
}
