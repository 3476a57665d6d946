//! The settings of a Vonage account.

use secrecy::SecretString;

use super::token::Signer;
use crate::channels::{
    BadSetting, Setting, SettingKind, Settings,
    settings::ON_OFF,
    sms::{is_number, is_sender},
};

/// An account with Vonage.
#[derive(Debug)]
pub struct Vonage {
    pub(super) api_key: String,
    pub(super) api_secret: SecretString,
    /// Signs what Vonage tells us.
    pub(super) signature_secret: SecretString,
    /// Logs in as an application, which calls need.
    pub(super) signer: Option<Signer>,
    pub(super) api_url: String,
    pub(super) sms_from: Option<String>,
    pub(super) voice_from: Option<String>,
    pub(super) ring_s: i64,
    pub(super) machine_detection: bool,
    pub(super) messages_per_second: i64,
    pub(super) calls_per_second: i64,
}

const API_URL: &str = "https://api.nexmo.com";
/// How long a phone rings where nothing is said, in seconds.
const RING_S: i64 = 25;
/// Requests that Vonage takes in a second where nothing else was agreed.
const MESSAGES_PER_SECOND: i64 = 30;
/// The same of calls.
const CALLS_PER_SECOND: i64 = 3;

const fn field(name: &'static str, label: &'static str, kind: SettingKind, help: &'static str) -> Setting {
    Setting { name, label, kind, required: false, help }
}

const fn needed(name: &'static str, label: &'static str, kind: SettingKind, help: &'static str) -> Setting {
    Setting { name, label, kind, required: true, help }
}

pub(super) const SETTINGS: &[Setting] = &[
    needed("apiKey", "API key", SettingKind::Text, "On the first page of the Vonage dashboard."),
    needed("apiSecret", "API secret", SettingKind::Secret, "Beside the API key, under API settings."),
    needed(
        "signatureSecret",
        "Signature secret",
        SettingKind::Secret,
        "Under API settings, Signed webhooks. Vonage signs its reports with it.",
    ),
    field(
        "applicationId",
        "Application ID",
        SettingKind::Text,
        "Of an application with Messages and Voice. Calls need it.",
    ),
    field(
        "privateKey",
        "Private key",
        SettingKind::SecretLines,
        "The file private.key of the application, from -----BEGIN PRIVATE KEY----- to the end.",
    ),
    field("smsFrom", "SMS from", SettingKind::Sender, "A number of yours such as +4930123456, or a sender name."),
    field("voiceFrom", "Calls from", SettingKind::Sender, "A number of yours that is linked to the application."),
    field("ringSeconds", "Ring for (seconds)", SettingKind::Number(5, 120), "25 where nothing is entered."),
    field(
        "machineDetection",
        "Answering machine detection",
        SettingKind::Choice(ON_OFF),
        "A machine is then not taken for a person.",
    ),
    field("messagesPerSecond", "Messages per second", SettingKind::Number(0, 1_000), "30 where nothing is entered."),
    field("callsPerSecond", "Calls per second", SettingKind::Number(0, 1_000), "3 where nothing is entered."),
    field("apiUrl", "API address", SettingKind::Url, "https://api.nexmo.com where nothing is entered."),
];

pub(super) fn configure(settings: &Settings) -> Result<Vonage, BadSetting> {
    let vonage = Vonage {
        api_key: api_key(settings.need("apiKey")?)?,
        api_secret: settings.need_secret("apiSecret")?.clone(),
        signature_secret: settings.need_secret("signatureSecret")?.clone(),
        signer: signer(settings)?,
        api_url: settings.root("apiUrl", API_URL)?,
        sms_from: from(settings, "smsFrom", is_sender)?,
        voice_from: from(settings, "voiceFrom", is_number)?,
        ring_s: settings.whole("ringSeconds", RING_S, 5, 120)?,
        machine_detection: settings.switch("machineDetection", true)?,
        messages_per_second: settings.whole("messagesPerSecond", MESSAGES_PER_SECOND, 0, 1_000)?,
        calls_per_second: settings.whole("callsPerSecond", CALLS_PER_SECOND, 0, 1_000)?,
    };
    match (&vonage.sms_from, &vonage.voice_from, &vonage.signer) {
        (None, None, _) => Err(BadSetting::new("smsFrom", "is required where nothing else can send")),
        (_, Some(_), None) => Err(BadSetting::new("applicationId", "is required for calls, with its private key")),
        _ => Ok(vonage),
    }
}

fn api_key(raw: &str) -> Result<String, BadSetting> {
    match raw.len() <= 40 && raw.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(raw.to_owned()),
        false => Err(BadSetting::new("apiKey", "must be letters and digits")),
    }
}

fn signer(settings: &Settings) -> Result<Option<Signer>, BadSetting> {
    match (settings.get("applicationId"), settings.secret("privateKey")) {
        (None, None) => Ok(None),
        (Some(id), Some(pem)) => Signer::new(id, pem).map(Some).map_err(|why| BadSetting::new("privateKey", why)),
        (Some(_), None) => Err(BadSetting::new("privateKey", "is required with an application ID")),
        (None, Some(_)) => Err(BadSetting::new("applicationId", "is required with a private key")),
    }
}

fn from(settings: &Settings, name: &'static str, fits: fn(&str) -> bool) -> Result<Option<String>, BadSetting> {
    match settings.get(name) {
        None => Ok(None),
        Some(raw) if fits(raw) => Ok(Some(raw.to_owned())),
        Some(_) => {
            Err(BadSetting::new(name, "must be a number such as +4930123456, or for SMS a name of at most 11 letters"))
        }
    }
}
