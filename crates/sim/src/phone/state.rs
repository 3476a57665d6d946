//! What the doors, the calls under way and the handle share.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use hmac::digest::Digest as _;
use sha2::Sha256;
use tokio::sync::{mpsc, watch};

use super::{
    Behaviour, Call, Callback, Channel, Message, Pace, PhoneFaults, PhoneSimConfig, Provider, Webhooks, http::Caller,
    line::Act, number::party, tasks::Tasks, vonage::ApplicationKey,
};
use crate::{clock::Clock, shelf::Shelf};

/// Phones that are remembered; a further one is a phone in order, and is not listed.
const PHONES_MAX: usize = 20_000;
/// Pairs of phones and senders that said STOP, and numbers of accounts.
const PAIRS_MAX: usize = 20_000;

/// A number of an account.
#[derive(Debug, Clone)]
pub(super) struct OwnNumber {
    pub provider: Provider,
    pub sms_url: Option<String>,
    pub voice_url: Option<String>,
}

/// The exchange.
#[derive(Debug)]
pub(super) struct State {
    pub config: PhoneSimConfig,
    pub messages: Shelf<Message>,
    pub calls: Shelf<Call>,
    pub callbacks: Shelf<Callback>,
    pub webhooks: Mutex<Webhooks>,
    pub pace: Mutex<Pace>,
    pub lines: Mutex<HashMap<String, mpsc::Sender<Act>>>,
    pub tasks: Tasks,
    pub caller: Caller,
    pub clock: Clock,
    pub application_key: ApplicationKey,
    phones: Mutex<BTreeMap<String, Behaviour>>,
    numbers: Mutex<BTreeMap<String, OwnNumber>>,
    opt_outs: Mutex<BTreeSet<(String, String)>>,
    faults: Mutex<BTreeMap<Provider, PhoneFaults>>,
    /// Counts what changed and is on none of the shelves.
    touched: watch::Sender<u64>,
    next_id: AtomicU64,
    born: i128,
}

/// A lock, whether a test panicked while it held it or not.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub fn new(config: PhoneSimConfig) -> io::Result<Self> {
        let application_key = ApplicationKey::from_pem(&config.vonage.private_key_pem)
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        Ok(Self {
            messages: Shelf::default(),
            calls: Shelf::default(),
            callbacks: Shelf::default(),
            webhooks: Mutex::new(config.webhooks.clone()),
            pace: Mutex::new(config.pace),
            lines: Mutex::default(),
            tasks: Tasks::default(),
            caller: Caller::new()?,
            clock: config.clock.clone(),
            application_key,
            phones: Mutex::default(),
            numbers: Mutex::default(),
            opt_outs: Mutex::default(),
            faults: Mutex::default(),
            touched: watch::Sender::new(0),
            next_id: AtomicU64::new(1),
            born: config.clock.now().as_nanosecond(),
            config,
        })
    }

    /// 32 hexadecimal digits that no other thing has, also not after a restart.
    pub fn next_id(&self) -> String {
        let count = self.next_id.fetch_add(1, Ordering::SeqCst);
        let digest = Sha256::digest(format!("{}/{count}", self.born));
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The same as a UUID.
    pub fn next_uuid(&self) -> String {
        let id = self.next_id();
        format!("{}-{}-4{}-a{}-{}", &id[..8], &id[8..12], &id[13..16], &id[17..20], &id[20..])
    }

    /// Remembers that a phone was addressed, and tells how it behaves.
    pub fn meet_phone(&self, number: &str) -> Behaviour {
        let mut phones = lock(&self.phones);
        if phones.len() < PHONES_MAX || phones.contains_key(number) {
            return phones.entry(number.to_owned()).or_default().clone();
        }
        Behaviour::default()
    }

    /// How a phone behaves.
    pub fn behaviour(&self, number: &str) -> Behaviour {
        lock(&self.phones).get(number).cloned().unwrap_or_default()
    }

    /// Sets how a phone behaves.
    pub fn behave(&self, number: &str, behaviour: Behaviour) {
        self.meet_phone(number);
        if let Some(current) = lock(&self.phones).get_mut(number) {
            *current = behaviour;
        }
        self.touch();
    }

    /// All phones.
    pub fn phones(&self) -> BTreeMap<String, Behaviour> {
        lock(&self.phones).clone()
    }

    pub fn connect_number(&self, provider: Provider, number: &str, sms_url: Option<&str>, voice_url: Option<&str>) {
        let own = OwnNumber { provider, sms_url: sms_url.map(str::to_owned), voice_url: voice_url.map(str::to_owned) };
        let mut numbers = lock(&self.numbers);
        if numbers.len() < PAIRS_MAX {
            numbers.insert(party(number), own);
        }
    }

    /// Whose number it is: a connected one, or else that of whoever used it as a sender last.
    pub fn owner(&self, number: &str) -> Option<OwnNumber> {
        if let Some(own) = lock(&self.numbers).get(number) {
            return Some(own.clone());
        }
        let message = self.messages.newest(|message| message.from == number).map(|message| message.provider);
        let provider = message.or_else(|| self.calls.newest(|call| call.from == number).map(|call| call.provider))?;
        Some(OwnNumber { provider, sms_url: None, voice_url: None })
    }

    pub fn faults_of(&self, provider: Provider) -> PhoneFaults {
        lock(&self.faults).get(&provider).cloned().unwrap_or_default()
    }

    pub fn change_faults<T>(&self, provider: Provider, change: impl FnOnce(&mut PhoneFaults) -> T) -> T {
        let result = change(lock(&self.faults).entry(provider).or_default());
        self.touch();
        result
    }

    pub fn pace(&self) -> Pace {
        *lock(&self.pace)
    }

    /// Whether a phone wants no more messages of a sender.
    pub fn has_opted_out(&self, phone: &str, sender: &str) -> bool {
        lock(&self.opt_outs).contains(&(party(phone), party(sender)))
    }

    pub fn set_opt_out(&self, phone: &str, sender: &str, out: bool) {
        let pair = (party(phone), party(sender));
        let mut pairs = lock(&self.opt_outs);
        if !out {
            pairs.remove(&pair);
        } else if pairs.len() < PAIRS_MAX {
            pairs.insert(pair);
        }
    }

    pub fn message(&self, id: &str) -> Option<Message> {
        self.messages.newest(|message| message.id == id)
    }

    /// Changes a message, and gives it as it is now.
    pub fn change_message(&self, id: &str, edit: impl FnOnce(&mut Message)) -> Option<Message> {
        self.messages.change(|messages| {
            let message = messages.iter_mut().rev().find(|message| message.id == id)?;
            edit(message);
            Some(message.clone())
        })
    }

    pub fn call(&self, id: &str) -> Option<Call> {
        self.calls.newest(|call| call.id == id)
    }

    /// Changes a call, and gives it as it is now.
    pub fn change_call(&self, id: &str, edit: impl FnOnce(&mut Call)) -> Option<Call> {
        self.calls.change(|calls| {
            let call = calls.iter_mut().rev().find(|call| call.id == id)?;
            edit(call);
            Some(call.clone())
        })
    }

    /// The last text of a phone to a number, on a channel.
    pub fn last_text(&self, phone: &str, to: &str, channel: Channel) -> Option<Message> {
        self.messages.newest(|message| message.from == phone && message.to == to && message.channel == channel)
    }

    /// Forgets what is over.
    pub fn clear(&self) {
        self.messages.clear();
        self.callbacks.clear();
        self.calls.change(|calls| calls.retain(|call| !call.state.is_over()));
    }

    /// Tells the page to look again.
    pub fn touch(&self) {
        self.touched.send_modify(|count| *count += 1);
    }

    /// Tells each change that is on no shelf.
    pub fn touches(&self) -> watch::Receiver<u64> {
        self.touched.subscribe()
    }

    /// What a person needs to point a client at it.
    pub fn describe(&self, url: &str) -> Vec<(&'static str, String)> {
        let (twilio, vonage) = (&self.config.twilio, &self.config.vonage);
        vec![
            ("Page", url.to_owned()),
            ("Twilio base URL", url.to_owned()),
            ("Twilio account SID", twilio.account_sid.clone()),
            ("Twilio auth token", twilio.auth_token.clone()),
            ("Vonage base URL", url.to_owned()),
            ("Vonage API key", vonage.api_key.clone()),
            ("Vonage API secret", vonage.api_secret.clone()),
            ("Vonage application", vonage.application_id.clone()),
            ("Vonage signature secret", vonage.signature_secret.clone()),
            ("Vonage private key", format!("{url}/sim/vonage-private-key")),
            (
                "SMS gateway",
                format!(
                    "{url}/gateway/send?{}=+49..&{}=..",
                    self.config.gateway.to_param, self.config.gateway.text_param
                ),
            ),
        ]
    }
}
