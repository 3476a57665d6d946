//! A telephone exchange: the HTTP APIs of Twilio, of Vonage and of a plain SMS gateway, and the phones behind them on a page.
//!
//! Twilio: `/2010-04-01/Accounts/..` (Messages, Calls); Vonage: `/v1/messages`, `/v1/calls`; the gateway: `/gateway/send`.
//! Phones answer, press keys and text back by handle, on the page at `/`, or over `/sim/..` (see `control`). Webhooks are signed
//! as the real ones are. Not there: media, conferences, recordings, speech recognition, lists of messages.

mod behaviour;
mod call;
mod callback;
mod config;
mod control;
mod deliver;
mod faults;
mod gateway;
mod handle;
mod host;
mod http;
mod inbound;
mod line;
mod message;
mod number;
mod page;
mod provider;
mod script;
mod state;
mod tasks;
mod twilio;
mod vonage;

pub use behaviour::{Behaviour, OnCall, OnText};
pub use call::{AnsweredBy, Call, CallState, Spoken};
pub use callback::Callback;
pub use config::{GatewaySettings, Pace, PhoneSimConfig, TwilioAccount, VonageAccount, Webhooks};
pub use faults::PhoneFaults;
pub use handle::{Phone, PhoneCall};
pub use message::{Failure, Message, MessageStatus};
pub use provider::{Channel, Direction, Provider};
pub use twilio::twilio_signature;

use std::{io, net::SocketAddr, sync::Arc};

use crate::{
    clock::Clock,
    listening::Listening,
    shelf::{Missing, PATIENCE},
};
use state::{State, lock};

/// A running exchange; dropping it ends it, with every call and message under way.
#[derive(Debug)]
pub struct Exchange {
    state: Arc<State>,
    listening: Listening,
    _under_way: UnderWay,
}

impl Exchange {
    /// Starts the exchange. Errors: the address cannot be listened on, or the private key of the application is none.
    pub async fn start(config: PhoneSimConfig) -> io::Result<Self> {
        let listen = config.listen;
        let state = Arc::new(State::new(config)?);
        let router = twilio::routes()
            .merge(vonage::routes())
            .merge(gateway::routes())
            .merge(page::routes())
            .nest("/sim", control::routes())
            .with_state(state.clone());
        let listening = Listening::http(listen, router).await?;
        Ok(Self { _under_way: UnderWay(state.clone()), state, listening })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// The address of the page and of all APIs, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.addr)
    }

    /// A phone, as its owner holds it. It needs no setting up: every number is a phone.
    pub fn phone(&self, number: &str) -> Phone {
        Phone::new(self.state.clone(), number)
    }

    /// A number of an account, and where its texts and calls go.
    pub fn connect_number(&self, provider: Provider, number: &str, sms_url: Option<&str>, voice_url: Option<&str>) {
        self.state.connect_number(provider, number, sms_url, voice_url);
    }

    /// Changes where texts and calls of phones go that no connected number takes.
    pub fn webhooks(&self, change: impl FnOnce(&mut Webhooks)) {
        change(&mut lock(&self.state.webhooks));
    }

    /// Makes a provider misbehave from now on; `PhoneFaults::default()` ends it.
    pub fn faults(&self, provider: Provider, faults: PhoneFaults) {
        self.state.change_faults(provider, |current| *current = faults);
    }

    /// Changes how long things take.
    pub fn pace(&self, pace: Pace) {
        *lock(&self.state.pace) = pace;
    }

    /// All messages, of phones and to phones, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.state.messages.all()
    }

    /// All calls, the oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls.all()
    }

    /// What was sent to webhooks, the oldest first.
    pub fn callbacks(&self) -> Vec<Callback> {
        self.state.callbacks.all()
    }

    /// Forgets messages, calls that are over, and requests to webhooks.
    pub fn clear(&self) {
        self.state.clear();
    }

    /// The first message that fits, within ten seconds, whether it arrived or not.
    pub async fn wait_for(&self, fits: impl Fn(&Message) -> bool) -> Result<Message, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
    }

    /// The first call that fits, within ten seconds, in whatever state.
    pub async fn wait_for_call(&self, fits: impl Fn(&Call) -> bool) -> Result<PhoneCall, Missing> {
        let call = self.state.calls.wait_for(PATIENCE, fits).await?;
        Ok(PhoneCall::new(self.state.clone(), call.id))
    }

    /// The first request to a webhook that fits, within ten seconds, once it was answered.
    pub async fn wait_for_callback(&self, fits: impl Fn(&Callback) -> bool) -> Result<Callback, Missing> {
        self.state.callbacks.wait_for(PATIENCE, fits).await
    }

    /// A login of the Vonage application, as its SDKs make them: a signed JWT that is good for 15 minutes.
    pub fn vonage_login(&self) -> String {
        vonage::application_login(&self.state)
    }

    /// The private key of the Vonage application, PKCS#8 PEM.
    pub fn vonage_private_key(&self) -> &str {
        &self.state.config.vonage.private_key_pem
    }

    /// Its clock; clones share the offset.
    pub fn clock(&self) -> Clock {
        self.state.clock.clone()
    }

    /// What a person needs to point a client at it, as (name, value).
    pub fn describe(&self) -> Vec<(&'static str, String)> {
        self.state.describe(&self.url())
    }

    /// Ends the server and what is under way; when this returns its port is free.
    pub async fn stop(self) {
        self.state.tasks.end();
        self.listening.stop().await;
    }
}

/// Ends calls and messages under way when the exchange goes.
#[derive(Debug)]
struct UnderWay(Arc<State>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.tasks.end();
    }
}
