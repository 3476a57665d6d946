//! The settings of a Twilio account.

use secrecy::SecretString;

use crate::channels::{
    BadSetting, Setting, SettingKind, Settings,
    settings::ON_OFF,
    sms::{is_number, is_sender},
};

/// An account with Twilio.
#[derive(Debug)]
pub struct Twilio {
    pub(super) account_sid: String,
    /// Signs what Twilio tells us; logs in where there is no API key.
    pub(super) auth_token: SecretString,
    pub(super) api_key: Option<ApiKey>,
    pub(super) api_url: String,
    pub(super) messaging_service_sid: Option<String>,
    pub(super) sms_from: Option<String>,
    pub(super) voice_from: Option<String>,
    pub(super) whatsapp_from: Option<String>,
    pub(super) whatsapp_content_sid: Option<String>,
    pub(super) ring_s: i64,
    pub(super) machine_detection: bool,
    pub(super) messages_per_second: i64,
}

/// A key of the API, which can be withdrawn without changing the auth token.
#[derive(Debug)]
pub(super) struct ApiKey {
    pub sid: String,
    pub secret: SecretString,
}

/// How long a phone rings where nothing is said, in seconds: before most mailboxes pick up.
const RING_S: i64 = 25;
const API_URL: &str = "https://api.twilio.com";

const fn field(name: &'static str, label: &'static str, kind: SettingKind, help: &'static str) -> Setting {
    Setting { name, label, kind, required: false, help }
}

const fn needed(name: &'static str, label: &'static str, kind: SettingKind, help: &'static str) -> Setting {
    Setting { name, label, kind, required: true, help }
}

pub(super) const SETTINGS: &[Setting] = &[
    needed("accountSid", "Account SID", SettingKind::Text, "Begins with AC; on the first page of the Twilio console."),
    needed("authToken", "Auth token", SettingKind::Secret, "Beside the account SID. Twilio signs its reports with it."),
    field("apiKeySid", "API key SID", SettingKind::Text, "Begins with SK. Used instead of the auth token to log in."),
    field("apiKeySecret", "API key secret", SettingKind::Secret, "Shown once when the key is made."),
    field(
        "messagingServiceSid",
        "Messaging service SID",
        SettingKind::Text,
        "Begins with MG. It chooses the sender by country; otherwise enter a number below.",
    ),
    field("smsFrom", "SMS from", SettingKind::Sender, "A number of yours such as +4930123456, or a sender name."),
    field("voiceFrom", "Calls from", SettingKind::Sender, "A number of yours that can call, such as +4930123456."),
    field(
        "whatsappFrom",
        "WhatsApp from",
        SettingKind::Sender,
        "The number of your WhatsApp sender, such as +4930123456.",
    ),
    field(
        "whatsappContentSid",
        "WhatsApp template",
        SettingKind::Text,
        "Begins with HX. An approved template whose variable 1 is the text: WhatsApp refuses other messages to people who \
         wrote nothing within the last 24 hours.",
    ),
    field("ringSeconds", "Ring for (seconds)", SettingKind::Number(5, 120), "25 where nothing is entered."),
    field(
        "machineDetection",
        "Answering machine detection",
        SettingKind::Choice(ON_OFF),
        "A machine is then not taken for a person. Twilio bills it by the call.",
    ),
    field(
        "messagesPerSecond",
        "Messages per second",
        SettingKind::Number(0, 1_000),
        "0 where Twilio may queue what is too fast.",
    ),
    field("apiUrl", "API address", SettingKind::Url, "https://api.twilio.com where nothing is entered."),
];

pub(super) fn configure(settings: &Settings) -> Result<Twilio, BadSetting> {
    let twilio = Twilio {
        account_sid: sid("accountSid", settings.need("accountSid")?, "AC")?,
        auth_token: settings.need_secret("authToken")?.clone(),
        api_key: api_key(settings)?,
        api_url: settings.root("apiUrl", API_URL)?,
        messaging_service_sid: optional(settings, "messagingServiceSid", |name, raw| sid(name, raw, "MG"))?,
        sms_from: optional(settings, "smsFrom", sender)?,
        voice_from: optional(settings, "voiceFrom", number)?,
        whatsapp_from: optional(settings, "whatsappFrom", number)?,
        whatsapp_content_sid: optional(settings, "whatsappContentSid", |name, raw| sid(name, raw, "HX"))?,
        ring_s: settings.whole("ringSeconds", RING_S, 5, 120)?,
        machine_detection: settings.switch("machineDetection", true)?,
        messages_per_second: settings.whole("messagesPerSecond", 0, 0, 1_000)?,
    };
    match (&twilio.messaging_service_sid, &twilio.sms_from, &twilio.voice_from, &twilio.whatsapp_from) {
        (None, None, None, None) => Err(BadSetting::new("smsFrom", "is required where nothing else can send")),
        _ => Ok(twilio),
    }
}

fn optional(
    settings: &Settings,
    name: &'static str,
    read: impl Fn(&'static str, &str) -> Result<String, BadSetting>,
) -> Result<Option<String>, BadSetting> {
    settings.get(name).map(|raw| read(name, raw)).transpose()
}

/// An id of Twilio's: two letters and 32 hexadecimal digits. It becomes a part of addresses.
fn sid(name: &'static str, raw: &str, prefix: &str) -> Result<String, BadSetting> {
    let rest = raw.strip_prefix(prefix).unwrap_or_default();
    match rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(raw.to_owned()),
        false => Err(BadSetting::new(name, format!("must be {prefix} and 32 digits and letters a to f"))),
    }
}

fn sender(name: &'static str, raw: &str) -> Result<String, BadSetting> {
    match is_sender(raw) {
        true => Ok(raw.to_owned()),
        false => Err(BadSetting::new(
            name,
            "must be a number such as +4930123456, or a name of at most 11 letters and digits",
        )),
    }
}

fn number(name: &'static str, raw: &str) -> Result<String, BadSetting> {
    match is_number(raw) {
        true => Ok(raw.to_owned()),
        false => Err(BadSetting::new(name, "must be a number such as +4930123456")),
    }
}

fn api_key(settings: &Settings) -> Result<Option<ApiKey>, BadSetting> {
    match (settings.get("apiKeySid"), settings.secret("apiKeySecret")) {
        (None, None) => Ok(None),
        (Some(raw), Some(secret)) => Ok(Some(ApiKey { sid: sid("apiKeySid", raw, "SK")?, secret: secret.clone() })),
        (Some(_), None) => Err(BadSetting::new("apiKeySecret", "is required with an API key SID")),
        (None, Some(_)) => Err(BadSetting::new("apiKeySid", "is required with an API key secret")),
    }
}
