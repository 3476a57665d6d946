//! A person acknowledges an emergency, and Pushover calls the sender back.

use super::{PushoverMessage, State};

/// What came of acknowledging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledged {
    /// There is no callback.
    Quietly,
    /// The callback answered with this status.
    CalledBack(u16),
    /// The callback did not answer.
    Unanswered(String),
    /// No such emergency, or it was acknowledged, cancelled or expired before.
    TooLate,
}

impl State {
    pub(super) async fn acknowledge(&self, receipt: &str) -> Acknowledged {
        let Some(message) = self.mark_acknowledged(receipt) else { return Acknowledged::TooLate };
        let Some(emergency) = &message.emergency else { return Acknowledged::TooLate };
        let Some(callback) = &emergency.callback else { return Acknowledged::Quietly };
        let body = form(&[
            ("receipt", receipt),
            ("acknowledged", "1"),
            ("acknowledged_at", &emergency.acknowledged_at.unwrap_or(0).to_string()),
            ("acknowledged_by", &message.user),
            ("acknowledged_by_device", emergency.acknowledged_by_device.as_deref().unwrap_or_default()),
        ]);
        let request = self.client.post(callback).header("content-type", "application/x-www-form-urlencoded");
        match request.body(body).send().await {
            Ok(answer) => {
                if answer.status().is_success() {
                    self.mark_called_back(receipt);
                }
                Acknowledged::CalledBack(answer.status().as_u16())
            }
            Err(fault) => Acknowledged::Unanswered(fault.to_string()),
        }
    }

    fn mark_acknowledged(&self, receipt: &str) -> Option<PushoverMessage> {
        let now = self.common.clock.now().as_second();
        self.common.messages.change(|messages| {
            let message = messages.iter_mut().find(|message| has_receipt(message, receipt))?;
            let device = message.device.clone();
            let device = device.or_else(|| self.devices(&message.user)?.first().cloned());
            let emergency = message.emergency.as_mut().filter(|emergency| emergency.is_open(now))?;
            emergency.acknowledged_at = Some(now);
            emergency.acknowledged_by_device = device;
            Some(message.clone())
        })
    }

    fn mark_called_back(&self, receipt: &str) {
        let now = self.common.clock.now().as_second();
        self.common.messages.change(|messages| {
            let message = messages.iter_mut().find(|message| has_receipt(message, receipt));
            if let Some(emergency) = message.and_then(|message| message.emergency.as_mut()) {
                emergency.called_back_at = Some(now);
            }
        });
    }
}

fn has_receipt(message: &PushoverMessage, receipt: &str) -> bool {
    message.emergency.as_ref().is_some_and(|emergency| emergency.receipt == receipt)
}

/// A form of names and values.
fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}
