//! The clock of the gallery, a stand-in of the server: what pages say of times, and the beat of the stream.

use jiff::Timestamp;
use std::time::Duration;

#[expect(clippy::disallowed_methods, reason = "the clock of the gallery")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Waits, in seconds.
#[expect(clippy::disallowed_methods, reason = "the stream of the gallery beats by itself")]
pub fn pause(s: u64) {
    std::thread::sleep(Duration::from_secs(s));
}
