//! A message as it was sent, and what becomes of an emergency.

use serde::Serialize;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushoverMessage {
    /// Its number, the first is 1.
    pub id: u64,
    /// When it came, in Unix seconds.
    pub time: i64,
    /// The key of the user.
    pub user: String,
    /// The device, where one was named.
    pub device: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub message: String,
    /// Whether the text has tags of HTML.
    pub html: bool,
    /// -2 (in silence) to 2 (until acknowledged).
    pub priority: i64,
    /// An address below the text.
    pub url: Option<String>,
    /// What stands for that address.
    pub url_title: Option<String>,
    /// What is heard.
    pub sound: Option<String>,
    /// When the phone forgets it, in seconds.
    pub ttl_s: Option<i64>,
    /// Of priority 2 only.
    pub emergency: Option<PushoverEmergency>,
}

/// A message that is repeated until somebody acknowledges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushoverEmergency {
    /// What the sender asks after it with: 30 letters and digits.
    pub receipt: String,
    /// Seconds between repetitions.
    pub retry_s: i64,
    /// When it is no longer repeated, in Unix seconds.
    pub expires_at: i64,
    /// Whom to call back.
    pub callback: Option<String>,
    /// Words to cancel it by.
    pub tags: Vec<String>,
    /// When it was acknowledged.
    pub acknowledged_at: Option<i64>,
    /// On which device.
    pub acknowledged_by_device: Option<String>,
    /// When the sender's callback answered with a good status.
    pub called_back_at: Option<i64>,
    /// When the sender cancelled it.
    pub cancelled_at: Option<i64>,
}

impl PushoverEmergency {
    /// When it stopped, or will stop, being repeated.
    pub fn ends_at(&self) -> i64 {
        let ends = [self.acknowledged_at, self.cancelled_at].into_iter().flatten();
        ends.fold(self.expires_at, i64::min)
    }

    /// Whether it is still repeated at this time.
    pub fn is_open(&self, now: i64) -> bool {
        self.acknowledged_at.is_none() && now < self.ends_at()
    }
}
