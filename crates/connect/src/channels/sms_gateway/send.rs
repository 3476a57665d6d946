//! The request to a gateway, and what its answer means.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use watchbell_core::user::Channel;

use super::{SmsGateway, template::Values};
use crate::{
    channels::{
        Outcome, Parcel, Provider,
        limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
        refusal::{Meaning, refused, unanswered},
        sms::{self, Manner, customs_of},
        text::line,
    },
    http::{Answer, HttpClient, HttpError},
};

/// Longest id of a message at a gateway, in characters.
const ID_CHARS_MAX: usize = 100;

impl SmsGateway {
    pub(super) async fn hand_over(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        if parcel.channel != Channel::Sms {
            return Outcome::permanent(format!("{} only carries text messages.", self.account()));
        }
        // A card of the country itself hears answers where foreign numbers do not; what its networks block, they block for it too.
        let manner = Manner {
            answers: self.hears_answers(Channel::Sms),
            links: customs_of(parcel.to).links,
            any_character: self.any_character,
        };
        let text = sms::text(parcel.message, manner);
        let from = self.from.as_deref().unwrap_or_default();
        let secret = self.secret.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
        let values = Values { to: parcel.to, text: &text, id: parcel.id.as_str(), from, secret };
        match self.request(http, &values).await {
            Ok(answer) => self.read(&answer, parcel.id.as_str(), parcel.now),
            // What would tell success from failure was not read.
            Err(fault @ HttpError::TooLarge { .. }) if self.success.looks_at_text() => {
                Outcome::permanent(format!("{}: {fault}", self.account()))
            }
            Err(fault) => unanswered(&self.account(), &fault),
        }
    }

    pub(super) async fn knock(&self, http: &HttpClient) -> Outcome {
        let root = self.url.text().split('?').next().unwrap_or_default();
        let asked = async { http.call(crate::http::Method::HEAD, root)?.deadline(SEND_DEADLINE).send().await };
        match asked.await {
            Ok(_) => Outcome::sent(None),
            Err(fault) => unanswered(&self.account(), &fault),
        }
    }

    async fn request(&self, http: &HttpClient, values: &Values<'_>) -> Result<Answer, HttpError> {
        let mut call = http.call(self.method.clone(), &self.url.fill(values))?;
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        if let Some((name, value)) = &self.auth_header {
            call = call.secret_header(name, value.expose_secret());
        }
        if let Some(body) = &self.body {
            call = call.header("Content-Type", self.content_type).body(body.fill(values).into_bytes());
        }
        call.answer_bytes_max(ANSWER_BYTES_MAX).deadline(SEND_DEADLINE).send().await
    }

    fn read(&self, answer: &Answer, id: &str, now: Timestamp) -> Outcome {
        let (who, text) = (self.account(), answer.text());
        let (said, success) = (line(&text, 250), &self.success);
        if !(success.from..=success.to).contains(&answer.status) {
            return refused(&who, answer, Meaning::of_status(answer.status), &said, now);
        }
        if let Some(wanted) = success.contains.as_deref().filter(|wanted| !text.contains(wanted)) {
            return Outcome::permanent(format!("{who} did not answer with \"{}\": {said}", line(wanted, 60)));
        }
        if let Some(unwanted) = success.lacks.as_deref().filter(|unwanted| text.contains(unwanted)) {
            return Outcome::permanent(format!("{who} answered with \"{}\": {said}", line(unwanted, 60)));
        }
        // Without an id of its own, reports name ours.
        Outcome::sent(Some(self.id_in(&text).unwrap_or(id)))
    }

    fn id_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (_, after) = text.split_once(self.id_after.as_deref()?)?;
        let after = after.trim_start();
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')))
            .unwrap_or(after.len());
        after.get(..end).filter(|id| !id.is_empty() && id.len() <= ID_CHARS_MAX)
    }
}
