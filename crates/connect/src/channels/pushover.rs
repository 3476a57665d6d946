//! Push by Pushover: a page is repeated until somebody acknowledges it, which accepts the alert: <https://pushover.net/api>.
//!
//! An address is a user key, or `key/device`. A page is known by its receipt, which can be asked about and taken back; any other
//! message by the number of its request.

mod api;
mod config;
mod receive;
mod send;

pub use config::Pushover;
pub use send::is_address;

use jiff::Timestamp;
use watchbell_core::{
    provider::{ProviderKind, Reported},
    user::Channel,
};

use super::{
    BadSetting, Heard, Inbound, Outcome, Pace, Parcel, Provider, Refused, Report, Setting, Settings, text::line,
};
use crate::http::HttpClient;
use api::Receipt;

impl Provider for Pushover {
    const KIND: ProviderKind = ProviderKind::Pushover;
    const SETTINGS: &'static [Setting] = config::SETTINGS;

    fn configure(settings: &Settings) -> Result<Self, BadSetting> {
        config::configure(settings)
    }

    /// Pushover asks for two connections at most, which take about so many messages.
    fn pace(&self, _channel: Channel) -> Pace {
        Pace { account_ms: 50 }
    }

    fn hears_answers(&self, _channel: Channel) -> bool {
        // Acknowledging needs no words: nothing is to be said about how to answer.
        false
    }

    async fn send(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let fields = match self.message(parcel) {
            Ok(fields) => fields,
            Err(outcome) => return outcome,
        };
        match self.post(http, "1/messages.json", &fields, parcel.now).await {
            Ok(accepted) => Outcome::sent(accepted.receipt.as_deref().or(accepted.request.as_deref())),
            Err(outcome) => outcome,
        }
    }

    async fn probe(&self, http: &HttpClient, now: Timestamp) -> Outcome {
        match self.limits(http, now).await {
            Ok(left) => Outcome::sent(left.map(|left| format!("{left} messages are left this month")).as_deref()),
            Err(outcome) => outcome,
        }
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    async fn ask(
        &self,
        http: &HttpClient,
        _channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<Option<Report>, Outcome> {
        if !is_receipt(provider_id) {
            return Ok(None);
        }
        let receipt = self.receipt(http, provider_id, now).await?;
        Ok(report(provider_id, &receipt))
    }

    async fn take_back(
        &self,
        http: &HttpClient,
        _channel: Channel,
        provider_id: &str,
        now: Timestamp,
    ) -> Result<bool, Outcome> {
        if !is_receipt(provider_id) {
            return Ok(false);
        }
        let path = format!("1/receipts/{provider_id}/cancel.json");
        self.post(http, &path, &[self.signature()], now).await.map(|_| true)
    }

    fn receive(&self, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
        receive::receive(call)
    }
}

/// Pushover's receipts are letters and digits; the numbers of requests have dashes. It stands in addresses: nothing else may.
fn is_receipt(provider_id: &str) -> bool {
    (20..=40).contains(&provider_id.len()) && provider_id.chars().all(|c| c.is_ascii_alphanumeric())
}

fn report(provider_id: &str, receipt: &Receipt) -> Option<Report> {
    let (state, said) = match receipt {
        Receipt { acknowledged: 1, .. } => (Reported::Read, acknowledged(&receipt.acknowledged_by_device)),
        Receipt { expired: 1, .. } => (Reported::Unanswered, "Expired: nobody acknowledged it".to_owned()),
        // It rings on the device until somebody acknowledges it, and can still be taken back.
        Receipt { last_delivered_at: 1.., .. } => (Reported::Ringing, String::new()),
        _ => return None,
    };
    Some(Report { provider_id: provider_id.to_owned(), state, said })
}

/// Without the key of the user, which others could send to.
fn acknowledged(device: &str) -> String {
    match line(device, 60).as_str() {
        "" => "Acknowledged".to_owned(),
        device => format!("Acknowledged on {device}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_says_where_an_emergency_stands() {
        let standing = |acknowledged, expired, last_delivered_at| {
            let receipt = Receipt { acknowledged, expired, last_delivered_at, acknowledged_by_device: "phone".into() };
            report("r", &receipt).map(|report| (report.state, report.said))
        };
        assert_eq!(standing(0, 0, 0), None);
        assert_eq!(standing(0, 0, 9), Some((Reported::Ringing, String::new())));
        assert_eq!(standing(1, 1, 9), Some((Reported::Read, "Acknowledged on phone".into())));
        assert_eq!(standing(0, 1, 9).map(|it| it.0), Some(Reported::Unanswered));
    }

    #[test]
    fn what_is_no_receipt_gets_into_no_address() {
        assert!(is_receipt("r1g9x8asdkj2h3k4j5h6k7j8h9k0jl"));
        for bad in
            ["", "short", "5042853c-402d-4a18-abcb-168734a801de", "../../1/users/validate/xxxxxxx", &"r".repeat(41)]
        {
            assert!(!is_receipt(bad), "{bad}");
        }
    }
}
