//! Messages of a bot on Telegram, with buttons that act at once: <https://core.telegram.org/bots/api>.
//!
//! An address is the number of a private chat. It becomes known when its owner opens the bot with a word of ours (`/start word`).
//! The bot hears of words and presses by a webhook, or asks for them where Telegram cannot reach us. A message is known as
//! `chat:message`.

mod api;
mod button;
mod config;
mod fault;
mod keyboard;
mod receive;
mod send;
mod text;

pub use api::{Bot, Update};
pub use config::{Receiving, Telegram};

use jiff::Timestamp;
use watchbell_core::{provider::ProviderKind, user::Channel};

use super::{BadSetting, Heard, Inbound, Outcome, Pace, Parcel, Provider, Refused, Setting, Settings};
use crate::http::HttpClient;

impl Provider for Telegram {
    const KIND: ProviderKind = ProviderKind::Telegram;
    const SETTINGS: &'static [Setting] = config::SETTINGS;

    fn configure(settings: &Settings) -> Result<Self, BadSetting> {
        config::configure(settings)
    }

    fn account(&self) -> String {
        format!("Telegram (bot {})", self.number())
    }

    /// Thirty messages a second; one a second to the same chat, with short bursts beyond it, as for every address: <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>.
    fn pace(&self, _channel: Channel) -> Pace {
        Pace::per_second(30)
    }

    fn hears_answers(&self, _channel: Channel) -> bool {
        true
    }

    async fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        self.send_message(http, parcel).await
    }

    async fn probe(&self, http: &HttpClient, _now: Timestamp) -> Outcome {
        match self.me(http).await {
            Ok(bot) => Outcome::sent(Some(&format!("@{}", bot.username))),
            Err(outcome) => outcome,
        }
    }

    fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
        receive::receive(self, call)
    }
}
