//! A provider of texts and calls with the exchange behind it, and an ear that hears what the exchange tells.

use std::time::Duration;

use jiff::Timestamp;
use watchbell_connect::channels::{
    AnyProvider, Back, Channels, Fault, Heard, Hook, Inbound, Message, Outcome, Parcel, Refused, Report, Script,
    Settings, send_through, voice,
};
use watchbell_core::{
    provider::{ProviderKind, Reported},
    user::Channel,
};
use watchbell_sim::{
    hook::{Hook as Ear, HookAnswer, HookSimConfig, Received},
    phone::{Exchange, PhoneSimConfig, Provider},
};

use super::messages::{http, id, page};

pub const ANN: &str = "+4915112345678";
pub const OURS: &str = "+4930123456";

/// An account that is connected to the exchange.
pub struct Line {
    pub exchange: Exchange,
    pub provider: AnyProvider,
    ear: Ear,
    channels: Channels,
}

impl Line {
    pub async fn start(
        kind: ProviderKind,
        config: PhoneSimConfig,
        enter: impl FnOnce(&Exchange, &mut Settings),
    ) -> Self {
        let exchange = Exchange::start(config).await.unwrap();
        let ear = Ear::start(HookSimConfig::default()).await.unwrap();
        let mut settings = Settings::default();
        enter(&exchange, &mut settings);
        let provider = AnyProvider::configure(kind, &settings).unwrap();
        let inbound = format!("{}/message", ear.url());
        exchange.webhooks(|webhooks| {
            webhooks.twilio_sms = Some(inbound.clone());
            webhooks.vonage_inbound = Some(inbound.clone());
            webhooks.gateway_inbound = Some(inbound);
        });
        Self { exchange, provider, ear, channels: Channels::new(http(), None).unwrap() }
    }

    pub fn back(&self) -> Back {
        Back::new(self.ear.url(), "tok-1")
    }

    /// When it is at the exchange: its tokens and signatures count then.
    pub fn now(&self) -> Timestamp {
        self.exchange.clock().now()
    }

    pub async fn send(&self, channel: Channel, message: &Message) -> Outcome {
        let (back, id) = (self.back(), id("notification-1"));
        let parcel = Parcel { channel, to: ANN, message, id: &id, back: &back, now: self.now() };
        send_through(&self.channels, &self.provider, &parcel).await
    }

    /// Sends, and gives the provider's id.
    pub async fn sent(&self, channel: Channel, message: &Message) -> String {
        match self.send(channel, message).await {
            Outcome::Sent { provider_id: Some(id) } => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn probe(&self) -> Outcome {
        self.provider.probe(self.channels.http(), self.now()).await
    }

    pub async fn ask(&self, channel: Channel, id: &str) -> Option<Report> {
        self.provider.ask(self.channels.http(), channel, id, self.now()).await.unwrap()
    }

    pub async fn take_back(&self, channel: Channel, id: &str) -> bool {
        self.provider.take_back(self.channels.http(), channel, id, self.now()).await.unwrap()
    }

    /// From now on the exchange is answered with a script.
    pub fn answer_with(&self, script: &Script) {
        let spoken = self.provider.speak(script).unwrap();
        let headers = [("Content-Type".to_owned(), spoken.content_type.to_owned())].into();
        self.ear.answer(HookAnswer { headers, body: spoken.body, ..HookAnswer::default() });
    }

    /// What is heard of a request as it came.
    pub fn hear(&self, request: &Received, now: Timestamp) -> Result<Vec<Heard>, Refused> {
        let hook = Hook::parse(request.path.split(['/', '?']).nth(1).unwrap()).unwrap();
        let query = request.path.split_once('?').map_or("", |(_, query)| query);
        let header = |name: &str| request.header(name).map(str::to_owned);
        let (url, body) = (format!("{}{}", self.ear.url(), request.path), request.body.as_bytes());
        self.provider.receive(&Inbound { hook, method: &request.method, url: &url, header: &header, query, body, now })
    }

    /// Waits for something that is heard.
    pub async fn wait_for(&self, fits: impl Fn(&Heard) -> bool) -> Heard {
        let found = |request: &Received| self.hear(request, self.now()).is_ok_and(|heard| heard.iter().any(&fits));
        let request = match self.ear.wait_for(found).await {
            Ok(request) => request,
            Err(missing) => panic!("{missing}: {:#?}", self.heard()),
        };
        self.hear(&request, self.now()).unwrap().into_iter().find(|heard| fits(heard)).unwrap()
    }

    /// All that came, by path, and what is heard of it.
    fn heard(&self) -> Vec<(String, Result<Vec<Heard>, Refused>)> {
        let heard =
            self.ear.received().into_iter().map(|request| (request.path.clone(), self.hear(&request, self.now())));
        heard.collect()
    }

    pub async fn wait_for_report(&self, id: &str, state: Reported) -> Report {
        let fits =
            |heard: &Heard| matches!(heard, Heard::Report(report) if report.provider_id == id && report.state == state);
        match self.wait_for(fits).await {
            Heard::Report(report) => report,
            other => panic!("{other:?}"),
        }
    }

    /// The states that a message or a call was reported in, in order, each once.
    pub fn states(&self, id: &str) -> Vec<Reported> {
        let heard = self.ear.received().into_iter().flat_map(|request| self.hear(&request, self.now()).unwrap());
        let mut states: Vec<_> = heard
            .filter_map(|heard| match heard {
                Heard::Report(report) if report.provider_id == id => Some(report.state),
                _ => None,
            })
            .collect();
        states.dedup();
        states
    }

    /// A request that came, to be changed by a forger.
    pub async fn request(&self) -> Received {
        self.ear.wait_for(|_| true).await.unwrap()
    }

    /// What one status of the provider's API means.
    pub async fn refused_with(&self, provider: Provider, status: u16, retry_after_s: Option<u64>) -> Outcome {
        use watchbell_sim::phone::PhoneFaults;
        self.exchange.faults(provider, PhoneFaults { status: Some(status), retry_after_s, ..PhoneFaults::default() });
        let outcome = self.send(Channel::Sms, &Message::Page(alert())).await;
        self.exchange.faults(provider, PhoneFaults::default());
        outcome
    }

    /// A call from its ring to the key that accepts.
    pub async fn accepts_by_key(&self) {
        let page = Message::Page(alert());
        self.answer_with(&voice::announce(&page, &self.back().keys(), 0));
        let id = self.sent(Channel::Voice, &page).await;
        let call = self.exchange.phone(ANN).wait_for_call().await.unwrap();
        assert!(call.answer());
        let asked = call.wait_for_spoken("9 to repeat.").await.unwrap();
        assert!(asked.transcript().contains("alert: Contoso: Disk full on SRV-01"), "{}", asked.transcript());
        assert!(asked.transcript().contains("Press 4 to accept, 6 to resolve, 8 to escalate, 9 to repeat."));
        assert!(matches!(self.wait_for(|heard| matches!(heard, Heard::PickedUp { .. })).await,
            Heard::PickedUp { provider_id, .. } if provider_id == id));

        self.answer_with(&voice::said(voice::VoiceResult::Accepted, &page));
        assert!(call.press('4'));
        let key = self.wait_for(|heard| matches!(heard, Heard::Key { .. })).await;
        assert_eq!(key, Heard::Key { provider_id: id.clone(), key: Some('4') });
        let ended = call.wait_for_end().await.unwrap();
        assert!(ended.transcript().ends_with("Good bye."), "{}", ended.transcript());
        assert_eq!(ended.fault, None);
        self.wait_for_report(&id, Reported::Ended).await;
        let states = self.states(&id);
        assert!(states.contains(&Reported::Delivered) || states.contains(&Reported::Ringing), "{states:?}");
    }

    /// A call that rings until it is taken back.
    pub async fn takes_a_call_back(&self) {
        let page = Message::Page(alert());
        self.answer_with(&voice::announce(&page, &self.back().keys(), 0));
        let id = self.sent(Channel::Voice, &page).await;
        let call = self.exchange.phone(ANN).wait_for_call().await.unwrap();
        assert_eq!(self.ask(Channel::Voice, &id).await.map(|report| report.state), Some(Reported::Ringing));
        assert!(self.take_back(Channel::Voice, &id).await);
        call.wait_for_end().await.unwrap();
        assert!(!self.take_back(Channel::Voice, &id).await, "it has ended");
        assert!(!self.take_back(Channel::Sms, &id).await, "a text is on its way");
    }
}

/// A page with a number to answer by.
pub fn alert() -> watchbell_connect::channels::AlertPage {
    watchbell_connect::channels::AlertPage { reply_code: Some(42), ..page() }
}

pub fn is_transient(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Transient { .. })
}

pub fn wait_of(outcome: &Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Transient { retry_after, .. } => *retry_after,
        other => panic!("{other:?}"),
    }
}

/// Whose fault a permanent failure is, and what is said.
pub fn fault_of(outcome: Outcome) -> (Fault, String) {
    match outcome {
        Outcome::Permanent { fault, error } => (fault, error),
        other => panic!("{other:?}"),
    }
}
