//! An idle server: from a single event to its page.

use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::lab::Lab;
use anyhow::Result;
use std::time::Duration;

/// From events to answers, and from events to pages.
#[derive(Debug, Default)]
pub struct Latency {
    /// To the answer.
    pub answers: Durations,
    /// To the page.
    pub pages: Durations,
    /// Pages that did not come within two seconds.
    pub missing: usize,
}

/// Sends two events for each quiet source, one at a time.
pub async fn measure(lab: &Lab) -> Result<Latency> {
    let mut connection = Connection::open(lab.node.address()).await?;
    let mut latency = Latency::default();
    for (nth, key) in lab.quiet.iter().chain(&lab.quiet).enumerate() {
        let mut request = Request::new(std::slice::from_ref(key), 1);
        let number = nth as u64 + 1;
        let asked = clock::now();
        connection.send(request.numbered(|_| number)).await?;
        latency.answers.push(asked.elapsed());
        let came = loop {
            let came = lab.hook.arrivals().pages.get(&number).copied();
            if came.is_some() || asked.elapsed() > Duration::from_secs(2) {
                break came;
            }
            clock::sleep(Duration::from_millis(1)).await;
        };
        match came {
            Some(came) => latency.pages.push(came.duration_since(asked)),
            None => latency.missing += 1,
        }
        // Idle again: what follows from a page (its commit, its end) is not the next one's.
        clock::sleep(Duration::from_millis(30)).await;
    }
    Ok(latency)
}
