//! Requests to webhooks, as they were sent and answered.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Provider, State,
    http::{Answer, Outgoing},
};
use crate::clock::pause;

/// How often a gateway tells what became of a message ..
const GATEWAY_TRIES: u32 = 20;
/// .. and how long it waits in between.
const GATEWAY_AGAIN: Duration = Duration::from_millis(100);

/// A request to a webhook.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// Of whom.
    pub provider: Provider,
    /// `POST` or `GET`.
    pub method: &'static str,
    /// Where it went.
    pub url: String,
    /// What it said.
    pub body: String,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// The body of the answer, or why there was none.
    pub answer: String,
    /// When it was over.
    pub at: Timestamp,
}

impl State {
    /// Sends a request and writes it down. Errors: no answer, in words.
    pub async fn send(&self, provider: Provider, outgoing: &Outgoing) -> Result<Answer, String> {
        let answer = self.caller.send(outgoing).await;
        let (status, text) = match &answer {
            Ok(answer) => (Some(answer.status), answer.body.clone()),
            Err(why) => (None, why.clone()),
        };
        self.callbacks.push(Callback {
            provider,
            method: if outgoing.post { "POST" } else { "GET" },
            url: outgoing.url.clone(),
            body: outgoing.body.clone(),
            status,
            answer: text,
            at: self.clock.now(),
        });
        answer
    }

    /// A receiver that fails misses its report: Twilio and Vonage go on. A gateway knows a message by its own id alone, which the
    /// receiver may not have written down yet: it tells it again.
    async fn deliver(&self, provider: Provider, outgoing: &Outgoing) {
        for _ in 0..GATEWAY_TRIES {
            let answer = self.send(provider, outgoing).await;
            if provider != Provider::Gateway || answer.is_ok_and(|answer| answer.is_success()) {
                return;
            }
            pause(GATEWAY_AGAIN).await;
        }
    }

    /// Sends a report, as far as the faults of its provider let it.
    pub async fn report(self: &Arc<Self>, provider: Provider, outgoing: Outgoing) {
        let faults = self.faults_of(provider);
        let times = match (faults.lose_callbacks, faults.duplicate_callbacks) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        for _ in 0..times {
            if faults.late_callbacks_ms == 0 {
                self.deliver(provider, &outgoing).await;
                continue;
            }
            let (state, outgoing, late) =
                (self.clone(), outgoing.clone(), Duration::from_millis(faults.late_callbacks_ms));
            self.tasks.spawn(async move {
                pause(late).await;
                let _ = state.send(provider, &outgoing).await;
            });
        }
    }
}
