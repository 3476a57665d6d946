//! Text messages by any gateway that takes an HTTP request: GSM modems, and providers without code of their own here.

mod config;
mod receive;
mod send;
mod template;

use jiff::Timestamp;
use watchbell_core::{provider::ProviderKind, user::Channel};

use super::{
    BadSetting, Heard, Inbound, Outcome, Pace, Parcel, Provider, Refused, Setting, Settings, sms::hears,
    target::host_of,
};
use crate::http::HttpClient;

pub use config::SmsGateway;

impl Provider for SmsGateway {
    const KIND: ProviderKind = ProviderKind::SmsGateway;
    const SETTINGS: &'static [Setting] = config::SETTINGS;

    fn configure(settings: &Settings) -> Result<Self, BadSetting> {
        config::configure(settings)
    }

    fn account(&self) -> String {
        format!("The SMS gateway {}", host_of(self.url.text()))
    }

    fn pace(&self, _channel: Channel) -> Pace {
        Pace::per_second(self.messages_per_second)
    }

    fn hears_answers(&self, channel: Channel) -> bool {
        channel == Channel::Sms && self.inbound_token.is_some() && self.from.as_deref().is_none_or(hears)
    }

    async fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        self.hand_over(http, parcel).await
    }

    /// A gateway has no request that only logs in: whether it is there is all that can be seen.
    async fn probe(&self, http: &HttpClient, _now: Timestamp) -> Outcome {
        self.knock(http).await
    }

    fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
        receive::receive(self, call)
    }
}

#[cfg(test)]
mod tests;
