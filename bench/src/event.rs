//! Requests with events, built once; only the numbers in them change.

/// Digits of a number in a request.
const DIGITS: usize = 12;
/// What stands before the number in the summary; the receiver of pages looks for it.
pub const MARK: &str = "Bench ";
/// So that a body has the length of an ordinary monitoring event.
const DETAILS: &str = "Filesystem /var on this host is 97 % full: 1.2 GB of 40 GB are left. The growth of the last hour was 3.1 GB. Check the logs.";

/// A request with one event or an array of them.
#[derive(Debug, Clone)]
pub struct Request {
    bytes: Vec<u8>,
    /// For each event, where its number stands.
    slots: Vec<Vec<usize>>,
}

impl Request {
    /// A request of so many events for the sources of these keys, in turn.
    pub fn new(keys: &[String], events: usize) -> Self {
        Self::routed(keys, events, "")
    }

    /// The same, for the policy of a routing key; the source's own where it is empty.
    pub fn routed(keys: &[String], events: usize, routing_key: &str) -> Self {
        let event = |key: &String| {
            let number = "#".repeat(DIGITS);
            format!(
                r#"{{"integrationKey":"{key}","routingKey":"{routing_key}","eventType":"ALERT","summary":"{MARK}{number}: disk full","details":"{DETAILS}","alertKey":"bench-{number}"}}"#
            )
        };
        let list: Vec<String> = keys.iter().cycle().take(events).map(event).collect();
        let body = if events == 1 { list.concat() } else { format!("[{}]", list.join(",")) };
        let head = format!(
            "POST /api/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let bytes = format!("{head}{body}").into_bytes();
        let mut slots: Vec<usize> = Vec::new();
        for (at, _) in bytes.windows(DIGITS).enumerate().filter(|(_, window)| window.iter().all(|byte| *byte == b'#')) {
            if slots.last().is_none_or(|last| at >= last + DIGITS) {
                slots.push(at);
            }
        }
        Self { bytes, slots: slots.chunks(2).map(<[usize]>::to_vec).collect() }
    }

    /// The bytes, with the events numbered from `first` on by `number`.
    pub fn numbered(&mut self, number: impl Fn(usize) -> u64) -> &[u8] {
        for (nth, slots) in self.slots.iter().enumerate() {
            let digits = format!("{:0DIGITS$}", number(nth));
            for slot in slots {
                self.bytes[*slot..slot + DIGITS].copy_from_slice(&digits.as_bytes()[..DIGITS]);
            }
        }
        &self.bytes
    }
}

/// The number in the summary of the first event that a text tells of.
pub fn number_in(text: &[u8]) -> Option<u64> {
    let at = text.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    std::str::from_utf8(text.get(at..at + DIGITS)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::message_length;

    #[test]
    fn a_request_keeps_its_length_and_changes_its_numbers() {
        for events in [1, 64] {
            let mut request = Request::new(&["one".into(), "two".into()], events);
            for first in [7, 123_456_789_012 - 64] {
                let bytes = request.numbered(|nth| first + nth as u64).to_vec();
                assert_eq!(message_length(&bytes).unwrap(), Some(bytes.len()));
                assert_eq!(number_in(&bytes), Some(first));
                let text = String::from_utf8(bytes).unwrap();
                let last = first + events as u64 - 1;
                assert!(text.contains(&format!("bench-{last:012}")) && !text.contains('#'));
            }
        }
    }
}
