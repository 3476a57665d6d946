//! What every provider of messages can do, said once: how it is configured, how it sends, what comes back, and how it takes a message
//! back. Each has a folder of its own with the same files: `config.rs`, `send.rs`, `receive.rs`.

use std::future::Future;

use jiff::Timestamp;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::user::Channel;

use super::{
    DeliveryId, Message, Outcome,
    script::Script,
    settings::{BadSetting, Setting, Settings},
};
use crate::http::HttpClient;

/// An account with somebody who carries messages.
pub trait Provider: Sized + Send + Sync {
    /// Which.
    const KIND: ProviderKind;

    /// What it is configured by: the fields of its form, in order.
    const SETTINGS: &'static [Setting];

    /// The account of these settings. Errors: which setting is wrong, and how.
    fn configure(settings: &Settings) -> Result<Self, BadSetting>;

    /// Names the account without secrets, for errors and for what is remembered of it: `Twilio (AC12..)`.
    fn account(&self) -> String {
        Self::KIND.name().to_owned()
    }

    /// How fast the account takes messages of a channel.
    fn pace(&self, channel: Channel) -> Pace;

    /// Whether people can answer over this channel: then a message says how. A one-way sender cannot receive.
    fn hears_answers(&self, channel: Channel) -> bool;

    /// Hands one message over, once. What is permanent for the account, the contact, or the message is told apart.
    fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> impl Future<Output = Outcome> + Send;

    /// Logs in without sending anything. `now` dates what is signed.
    fn probe(&self, http: &HttpClient, now: Timestamp) -> impl Future<Output = Outcome> + Send;

    /// Whether it can be asked where a message stands.
    fn can_be_asked(&self) -> bool {
        false
    }

    /// Asks where a message stands, since no report came. `Ok(None)`: it cannot be asked, or nothing is known yet.
    fn ask(
        &self,
        _http: &HttpClient,
        _channel: Channel,
        _provider_id: &str,
        _now: Timestamp,
    ) -> impl Future<Output = Result<Option<Report>, Outcome>> + Send {
        async { Ok(None) }
    }

    /// Takes a message back that is not needed any more: hangs up, ends an emergency push. `Ok(false)`: it cannot be.
    fn take_back(
        &self,
        _http: &HttpClient,
        _channel: Channel,
        _provider_id: &str,
        _now: Timestamp,
    ) -> impl Future<Output = Result<bool, Outcome>> + Send {
        async { Ok(false) }
    }

    /// What a request of the provider to us says. Pure. Errors: forged, stale or unreadable; then nothing of it counts.
    fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused>;

    /// What is said on a call, in the provider's own words. `None`: it makes no calls.
    fn speak(&self, _script: &Script) -> Option<Spoken> {
        None
    }
}

/// How fast an account takes messages. What one address may get is the same for all accounts: [`watchbell_core::limits::ADDRESS_MS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Milliseconds between two requests of the account; 0: as fast as one likes.
    pub account_ms: i64,
}

impl Pace {
    /// As fast as one likes.
    pub const FREE: Self = Self { account_ms: 0 };

    /// So many requests a second of the account; 0: as fast as one likes.
    pub const fn per_second(requests: i64) -> Self {
        match requests {
            ..=0 => Self::FREE,
            requests => Self { account_ms: (1_000 + requests - 1) / requests },
        }
    }
}

/// One message on its way to one address.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Over what.
    pub channel: Channel,
    /// Number (E.164), chat, or user key.
    pub to: &'a str,
    /// What is said.
    pub message: &'a Message,
    /// The same at every try.
    pub id: &'a DeliveryId,
    /// Where the provider tells us what became of it.
    pub back: &'a Back,
    /// When.
    pub now: Timestamp,
}

/// Where a provider calls us back about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    root: String,
    token: String,
}

impl Back {
    /// Below `root`, the address of this account's hooks without a slash at its end; `token` names the message and is signed.
    pub fn new(root: impl Into<String>, token: impl Into<String>) -> Self {
        Self { root: root.into(), token: token.into() }
    }

    /// The address for what became of the message.
    pub fn status(&self) -> String {
        self.to(Hook::Status)
    }

    /// The address that says what is spoken when a call is picked up.
    pub fn answer(&self) -> String {
        self.to(Hook::Answer)
    }

    /// The address for keys that were pressed.
    pub fn keys(&self) -> String {
        self.to(Hook::Keys)
    }

    /// The token alone, for buttons that carry it.
    pub fn token(&self) -> &str {
        &self.token
    }

    fn to(&self, hook: Hook) -> String {
        format!("{}/{}/{}", self.root, hook.word(), self.token)
    }
}

/// What an address of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Words and presses of people.
    Message,
    /// What became of a message.
    Status,
    /// A call was picked up: what is to be said.
    Answer,
    /// A key was pressed.
    Keys,
}

impl Hook {
    const ALL: [Self; 4] = [Self::Message, Self::Status, Self::Answer, Self::Keys];

    /// Its word in the address.
    pub const fn word(self) -> &'static str {
        match self {
            Hook::Message => "message",
            Hook::Status => "status",
            Hook::Answer => "answer",
            Hook::Keys => "keys",
        }
    }

    /// The hook of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.word() == word)
    }
}

/// A request of a provider to us.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// What its address is for.
    pub hook: Hook,
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The whole address as the provider called it: our public address with path and query.
    pub url: &'a str,
    /// A header by its name in lower case.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The query, undecoded; empty where there is none.
    pub query: &'a str,
    /// The body as it came.
    pub body: &'a [u8],
    /// When it came.
    pub now: Timestamp,
}

/// A request does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The signature is missing or wrong, or it is too old: 403.
    #[error("{0}")]
    Forged(String),
    /// It is signed, or needs no signature, but cannot be read: 400.
    #[error("{0}")]
    Unreadable(String),
}

/// What a provider told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// What became of a message.
    Report(Report),
    /// Words of a person.
    Text(Text),
    /// A person pressed a button below a message.
    Press {
        /// The token of the message that the button carried.
        token: String,
        /// What it does: `accept`, `resolve`, `escalate`.
        verb: String,
        /// Who pressed, as the provider names them; `None` where it does not say.
        from: Option<String>,
        /// What the provider calls this press, for an answer to it.
        press_id: Option<String>,
    },
    /// A call was picked up; it wants to know what to say.
    PickedUp {
        /// What the provider calls the call.
        provider_id: String,
        /// By whom.
        by: PickedUpBy,
    },
    /// A key was pressed in a call; `None`: none was in time.
    Key {
        /// What the provider calls the call.
        provider_id: String,
        /// `0` to `9`, `*` or `#`.
        key: Option<char>,
    },
    /// A person blocked us: nothing more arrives there.
    Left {
        /// The chat.
        address: String,
        /// What happened, in words.
        said: String,
    },
    /// A person opened the bot with a word of ours: the chat is theirs.
    Joined {
        /// The word that our page gave them.
        word: String,
        /// The chat.
        address: String,
        /// How they are called there.
        name: String,
    },
}

/// Who picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickedUpBy {
    /// A person, as far as the provider can tell.
    Person,
    /// A machine.
    Machine,
    /// It does not know: taken for a person, who has to press a key to act.
    Unknown,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the provider calls the message.
    pub provider_id: String,
    /// Where it stands.
    pub state: Reported,
    /// The provider's own words, with its code where there is one.
    pub said: String,
}

/// Words of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Over what they came.
    pub channel: Channel,
    /// Number (E.164), or chat.
    pub from: String,
    /// What they wrote.
    pub text: String,
    /// What the provider calls it: the same when it is told again.
    pub provider_id: String,
}

/// What is said on a call, for the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// `application/xml` or `application/json`.
    pub content_type: &'static str,
    /// The document.
    pub body: String,
}
