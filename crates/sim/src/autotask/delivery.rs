//! Sending callouts, and the log of what was sent and answered.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Serialize;

use super::callout::{Callout, Message, Method, Resend};
use super::row::{Row, int, text};
use super::world::{Effect, REMEMBERED_MAX, Shared, World};

/// Characters of an answer that the log keeps.
const ANSWER_CHARS_MAX: usize = 2_000;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It is being sent, or waits to be sent again.
    UnderWay,
    /// It was answered with 2xx.
    Delivered,
    /// It was given up.
    Failed,
}

/// One try.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it was answered, or given up.
    pub at: Timestamp,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The start of the answer, or the error.
    pub answer: String,
}

/// A callout for one ticket.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// When the rule executed it.
    pub at: Timestamp,
    /// The name of the rule.
    pub rule: String,
    /// The callout, as it was then.
    #[serde(skip)]
    pub callout: Callout,
    /// The name of the callout.
    pub callout_name: String,
    /// The ticket's id.
    pub ticket_id: i64,
    /// The ticket's number.
    pub ticket_number: String,
    /// What is sent.
    pub message: Message,
    /// The tries.
    pub attempts: Vec<Attempt>,
    /// What became of it.
    pub fate: Fate,
}

impl World {
    /// Executes a callout for a ticket, when it applies to it.
    pub fn execute(&mut self, callout: &Callout, rule: &str, ticket: &Row) {
        let status = self.picklists.label(super::entity::Entity::Tickets, "status", int(ticket, "status").unwrap_or(0));
        let Some(message) = callout.message(ticket, &status, &self.zone) else { return };
        let delivery = Delivery {
            id: self.next_number(),
            at: self.clock.now(),
            rule: rule.to_owned(),
            callout: callout.clone(),
            callout_name: callout.name.clone(),
            ticket_id: int(ticket, "id").unwrap_or_default(),
            ticket_number: text(ticket, "ticketNumber").unwrap_or_default().to_owned(),
            message,
            attempts: Vec::new(),
            fate: Fate::UnderWay,
        };
        if self.deliveries.len() >= REMEMBERED_MAX {
            self.deliveries.pop_front();
        }
        self.outbox.push(Effect::Send(delivery.id));
        self.deliveries.push_back(delivery);
    }

    /// Writes down a try. Returns the pause until the next one, when there is one.
    fn note_attempt(&mut self, id: i64, outcome: Outcome) -> Option<Duration> {
        let at = self.clock.now();
        let delivery = self.deliveries.iter_mut().rfind(|delivery| delivery.id == id)?;
        let again = match &outcome {
            delivered if delivered.is_success() => {
                delivery.fate = Fate::Delivered;
                false
            }
            Outcome::TimedOut => true,
            Outcome::Answered(..) | Outcome::Failed(_) => delivery.callout.resend == Resend::AnyFailure,
        };
        delivery.attempts.push(outcome.into_attempt(at));
        let tries = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
        if again && tries < delivery.callout.tries_max {
            return Some(Duration::from_millis(delivery.callout.retry_ms));
        }
        if delivery.fate == Fate::UnderWay {
            delivery.fate = Fate::Failed;
        }
        None
    }
}

/// How a try ended.
pub enum Outcome {
    /// With an answer: its status, and its start.
    Answered(u16, String),
    /// Without an answer in time.
    TimedOut,
    /// Without a connection, or a whole answer.
    Failed(String),
}

impl Outcome {
    /// Whether the receiver took it: 2xx.
    pub fn is_success(&self) -> bool {
        matches!(self, Outcome::Answered(200..=299, _))
    }

    /// As the log keeps it.
    pub fn into_attempt(self, at: Timestamp) -> Attempt {
        let (status, answer) = match self {
            Outcome::Answered(status, answer) => (Some(status), answer),
            Outcome::TimedOut => (None, "The operation has timed out".to_owned()),
            Outcome::Failed(error) => (None, error),
        };
        Attempt { at, status, answer }
    }
}

/// Sends a delivery until it is answered or given up.
pub async fn send(shared: &Shared, id: i64) {
    let find = |world: &mut World| {
        let found = world.deliveries.iter().rfind(|delivery| delivery.id == id);
        found.map(|delivery| (delivery.message.clone(), Duration::from_millis(delivery.callout.timeout_ms)))
    };
    let Some((message, timeout)) = shared.with(find) else { return };
    loop {
        let outcome = {
            let _place = shared.sends().acquire().await;
            send_once(shared.http(), &message, timeout).await
        };
        let Some(pause) = shared.with(|world| world.note_attempt(id, outcome)) else { return };
        crate::clock::pause(pause).await;
    }
}

/// Sends a message once.
pub async fn send_once(http: &reqwest::Client, message: &Message, timeout: Duration) -> Outcome {
    let mut request = match message.method {
        Method::Get => http.get(&message.url),
        Method::Post => http.post(&message.url).body(message.body.clone()),
    };
    if let Some(content_type) = message.content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    if let Some(authorization) = &message.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    if let Some(signature) = &message.signature {
        request = request.header("X-Hook-Signature", signature);
    }
    let answered = async {
        let answer = request.timeout(timeout).send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        Ok::<_, reqwest::Error>((status, String::from_utf8_lossy(&body).chars().take(ANSWER_CHARS_MAX).collect()))
    };
    match answered.await {
        Ok((status, answer)) => Outcome::Answered(status, answer),
        Err(error) if error.is_timeout() => Outcome::TimedOut,
        Err(error) => Outcome::Failed(error.without_url().to_string()),
    }
}
