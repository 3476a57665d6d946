//! What a sender may ask about an emergency, and that it may end it: <https://pushover.net/api/receipts>.

use serde_json::{Value, json};

use super::{PushoverEmergency, PushoverMessage, State};

impl State {
    fn find_receipt(&self, receipt: &str) -> Option<(PushoverMessage, PushoverEmergency)> {
        let all = self.common.messages.all().into_iter();
        all.filter_map(|message| message.emergency.clone().map(|emergency| (message, emergency)))
            .find(|(_, emergency)| emergency.receipt == receipt)
    }

    /// The state of an emergency; none where there is no such receipt.
    pub(super) fn receipt(&self, receipt: &str) -> Option<Value> {
        let (message, emergency) = self.find_receipt(receipt)?;
        let now = self.common.clock.now().as_second();
        let ends_at = emergency.cancelled_at.unwrap_or(emergency.expires_at);
        let is_acknowledged = emergency.acknowledged_at.is_some();
        let user = if is_acknowledged { message.user.as_str() } else { "" };
        Some(json!({
            "status": 1,
            "acknowledged": u8::from(is_acknowledged),
            "acknowledged_at": emergency.acknowledged_at.unwrap_or(0),
            "acknowledged_by": user,
            "acknowledged_by_device": emergency.acknowledged_by_device.clone().unwrap_or_default(),
            "last_delivered_at": last_delivered_at(message.time, &emergency, now),
            "expired": u8::from(now >= ends_at),
            "expires_at": ends_at,
            "called_back": u8::from(emergency.called_back_at.is_some()),
            "called_back_at": emergency.called_back_at.unwrap_or(0),
            "request": self.request_id(),
        }))
    }

    /// Ends the repetition of emergencies that fit; how many were still repeated, and whether any fits at all.
    pub(super) fn cancel(&self, fits: impl Fn(&PushoverEmergency) -> bool) -> (usize, bool) {
        let now = self.common.clock.now().as_second();
        self.common.messages.change(|messages| {
            let (mut cancelled, mut any) = (0, false);
            for emergency in messages.iter_mut().filter_map(|message| message.emergency.as_mut()).filter(|e| fits(e)) {
                any = true;
                if emergency.is_open(now) {
                    emergency.cancelled_at = Some(now);
                    cancelled += 1;
                }
            }
            (cancelled, any)
        })
    }
}

/// The last repetition so far: every `retry_s` from the first on, until it ended.
fn last_delivered_at(sent_at: i64, emergency: &PushoverEmergency, now: i64) -> i64 {
    let until = now.min(emergency.ends_at()).max(sent_at);
    let times = (until - sent_at).checked_div(emergency.retry_s).unwrap_or(0);
    sent_at + times * emergency.retry_s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emergency_is_repeated_until_it_ends() {
        let emergency = |acknowledged_at| PushoverEmergency {
            receipt: String::new(),
            retry_s: 30,
            expires_at: 1_100,
            callback: None,
            tags: Vec::new(),
            acknowledged_at,
            acknowledged_by_device: None,
            called_back_at: None,
            cancelled_at: None,
        };
        let cases = [(None, 1_000, 1_000), (None, 1_059, 1_030), (None, 9_000, 1_090), (Some(1_045), 1_099, 1_030)];
        for (acknowledged_at, now, expected) in cases {
            assert_eq!(last_delivered_at(1_000, &emergency(acknowledged_at), now), expected);
        }
    }
}
