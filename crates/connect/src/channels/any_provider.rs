//! Any of the providers, chosen by what is configured. A new one is a line in `providers!`.

use jiff::Timestamp;
use watchbell_core::{provider::ProviderKind, user::Channel};

use super::{
    BadSetting, Channels, Heard, Inbound, Outcome, Pace, Parcel, Provider, Pushover, Refused, Report, Script, Setting,
    Settings, SmsGateway, Spoken, Telegram, Twilio, Vonage, limits::HTTP_SEND_DEADLINE,
};
use crate::http::{HttpClient, within};

/// Writes the enum and hands each method of [`Provider`] on.
macro_rules! providers {
    ($($kind:ident),+ $(,)?) => {
        /// An account with one of the providers.
        #[derive(Debug)]
        pub enum AnyProvider {
            $(#[doc = concat!("[`", stringify!($kind), "`]")] $kind(Box<$kind>),)+
        }

        /// The fields by which a kind of provider is configured, in order.
        pub const fn settings_of(kind: ProviderKind) -> &'static [Setting] {
            match kind {
                $(ProviderKind::$kind => <$kind as Provider>::SETTINGS,)+
            }
        }

        impl AnyProvider {
            /// The account of these settings. Errors: which setting is wrong, and how.
            pub fn configure(kind: ProviderKind, settings: &Settings) -> Result<Self, BadSetting> {
                match kind {
                    $(ProviderKind::$kind => Ok(Self::$kind(Box::new(<$kind as Provider>::configure(settings)?))),)+
                }
            }

            /// Which.
            pub const fn kind(&self) -> ProviderKind {
                match self { $(Self::$kind(_) => <$kind as Provider>::KIND),+ }
            }

            /// Names the account without secrets.
            pub fn account(&self) -> String {
                match self { $(Self::$kind(provider) => provider.account()),+ }
            }

            /// How fast the account takes messages of a channel.
            pub fn pace(&self, channel: Channel) -> Pace {
                match self { $(Self::$kind(provider) => provider.pace(channel)),+ }
            }

            /// Whether people can answer over this channel.
            pub fn hears_answers(&self, channel: Channel) -> bool {
                match self { $(Self::$kind(provider) => provider.hears_answers(channel)),+ }
            }

            /// Hands one message over, once; see [`send_through`], which has a deadline.
            async fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
                match self { $(Self::$kind(provider) => provider.send(http, parcel).await),+ }
            }

            /// Logs in without sending anything.
            pub async fn probe(&self, http: &HttpClient, now: Timestamp) -> Outcome {
                match self { $(Self::$kind(provider) => provider.probe(http, now).await),+ }
            }

            /// Whether it can be asked where a message stands.
            pub fn can_be_asked(&self) -> bool {
                match self { $(Self::$kind(provider) => provider.can_be_asked()),+ }
            }

            /// Asks where a message stands. `Ok(None)`: it cannot be asked, or nothing is known yet.
            pub async fn ask(
                &self, http: &HttpClient, channel: Channel, provider_id: &str, now: Timestamp,
            ) -> Result<Option<Report>, Outcome> {
                match self { $(Self::$kind(provider) => provider.ask(http, channel, provider_id, now).await),+ }
            }

            /// Takes a message back. `Ok(false)`: it cannot be.
            pub async fn take_back(
                &self, http: &HttpClient, channel: Channel, provider_id: &str, now: Timestamp,
            ) -> Result<bool, Outcome> {
                match self { $(Self::$kind(provider) => provider.take_back(http, channel, provider_id, now).await),+ }
            }

            /// What a request of the provider to us says. Errors: forged, stale or unreadable.
            pub fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
                match self { $(Self::$kind(provider) => provider.receive(call)),+ }
            }

            /// What is said on a call, in the provider's own words. `None`: it makes no calls.
            pub fn speak(&self, script: &Script) -> Option<Spoken> {
                match self { $(Self::$kind(provider) => provider.speak(script)),+ }
            }
        }
    };
}

providers! {
    Twilio,
    Vonage,
    SmsGateway,
    Telegram,
    Pushover,
}

/// Hands a message to a provider, once, and ends within ten seconds. Where several messages before it got no answer from the
/// account, it fails at once, for a few seconds.
pub async fn send_through(channels: &Channels, provider: &AnyProvider, parcel: &Parcel<'_>) -> Outcome {
    let account = provider.account();
    if channels.silence.is_silent(&account, parcel.now) {
        return Outcome::transient(format!("{account} does not answer: others waited for it in vain just now"));
    }
    let sent = within(HTTP_SEND_DEADLINE, provider.send(&channels.http, parcel)).await;
    let outcome = sent.unwrap_or_else(|late| Outcome::unheard(format!("{account}: {late}")));
    channels.silence.note(&account, parcel.now, (&outcome, HTTP_SEND_DEADLINE));
    outcome
}
