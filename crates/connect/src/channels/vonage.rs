//! Text messages by Vonage's Messages API, calls by its Voice API: <https://developer.vonage.com>.

mod config;
mod errors;
mod receive;
mod send;
mod speak;
mod token;

use jiff::Timestamp;
use watchbell_core::{provider::ProviderKind, user::Channel};

use super::{
    BadSetting, Heard, Inbound, Outcome, Pace, Parcel, Provider, Refused, Report, Script, Setting, Settings, Spoken,
    sms::hears,
};
use crate::http::HttpClient;

pub use config::Vonage;

impl Provider for Vonage {
    const KIND: ProviderKind = ProviderKind::Vonage;
    const SETTINGS: &'static [Setting] = config::SETTINGS;

    fn configure(settings: &Settings) -> Result<Self, BadSetting> {
        config::configure(settings)
    }

    fn account(&self) -> String {
        format!("Vonage ({})", self.api_key)
    }

    fn pace(&self, channel: Channel) -> Pace {
        match channel {
            Channel::Voice => Pace::per_second(self.calls_per_second),
            _ => Pace::per_second(self.messages_per_second),
        }
    }

    fn hears_answers(&self, channel: Channel) -> bool {
        match channel {
            Channel::Sms => self.sms_from.as_deref().is_some_and(hears),
            Channel::Voice => true,
            _ => false,
        }
    }

    async fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        self.hand_over(http, parcel).await
    }

    async fn probe(&self, http: &HttpClient, now: Timestamp) -> Outcome {
        self.log_in(http, now).await
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    async fn ask(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<Option<Report>, Outcome> {
        self.look_up(http, channel, provider_id, now).await
    }

    async fn take_back(
        &self,
        http: &HttpClient,
        channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<bool, Outcome> {
        self.hang_up(http, channel, provider_id, now).await
    }

    fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
        receive::receive(self, call)
    }

    fn speak(&self, script: &Script) -> Option<Spoken> {
        Some(speak::ncco(script))
    }
}

#[cfg(test)]
mod tests;
