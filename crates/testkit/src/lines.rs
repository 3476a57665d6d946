//! Telephone lines of a test: an exchange whose accounts are connected to the app, and phones of people.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails here")]

use crate::app::TestApp;
use crate::people::Person;
use std::collections::BTreeMap;
use watchbell_connect::channels::Settings;
use watchbell_core::ids::{ConnectorId, ContactId};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_server::providers::{self, Entered};
use watchbell_sim::phone::{Exchange, PhoneSimConfig, Provider, TwilioAccount, VonageAccount};
use watchbell_store::contacts::{self, ContactIn};
use watchbell_store::preferences::{self, Collection, PreferenceIn};

/// The number that every account of a test sends from.
pub const OURS: &str = "+4930123456";

/// What the gateway of a test proves itself with.
pub const INBOUND_TOKEN: &str = "inbound-token-of-a-test";

/// An exchange, and the accounts that the app has there.
#[derive(Debug)]
pub struct Lines {
    /// The exchange.
    pub exchange: Exchange,
    accounts: BTreeMap<&'static str, ConnectorId>,
}

impl Lines {
    /// The account of a kind.
    pub fn account(&self, kind: ProviderKind) -> &ConnectorId {
        self.accounts.get(kind.as_str()).expect("an account of this kind")
    }
}

fn twilio(exchange: &Exchange) -> Settings {
    let (account, mut settings) = (TwilioAccount::default(), Settings::default());
    settings.set("accountSid", &account.account_sid);
    settings.set_secret("authToken", account.auth_token.into());
    settings.set("apiUrl", &exchange.url());
    for name in ["smsFrom", "voiceFrom", "whatsappFrom"] {
        settings.set(name, OURS);
    }
    settings
}

fn vonage(exchange: &Exchange) -> Settings {
    let (account, mut settings) = (VonageAccount::default(), Settings::default());
    settings.set("apiKey", &account.api_key);
    settings.set_secret("apiSecret", account.api_secret.into());
    settings.set_secret("signatureSecret", account.signature_secret.into());
    settings.set("applicationId", &account.application_id);
    settings.set_secret("privateKey", exchange.vonage_private_key().into());
    settings.set("apiUrl", &exchange.url());
    settings.set("smsFrom", OURS);
    settings.set("voiceFrom", OURS);
    settings
}

fn gateway(exchange: &Exchange) -> Settings {
    let mut settings = Settings::default();
    settings.set("url", &format!("{}/gateway/send", exchange.url()));
    settings.set("method", "POST");
    settings.set("contentType", "form");
    settings.set("body", "to={to}&text={text}&from={from}");
    settings.set("from", OURS);
    settings.set("idAfter", "OK: ");
    settings.set_secret("inboundToken", INBOUND_TOKEN.to_owned().into());
    settings
}

impl TestApp {
    /// An exchange at which the app has accounts of these kinds, in this order, for all that they can carry.
    pub async fn lines(&mut self, kinds: &[ProviderKind]) -> Lines {
        self.lines_with(kinds, |_| {}).await
    }

    /// The same with other settings of each account.
    pub async fn lines_with(&mut self, kinds: &[ProviderKind], change: impl Fn(&mut Settings)) -> Lines {
        let exchange = Exchange::start(PhoneSimConfig::default()).await.expect("an exchange");
        // Its tokens carry the time: it is that of the app.
        exchange.clock().advance(self.app.clock.now().duration_since(exchange.clock().now()));
        let mut accounts = BTreeMap::new();
        for kind in kinds {
            let mut settings = match kind {
                ProviderKind::Twilio => twilio(&exchange),
                ProviderKind::Vonage => vonage(&exchange),
                ProviderKind::SmsGateway => gateway(&exchange),
                other => panic!("no account of {other} at the exchange"),
            };
            change(&mut settings);
            let id = self.connect(*kind, settings).await;
            let hooks = providers::hooks_of(&self.app, &id);
            let inbound = format!("{hooks}/message");
            exchange.webhooks(|webhooks| match kind {
                ProviderKind::Twilio => webhooks.twilio_sms = Some(inbound),
                ProviderKind::Vonage => webhooks.vonage_inbound = Some(inbound),
                _ => {
                    webhooks.gateway_inbound = Some(format!("{inbound}?token={INBOUND_TOKEN}"));
                    webhooks.gateway_status = Some(format!("{hooks}/status?token={INBOUND_TOKEN}"));
                }
            });
            accounts.insert(kind.as_str(), id);
        }
        Lines { exchange, accounts }
    }

    /// Connects an account for all channels that its kind carries; it answers well.
    pub async fn connect(&self, kind: ProviderKind, settings: Settings) -> ConnectorId {
        let entered = Entered {
            kind,
            name: kind.name().to_owned(),
            channels: kind.channels().to_vec(),
            settings,
            forget: Vec::new(),
        };
        let kept = providers::save(&self.app, &self.scope(), None, entered).await.expect("an account");
        assert_eq!(kept.state_reason, None, "{kind} does not answer");
        kept.id
    }

    /// Waits until the exchange's reports have come, and does what follows from them.
    pub async fn hear(&mut self, lines: &Lines, provider: Provider, fits: impl Fn(&str) -> bool) {
        let heard = lines.exchange.wait_for_callback(|call| call.provider == provider && fits(&call.body)).await;
        if let Err(missing) = heard {
            panic!("{missing}: {:#?}", lines.exchange.callbacks());
        }
        self.settle().await;
    }
}

impl Person {
    /// A number of this person, proven, with a rule for pages over each of these channels after so many seconds; mails come no more.
    pub async fn with_phone(self, app: &mut TestApp, number: &str, rules: &[(Channel, i64)]) -> Self {
        let contact = self.add_contact(app, Channel::Sms, number).await;
        self.only_rules(app, contact, rules).await;
        self
    }

    /// A proven contact.
    pub async fn add_contact(&self, app: &TestApp, channel: Channel, target: &str) -> ContactId {
        let new = ContactIn {
            channel,
            target: target.to_owned(),
            region: None,
            primary: false,
            label: None,
            sealed: None,
            vouched: true,
        };
        let (db, now) = (&app.app.db, app.app.clock.now());
        contacts::create(db, &app.scope(), self.id, new, now).await.expect("a contact").id
    }

    /// Rules over a contact in the place of all that there are.
    pub async fn only_rules(&self, app: &TestApp, contact: ContactId, rules: &[(Channel, i64)]) {
        let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
        for old in preferences::list(db, &scope, self.id, Collection::Alerts).await.expect("preferences") {
            preferences::delete(db, &scope, self.id, Collection::Alerts, old.id, now).await.expect("it is deleted");
        }
        self.add_rules(app, contact, rules).await;
    }

    /// Rules over a contact beside those that there are.
    pub async fn add_rules(&self, app: &TestApp, contact: ContactId, rules: &[(Channel, i64)]) {
        let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
        for (method, delay_s) in rules {
            let rule = PreferenceIn {
                collection: Collection::Alerts,
                method: *method,
                contact,
                kind: "HIGH_PRIORITY".into(),
                delay_s: *delay_s,
            };
            preferences::create(db, &scope, self.id, rule, now).await.expect("a preference");
        }
    }
}
