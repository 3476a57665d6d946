//! The four collections of notification preferences as the API shows them.

use super::parse;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchbell_core::limits::{REMIND_BEFORE_MIN_MAX, RULE_DELAY_MIN_MAX};
use watchbell_core::user::Channel;
use watchbell_store::contacts::Contact;
use watchbell_store::preferences::{Collection, HIGH_PRIORITY, LOW_PRIORITY, Preference};

/// The methods by their words. ilert's PUSH is our ntfy.
const METHODS: [(&str, Channel); 12] = [
    ("EMAIL", Channel::Email),
    ("SMS", Channel::Sms),
    ("PUSH", Channel::Ntfy),
    ("VOICE", Channel::Voice),
    ("NTFY", Channel::Ntfy),
    ("WEBHOOK", Channel::Webhook),
    ("WHATSAPP", Channel::WhatsApp),
    ("TELEGRAM", Channel::Telegram),
    ("PUSHOVER", Channel::Pushover),
    ("GOTIFY", Channel::Gotify),
    ("WEB_PUSH", Channel::WebPush),
    ("UNIFIED_PUSH", Channel::UnifiedPush),
];

const fn method_word(method: Channel) -> &'static str {
    match method {
        Channel::Email => "EMAIL",
        Channel::Ntfy => "PUSH",
        Channel::Webhook => "WEBHOOK",
        Channel::Sms => "SMS",
        Channel::Voice => "VOICE",
        Channel::WhatsApp => "WHATSAPP",
        Channel::Telegram => "TELEGRAM",
        Channel::Pushover => "PUSHOVER",
        Channel::Gotify => "GOTIFY",
        Channel::WebPush => "WEB_PUSH",
        Channel::UnifiedPush => "UNIFIED_PUSH",
    }
}

/// A contact, named by id or target; push needs none where the user has one topic.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ContactRefIn {
    /// Which.
    pub id: Option<i64>,
    /// Or its target.
    pub target: Option<String>,
}

/// The contact of a preference.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactRef)]
#[serde(rename_all = "camelCase")]
pub struct ContactRefOut {
    id: i64,
    target: String,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary: Option<bool>,
}

fn contact_out(preference: &Preference, contacts: &[Contact]) -> ContactRefOut {
    let contact = contacts.iter().find(|contact| contact.id == preference.contact);
    let phone = contact.filter(|contact| contact.channel == Channel::Sms);
    ContactRefOut {
        id: preference.contact.0,
        target: preference.target.clone(),
        status: preference.contact_status.clone(),
        region_code: phone.and_then(|phone| phone.region.clone()),
        primary: phone.map(|phone| phone.primary),
    }
}

/// What a body says, parsed; the contact still has to be looked up.
#[derive(Debug)]
pub struct Asked {
    /// Over what.
    pub method: Channel,
    /// Where to.
    pub contact: Option<ContactRefIn>,
    /// See [`Preference::kind`].
    pub kind: String,
    /// See [`Preference::delay_s`].
    pub delay_s: i64,
}

/// One collection.
pub trait PreferenceKind: Sized {
    /// Which.
    const COLLECTION: Collection;
    /// How one of its entries is shown.
    type Out;

    /// The parsed body.
    fn parse(self) -> Result<Asked, ApiError>;

    /// An entry with the contacts of its user.
    fn show(preference: &Preference, contacts: &[Contact]) -> Self::Out;
}

fn method(word: &str, no_calls: bool) -> Result<Channel, ApiError> {
    match parse::word("method", word, &METHODS)? {
        Channel::Voice if no_calls => Err(ApiError::field("method", "calls are for alerts only")),
        method => Ok(method),
    }
}

fn one_of(field: &str, word: Option<String>, words: &[&str], default: &str) -> Result<String, ApiError> {
    let word = word.unwrap_or_else(|| default.to_owned());
    match words.contains(&word.as_str()) {
        true => Ok(word),
        false => Err(ApiError::field(field, format!("must be one of {}", words.join(", ")))),
    }
}

/// Page me so.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotificationPreferencesAlertPost)]
#[serde(rename_all = "camelCase")]
pub struct AlertPreferenceIn {
    method: String,
    contact: Option<ContactRefIn>,
    /// Minutes after the level started.
    delay_min: Option<i64>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Page me so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationPreferencesAlert)]
#[serde(rename_all = "camelCase")]
pub struct AlertPreferenceOut {
    id: i64,
    method: String,
    contact: ContactRefOut,
    delay_min: i64,
    #[serde(rename = "type")]
    kind: String,
}

impl PreferenceKind for AlertPreferenceIn {
    const COLLECTION: Collection = Collection::Alerts;
    type Out = AlertPreferenceOut;

    fn parse(self) -> Result<Asked, ApiError> {
        let delay_min = parse::within("delayMin", self.delay_min.unwrap_or(0), 0..=RULE_DELAY_MIN_MAX)?;
        let kind = one_of("type", self.kind, &[HIGH_PRIORITY, LOW_PRIORITY], HIGH_PRIORITY)?;
        Ok(Asked { method: method(&self.method, false)?, contact: self.contact, kind, delay_s: delay_min * 60 })
    }

    fn show(preference: &Preference, contacts: &[Contact]) -> AlertPreferenceOut {
        AlertPreferenceOut {
            id: preference.id.0,
            method: method_word(preference.method).to_owned(),
            contact: contact_out(preference, contacts),
            delay_min: preference.delay_s / 60,
            kind: preference.kind.clone(),
        }
    }
}

/// Remind me of my duty so.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotificationPreferencesDutyPost)]
#[serde(rename_all = "camelCase")]
pub struct DutyPreferenceIn {
    method: String,
    contact: Option<ContactRefIn>,
    before_min: Option<i64>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Remind me of my duty so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationPreferencesDuty)]
#[serde(rename_all = "camelCase")]
pub struct DutyPreferenceOut {
    id: i64,
    method: String,
    contact: ContactRefOut,
    before_min: i64,
    #[serde(rename = "type")]
    kind: String,
}

impl PreferenceKind for DutyPreferenceIn {
    const COLLECTION: Collection = Collection::Duties;
    type Out = DutyPreferenceOut;

    fn parse(self) -> Result<Asked, ApiError> {
        let before_min = parse::within("beforeMin", self.before_min.unwrap_or(0), 0..=REMIND_BEFORE_MIN_MAX)?;
        let kind = one_of("type", self.kind, &["ON_CALL"], "ON_CALL")?;
        Ok(Asked { method: method(&self.method, true)?, contact: self.contact, kind, delay_s: before_min * 60 })
    }

    fn show(preference: &Preference, contacts: &[Contact]) -> DutyPreferenceOut {
        DutyPreferenceOut {
            id: preference.id.0,
            method: method_word(preference.method).to_owned(),
            contact: contact_out(preference, contacts),
            before_min: preference.delay_s / 60,
            kind: preference.kind.clone(),
        }
    }
}

/// Tell me what becomes of alerts so.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotificationPreferencesUpdatePost)]
pub struct UpdatePreferenceIn {
    method: String,
    contact: Option<ContactRefIn>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Tell me what becomes of alerts so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationPreferencesUpdate)]
pub struct UpdatePreferenceOut {
    id: i64,
    method: String,
    contact: ContactRefOut,
    #[serde(rename = "type")]
    kind: String,
}

impl PreferenceKind for UpdatePreferenceIn {
    const COLLECTION: Collection = Collection::Updates;
    type Out = UpdatePreferenceOut;

    fn parse(self) -> Result<Asked, ApiError> {
        let words = ["ALERT_ACCEPTED", "ALERT_RESOLVED", "ALERT_ESCALATED"];
        let kind = one_of("type", self.kind, &words, words[0])?;
        Ok(Asked { method: method(&self.method, true)?, contact: self.contact, kind, delay_s: 0 })
    }

    fn show(preference: &Preference, contacts: &[Contact]) -> UpdatePreferenceOut {
        let (id, method) = (preference.id.0, method_word(preference.method).to_owned());
        UpdatePreferenceOut { id, method, contact: contact_out(preference, contacts), kind: preference.kind.clone() }
    }
}

/// Tell me of incidents so.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotificationPreferencesSubscriptionPost)]
pub struct SubscriptionPreferenceIn {
    method: String,
    contact: Option<ContactRefIn>,
}

/// Tell me of incidents so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationPreferencesSubscription)]
pub struct SubscriptionPreferenceOut {
    id: i64,
    method: String,
    contact: ContactRefOut,
}

impl PreferenceKind for SubscriptionPreferenceIn {
    const COLLECTION: Collection = Collection::Subscriptions;
    type Out = SubscriptionPreferenceOut;

    fn parse(self) -> Result<Asked, ApiError> {
        Ok(Asked { method: method(&self.method, true)?, contact: self.contact, kind: String::new(), delay_s: 0 })
    }

    fn show(preference: &Preference, contacts: &[Contact]) -> SubscriptionPreferenceOut {
        let method = method_word(preference.method).to_owned();
        SubscriptionPreferenceOut { id: preference.id.0, method, contact: contact_out(preference, contacts) }
    }
}
